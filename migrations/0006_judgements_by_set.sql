-- Verdicts lie together by what they hang on, so that a change of trust reads and writes neighbours:
-- what it costs is by what it touches, not by how much is known.

ALTER TABLE judgement RENAME TO judgement_by_reading;
CREATE TABLE judgement (
    key_set   INTEGER NOT NULL REFERENCES key_set (id),
    reading   BLOB    NOT NULL UNIQUE REFERENCES reading (id),
    file      TEXT    NOT NULL,
    expected_vendor  TEXT,
    expected_product TEXT,
    verdict   TEXT    NOT NULL,
    vendor    TEXT,
    anchor    TEXT,
    signer    BLOB REFERENCES certificate (sha256),
    signer_key BLOB,
    signed_at INTEGER,
    judged_at INTEGER NOT NULL,
    PRIMARY KEY (key_set, reading)
) STRICT, WITHOUT ROWID;
INSERT INTO judgement
    (key_set, reading, file, expected_vendor, expected_product, verdict, vendor, anchor, signer,
     signer_key, signed_at, judged_at)
SELECT key_set, reading, file, expected_vendor, expected_product, verdict, vendor, anchor, signer,
       signer_key, signed_at, judged_at
FROM judgement_by_reading ORDER BY key_set, reading;
DROP TABLE judgement_by_reading;
-- Behind the vendor an index has the primary key, so that its neighbours are neighbours here too.
CREATE INDEX judgement_by_vendor ON judgement (vendor) WHERE vendor IS NOT NULL;
CREATE INDEX judgement_by_expectation ON judgement (expected_vendor)
    WHERE expected_vendor IS NOT NULL;
