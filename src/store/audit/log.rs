//! Reading the chain, and checking that nobody edited it.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, named_params};

use super::chain::{AuditEntry, AuditHead, TABLES, content};
use crate::domain::{HashAlgorithm, Sha256};
use crate::formats::digest::digest;
use crate::formats::minisign::{MinisignSignature, SecretKey, public_key_file};
use crate::formats::public_key::{KeyNumber, PublicKey};
use crate::formats::raw_signature::Message;
use crate::store::values::{instant, number};
use crate::store::{Deed, Store, StoreError};

/// What checking the chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    pub entries: u64,
    pub head: AuditHead,
    /// When the last entry was made.
    pub last: Option<Timestamp>,
    /// How many of the heads are signed by the instance's keys.
    pub signed_heads: u64,
    /// In order of entries; empty when all is as it was written.
    pub faults: Vec<AuditFault>,
}

/// One thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault {
    #[error("entry {sequence} is missing")]
    Missing { sequence: u64 },
    #[error("entry {sequence} cannot be read")]
    Unreadable { sequence: u64 },
    #[error("entry {sequence} does not follow the one before it")]
    Chain { sequence: u64 },
    #[error("entry {sequence} was edited: its hash does not fit")]
    Hash { sequence: u64 },
    #[error("what entry {sequence} recorded was edited: records of that change differ")]
    Content { sequence: u64 },
    #[error("the signature over head {sequence} does not fit the instance's key")]
    Signature { sequence: u64 },
    #[error("head {sequence} has no signature by the instance's key")]
    Unsigned { sequence: u64 },
    #[error("instance key {number} is not vouched for by the one before it")]
    Key { number: KeyNumber },
    #[error("the chain does not reach the head {0}: it was cut off or rewritten")]
    Head(AuditHead),
    #[error("records belong to no entry of the chain")]
    Stray,
}

struct Key {
    number: KeyNumber,
    spki: Vec<u8>,
    /// The entry with which it was entered.
    change: i64,
}

