-- Who is told of what, and the mail that tells them. Times are milliseconds since
-- 1970-01-01T00:00:00Z.

-- What the writers of events must know without reading a settings file: the domain of Message-IDs, the
-- grouping window; and where the watch began, so that what happened before is not told.
CREATE TABLE watch_setting (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO watch_setting (name, value)
    SELECT 'events-before', CAST(coalesce(max(id), 0) AS TEXT) FROM event;

CREATE TABLE team (
    id           INTEGER NOT NULL PRIMARY KEY,
    name         TEXT    NOT NULL UNIQUE,
    origin       TEXT    NOT NULL CHECK (origin IN ('command', 'settings')),
    second_after INTEGER CHECK (second_after > 0), -- seconds without acknowledgement
    added_at     INTEGER NOT NULL,
    removed_at   INTEGER
) STRICT;

-- An address is asked before it is written to; `code` is the SHA-256 of what was asked with.
CREATE TABLE team_address (
    id        INTEGER NOT NULL PRIMARY KEY,
    team      INTEGER NOT NULL REFERENCES team (id),
    address   TEXT    NOT NULL CHECK (length(address) <= 254),
    role      TEXT    NOT NULL CHECK (role IN ('first', 'second')),
    code      BLOB    CHECK (length(code) = 32),
    asked_at  INTEGER NOT NULL,
    agreed_at INTEGER,
    ended_at  INTEGER,
    UNIQUE (team, address)
) STRICT;

CREATE TABLE subscription (
    id           INTEGER NOT NULL PRIMARY KEY,
    team         INTEGER NOT NULL REFERENCES team (id),
    origin       TEXT    NOT NULL CHECK (origin IN ('command', 'settings')),
    vendor       TEXT    NOT NULL,
    kinds        TEXT    NOT NULL CHECK (json_valid(kinds)),
    min_severity TEXT    NOT NULL CHECK (min_severity IN ('note', 'warning', 'high')),
    keywords     TEXT    NOT NULL CHECK (json_valid(keywords)),
    products     TEXT    NOT NULL CHECK (json_valid(products)),
    digest       TEXT,
    quiet        TEXT,
    added_at     INTEGER NOT NULL,
    ended_at     INTEGER
) STRICT;
CREATE INDEX subscription_by_team ON subscription (team, id);

-- What an event is to those who are told: written with the event.
CREATE TABLE event_notice (
    event    INTEGER NOT NULL PRIMARY KEY REFERENCES event (id),
    severity TEXT    NOT NULL CHECK (severity IN ('note', 'warning', 'high')),
    dedup    TEXT    NOT NULL,
    thread   TEXT    NOT NULL,
    subject  TEXT    NOT NULL
) STRICT;
CREATE INDEX event_notice_by_dedup ON event_notice (dedup, event);

-- One mail to one address. `message_id` never changes; what it tells is settled when it is first
-- claimed (`claimed_at`).
CREATE TABLE delivery (
    id          INTEGER NOT NULL PRIMARY KEY,
    message_id  TEXT    NOT NULL UNIQUE,
    team        INTEGER REFERENCES team (id),
    address     TEXT    NOT NULL,
    kind        TEXT    NOT NULL
        CHECK (kind IN ('alert', 'digest', 'second-contact', 'opt-in', 'all-quiet', 'notice')),
    thread      TEXT    NOT NULL,
    grouping    TEXT    NOT NULL,
    subject     TEXT    NOT NULL,
    first_id    TEXT, -- of the thread's first mail to this address
    body        TEXT    NOT NULL, -- for kinds that tell no event
    state       TEXT    NOT NULL
        CHECK (state IN ('held', 'queued', 'sending', 'sent', 'failed', 'dropped')),
    attempts    INTEGER NOT NULL DEFAULT 0,
    created_at  INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    claimed_at  INTEGER,
    lease_until INTEGER,
    ended_at    INTEGER,
    CHECK ((state = 'sending') = (lease_until IS NOT NULL))
) STRICT;
CREATE INDEX delivery_by_due ON delivery (state, due_at, id);
CREATE INDEX delivery_by_thread ON delivery (thread, address, id);
CREATE INDEX delivery_by_grouping ON delivery (address, grouping, state);

CREATE TABLE delivery_event (
    delivery INTEGER NOT NULL REFERENCES delivery (id),
    event    INTEGER NOT NULL REFERENCES event (id),
    PRIMARY KEY (delivery, event)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_event_by_event ON delivery_event (event, delivery);

CREATE TABLE delivery_attempt (
    delivery INTEGER NOT NULL REFERENCES delivery (id),
    number   INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    outcome  TEXT    NOT NULL,
    said     TEXT    NOT NULL,
    PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE silence (
    id        INTEGER NOT NULL PRIMARY KEY,
    who       TEXT    NOT NULL,
    why       TEXT    NOT NULL,
    vendor    TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    from_at   INTEGER NOT NULL,
    until     INTEGER NOT NULL,
    ended_at  INTEGER
) STRICT;

-- An event that concerned an address and was not sent there, and why.
CREATE TABLE suppression (
    event   INTEGER NOT NULL REFERENCES event (id),
    team    INTEGER NOT NULL REFERENCES team (id),
    address TEXT    NOT NULL,
    reason  TEXT    NOT NULL CHECK (reason IN ('silence', 'inhibited', 'duplicate')),
    silence INTEGER REFERENCES silence (id),
    PRIMARY KEY (event, team, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX suppression_by_silence ON suppression (silence);

CREATE TABLE acknowledgement (
    id     INTEGER NOT NULL PRIMARY KEY,
    thread TEXT    NOT NULL,
    who    TEXT    NOT NULL,
    at     INTEGER NOT NULL
) STRICT;
CREATE INDEX acknowledgement_by_thread ON acknowledgement (thread, id);

-- The second contact is asked once for an event.
CREATE TABLE second_contact (
    event    INTEGER NOT NULL REFERENCES event (id),
    team     INTEGER NOT NULL REFERENCES team (id),
    asked_at INTEGER NOT NULL,
    PRIMARY KEY (event, team)
) STRICT, WITHOUT ROWID;

-- When the service does what, and what came of it.
CREATE TABLE schedule (
    name    TEXT    NOT NULL PRIMARY KEY,
    next_at INTEGER NOT NULL,
    last_at INTEGER,
    outcome TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- Files of watched folders that were judged, as they were then.
CREATE TABLE watched_file (
    path     TEXT    NOT NULL PRIMARY KEY,
    size     INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    verdict  TEXT    NOT NULL,
    at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
