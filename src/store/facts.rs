//! Keeping what was read from a package, and giving it back.

use jiff::Timestamp;
use rusqlite::{Transaction, named_params};

use super::open::{Store, StoreError};
use super::values::{damaged, instant};
use crate::domain::{Crypto, Finding, HashAlgorithm, Sha256};
use crate::formats::algorithm::Weakness;
use crate::formats::digest::{Hasher, sha256};
use crate::judge::facts::{ObjectKind, PackageFacts, PackageFormat, RawOutcome, SignatureObject};

/// A reading of a package as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub facts: PackageFacts,
    pub read_at: Timestamp,
}

impl Store {
    /// When this package was first seen here together with every one of these signatures: a witness
    /// for their time. A file may be seen long before somebody signs it, so a signature beside it
    /// counts from when it was seen itself.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn first_seen(&self, facts: &PackageFacts) -> Result<Option<Timestamp>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT min(read_at) FROM reading
             JOIN signature_object ON signature_object.reading = reading.id
             WHERE package = :package AND bytes = :bytes",
        )?;
        let mut latest = None;
        for object in &facts.objects {
            let seen: Option<i64> = statement.query_row(
                named_params! {":package": facts.sha256.0, ":bytes": object.bytes},
                |row| row.get(0),
            )?;
            let Some(seen) = seen else {
                return Ok(None);
            };
            latest = latest.max(Some(seen));
        }
        latest.map(instant).transpose()
    }

    /// Keeps readings in one transaction; those already kept are left as they are.
    ///
    /// # Errors
    /// When SQLite fails or another writer holds the store for longer than the patience given.
    pub fn keep(&mut self, readings: &[&PackageFacts], at: Timestamp) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for facts in readings {
            keep_one(&transaction, facts, at)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Every reading of a package, oldest first.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn readings(&self, package: Sha256) -> Result<Vec<Reading>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT reading.id, format, refused, content_differs, named_vendor, read_at, size
             FROM reading JOIN package ON package.sha256 = reading.package
             WHERE reading.package = :package
             ORDER BY read_at, reading.id",
        )?;
        let mut rows = statement.query(named_params! {":package": package.0})?;
        let mut readings = vec![];
        while let Some(row) = rows.next()? {
            let id: [u8; 32] = row.get(0)?;
            let format: String = row.get(1)?;
            let size: i64 = row.get(6)?;
            readings.push(Reading {
                facts: PackageFacts {
                    format: PackageFormat::from_word(&format)
                        .ok_or_else(|| damaged("a format", format))?,
                    sha256: package,
                    size: u64::try_from(size).map_err(|_| damaged("a size", size))?,
                    refused: row.get(2)?,
                    content_differs: row.get(3)?,
                    named_vendor: row.get(4)?,
                    objects: self.objects(id)?,
                    findings: self.findings(id)?,
                },
                read_at: instant(row.get(5)?)?,
            });
        }
        Ok(readings)
    }

    pub(super) fn objects(&self, reading: [u8; 32]) -> Result<Vec<SignatureObject>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT position, kind, place, covers, bytes, raw_crypto, raw_form, raw_weaknesses,
                    content_is_attributes
             FROM signature_object WHERE reading = :reading ORDER BY position",
        )?;
        let mut rows = statement.query(named_params! {":reading": reading})?;
        let mut objects = vec![];
        while let Some(row) = rows.next()? {
            let position: i64 = row.get(0)?;
            let kind: String = row.get(1)?;
            let crypto: Option<String> = row.get(5)?;
            let raw = match crypto {
                None => None,
                Some(word) => Some(RawOutcome {
                    crypto: crypto_from(&word)?,
                    form: row.get(6)?,
                    weaknesses: weaknesses_from(&row.get::<_, String>(7)?)?,
                }),
            };
            objects.push(SignatureObject {
                kind: ObjectKind::from_word(&kind).ok_or_else(|| damaged("a kind", kind))?,
                place: row.get(2)?,
                covers: row.get(3)?,
                bytes: row.get(4)?,
                certificates: self.beside(reading, position)?,
                digests: self.digests(reading, position)?,
                content_is_attributes: row.get(8)?,
                raw,
            });
        }
        Ok(objects)
    }

    fn digests(
        &self,
        reading: [u8; 32],
        position: i64,
    ) -> Result<Vec<(HashAlgorithm, Vec<u8>)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT algorithm, digest FROM covered_digest
             WHERE reading = :reading AND position = :position ORDER BY algorithm",
        )?;
        let mut rows =
            statement.query(named_params! {":reading": reading, ":position": position})?;
        let mut digests = vec![];
        while let Some(row) = rows.next()? {
            let name: String = row.get(0)?;
            let algorithm =
                HashAlgorithm::from_name(&name).ok_or_else(|| damaged("an algorithm", name))?;
            digests.push((algorithm, row.get(1)?));
        }
        digests.sort();
        Ok(digests)
    }

    fn beside(&self, reading: [u8; 32], position: i64) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT der FROM beside_certificate
             JOIN certificate ON certificate.sha256 = beside_certificate.certificate
             WHERE reading = :reading AND position = :position ORDER BY ordinal",
        )?;
        let rows = statement.query_map(
            named_params! {":reading": reading, ":position": position},
            |row| row.get(0),
        )?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(super) fn findings(&self, reading: [u8; 32]) -> Result<Vec<Finding>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT facts FROM reading_finding WHERE reading = :reading ORDER BY ordinal",
        )?;
        let mut rows = statement.query(named_params! {":reading": reading})?;
        let mut findings = vec![];
        while let Some(row) = rows.next()? {
            let facts: String = row.get(0)?;
            findings.push(serde_json::from_str(&facts).map_err(|e| damaged("a finding", e))?);
        }
        Ok(findings)
    }
}

