-- Facts that never change: what was read from packages, so that judging again needs no file.

-- A package is its bytes. `first_seen` witnesses that these bytes existed then.
CREATE TABLE package (
    sha256     BLOB    NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    size       INTEGER NOT NULL CHECK (size >= 0),
    first_seen INTEGER NOT NULL -- milliseconds since 1970-01-01T00:00:00Z
) STRICT, WITHOUT ROWID;

-- One way of reading a package: the same bytes may be read beside another signature file.
-- `id` is the SHA-256 of the reading's content, so the same reading is kept once.
CREATE TABLE reading (
    id              BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 32),
    package         BLOB    NOT NULL REFERENCES package (sha256),
    format          TEXT    NOT NULL,
    refused         INTEGER NOT NULL CHECK (refused IN (0, 1)),
    content_differs INTEGER NOT NULL CHECK (content_differs IN (0, 1)),
    named_vendor    TEXT,
    read_at         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX reading_by_package ON reading (package, read_at, id);

CREATE TABLE certificate (
    sha256      BLOB NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    der         BLOB NOT NULL CHECK (length(der) <= 65536)
) STRICT, WITHOUT ROWID;

-- A signature as it was shipped. The raw_* columns hold the outcome for bare signatures, whose
-- message is not kept.
CREATE TABLE signature_object (
    reading        BLOB    NOT NULL REFERENCES reading (id),
    position       INTEGER NOT NULL CHECK (position >= 0),
    kind           TEXT    NOT NULL,
    place          TEXT    NOT NULL,
    covers         TEXT    NOT NULL,
    bytes          BLOB    NOT NULL CHECK (length(bytes) <= 1048576),
    content_is_attributes INTEGER NOT NULL CHECK (content_is_attributes IN (0, 1)),
    raw_crypto     TEXT,
    raw_form       TEXT,
    raw_weaknesses TEXT,
    PRIMARY KEY (reading, position)
) STRICT, WITHOUT ROWID;

-- Digests of what a signature object covers, as computed when the file was at hand.
CREATE TABLE covered_digest (
    reading   BLOB    NOT NULL,
    position  INTEGER NOT NULL,
    algorithm TEXT    NOT NULL,
    digest    BLOB    NOT NULL,
    PRIMARY KEY (reading, position, algorithm),
    FOREIGN KEY (reading, position) REFERENCES signature_object (reading, position)
) STRICT, WITHOUT ROWID;

-- Certificates that lay beside a signature object, in the order found.
CREATE TABLE beside_certificate (
    reading     BLOB    NOT NULL,
    position    INTEGER NOT NULL,
    ordinal     INTEGER NOT NULL CHECK (ordinal >= 0),
    certificate BLOB    NOT NULL REFERENCES certificate (sha256),
    PRIMARY KEY (reading, position, ordinal),
    FOREIGN KEY (reading, position) REFERENCES signature_object (reading, position)
) STRICT, WITHOUT ROWID;

-- What was seen while reading; `facts` is the finding as JSON, under its stable code.
CREATE TABLE reading_finding (
    reading BLOB    NOT NULL REFERENCES reading (id),
    ordinal INTEGER NOT NULL CHECK (ordinal >= 0),
    facts   TEXT    NOT NULL CHECK (json_valid(facts)),
    PRIMARY KEY (reading, ordinal)
) STRICT, WITHOUT ROWID;
