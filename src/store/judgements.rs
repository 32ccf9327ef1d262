//! The last verdict on each reading, by the keys on which it hangs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Transaction, named_params};

use super::emit::Emitter;
use super::facts::keep_one;
use super::values::{damaged, instant, number, sequence};
use super::verdict_event::EXPLAINED;
use super::{Store, StoreError};
use crate::domain::{HashAlgorithm, Sha256};
use crate::formats::digest::{Hasher, sha256};
use crate::judge::facts::{PackageFacts, PackageFormat};
use crate::judge::watch::{Blast, Struck, Suppressed, blasts};

/// What was judged, and the expectation under which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// On what it hangs, sorted.
    pub keys: Vec<Sha256>,
    /// The file's name.
    pub file: String,
    pub expected_vendor: Option<String>,
    pub expected_product: Option<String>,
    /// The verdict's word; `explained` for that verdict.
    pub verdict: String,
    pub vendor: Option<String>,
    /// The anchor's id.
    pub anchor: Option<String>,
    /// The signer's certificate, DER.
    pub signer: Option<Vec<u8>>,
    /// A signer that is a bare key.
    pub signer_key: Option<Sha256>,
    /// The established signing time, else the claimed one.
    pub signed_at: Option<Timestamp>,
    /// The key in doubt, as posts print it.
    pub key: Option<String>,
    /// The rotations and posts that explain it, by id.
    pub explained_by: Vec<String>,
}

/// The same, as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub reading: Sha256,
    /// Which set of keys, by a number of the store's own.
    pub key_set: i64,
    pub file: String,
    pub expected_vendor: Option<String>,
    pub expected_product: Option<String>,
    pub verdict: String,
    pub vendor: Option<String>,
    pub anchor: Option<String>,
    /// The signer's certificate, DER; told by [`Store::judged_for`] alone.
    pub signer: Option<Vec<u8>>,
    pub signed_at: Option<Timestamp>,
    pub judged_at: Timestamp,
}

/// A verdict that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedVerdict {
    pub reading: Sha256,
    pub file: String,
    pub before: String,
    pub after: Judgement,
}

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: Timestamp,
    pub kind: String,
    pub reading: Option<Sha256>,
    pub anchor: Option<String>,
    pub vendor: Option<String>,
    /// JSON.
    pub detail: String,
}

/// As [`JUDGED`], without the signer: for many at once.
const OUTLINE: &str =
    "SELECT reading, key_set, file, expected_vendor, expected_product, verdict, vendor, anchor,
        NULL, signed_at, judged_at
 FROM judgement";

const JUDGED: &str = "SELECT reading, key_set, file, expected_vendor, expected_product, verdict,
        judgement.vendor, anchor, der, signed_at, judged_at
 FROM judgement LEFT JOIN certificate ON certificate.sha256 = judgement.signer";

/// What a reading connection may hold of the file: negative, in KiB.
const READ_CACHE: i64 = -32 * 1024;

/// The kind of event that says up to which change verdicts were judged again.
const DONE: &str = "judged-again";

