//! Status records: writing them, and reading them back.

use jiff::Timestamp;
use rusqlite::{Connection, Row, named_params};
use uuid::{NoContext, Uuid};

use super::source::{Source, SourceKind};
use crate::domain::{AnchorId, Purpose, RecordId, Status};
use crate::formats::trust_folder::ValidFromIs;
use crate::judge::trust::{Claim, KnownRecord, Record, Scope};
use crate::store::audit::Change;
use crate::store::values::{damaged, instant};
use crate::store::{Store, StoreError};

/// A record as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    pub id: RecordId,
    pub source: Source,
    pub withdraws: Option<RecordId>,
    /// `None` when the record only withdraws.
    pub claim: Option<Claim>,
    /// The anchor and the rest of the place, which a mere withdrawal has too.
    pub anchor: AnchorId,
    pub scope: Scope,
    pub purpose: Purpose,
    /// Why, in words; of a withdrawal too.
    pub says: String,
    pub known_from: Timestamp,
    /// The entry of the audit chain.
    pub change: u64,
}

impl StoredRecord {
    /// As the judge takes it.
    #[must_use]
    pub fn known(&self) -> KnownRecord {
        KnownRecord {
            id: self.id,
            withdraws: self.withdraws,
            record: self.claim.as_ref().map(|claim| Record {
                anchor: claim.anchor.clone(),
                scope: claim.scope.clone(),
                purpose: claim.purpose,
                status: claim.status,
                valid_from: claim.valid_from,
                valid_from_is: claim.valid_from_is,
                known_from: self.known_from,
                evidence: claim.evidence.clone(),
                origin: self.source.kind.origin(),
            }),
        }
    }
}

/// Every column that [`stored`] reads, and the tables.
pub(super) const SELECT: &str =
    "SELECT uuid, kind, name, withdraws, anchor, scope, purpose, status,
        valid_from, valid_from_is, recorded, evidence, says, known_from, trust_record.change
 FROM trust_record JOIN trust_source ON trust_source.id = trust_record.source";

impl Change<'_> {
    /// Records a status, or corrects an earlier record by it.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn record(
        &self,
        source: &Source,
        claim: &Claim,
        withdraws: Option<RecordId>,
    ) -> Result<RecordId, StoreError> {
        let row = NewRow {
            source: self.source(source)?,
            place: (&claim.anchor, &claim.scope, claim.purpose),
            claim: Some(claim),
            says: &claim.says,
            withdraws,
        };
        self.insert(&row)
    }

    /// Takes an earlier record back.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn withdraw(
        &self,
        source: &Source,
        earlier: &StoredRecord,
        says: &str,
    ) -> Result<RecordId, StoreError> {
        let row = NewRow {
            source: self.source(source)?,
            place: (&earlier.anchor, &earlier.scope, earlier.purpose),
            claim: None,
            says,
            withdraws: Some(earlier.id),
        };
        self.insert(&row)
    }

    /// One record by its id, as it stands in this change.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn find(&self, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
        one(&self.transaction, id)
    }

    fn insert(&self, row: &NewRow<'_>) -> Result<RecordId, StoreError> {
        let id = self.new_id()?;
        let (anchor, scope, purpose) = row.place;
        let evidence = row.claim.map(|claim| claim.evidence.as_slice());
        let evidence = serde_json::to_string(evidence.unwrap_or_default())
            .map_err(|error| damaged("evidence", error))?;
        self.transaction
            .prepare_cached(
                "INSERT INTO trust_record
                 (uuid, source, anchor, scope, purpose, status, valid_from, valid_from_is, recorded,
                  evidence, says, known_from, withdraws, change)
                 VALUES (:uuid, :source, :anchor, :scope, :purpose, :status, :valid_from,
                         :valid_from_is, :recorded, :evidence, :says, :known_from, :withdraws,
                         :change)",
            )?
            .execute(named_params! {
                ":uuid": id.0.to_be_bytes(),
                ":source": row.source,
                ":anchor": anchor.to_string(),
                ":scope": scope_text(scope),
                ":purpose": purpose.word(),
                ":status": row.claim.map(|claim| claim.status.word()),
                ":valid_from": row.claim.map(|claim| claim.valid_from.as_millisecond()),
                ":valid_from_is": row.claim.map(|claim| ground_text(claim.valid_from_is)),
                ":recorded": row
                    .claim
                    .and_then(|claim| claim.recorded)
                    .map(Timestamp::as_millisecond),
                ":evidence": evidence,
                ":says": row.says,
                ":known_from": self.known_at,
                ":withdraws": row.withdraws.map(|id| id.0.to_be_bytes()),
                ":change": self.sequence,
            })?;
        Ok(id)
    }

    /// A new id, of the time of this change.
    pub(in crate::store) fn new_id(&self) -> Result<RecordId, StoreError> {
        let since = self.known_from()?.as_second().max(0);
        let seconds = u64::try_from(since).map_err(|_| damaged("a time", since))?;
        let time = uuid::Timestamp::from_unix(NoContext, seconds, 0);
        Ok(RecordId(Uuid::new_v7(time).as_u128()))
    }
}

