-- Posts that came or changed, and were not yet held against known packages. A row goes when that is
-- done, so that nothing is lost when it is cut off.
CREATE TABLE pending_post (
    announcement INTEGER NOT NULL,
    revision     INTEGER NOT NULL,
    PRIMARY KEY (announcement, revision),
    FOREIGN KEY (announcement, revision) REFERENCES announcement_revision (announcement, number)
) STRICT, WITHOUT ROWID;

INSERT INTO pending_post (announcement, revision)
SELECT DISTINCT announcement, revision FROM indicator
WHERE kind IN ('openpgp-fingerprint', 'certificate-sha1', 'certificate-sha256', 'spki-sha256',
               'ssh-sha256', 'raw-key')
ORDER BY announcement, revision;