impl Store {
    /// A connection that only reads, for one of several threads.
    ///
    /// # Errors
    /// When there is no store, or it cannot be read.
    pub fn open_to_read(path: &Path) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(1))?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "cache_size", READ_CACHE)?;
        // One snapshot, so that no look-up asks for a lock of its own. Facts do not change.
        connection.execute_batch("BEGIN")?;
        Ok(Self { connection })
    }

    /// As [`Store::keep`], with what was judged.
    ///
    /// # Errors
    /// As [`Store::keep`].
    pub fn keep_judged(
        &mut self,
        readings: &[(PackageFacts, Judgement)],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut entered = Entered::default();
        for (facts, judgement) in readings {
            let reading = keep_one(&transaction, facts, at)?;
            let before = verdict_of(&transaction, reading)?;
            put(&transaction, &mut entered, reading, judgement, at)?;
            let changed = ChangedVerdict {
                reading,
                file: judgement.file.clone(),
                before: before.unwrap_or_default(),
                after: judgement.clone(),
            };
            // What was known to be explained is no news, and a first look at anything else none either.
            if changed.before != judgement.verdict && judgement.verdict == EXPLAINED {
                Emitter::begin(&transaction)?.emit(&changed.event(at), None, None)?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// Every reading whose verdict hangs on one of these keys, ordered by set and reading.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn judged_by(&self, keys: &[Sha256]) -> Result<Vec<Judged>, StoreError> {
        let mut sets: Vec<i64> = vec![];
        {
            let mut statement = self.connection.prepare_cached(
                "SELECT key_set FROM key_set_member WHERE key = :key ORDER BY key_set",
            )?;
            for key in keys {
                let rows = statement.query_map(named_params! {":key": key.0}, |row| row.get(0))?;
                for set in rows {
                    sets.push(set?);
                }
            }
        }
        sets.sort_unstable();
        sets.dedup();
        let sql = format!("{OUTLINE} WHERE key_set = :key_set ORDER BY reading");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut found = vec![];
        for set in sets {
            let mut rows = statement.query(named_params! {":key_set": set})?;
            while let Some(row) = rows.next()? {
                found.push(judged(row)?);
            }
        }
        Ok(found)
    }

    /// Every reading that was found to be a vendor's, oldest signature first.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn judged_for(&self, vendor: &str) -> Result<Vec<Judged>, StoreError> {
        let sql = format!(
            "{JUDGED} WHERE judgement.vendor = :vendor OR expected_vendor = :vendor
             ORDER BY coalesce(signed_at, judged_at), reading"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {":vendor": vendor})?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            found.push(judged(row)?);
        }
        Ok(found)
    }

    /// The facts of one reading.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn facts_of(&self, reading: Sha256) -> Result<Option<PackageFacts>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT package, format, refused, content_differs, named_vendor, size
             FROM reading JOIN package ON package.sha256 = reading.package
             WHERE reading.id = :reading",
        )?;
        let mut rows = statement.query(named_params! {":reading": reading.0})?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let format: String = row.get(1)?;
        Ok(Some(PackageFacts {
            format: PackageFormat::from_word(&format).ok_or_else(|| damaged("a format", format))?,
            sha256: Sha256(row.get(0)?),
            size: number(row.get(5)?)?,
            refused: row.get(2)?,
            content_differs: row.get(3)?,
            named_vendor: row.get(4)?,
            objects: self.objects(reading.0)?,
            findings: self.findings(reading.0)?,
        }))
    }

    /// The changes of trust whose consequences were not judged yet: after the first number, up to
    /// the second.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn unjudged_changes(&self) -> Result<(u64, u64), StoreError> {
        let done: Option<i64> = self
            .connection
            .prepare_cached("SELECT change FROM event WHERE kind = :kind ORDER BY id DESC LIMIT 1")?
            .query_row(named_params! {":kind": DONE}, |row| row.get(0))
            .optional()?
            .flatten();
        let head = self.audit_head()?.sequence;
        Ok((number(done.unwrap_or(0))?, head))
    }

    /// The anchors of records, and the entries, that changes after `from` and up to `to` brought or
    /// took: `(anchor id)` and `(map, key, value)`.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn changed_between(&self, from: u64, to: u64) -> Result<ChangedTrust, StoreError> {
        let (from, to) = (sequence(from)?, sequence(to)?);
        let span = named_params! {":from": from, ":to": to};
        let mut changed = ChangedTrust::default();
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT anchor FROM trust_record
             WHERE change > :from AND change <= :to ORDER BY anchor",
        )?;
        for anchor in statement.query_map(span, |row| row.get(0))? {
            changed.anchors.push(anchor?);
        }
        for sql in [
            "SELECT map, key, value FROM trust_entry
             WHERE change > :from AND change <= :to ORDER BY id",
            "SELECT map, key, value FROM trust_entry
             JOIN trust_entry_end ON trust_entry_end.entry = trust_entry.id
             WHERE trust_entry_end.change > :from AND trust_entry_end.change <= :to
             ORDER BY trust_entry.id",
        ] {
            let mut statement = self.connection.prepare_cached(sql)?;
            let entries =
                statement.query_map(span, |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            for entry in entries {
                changed.entries.push(entry?);
            }
        }
        Ok(changed)
    }

    /// Records verdicts that changed, each with its event, and that everything up to `change` was
    /// judged again: all of it or nothing.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn judged_again(
        &mut self,
        changed: &[ChangedVerdict],
        change: u64,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        {
            let emitter = Emitter::begin(&transaction)?;
            let mut entered = Entered::default();
            let struck: Vec<Struck<'_>> = changed.iter().map(struck).collect();
            let blasts = blasts(&struck);
            for blast in &blasts {
                emitter.emit(&blast_event(blast, at), Some(change), None)?;
            }
            let told: BTreeSet<usize> = blasts
                .iter()
                .flat_map(|blast| &blast.struck)
                .copied()
                .collect();
            for (place, one) in changed.iter().enumerate() {
                put(&transaction, &mut entered, one.reading, &one.after, at)?;
                let already = told.contains(&place).then_some(Suppressed::Inhibited);
                emitter.emit(&one.event(at), Some(change), already)?;
            }
            let done = Event {
                at,
                kind: DONE.to_owned(),
                reading: None,
                anchor: None,
                vendor: None,
                detail: serde_json::json!({"changed": changed.len()}).to_string(),
            };
            emitter.emit(&done, Some(change), None)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// What happened, latest first.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn events(&self, limit: u32) -> Result<Vec<Event>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT at, kind, reading, anchor, vendor, detail FROM event
             ORDER BY id DESC LIMIT :limit",
        )?;
        let mut rows = statement.query(named_params! {":limit": limit})?;
        let mut events = vec![];
        while let Some(row) = rows.next()? {
            events.push(Event {
                at: instant(row.get(0)?)?,
                kind: row.get(1)?,
                reading: row.get::<_, Option<[u8; 32]>>(2)?.map(Sha256),
                anchor: row.get(3)?,
                vendor: row.get(4)?,
                detail: row.get(5)?,
            });
        }
        Ok(events)
    }
}

