//! How a link of the chain is computed.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, named_params};

use crate::domain::{HashAlgorithm, Sha256};
use crate::formats::digest::Hasher;
use crate::store::StoreError;

/// The tables whose rows carry a change's number, in the order in which they are hashed, with the
/// column that orders their rows.
pub(super) const TABLES: [(&str, &str); 10] = [
    ("trust_source", "id"),
    ("instance_key", "id"),
    ("trust_load", "id"),
    ("trust_entry", "id"),
    ("trust_entry_end", "entry"),
    ("trust_record", "id"),
    ("person", "id"),
    ("proposal", "id"),
    ("proposal_word", "id"),
    ("proposal_end", "proposal"),
];

/// One change of trust, as the log tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// From 1, without gaps.
    pub sequence: u64,
    pub at: Timestamp,
    /// Who did it: `user:<name>` of the operating system, `person:<name>` by their key.
    pub actor: String,
    /// Kebab-case: `load`, `confirm`, `distrust`...
    pub action: String,
    /// What was done, as JSON.
    pub detail: String,
    /// Over the rows that the change added.
    pub content: Sha256,
    pub previous: Sha256,
    pub hash: Sha256,
}

impl AuditEntry {
    /// What `hash` must be: SHA-256 over everything else in the entry, each part with its length
    /// before it.
    #[must_use]
    pub fn computed_hash(&self) -> Sha256 {
        let mut parts = Parts::new();
        parts.add(&self.sequence.to_be_bytes());
        parts.add(&self.at.as_millisecond().to_be_bytes());
        parts.add(self.actor.as_bytes());
        parts.add(self.action.as_bytes());
        parts.add(self.detail.as_bytes());
        parts.add(&self.content.0);
        parts.add(&self.previous.0);
        parts.finish()
    }

    /// The end of a chain that ends with this entry.
    #[must_use]
    pub fn head(&self) -> AuditHead {
        AuditHead {
            sequence: self.sequence,
            hash: self.hash,
        }
    }
}

/// Where a chain ends; written `<sequence>:<hash>`, to be kept elsewhere and held against the chain
/// later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditHead {
    /// 0 when nothing was changed yet.
    pub sequence: u64,
    pub hash: Sha256,
}

impl AuditHead {
    /// The end of an empty chain.
    pub const EMPTY: Self = Self {
        sequence: 0,
        hash: Sha256([0; 32]),
    };

    /// What the instance key signs.
    #[must_use]
    pub fn message(&self) -> String {
        format!("anchorwatch audit head {self}")
    }
}

impl fmt::Display for AuditHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.sequence, self.hash)
    }
}

/// Text that is no head.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a head as `audit log` prints it: a number, a colon, 64 hex digits")]
pub struct HeadTextError;

impl FromStr for AuditHead {
    type Err = HeadTextError;

    fn from_str(text: &str) -> Result<Self, HeadTextError> {
        let (sequence, hash) = text.trim().split_once(':').ok_or(HeadTextError)?;
        Ok(Self {
            sequence: sequence.parse().map_err(|_| HeadTextError)?,
            hash: hash.parse().map_err(|_| HeadTextError)?,
        })
    }
}

/// SHA-256 over every row that carries a change's number, column by column.
pub(super) fn content(connection: &Connection, change: i64) -> Result<Sha256, StoreError> {
    let mut parts = Parts::new();
    for (table, order) in TABLES {
        let mut statement = connection.prepare_cached(&format!(
            "SELECT * FROM {table} WHERE change = :change ORDER BY {order}"
        ))?;
        let columns = statement.column_count();
        let mut rows = statement.query(named_params! {":change": change})?;
        while let Some(row) = rows.next()? {
            parts.add(table.as_bytes());
            for column in 0..columns {
                match row.get_ref(column)? {
                    ValueRef::Null => parts.add(b"n"),
                    ValueRef::Integer(number) => {
                        parts.add(b"i");
                        parts.add(&number.to_be_bytes());
                    }
                    ValueRef::Real(number) => {
                        parts.add(b"r");
                        parts.add(&number.to_be_bytes());
                    }
                    ValueRef::Text(bytes) => {
                        parts.add(b"t");
                        parts.add(bytes);
                    }
                    ValueRef::Blob(bytes) => {
                        parts.add(b"b");
                        parts.add(bytes);
                    }
                }
            }
        }
    }
    Ok(parts.finish())
}

/// Hashes parts so that none can run into the next.
struct Parts(Hasher);

impl Parts {
    fn new() -> Self {
        Self(Hasher::new(HashAlgorithm::Sha256))
    }

    fn add(&mut self, bytes: &[u8]) {
        self.0.update(&(bytes.len() as u64).to_be_bytes());
        self.0.update(bytes);
    }

    fn finish(self) -> Sha256 {
        let mut value = [0; 32];
        value.copy_from_slice(&self.0.finish());
        Sha256(value)
    }
}