pub(super) fn keep_one(
    transaction: &Transaction<'_>,
    facts: &PackageFacts,
    at: Timestamp,
) -> Result<Sha256, StoreError> {
    let id = identity(facts);
    let now = at.as_millisecond();
    transaction
        .prepare_cached(
            "INSERT INTO package (sha256, size, first_seen) VALUES (:sha256, :size, :now)
             ON CONFLICT (sha256) DO NOTHING",
        )?
        .execute(named_params! {
            ":sha256": facts.sha256.0,
            ":size": i64::try_from(facts.size).unwrap_or(i64::MAX),
            ":now": now,
        })?;
    let added = transaction
        .prepare_cached(
            "INSERT INTO reading
             (id, package, format, refused, content_differs, named_vendor, read_at)
             VALUES (:id, :package, :format, :refused, :content_differs, :named_vendor, :now)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(named_params! {
            ":id": id.0,
            ":package": facts.sha256.0,
            ":format": facts.format.word(),
            ":refused": facts.refused,
            ":content_differs": facts.content_differs,
            ":named_vendor": facts.named_vendor,
            ":now": now,
        })?;
    if added == 0 {
        return Ok(id);
    }
    for (position, object) in (0i64..).zip(&facts.objects) {
        keep_object(transaction, id, position, object)?;
    }
    for (ordinal, finding) in (0i64..).zip(&facts.findings) {
        let facts = serde_json::to_string(finding).map_err(|e| damaged("a finding", e))?;
        transaction
            .prepare_cached(
                "INSERT INTO reading_finding (reading, ordinal, facts)
                 VALUES (:reading, :ordinal, :facts)",
            )?
            .execute(named_params! {":reading": id.0, ":ordinal": ordinal, ":facts": facts})?;
    }
    Ok(id)
}

fn keep_object(
    transaction: &Transaction<'_>,
    reading: Sha256,
    position: i64,
    object: &SignatureObject,
) -> Result<(), StoreError> {
    let raw = object.raw.as_ref();
    transaction
        .prepare_cached(
            "INSERT INTO signature_object
             (reading, position, kind, place, covers, bytes, content_is_attributes,
              raw_crypto, raw_form, raw_weaknesses)
             VALUES (:reading, :position, :kind, :place, :covers, :bytes, :content_is_attributes,
                     :raw_crypto, :raw_form, :raw_weaknesses)",
        )?
        .execute(named_params! {
            ":reading": reading.0,
            ":position": position,
            ":kind": object.kind.word(),
            ":place": object.place,
            ":covers": object.covers,
            ":bytes": object.bytes,
            ":content_is_attributes": object.content_is_attributes,
            ":raw_crypto": raw.map(|raw| raw.crypto.word()),
            ":raw_form": raw.map(|raw| raw.form.as_str()),
            ":raw_weaknesses": raw.map(|raw| weaknesses_text(&raw.weaknesses)),
        })?;
    for (algorithm, digest) in &object.digests {
        transaction
            .prepare_cached(
                "INSERT INTO covered_digest (reading, position, algorithm, digest)
                 VALUES (:reading, :position, :algorithm, :digest)",
            )?
            .execute(named_params! {
                ":reading": reading.0,
                ":position": position,
                ":algorithm": algorithm.name(),
                ":digest": digest,
            })?;
    }
    for (ordinal, der) in (0i64..).zip(&object.certificates) {
        let certificate = sha256(der);
        transaction
            .prepare_cached(
                "INSERT INTO certificate (sha256, der) VALUES (:sha256, :der)
                 ON CONFLICT (sha256) DO NOTHING",
            )?
            .execute(named_params! {":sha256": certificate.0, ":der": der})?;
        transaction
            .prepare_cached(
                "INSERT INTO beside_certificate (reading, position, ordinal, certificate)
                 VALUES (:reading, :position, :ordinal, :certificate)",
            )?
            .execute(named_params! {
                ":reading": reading.0,
                ":position": position,
                ":ordinal": ordinal,
                ":certificate": certificate.0,
            })?;
    }
    Ok(())
}

/// The SHA-256 over everything in a reading, each part with its length before it.
fn identity(facts: &PackageFacts) -> Sha256 {
    let mut hasher = Hasher::new(HashAlgorithm::Sha256);
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    part(&facts.sha256.0);
    part(facts.format.word().as_bytes());
    part(&[u8::from(facts.refused), u8::from(facts.content_differs)]);
    part(facts.named_vendor.as_deref().unwrap_or_default().as_bytes());
    for object in &facts.objects {
        part(object.kind.word().as_bytes());
        part(object.place.as_bytes());
        part(object.covers.as_bytes());
        part(&object.bytes);
        part(&[u8::from(object.content_is_attributes)]);
        object.certificates.iter().for_each(|der| part(der));
        for (algorithm, digest) in &object.digests {
            part(algorithm.name().as_bytes());
            part(digest);
        }
        if let Some(raw) = &object.raw {
            part(raw.crypto.word().as_bytes());
            part(raw.form.as_bytes());
            part(weaknesses_text(&raw.weaknesses).as_bytes());
        }
    }
    for finding in &facts.findings {
        part(&serde_json::to_vec(finding).unwrap_or_default());
    }
    let mut id = [0; 32];
    id.copy_from_slice(&hasher.finish());
    Sha256(id)
}

fn weaknesses_text(weaknesses: &[Weakness]) -> String {
    let words: Vec<_> = weaknesses
        .iter()
        .map(|weakness| match weakness {
            Weakness::Digest(algorithm) => algorithm.name().to_owned(),
            Weakness::KeyBits(bits) => bits.to_string(),
        })
        .collect();
    words.join(" ")
}

fn weaknesses_from(text: &str) -> Result<Vec<Weakness>, StoreError> {
    text.split_whitespace()
        .map(|word| {
            if let Some(algorithm) = HashAlgorithm::from_name(word) {
                return Ok(Weakness::Digest(algorithm));
            }
            let bits = word.parse().map_err(|_| damaged("a weakness", word))?;
            Ok(Weakness::KeyBits(bits))
        })
        .collect()
}

fn crypto_from(word: &str) -> Result<Crypto, StoreError> {
    [Crypto::Good, Crypto::Bad, Crypto::Unchecked]
        .into_iter()
        .find(|crypto| crypto.word() == word)
        .ok_or_else(|| damaged("an outcome", word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FindingKind;

    fn facts() -> PackageFacts {
        PackageFacts {
            format: PackageFormat::Zip,
            sha256: Sha256([7; 32]),
            size: 4096,
            refused: false,
            content_differs: true,
            objects: vec![SignatureObject {
                kind: ObjectKind::Raw,
                place: "manifest.sig".to_owned(),
                bytes: vec![1, 2, 3],
                certificates: vec![vec![4, 5], vec![6]],
                digests: vec![
                    (HashAlgorithm::Sha256, vec![8; 32]),
                    (HashAlgorithm::Sha512, vec![9; 64]),
                ],
                content_is_attributes: false,
                covers: "manifest.json".to_owned(),
                raw: Some(RawOutcome {
                    crypto: Crypto::Good,
                    form: "RSA PKCS#1, SHA-1, base64".to_owned(),
                    weaknesses: vec![
                        Weakness::Digest(HashAlgorithm::Sha1),
                        Weakness::KeyBits(1024),
                    ],
                }),
            }],
            findings: vec![Finding::new(
                FindingKind::ContainerFault {
                    fault: "duplicate-name".to_owned(),
                    detail: "a.txt".to_owned(),
                },
                "a.txt",
            )],
            named_vendor: Some("bosun".to_owned()),
        }
    }

    #[test]
    fn a_reading_comes_back_as_it_was_kept_and_is_kept_once() {
        let mut store = Store::in_memory().unwrap();
        let first: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let later: Timestamp = "2026-04-01T10:00:00Z".parse().unwrap();
        let (kept, other) = (
            facts(),
            PackageFacts {
                objects: vec![],
                ..facts()
            },
        );
        assert_eq!(store.first_seen(&kept).unwrap(), None);
        store.keep(&[&kept], first).unwrap();
        store.keep(&[&kept, &other], later).unwrap();
        assert_eq!(store.first_seen(&kept).unwrap(), Some(first));
        assert_eq!(store.first_seen(&other).unwrap(), None, "nothing is signed");
        let mut signed_later = kept.clone();
        signed_later.objects[0].bytes = vec![3, 2, 1];
        assert_eq!(store.first_seen(&signed_later).unwrap(), None);
        let expected = vec![
            Reading {
                facts: kept,
                read_at: first,
            },
            Reading {
                facts: other,
                read_at: later,
            },
        ];
        assert_eq!(store.readings(Sha256([7; 32])).unwrap(), expected);
    }

    #[test]
    fn a_newer_store_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/store.sqlite3");
        let patience = std::time::Duration::from_millis(50);
        let store = Store::open(&path, patience).unwrap();
        store
            .connection
            .pragma_update(None, "user_version", 99)
            .unwrap();
        drop(store);
        let error = Store::open(&path, patience).unwrap_err();
        assert!(
            matches!(error, StoreError::Newer { found: 99, .. }),
            "{error}"
        );
    }
}
