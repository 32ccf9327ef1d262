//! Copies of files, each content once, with every day on which an address gave it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, named_params};

use crate::domain::Sha256;
use crate::formats::digest::sha256;
use crate::store::open::{Store, StoreError};
use crate::store::values::instant;

/// A file as it was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedFile {
    pub url: String,
    pub bytes: Vec<u8>,
}

/// That an address gave a content at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapturedSight {
    pub url: String,
    pub at: Timestamp,
    pub sha256: Sha256,
}

impl Store {
    /// What an address gave, oldest first; a content that stays is there once.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn captured_sights(&self, url: &str) -> Result<Vec<CapturedSight>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT url, at, sha256 FROM captured_sight WHERE url = :url ORDER BY at",
        )?;
        let mut rows = statement.query(named_params! {":url": url})?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            found.push(CapturedSight {
                url: row.get(0)?,
                at: instant(row.get(1)?)?,
                sha256: Sha256(row.get(2)?),
            });
        }
        Ok(found)
    }

    /// The bytes of a captured file.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn captured_bytes(&self, sha256: &Sha256) -> Result<Option<Vec<u8>>, StoreError> {
        let found = self
            .connection
            .prepare_cached("SELECT bytes FROM captured WHERE sha256 = :sha256")?
            .query_row(named_params! {":sha256": sha256.0}, |row| row.get(0))
            .optional()?;
        Ok(found)
    }
}

/// Keeps a copy; the same content at the same address as before is no new sight.
pub(super) fn keep(
    connection: &Connection,
    file: &CapturedFile,
    source: i64,
    announcement: Option<i64>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let digest = sha256(&file.bytes).0;
    let last: Option<[u8; 32]> = connection
        .prepare_cached(
            "SELECT sha256 FROM captured_sight WHERE url = :url ORDER BY at DESC LIMIT 1",
        )?
        .query_row(named_params! {":url": file.url}, |row| row.get(0))
        .optional()?;
    if last == Some(digest) {
        return Ok(());
    }
    connection
        .prepare_cached(
            "INSERT INTO captured (sha256, bytes) VALUES (:sha256, :bytes)
                         ON CONFLICT (sha256) DO NOTHING",
        )?
        .execute(named_params! {":sha256": digest, ":bytes": file.bytes})?;
    connection
        .prepare_cached(
            "INSERT INTO captured_sight (url, at, sha256, source, announcement)
             VALUES (:url, :at, :sha256, :source, :announcement)
             ON CONFLICT (url, at) DO UPDATE SET sha256 = excluded.sha256",
        )?
        .execute(named_params! {
            ":url": file.url,
            ":at": at.as_millisecond(),
            ":sha256": digest,
            ":source": source,
            ":announcement": announcement,
        })?;
    Ok(())
}