/// What changes of trust were about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangedTrust {
    /// Ids of the anchors that records speak of.
    pub anchors: Vec<String>,
    /// Map number, key and value.
    pub entries: Vec<(u8, Vec<u8>, Vec<u8>)>,
}

/// What this transaction has entered already: packages of one signer share both.
#[derive(Default)]
pub(super) struct Entered {
    sets: BTreeMap<Vec<Sha256>, i64>,
    signers: BTreeMap<Vec<u8>, Sha256>,
}

impl Entered {
    fn signer(&mut self, transaction: &Transaction<'_>, der: &[u8]) -> Result<Sha256, StoreError> {
        if let Some(known) = self.signers.get(der) {
            return Ok(*known);
        }
        let signer = sha256(der);
        transaction
            .prepare_cached(
                "INSERT INTO certificate (sha256, der) VALUES (:sha256, :der)
                 ON CONFLICT (sha256) DO NOTHING",
            )?
            .execute(named_params! {":sha256": signer.0, ":der": der})?;
        self.signers.insert(der.to_vec(), signer);
        Ok(signer)
    }

    fn set(&mut self, transaction: &Transaction<'_>, keys: &[Sha256]) -> Result<i64, StoreError> {
        if let Some(known) = self.sets.get(keys) {
            return Ok(*known);
        }
        let set = key_set(transaction, keys)?;
        self.sets.insert(keys.to_vec(), set);
        Ok(set)
    }
}

