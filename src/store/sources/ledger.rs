//! The ledger of questions: asked what, when, got what.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use crate::store::open::{Store, StoreError};
use crate::store::values::{instant, number, sequence};

/// One question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub host: String,
    pub url: String,
    pub at: Timestamp,
    /// A status, or why there was none.
    pub got: String,
    /// Of the body, on the wire.
    pub bytes: u64,
}

impl Store {
    /// The newest questions, to one host or to all.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn ledger(&self, host: Option<&str>, limit: u32) -> Result<Vec<Asked>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT host, url, at, got, bytes FROM ledger
             WHERE :host IS NULL OR host = :host ORDER BY at DESC, position DESC LIMIT :limit",
        )?;
        let mut rows = statement.query(named_params! {":host": host, ":limit": limit})?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            found.push(Asked {
                host: row.get(0)?,
                url: row.get(1)?,
                at: instant(row.get(2)?)?,
                got: row.get(3)?,
                bytes: number(row.get(4)?)?,
            });
        }
        Ok(found)
    }
}

pub(super) fn write(
    connection: &Connection,
    source: Option<i64>,
    asked: &[Asked],
) -> Result<(), StoreError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO ledger (host, url, source, at, got, bytes)
         VALUES (:host, :url, :source, :at, :got, :bytes)",
    )?;
    for line in asked {
        insert.execute(named_params! {
            ":host": line.host,
            ":url": line.url,
            ":source": source,
            ":at": line.at.as_millisecond(),
            ":got": line.got,
            ":bytes": sequence(line.bytes)?,
        })?;
    }
    Ok(())
}