impl Store {
    /// The end of the chain.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn audit_head(&self) -> Result<AuditHead, StoreError> {
        Ok(self
            .audit_log(Some(1))?
            .first()
            .map_or(AuditHead::EMPTY, AuditEntry::head))
    }

    /// The changes, latest first; `limit` = `None` for all.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn audit_log(&self, limit: Option<u32>) -> Result<Vec<AuditEntry>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT sequence, at, actor, action, detail, content, previous, hash
             FROM audit ORDER BY sequence DESC LIMIT :limit",
        )?;
        let mut rows = statement.query(named_params! {":limit": limit.map_or(-1, i64::from)})?;
        let mut entries = vec![];
        while let Some(row) = rows.next()? {
            entries.push(entry(row)?);
        }
        Ok(entries)
    }

    /// Recomputes the chain, the digests of what each change recorded, and the signatures; holds it
    /// against heads that were kept elsewhere.
    ///
    /// # Errors
    /// When SQLite fails. What was edited is a fault in the report and no error.
    pub fn audit_verify(&self, known: &[AuditHead]) -> Result<AuditReport, StoreError> {
        let mut report = AuditReport {
            entries: 0,
            head: AuditHead::EMPTY,
            last: None,
            signed_heads: 0,
            faults: vec![],
        };
        let keys = self.instance_keys(&mut report.faults)?;
        let mut reached: Vec<AuditHead> = vec![AuditHead::EMPTY];
        let mut statement = self.connection.prepare_cached(
            "SELECT audit.sequence, at, actor, action, detail, content, previous, hash, signature
             FROM audit LEFT JOIN audit_head ON audit_head.sequence = audit.sequence
             ORDER BY audit.sequence",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let expected = report.head.sequence + 1;
            let place = row.get::<_, i64>(0).unwrap_or_default();
            let Ok(entry) = entry(row) else {
                report
                    .faults
                    .push(AuditFault::Unreadable { sequence: expected });
                report.head.sequence = expected;
                report.entries += 1;
                continue;
            };
            for missing in expected..entry.sequence.min(expected + 8) {
                report
                    .faults
                    .push(AuditFault::Missing { sequence: missing });
            }
            let sequence = entry.sequence;
            if entry.previous != report.head.hash {
                report.faults.push(AuditFault::Chain { sequence });
            }
            if entry.hash != entry.computed_hash() {
                report.faults.push(AuditFault::Hash { sequence });
            }
            if content(&self.connection, place).ok() != Some(entry.content) {
                report.faults.push(AuditFault::Content { sequence });
            }
            let signature = row
                .get::<_, Option<String>>(8)
                .unwrap_or(Some(String::new()));
            let mut current = keys.iter().filter(|key| key.change <= place);
            // The change that enters a key is signed by it.
            match (current.next_back(), signature) {
                (Some(_), None) => report.faults.push(AuditFault::Unsigned { sequence }),
                (None, None) => {}
                (Some(key), Some(text)) if holds(key, &entry.head().message(), &text) => {
                    report.signed_heads += 1;
                }
                _ => report.faults.push(AuditFault::Signature { sequence }),
            }
            report.entries += 1;
            report.head = entry.head();
            report.last = Some(entry.at);
            reached.push(report.head);
        }
        for head in known {
            if !reached.contains(head) {
                report.faults.push(AuditFault::Head(*head));
            }
        }
        if self.has_strays()? {
            report.faults.push(AuditFault::Stray);
        }
        Ok(report)
    }

    /// Hands the instance over from its key to a new one: the old key signs the new.
    ///
    /// # Errors
    /// When SQLite fails, or `old` is not the instance's key.
    pub fn rotate_instance_key(
        &mut self,
        old: &SecretKey,
        new: &SecretKey,
        now: Timestamp,
        actor: &str,
    ) -> Result<AuditHead, StoreError> {
        let change = self.change(now)?;
        let current: Option<(i64, [u8; 32])> = change
            .transaction
            .query_row(
                "SELECT id, public_key FROM instance_key ORDER BY id DESC LIMIT 1",
                [],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        match current {
            Some((id, known)) if known == old.public_key() => {
                let message = succession(&new.public_key());
                let signature = old.sign(message.as_bytes(), &message);
                change.enter_key(new, Some((id, &signature)))?;
            }
            Some(_) => return Err(StoreError::OtherInstance),
            None => {}
        }
        let deed = Deed {
            actor: actor.to_owned(),
            action: "instance-rotate",
            detail: serde_json::json!({
                "old": old.number().minisign(),
                "new": new.number().minisign(),
            }),
        };
        change.commit(&deed, Some(new))
    }

    /// The instance's key, if anything was signed yet.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn instance_public_key(&self) -> Result<Option<[u8; 32]>, StoreError> {
        Ok(self
            .connection
            .query_row(
                "SELECT public_key FROM instance_key ORDER BY id DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()?)
    }

    fn instance_keys(&self, faults: &mut Vec<AuditFault>) -> Result<Vec<Key>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT public_key, number, vouched, change FROM instance_key ORDER BY id",
        )?;
        let mut rows = statement.query([])?;
        let mut keys: Vec<Key> = vec![];
        while let Some(row) = rows.next()? {
            let public_key: [u8; 32] = row.get(0)?;
            let number = KeyNumber(row.get(1)?);
            let vouched: Option<String> = row.get(2)?;
            let spki = PublicKey::read(public_key_file(number, &public_key).as_bytes())
                .ok()
                .and_then(|keys| Some(keys.into_iter().next()?.spki))
                .unwrap_or_default();
            let sound = match (keys.last(), vouched) {
                (None, None) => true,
                (Some(old), Some(text)) => holds(old, &succession(&public_key), &text),
                _ => false,
            };
            if !sound {
                faults.push(AuditFault::Key { number });
            }
            keys.push(Key {
                number,
                spki,
                change: row.get(3)?,
            });
        }
        Ok(keys)
    }

    /// Rows whose change the chain does not have.
    fn has_strays(&self) -> Result<bool, StoreError> {
        for (table, _) in TABLES {
            let found: bool = self.connection.query_row(
                &format!(
                    "SELECT EXISTS (SELECT 1 FROM {table}
                     WHERE change NOT IN (SELECT sequence FROM audit))"
                ),
                [],
                |row| row.get(0),
            )?;
            if found {
                return Ok(true);
            }
        }
        Ok(self.connection.query_row(
            "SELECT EXISTS (SELECT 1 FROM audit_head
             WHERE sequence NOT IN (SELECT sequence FROM audit))",
            [],
            |row| row.get(0),
        )?)
    }
}

/// What the old key signs.
fn succession(public_key: &[u8; 32]) -> String {
    format!("anchorwatch instance key {}", Sha256(*public_key))
}

fn holds(key: &Key, message: &str, signature: &str) -> bool {
    let bytes = message.as_bytes();
    let digests = [(
        HashAlgorithm::Blake2b512,
        digest(HashAlgorithm::Blake2b512, bytes),
    )];
    let whole = Message {
        whole: None,
        digests: &digests,
    };
    // Exactly as it was written: what a signature file leaves to anybody would hide an edit.
    let lines = signature.ends_with('\n') && signature.lines().count() == 4;
    MinisignSignature::parse(signature.as_bytes()).is_ok_and(|parsed| {
        lines
            && !signature.contains('\r')
            && parsed.number == key.number
            && parsed.untrusted_comment == SecretKey::comment(key.number)
            && parsed.trusted_comment == message
            && parsed.check(&key.spki, &whole).is_ok()
    })
}

fn entry(row: &Row<'_>) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        sequence: number(row.get(0)?)?,
        at: instant(row.get(1)?)?,
        actor: row.get(2)?,
        action: row.get(3)?,
        detail: row.get(4)?,
        content: Sha256(row.get(5)?),
        previous: Sha256(row.get(6)?),
        hash: Sha256(row.get(7)?),
    })
}
