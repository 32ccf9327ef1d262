-- Trust with two times: since when a thing holds, and since when we knew. Rows are only ever added;
-- what was wrong is withdrawn by a later row. Times are milliseconds since 1970-01-01T00:00:00Z.

-- Every change of trust, as a chain: `hash` is over this row and the hash before it, `content` over
-- the rows of the other tables that carry this change's number.
CREATE TABLE audit (
    sequence INTEGER NOT NULL PRIMARY KEY CHECK (sequence > 0),
    at       INTEGER NOT NULL,
    actor    TEXT    NOT NULL,
    action   TEXT    NOT NULL,
    detail   TEXT    NOT NULL CHECK (json_valid(detail)),
    content  BLOB    NOT NULL CHECK (length(content) = 32),
    previous BLOB    NOT NULL CHECK (length(previous) = 32),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

-- The instance's keys. The first vouches for itself by being there; each later one is signed by the
-- key before it (`vouched` is a minisign signature over the new key).
CREATE TABLE instance_key (
    id         INTEGER NOT NULL PRIMARY KEY,
    public_key BLOB    NOT NULL UNIQUE CHECK (length(public_key) = 32),
    number     BLOB    NOT NULL CHECK (length(number) = 8),
    vouched_by INTEGER REFERENCES instance_key (id),
    vouched    TEXT,
    known_from INTEGER NOT NULL,
    change     INTEGER NOT NULL REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED,
    CHECK ((vouched_by IS NULL) = (vouched IS NULL))
) STRICT;

-- The instance key's word on where the chain ended: a minisign signature, one for each transaction.
CREATE TABLE audit_head (
    sequence  INTEGER NOT NULL PRIMARY KEY REFERENCES audit (sequence),
    signature TEXT    NOT NULL
) STRICT;

-- Who told us: the folder that ships with the program, another folder (as authority or as
-- proposals), a root programme, a person of this instance.
CREATE TABLE trust_source (
    id   INTEGER NOT NULL PRIMARY KEY,
    kind TEXT    NOT NULL CHECK (kind IN ('shipped', 'folder', 'proposals', 'import', 'person')),
    name TEXT    NOT NULL,
    change INTEGER NOT NULL REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED,
    UNIQUE (kind, name)
) STRICT;

-- One loading of a source; a source whose digest is the last one loaded has nothing new to tell.
CREATE TABLE trust_load (
    id         INTEGER NOT NULL PRIMARY KEY,
    source     INTEGER NOT NULL REFERENCES trust_source (id),
    digest     BLOB    NOT NULL CHECK (length(digest) = 32),
    known_from INTEGER NOT NULL,
    change     INTEGER NOT NULL REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX trust_load_by_source ON trust_load (source, id);
CREATE INDEX trust_load_by_change ON trust_load (change);

-- What sources say beside statuses: keys, profiles, signer rules, rotations, as entries of the maps
-- of a compiled trust folder (`map` is the map's number there).
CREATE TABLE trust_entry (
    id         INTEGER NOT NULL PRIMARY KEY,
    source     INTEGER NOT NULL REFERENCES trust_source (id),
    map        INTEGER NOT NULL,
    key        BLOB    NOT NULL,
    value      BLOB    NOT NULL,
    known_from INTEGER NOT NULL,
    change     INTEGER NOT NULL REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX trust_entry_by_key ON trust_entry (map, key, source, known_from);
CREATE INDEX trust_entry_by_source ON trust_entry (source);
CREATE INDEX trust_entry_by_change ON trust_entry (change);

-- From `known_from` on, the entry's source says so no longer.
CREATE TABLE trust_entry_end (
    entry      INTEGER NOT NULL PRIMARY KEY REFERENCES trust_entry (id),
    known_from INTEGER NOT NULL,
    change     INTEGER NOT NULL REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX trust_entry_end_by_change ON trust_entry_end (change);

-- How an anchor stands from `valid_from` on. An empty scope is everybody. `withdraws` takes an
-- earlier record back; a record that only does so has no status of its own. `recorded` is the
-- folder's claim of when it was learnt, `known_from` when this instance learnt it.
CREATE TABLE trust_record (
    id            INTEGER NOT NULL PRIMARY KEY,
    uuid          BLOB    NOT NULL UNIQUE CHECK (length(uuid) = 16),
    source        INTEGER NOT NULL REFERENCES trust_source (id),
    anchor        TEXT    NOT NULL,
    scope         TEXT    NOT NULL,
    purpose       TEXT    NOT NULL CHECK (purpose IN ('code-signing', 'timestamping')),
    status        TEXT,
    valid_from    INTEGER,
    valid_from_is TEXT CHECK (valid_from_is IN ('stated', 'observed')),
    recorded      INTEGER,
    evidence      TEXT    NOT NULL CHECK (json_valid(evidence)),
    says          TEXT    NOT NULL,
    known_from    INTEGER NOT NULL,
    withdraws     BLOB REFERENCES trust_record (uuid),
    change        INTEGER NOT NULL REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED,
    CHECK ((status IS NULL) = (valid_from IS NULL)),
    CHECK ((status IS NULL) = (valid_from_is IS NULL)),
    CHECK (status IS NOT NULL OR withdraws IS NOT NULL)
) STRICT;
CREATE INDEX trust_record_by_anchor ON trust_record (anchor, id);
CREATE INDEX trust_record_by_source ON trust_record (source, id);
CREATE INDEX trust_record_by_change ON trust_record (change);
CREATE INDEX trust_record_by_known ON trust_record (known_from, id);

-- People who may change trust, by their public key in its own notation; ended by a later row.
CREATE TABLE person (
    id         INTEGER NOT NULL PRIMARY KEY,
    name       TEXT    NOT NULL,
    key        TEXT,
    known_from INTEGER NOT NULL,
    ends       INTEGER UNIQUE REFERENCES person (id),
    change     INTEGER NOT NULL REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED,
    CHECK (key IS NOT NULL OR ends IS NOT NULL)
) STRICT;
CREATE INDEX person_by_name ON person (name, id);
CREATE INDEX person_by_change ON person (change);

-- A change of trust that somebody asks for; `asks` is what would be recorded.
CREATE TABLE proposal (
    id         INTEGER NOT NULL PRIMARY KEY,
    uuid       BLOB    NOT NULL UNIQUE CHECK (length(uuid) = 16),
    kind       TEXT    NOT NULL,
    vendor     TEXT,
    anchor     TEXT,
    asks       TEXT    NOT NULL CHECK (json_valid(asks)),
    proposer   TEXT    NOT NULL,
    known_from INTEGER NOT NULL,
    change     INTEGER NOT NULL REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX proposal_by_anchor ON proposal (anchor, id);
CREATE INDEX proposal_by_change ON proposal (change);

-- What people said to a proposal. `signature` is absent for the operating system's user.
CREATE TABLE proposal_word (
    id         INTEGER NOT NULL PRIMARY KEY,
    proposal   INTEGER NOT NULL REFERENCES proposal (id),
    word       TEXT    NOT NULL CHECK (word IN ('propose', 'confirm', 'reject')),
    speaker    TEXT    NOT NULL,
    said       TEXT    NOT NULL CHECK (json_valid(said)),
    signature  TEXT,
    known_from INTEGER NOT NULL,
    change     INTEGER NOT NULL REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX proposal_word_by_proposal ON proposal_word (proposal, id);
CREATE INDEX proposal_word_by_change ON proposal_word (change);

-- How a proposal ended.
CREATE TABLE proposal_end (
    proposal   INTEGER NOT NULL PRIMARY KEY REFERENCES proposal (id),
    outcome    TEXT    NOT NULL CHECK (outcome IN ('applied', 'rejected')),
    known_from INTEGER NOT NULL,
    change     INTEGER NOT NULL REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX proposal_end_by_change ON proposal_end (change);

-- The keys and issuer names that verdicts hang on, as sets: a release signed by one chain many
-- times has one set. `digest` is over the sorted keys.
CREATE TABLE key_set (
    id     INTEGER NOT NULL PRIMARY KEY,
    digest BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32)
) STRICT;
CREATE TABLE key_set_member (
    key     BLOB    NOT NULL CHECK (length(key) = 32),
    key_set INTEGER NOT NULL REFERENCES key_set (id),
    PRIMARY KEY (key, key_set)
) STRICT, WITHOUT ROWID;

-- The last verdict on a reading, under the expectation with which it was judged.
CREATE TABLE judgement (
    reading   BLOB    NOT NULL PRIMARY KEY REFERENCES reading (id),
    key_set   INTEGER NOT NULL REFERENCES key_set (id),
    file      TEXT    NOT NULL,
    expected_vendor  TEXT,
    expected_product TEXT,
    verdict   TEXT    NOT NULL,
    vendor    TEXT,
    anchor    TEXT,
    signer    BLOB REFERENCES certificate (sha256),
    signer_key BLOB,
    signed_at INTEGER,
    judged_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX judgement_by_key_set ON judgement (key_set, reading);
CREATE INDEX judgement_by_vendor ON judgement (vendor, signed_at, reading);

-- What happened: a changed verdict, and what imports noticed.
CREATE TABLE event (
    id      INTEGER NOT NULL PRIMARY KEY,
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    reading BLOB REFERENCES reading (id),
    anchor  TEXT,
    vendor  TEXT,
    detail  TEXT    NOT NULL CHECK (json_valid(detail)),
    change  INTEGER REFERENCES audit (sequence) DEFERRABLE INITIALLY DEFERRED
) STRICT;
CREATE INDEX event_by_time ON event (at, id);
CREATE INDEX event_by_reading ON event (reading, id);
