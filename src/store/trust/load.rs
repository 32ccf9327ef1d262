//! Loading a trust folder: what is new is recorded, what is gone is taken back, nothing else.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use rusqlite::named_params;

use super::record::{StoredRecord, records_from};
use super::source::{Source, loaded_digest};
use crate::domain::{AnchorId, Purpose, RecordId, Sha256, Status};
use crate::formats::digest::sha256;
use crate::formats::minisign::SecretKey;
use crate::formats::trust_folder::ValidFromIs;
use crate::judge::trust::{Claim, Contents, Entry, Scope};
use crate::store::audit::{Change, Deed};
use crate::store::{Store, StoreError};

/// What a loading changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loaded {
    pub entries_new: u64,
    pub entries_gone: u64,
    /// Records with new statuses, corrections among them.
    pub records_new: u64,
    pub records_withdrawn: u64,
}

impl Loaded {
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

impl Store {
    /// Loads a folder's contents; `None` when they are what was loaded last, and nothing is written.
    ///
    /// # Errors
    /// When SQLite fails or the key is not the instance's; then nothing is changed.
    pub fn load(
        &mut self,
        source: &Source,
        contents: &Contents,
        now: Timestamp,
        actor: &str,
        key: Option<&SecretKey>,
    ) -> Result<Option<Loaded>, StoreError> {
        let change = self.change(now)?;
        // Under the write lock, so that two first starts do not both load.
        let last = loaded_digest(&change.transaction, source, i64::MAX)?;
        if last == Some(contents.digest) {
            return Ok(None);
        }
        let id = change.source(source)?;
        let mut loaded = Loaded::default();
        change.entries(id, &contents.entries, &mut loaded)?;
        change.claims(source, id, &contents.claims, &mut loaded)?;
        change
            .transaction
            .prepare_cached(
                "INSERT INTO trust_load (source, digest, known_from, change)
                 VALUES (:source, :digest, :known_from, :change)",
            )?
            .execute(named_params! {
                ":source": id,
                ":digest": contents.digest.0,
                ":known_from": change.known_at,
                ":change": change.sequence,
            })?;
        let deed = Deed {
            actor: actor.to_owned(),
            action: "load",
            detail: serde_json::json!({
                "source": source.kind.word(),
                "name": source.name,
                "digest": contents.digest.to_string(),
                "entries_new": loaded.entries_new,
                "entries_gone": loaded.entries_gone,
                "records_new": loaded.records_new,
                "records_withdrawn": loaded.records_withdrawn,
            }),
        };
        change.commit(&deed, key)?;
        Ok(Some(loaded))
    }
}

impl Change<'_> {
    fn entries(&self, source: i64, now: &[Entry], loaded: &mut Loaded) -> Result<(), StoreError> {
        type Known = BTreeMap<(u8, Vec<u8>, Sha256), i64>;
        let mut known: Known = BTreeMap::new();
        {
            let mut statement = self.transaction.prepare_cached(
                "SELECT id, map, key, value FROM trust_entry
                 WHERE source = :source
                   AND NOT EXISTS (SELECT 1 FROM trust_entry_end WHERE entry = trust_entry.id)
                 ORDER BY id",
            )?;
            let mut rows = statement.query(named_params! {":source": source})?;
            while let Some(row) = rows.next()? {
                let value: Vec<u8> = row.get(3)?;
                known.insert((row.get(1)?, row.get(2)?, sha256(&value)), row.get(0)?);
            }
        }
        let mut told = BTreeSet::new();
        for entry in now {
            let key = (entry.map, entry.key.clone(), sha256(&entry.value));
            let is_known = known.remove(&key).is_some();
            if told.insert(key) && !is_known {
                self.entry_of(source, entry)?;
                loaded.entries_new += 1;
            }
        }
        let gone: BTreeSet<i64> = known.into_values().collect();
        for entry in gone {
            self.end_entry(entry)?;
            loaded.entries_gone += 1;
        }
        Ok(())
    }

    /// Adds what a source says.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn entry(&self, source: &Source, entry: &Entry) -> Result<(), StoreError> {
        self.entry_of(self.source(source)?, entry)
    }

    fn entry_of(&self, source: i64, entry: &Entry) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO trust_entry (source, map, key, value, known_from, change)
                 VALUES (:source, :map, :key, :value, :known_from, :change)",
            )?
            .execute(named_params! {
                ":source": source,
                ":map": entry.map,
                ":key": entry.key,
                ":value": entry.value,
                ":known_from": self.known_at,
                ":change": self.sequence,
            })?;
        Ok(())
    }

    fn end_entry(&self, entry: i64) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO trust_entry_end (entry, known_from, change)
                 VALUES (:entry, :known_from, :change)",
            )?
            .execute(named_params! {
                ":entry": entry,
                ":known_from": self.known_at,
                ":change": self.sequence,
            })?;
        Ok(())
    }

    /// A claim of the same status for the same time is the same claim: with other words about it,
    /// it corrects the record.
    fn claims(
        &self,
        source: &Source,
        id: i64,
        now: &[Claim],
        loaded: &mut Loaded,
    ) -> Result<(), StoreError> {
        let mut known: BTreeMap<Core<'_>, Vec<&StoredRecord>> = BTreeMap::new();
        let records = standing(records_from(&self.transaction, id)?);
        for record in &records {
            if let Some(claim) = &record.claim {
                known.entry(core(claim)).or_default().push(record);
            }
        }
        for claim in now {
            let same = known.get_mut(&core(claim)).map(|list| list.remove(0));
            known.retain(|_, list| !list.is_empty());
            match same {
                Some(record) if record.claim.as_ref() == Some(claim) => {}
                earlier => {
                    self.record(source, claim, earlier.map(|record| record.id))?;
                    loaded.records_new += 1;
                }
            }
        }
        for record in known.into_values().flatten() {
            self.withdraw(source, record, "the source says so no longer")?;
            loaded.records_withdrawn += 1;
        }
        Ok(())
    }
}

type Core<'a> = (&'a AnchorId, &'a Scope, Purpose, Status, Timestamp, bool);

fn core(claim: &Claim) -> Core<'_> {
    (
        &claim.anchor,
        &claim.scope,
        claim.purpose,
        claim.status,
        claim.valid_from,
        claim.valid_from_is == ValidFromIs::Observed,
    )
}

/// The records of one source that the source itself has not taken back.
fn standing(records: Vec<StoredRecord>) -> Vec<StoredRecord> {
    let mut withdrawn: BTreeSet<RecordId> = BTreeSet::new();
    for record in records.iter().rev() {
        if let Some(earlier) = record.withdraws
            && !withdrawn.contains(&record.id)
        {
            withdrawn.insert(earlier);
        }
    }
    records
        .into_iter()
        .filter(|record| !withdrawn.contains(&record.id))
        .collect()
}
