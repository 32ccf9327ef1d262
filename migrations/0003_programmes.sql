-- Lists of root programmes as they were seen, day by day. They record what was observed; nothing
-- here is trust. Events are not kept: they follow from the snapshots in their order.

-- What one list held, by content: `id` is the SHA-256 of everything in it, so that a list that did
-- not change between two days is kept once. `version` is the list's own number, where it counts.
CREATE TABLE programme_content (
    id      BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    list    TEXT    NOT NULL,
    version INTEGER CHECK (version > 0)
) STRICT, WITHOUT ROWID;

-- One key in one role. `key` is the name of the key by the best that the list tells.
CREATE TABLE programme_entry (
    content    BLOB    NOT NULL REFERENCES programme_content (id),
    ordinal    INTEGER NOT NULL CHECK (ordinal >= 0),
    form       TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    role       TEXT,
    public_key TEXT,
    key_ids    TEXT    NOT NULL CHECK (json_valid(key_ids)),
    name       TEXT,
    state      TEXT    NOT NULL CHECK (json_valid(state)),
    PRIMARY KEY (content, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX programme_entry_by_key ON programme_entry (key, content);

CREATE TABLE programme_certificate (
    content BLOB    NOT NULL,
    entry   INTEGER NOT NULL,
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    sha256  BLOB    CHECK (length(sha256) = 32),
    sha1    BLOB    CHECK (length(sha1) = 20),
    subject TEXT,
    issuer  TEXT,
    state   TEXT    NOT NULL CHECK (json_valid(state)),
    PRIMARY KEY (content, entry, ordinal),
    FOREIGN KEY (content, entry) REFERENCES programme_entry (content, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX programme_certificate_by_sha256 ON programme_certificate (sha256, content);

-- A list on a day. `position` orders what was seen in the same instant: a TUF root by its version,
-- else by arrival. `root` keeps TUF metadata, which vouches for the next version.
CREATE TABLE programme_snapshot (
    programme  TEXT    NOT NULL,
    list       TEXT    NOT NULL,
    seen       INTEGER NOT NULL, -- milliseconds since 1970-01-01T00:00:00Z
    position   INTEGER NOT NULL CHECK (position >= 0),
    content    BLOB    NOT NULL REFERENCES programme_content (id),
    known_from INTEGER NOT NULL, -- when this store learnt of it
    root       BLOB    CHECK (length(root) <= 1048576),
    PRIMARY KEY (programme, list, seen, position)
) STRICT, WITHOUT ROWID;

-- Certificates that some list held or that lay beside one: which key and names a hash stands for.
-- Certificates never change, so this serves every programme; it says nothing about trust.
CREATE TABLE programme_known_certificate (
    sha256  BLOB NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    sha1    BLOB NOT NULL CHECK (length(sha1) = 20),
    key     TEXT NOT NULL,
    subject TEXT,
    issuer  TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX programme_known_certificate_by_sha1 ON programme_known_certificate (sha1);
