//! One change of trust in the making.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, TransactionBehavior, named_params};

use super::chain::{AuditEntry, AuditHead, content};
use crate::formats::minisign::SecretKey;
use crate::store::values::{instant, number, sequence};
use crate::store::{Store, StoreError};

/// Who does what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub actor: String,
    pub action: &'static str,
    /// JSON.
    pub detail: serde_json::Value,
}

/// A write transaction that ends as one entry of the audit chain, or leaves nothing.
#[derive(Debug)]
pub struct Change<'store> {
    pub(in crate::store) transaction: Transaction<'store>,
    /// The number of the entry that this change will be.
    pub(in crate::store) sequence: i64,
    /// In milliseconds; see [`Change::known_from`].
    pub(in crate::store) known_at: i64,
    previous: AuditHead,
}

impl Store {
    /// Begins a change, waiting at most the store's patience for another writer.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn change(&mut self, now: Timestamp) -> Result<Change<'_>, StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let last = transaction
            .query_row(
                "SELECT sequence, hash, at FROM audit ORDER BY sequence DESC LIMIT 1",
                [],
                |row| Ok((row.get::<_, i64>(0)?, row.get(1)?, row.get::<_, i64>(2)?)),
            )
            .optional()?;
        let (previous, last_at) = match last {
            None => (AuditHead::EMPTY, i64::MIN),
            Some((last, hash, at)) => (
                AuditHead {
                    sequence: number(last)?,
                    hash: crate::domain::Sha256(hash),
                },
                at,
            ),
        };
        Ok(Change {
            sequence: sequence(previous.sequence)? + 1,
            known_at: now.as_millisecond().max(last_at),
            previous,
            transaction,
        })
    }
}

impl Change<'_> {
    /// Since when what this change adds is known: now, but never before the change before it, so
    /// that a clock set back cannot alter what was known earlier.
    ///
    /// # Errors
    /// When the time is out of range.
    pub fn known_from(&self) -> Result<Timestamp, StoreError> {
        instant(self.known_at)
    }

    /// Ends the change with its entry in the chain, signed by the instance's key.
    ///
    /// # Errors
    /// When SQLite fails, or the key is not the one that the store knows as the instance's; then
    /// nothing is changed.
    pub fn commit(self, deed: &Deed, key: Option<&SecretKey>) -> Result<AuditHead, StoreError> {
        if let Some(key) = key {
            self.acquaint(key)?;
        }
        let mut entry = AuditEntry {
            sequence: self.previous.sequence + 1,
            at: self.known_from()?,
            actor: deed.actor.clone(),
            action: deed.action.to_owned(),
            detail: deed.detail.to_string(),
            content: content(&self.transaction, self.sequence)?,
            previous: self.previous.hash,
            hash: self.previous.hash,
        };
        entry.hash = entry.computed_hash();
        self.transaction
            .prepare_cached(
                "INSERT INTO audit (sequence, at, actor, action, detail, content, previous, hash)
                 VALUES (:sequence, :at, :actor, :action, :detail, :content, :previous, :hash)",
            )?
            .execute(named_params! {
                ":sequence": self.sequence,
                ":at": self.known_at,
                ":actor": entry.actor,
                ":action": entry.action,
                ":detail": entry.detail,
                ":content": entry.content.0,
                ":previous": entry.previous.0,
                ":hash": entry.hash.0,
            })?;
        let head = entry.head();
        if let Some(key) = key {
            let signature = key.sign(head.message().as_bytes(), &head.message());
            self.transaction
                .prepare_cached(
                    "INSERT INTO audit_head (sequence, signature) VALUES (:sequence, :signature)",
                )?
                .execute(named_params! {":sequence": self.sequence, ":signature": signature})?;
        }
        self.transaction.commit()?;
        Ok(head)
    }

    /// Enters the instance's first key; a later one must be the last that was entered.
    fn acquaint(&self, key: &SecretKey) -> Result<(), StoreError> {
        let current: Option<[u8; 32]> = self
            .transaction
            .query_row(
                "SELECT public_key FROM instance_key ORDER BY id DESC LIMIT 1",
                [],
                |row| row.get(0),
            )
            .optional()?;
        match current {
            None => self.enter_key(key, None),
            Some(known) if known == key.public_key() => Ok(()),
            Some(_) => Err(StoreError::OtherInstance),
        }
    }

    /// Enters a key of the instance, by the word of the one before it.
    ///
    /// # Errors
    /// When SQLite fails.
    pub(super) fn enter_key(
        &self,
        key: &SecretKey,
        vouched: Option<(i64, &str)>,
    ) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO instance_key
                 (public_key, number, vouched_by, vouched, known_from, change)
                 VALUES (:public_key, :number, :vouched_by, :vouched, :known_from, :change)",
            )?
            .execute(named_params! {
                ":public_key": key.public_key(),
                ":number": key.number().0,
                ":vouched_by": vouched.map(|(by, _)| by),
                ":vouched": vouched.map(|(_, signature)| signature),
                ":known_from": self.known_at,
                ":change": self.sequence,
            })?;
        Ok(())
    }
}
