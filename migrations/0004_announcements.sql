-- What vendors and others posted: every revision as it was, the identities it prints, its words.

-- A post, by the address that it was found at. `id` is the head of the SHA-256 of that address, so
-- that two instances name one post alike and a second import finds the first.
CREATE TABLE announcement (
    position   INTEGER NOT NULL PRIMARY KEY,
    id         BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    url        TEXT    NOT NULL UNIQUE CHECK (length(url) <= 4096),
    origin     TEXT    NOT NULL CHECK (origin IN ('fetched', 'imported')),
    first_seen INTEGER NOT NULL -- milliseconds since 1970-01-01T00:00:00Z
) STRICT;

-- A post as it read at some time. Nothing is edited: a change is a new revision.
CREATE TABLE announcement_revision (
    announcement INTEGER NOT NULL REFERENCES announcement (position),
    number       INTEGER NOT NULL CHECK (number >= 1),
    content      BLOB    NOT NULL CHECK (length(content) = 32), -- SHA-256 of title, author and text
    title        TEXT    NOT NULL,
    author       TEXT    NOT NULL,
    author_id    TEXT    NOT NULL,
    published    INTEGER,
    text         TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    language     TEXT    NOT NULL,
    score        INTEGER NOT NULL,
    seen_at      INTEGER NOT NULL,
    PRIMARY KEY (announcement, number)
) STRICT, WITHOUT ROWID;

-- Identities that a revision prints, in the forms of the domain. `tail` is the value's last eight
-- characters: copies with a wrong digit are found by it, or by the head.
CREATE TABLE indicator (
    value        TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    announcement INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    side         TEXT    NOT NULL CHECK (side IN ('old', 'new', 'unsaid')),
    tail         TEXT    NOT NULL,
    PRIMARY KEY (value, kind, announcement, revision),
    FOREIGN KEY (announcement, revision) REFERENCES announcement_revision (announcement, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX indicator_by_tail ON indicator (tail, value, kind, announcement, revision);
CREATE INDEX indicator_by_announcement ON indicator (announcement, revision);

-- The words of the newest revision; the text itself is in announcement_revision.
CREATE VIRTUAL TABLE announcement_words USING fts5 (
    title, body,
    content = '', contentless_delete = 1, tokenize = 'porter unicode61'
);