struct NewRow<'a> {
    source: i64,
    place: (&'a AnchorId, &'a Scope, Purpose),
    claim: Option<&'a Claim>,
    says: &'a str,
    withdraws: Option<RecordId>,
}

impl Store {
    /// Every record of an anchor, withdrawn ones too, oldest knowledge first.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn records_of(&self, anchor: &AnchorId) -> Result<Vec<StoredRecord>, StoreError> {
        let sql = format!("{SELECT} WHERE anchor = :anchor ORDER BY trust_record.id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {":anchor": anchor.to_string()})?;
        let mut records = vec![];
        while let Some(row) = rows.next()? {
            records.push(stored(row)?);
        }
        Ok(records)
    }

    /// Every record that became known in a span (both ends included), in the order learnt.
    ///
    /// # Errors
    /// As [`Store::records_of`].
    pub fn records_learnt(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<StoredRecord>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE trust_record.known_from BETWEEN :from AND :to
             ORDER BY trust_record.known_from, trust_record.id"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {
            ":from": from.as_millisecond(), ":to": to.as_millisecond()
        })?;
        let mut records = vec![];
        while let Some(row) = rows.next()? {
            records.push(stored(row)?);
        }
        Ok(records)
    }

    /// One record by its id.
    ///
    /// # Errors
    /// As [`Store::records_of`].
    pub fn record(&self, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
        one(&self.connection, id)
    }
}

fn one(connection: &Connection, id: RecordId) -> Result<Option<StoredRecord>, StoreError> {
    let sql = format!("{SELECT} WHERE uuid = :uuid");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! {":uuid": id.0.to_be_bytes()})?;
    rows.next()?.map(stored).transpose()
}

/// Every record of one source, oldest first.
pub(super) fn records_from(
    connection: &Connection,
    source: i64,
) -> Result<Vec<StoredRecord>, StoreError> {
    let sql = format!("{SELECT} WHERE source = :source ORDER BY trust_record.id");
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query(named_params! {":source": source})?;
    let mut records = vec![];
    while let Some(row) = rows.next()? {
        records.push(stored(row)?);
    }
    Ok(records)
}

/// A row of [`SELECT`].
pub(super) fn stored(row: &Row<'_>) -> Result<StoredRecord, StoreError> {
    let kind: String = row.get(1)?;
    let kind = SourceKind::from_word(&kind).ok_or_else(|| damaged("a source", kind))?;
    let anchor: String = row.get(4)?;
    let anchor: AnchorId = anchor.parse().map_err(|e| damaged("an anchor", e))?;
    let scope = scope_from(row.get(5)?);
    let purpose: String = row.get(6)?;
    let purpose = Purpose::from_word(&purpose).ok_or_else(|| damaged("a purpose", purpose))?;
    let says: String = row.get(12)?;
    let claim = match row.get::<_, Option<String>>(7)? {
        None => None,
        Some(word) => Some(Claim {
            anchor: anchor.clone(),
            scope: scope.clone(),
            purpose,
            status: Status::from_word(&word).ok_or_else(|| damaged("a status", word))?,
            valid_from: instant(row.get(8)?)?,
            valid_from_is: ground_from(&row.get::<_, String>(9)?)?,
            recorded: row.get::<_, Option<i64>>(10)?.map(instant).transpose()?,
            evidence: serde_json::from_str(&row.get::<_, String>(11)?)
                .map_err(|e| damaged("evidence", e))?,
            says: says.clone(),
        }),
    };
    Ok(StoredRecord {
        id: record_id(row.get(0)?),
        source: Source {
            kind,
            name: row.get(2)?,
        },
        withdraws: row.get::<_, Option<[u8; 16]>>(3)?.map(record_id),
        claim,
        anchor,
        scope,
        purpose,
        says,
        known_from: instant(row.get(13)?)?,
        change: crate::store::values::number(row.get(14)?)?,
    })
}

pub(in crate::store) fn record_id(bytes: [u8; 16]) -> RecordId {
    RecordId(u128::from_be_bytes(bytes))
}

/// A slug is never empty.
fn scope_text(scope: &Scope) -> &str {
    match scope {
        Scope::Global => "",
        Scope::Vendor(slug) => slug,
    }
}

fn scope_from(text: String) -> Scope {
    if text.is_empty() {
        Scope::Global
    } else {
        Scope::Vendor(text)
    }
}

fn ground_text(ground: ValidFromIs) -> &'static str {
    match ground {
        ValidFromIs::Stated => "stated",
        ValidFromIs::Observed => "observed",
    }
}

fn ground_from(word: &str) -> Result<ValidFromIs, StoreError> {
    match word {
        "stated" => Ok(ValidFromIs::Stated),
        "observed" => Ok(ValidFromIs::Observed),
        other => Err(damaged("a ground", other)),
    }
}
