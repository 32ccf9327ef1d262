-- The certificates themselves that lists of root programmes held, so that a path may end at one when
-- the settings accept the programme. Which list holds it, and how it stands there, the snapshots say.
CREATE TABLE programme_root (
    sha256         BLOB    NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
    spki_sha256    BLOB    NOT NULL CHECK (length(spki_sha256) = 32),
    subject        BLOB    NOT NULL, -- the name's canonical form
    key_identifier BLOB,
    der            BLOB    NOT NULL,
    known_from     INTEGER NOT NULL -- milliseconds since 1970-01-01T00:00:00Z
) STRICT;
CREATE INDEX programme_root_by_spki ON programme_root (spki_sha256);
CREATE INDEX programme_root_by_subject ON programme_root (subject);
CREATE INDEX programme_root_by_key_identifier ON programme_root (key_identifier)
    WHERE key_identifier IS NOT NULL;

-- Whose signature over a list held when it was imported, by key. A list without a row was unsigned,
-- or of a form that carries no signature.
CREATE TABLE programme_signature (
    content    BLOB    NOT NULL REFERENCES programme_content (id),
    signer     BLOB    NOT NULL CHECK (length(signer) = 32), -- SHA-256 of the SubjectPublicKeyInfo
    known_from INTEGER NOT NULL,
    PRIMARY KEY (content, signer)
) STRICT, WITHOUT ROWID;

-- Whether a programme ever listed what a content holds.
CREATE INDEX programme_snapshot_by_content ON programme_snapshot (content, programme);