pub(super) fn put(
    transaction: &Transaction<'_>,
    entered: &mut Entered,
    reading: Sha256,
    judgement: &Judgement,
    at: Timestamp,
) -> Result<(), StoreError> {
    let signer = match &judgement.signer {
        Some(der) => Some(entered.signer(transaction, der)?),
        None => None,
    };
    let set = entered.set(transaction, &judgement.keys)?;
    transaction
        .prepare_cached(
            "INSERT INTO judgement
             (reading, key_set, file, expected_vendor, expected_product, verdict, vendor, anchor,
              signer, signer_key, signed_at, judged_at)
             VALUES (:reading, :key_set, :file, :expected_vendor, :expected_product, :verdict,
                     :vendor, :anchor, :signer, :signer_key, :signed_at, :judged_at)
             ON CONFLICT (reading) DO UPDATE SET
                key_set = excluded.key_set, file = excluded.file,
                expected_vendor = excluded.expected_vendor,
                expected_product = excluded.expected_product, verdict = excluded.verdict,
                vendor = excluded.vendor, anchor = excluded.anchor, signer = excluded.signer,
                signer_key = excluded.signer_key, signed_at = excluded.signed_at,
                judged_at = excluded.judged_at
             -- The same answer again is no news, and costs no writing.
             WHERE (key_set, file, expected_vendor, expected_product, verdict, judgement.vendor,
                    anchor, signer, signer_key, signed_at)
                IS NOT (excluded.key_set, excluded.file, excluded.expected_vendor,
                        excluded.expected_product, excluded.verdict, excluded.vendor,
                        excluded.anchor, excluded.signer, excluded.signer_key,
                        excluded.signed_at)",
        )?
        .execute(named_params! {
            ":reading": reading.0,
            ":key_set": set,
            ":file": judgement.file,
            ":expected_vendor": judgement.expected_vendor,
            ":expected_product": judgement.expected_product,
            ":verdict": judgement.verdict,
            ":vendor": judgement.vendor,
            ":anchor": judgement.anchor,
            ":signer": signer.map(|signer| signer.0),
            ":signer_key": judgement.signer_key.map(|key| key.0),
            ":signed_at": judgement.signed_at.map(Timestamp::as_millisecond),
            ":judged_at": at.as_millisecond(),
        })?;
    Ok(())
}

/// The number of a set of keys, entered once.
fn key_set(transaction: &Transaction<'_>, keys: &[Sha256]) -> Result<i64, StoreError> {
    let mut hasher = Hasher::new(HashAlgorithm::Sha256);
    for key in keys {
        hasher.update(&key.0);
    }
    let digest = hasher.finish();
    let known: Option<i64> = transaction
        .prepare_cached("SELECT id FROM key_set WHERE digest = :digest")?
        .query_row(named_params! {":digest": digest}, |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    transaction
        .prepare_cached("INSERT INTO key_set (digest) VALUES (:digest)")?
        .execute(named_params! {":digest": digest})?;
    let id = transaction.last_insert_rowid();
    let mut statement = transaction.prepare_cached(
        "INSERT INTO key_set_member (key, key_set) VALUES (:key, :key_set)
         ON CONFLICT (key, key_set) DO NOTHING",
    )?;
    for key in keys {
        statement.execute(named_params! {":key": key.0, ":key_set": id})?;
    }
    Ok(id)
}

fn verdict_of(
    transaction: &Transaction<'_>,
    reading: Sha256,
) -> Result<Option<String>, StoreError> {
    Ok(transaction
        .prepare_cached("SELECT verdict FROM judgement WHERE reading = :reading")?
        .query_row(named_params! {":reading": reading.0}, |row| row.get(0))
        .optional()?)
}

fn struck(one: &ChangedVerdict) -> Struck<'_> {
    Struck {
        file: &one.file,
        vendor: one.after.vendor.as_deref(),
        anchor: one.after.anchor.as_deref(),
        before: &one.before,
        after: &one.after.verdict,
    }
}

/// One event for all that a condemned key took with it.
fn blast_event(blast: &Blast, at: Timestamp) -> Event {
    Event {
        at,
        kind: "blast-radius".to_owned(),
        reading: None,
        anchor: Some(blast.anchor.clone()),
        vendor: blast.vendor.clone(),
        detail: serde_json::json!({
            "packages": blast.struck.len(),
            "files": blast.files,
        })
        .to_string(),
    }
}

fn judged(row: &rusqlite::Row<'_>) -> Result<Judged, StoreError> {
    Ok(Judged {
        reading: Sha256(row.get(0)?),
        key_set: row.get(1)?,
        file: row.get(2)?,
        expected_vendor: row.get(3)?,
        expected_product: row.get(4)?,
        verdict: row.get(5)?,
        vendor: row.get(6)?,
        anchor: row.get(7)?,
        signer: row.get(8)?,
        signed_at: row.get::<_, Option<i64>>(9)?.map(instant).transpose()?,
        judged_at: instant(row.get(10)?)?,
    })
}
