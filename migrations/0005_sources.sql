-- Where announcements are read, when each source is asked again, what came of it, and the files that
-- posts point at. Times are milliseconds since 1970-01-01T00:00:00Z.

-- A source, by the address that somebody named.
CREATE TABLE source (
    position       INTEGER NOT NULL PRIMARY KEY, -- the number that a person types
    url            TEXT    NOT NULL UNIQUE CHECK (length(url) <= 4096),
    vendor         TEXT    NOT NULL,
    kind           TEXT    NOT NULL CHECK (kind IN ('feed', 'csaf', 'page')),
    origin         TEXT    NOT NULL CHECK (origin IN ('vendor.toml', 'config', 'person')),
    stated         INTEGER NOT NULL CHECK (stated IN (0, 1)), -- whether that list still names it
    state          TEXT    NOT NULL CHECK (state IN ('active', 'paused', 'gone', 'removed')),
    added_at       INTEGER NOT NULL,
    -- what is asked: the address itself, or where it moved to for good
    address        TEXT    NOT NULL,
    moving_to      TEXT, -- a permanent redirect that was seen, and how often in a row
    moving_seen    INTEGER NOT NULL DEFAULT 0 CHECK (moving_seen >= 0),
    -- what makes the next question conditional (RFC 9110 8.8), and for which address
    validators_for TEXT,
    etag           TEXT,
    last_modified  TEXT,
    interval       INTEGER NOT NULL CHECK (interval > 0), -- seconds
    next_visit     INTEGER NOT NULL,
    last_visit     INTEGER,
    last_good      INTEGER,
    failures       INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0), -- in a row
    reason         TEXT, -- why the last visit failed
    schedule       TEXT, -- what the feed says of its rhythm, as JSON
    entries        INTEGER NOT NULL DEFAULT 0 CHECK (entries >= 0) -- at the last visit that had any
) STRICT;
CREATE INDEX source_by_visit ON source (next_visit) WHERE state = 'active';

-- What a source named, by its own stable identity. Without an announcement, the post was forgotten
-- under the quota and comes back only when it changes.
CREATE TABLE source_entry (
    source       INTEGER NOT NULL REFERENCES source (position),
    key          TEXT    NOT NULL,
    stated_id    TEXT,
    link         TEXT,
    revision     BLOB    NOT NULL CHECK (length(revision) = 32), -- without counts of answers
    announcement INTEGER REFERENCES announcement (position),
    seen_at      INTEGER NOT NULL, -- when this revision was first seen
    PRIMARY KEY (source, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX source_entry_by_announcement ON source_entry (announcement);

-- Asked what, when, got what.
CREATE TABLE ledger (
    position INTEGER NOT NULL PRIMARY KEY,
    host     TEXT    NOT NULL,
    url      TEXT    NOT NULL,
    source   INTEGER REFERENCES source (position),
    at       INTEGER NOT NULL,
    got      TEXT    NOT NULL, -- a status, or why there was none
    bytes    INTEGER NOT NULL CHECK (bytes >= 0) -- of the body, on the wire
) STRICT;
CREATE INDEX ledger_by_host ON ledger (host, at);
CREATE INDEX ledger_by_time ON ledger (at);

-- Key and certificate files, and the files of CSAF providers, as they were: each content once.
CREATE TABLE captured (
    sha256 BLOB NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    bytes  BLOB NOT NULL
) STRICT;
CREATE TABLE captured_sight (
    url          TEXT    NOT NULL,
    at           INTEGER NOT NULL,
    sha256       BLOB    NOT NULL REFERENCES captured (sha256),
    source       INTEGER REFERENCES source (position),
    announcement INTEGER REFERENCES announcement (position), -- the post that pointed there
    PRIMARY KEY (url, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX captured_sight_by_announcement ON captured_sight (announcement);

-- What is remembered of a CSAF provider's metadata, lists and keys.
CREATE TABLE csaf_list (
    source        INTEGER NOT NULL REFERENCES source (position),
    url           TEXT    NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    PRIMARY KEY (source, url)
) STRICT, WITHOUT ROWID;
-- Its documents, and every date under which a list named one.
CREATE TABLE csaf_document (
    source        INTEGER NOT NULL REFERENCES source (position),
    url           TEXT    NOT NULL,
    fetched       INTEGER NOT NULL,
    etag          TEXT,
    last_modified TEXT,
    hashes        TEXT    NOT NULL, -- addresses, one a line
    signature     TEXT    NOT NULL,
    PRIMARY KEY (source, url)
) STRICT, WITHOUT ROWID;
CREATE TABLE csaf_document_date (
    source INTEGER NOT NULL,
    url    TEXT    NOT NULL,
    date   INTEGER NOT NULL,
    PRIMARY KEY (source, url, date),
    FOREIGN KEY (source, url) REFERENCES csaf_document (source, url)
) STRICT, WITHOUT ROWID;

-- How each revision came: an import may repeat what we fetched, and the other way round. Without
-- one, as the announcement did.
ALTER TABLE announcement_revision
    ADD COLUMN origin TEXT CHECK (origin IN ('fetched', 'imported'));
