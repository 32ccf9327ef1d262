//! What a source named at earlier visits, by its own stable identity.

use rusqlite::named_params;

use crate::store::open::{Store, StoreError};

/// An entry of an earlier visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownEntry {
    pub key: String,
    /// The identifier as stated.
    pub stated_id: Option<String>,
    pub link: Option<String>,
    /// Of the revision that is held.
    pub revision: [u8; 32],
}

impl Store {
    /// The entries that a source named so far, by key.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn known_entries(&self, source: i64) -> Result<Vec<KnownEntry>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT key, stated_id, link, revision FROM source_entry
             WHERE source = :source ORDER BY key",
        )?;
        let found = statement.query_map(named_params! {":source": source}, |row| {
            Ok(KnownEntry {
                key: row.get(0)?,
                stated_id: row.get(1)?,
                link: row.get(2)?,
                revision: row.get(3)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
