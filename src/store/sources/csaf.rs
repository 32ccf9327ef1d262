//! What is remembered of a CSAF provider between visits.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::list::SourceValidators;
use crate::store::open::{Store, StoreError};
use crate::store::values::instant;

/// Metadata, a list or a key file, with what makes the next question conditional.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsafList {
    pub url: String,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CsafDocument {
    pub url: String,
    /// Every date under which a list named it.
    pub dates: Vec<Timestamp>,
    /// When it was last fetched or found unchanged.
    pub fetched: Timestamp,
    pub validators: SourceValidators,
    pub hashes: Vec<String>,
    pub signature: String,
}

/// What a visit brought that is to be remembered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CsafProgress {
    pub lists: Vec<CsafList>,
    pub documents: Vec<CsafDocument>,
}

impl Store {
    /// The lists that a provider was asked for.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn csaf_lists(&self, source: i64) -> Result<Vec<CsafList>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT url, etag, last_modified FROM csaf_list WHERE source = :source ORDER BY url",
        )?;
        let found = statement.query_map(named_params! {":source": source}, |row| {
            Ok(CsafList {
                url: row.get(0)?,
                etag: row.get(1)?,
                last_modified: row.get(2)?,
            })
        })?;
        Ok(found.collect::<Result<_, _>>()?)
    }

    /// The documents that are held of a provider, by address.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn csaf_documents(&self, source: i64) -> Result<Vec<CsafDocument>, StoreError> {
        let mut dates = self.connection.prepare_cached(
            "SELECT url, date FROM csaf_document_date WHERE source = :source ORDER BY url, date",
        )?;
        let mut dates = dates.query(named_params! {":source": source})?;
        let mut date = dates.next()?;
        let mut statement = self.connection.prepare_cached(
            "SELECT url, fetched, etag, last_modified, hashes, signature FROM csaf_document
             WHERE source = :source ORDER BY url",
        )?;
        let mut rows = statement.query(named_params! {":source": source})?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            let url: String = row.get(0)?;
            let hashes: String = row.get(4)?;
            let mut document = CsafDocument {
                fetched: instant(row.get(1)?)?,
                validators: SourceValidators {
                    url: Some(url.clone()),
                    etag: row.get(2)?,
                    last_modified: row.get(3)?,
                },
                hashes: hashes.lines().map(str::to_owned).collect(),
                signature: row.get(5)?,
                dates: vec![],
                url,
            };
            // Both are in the order of addresses.
            while let Some(row) = date {
                if row
                    .get_ref(0)?
                    .as_str()
                    .is_ok_and(|url| url == document.url)
                {
                    document.dates.push(instant(row.get(1)?)?);
                    date = dates.next()?;
                } else {
                    break;
                }
            }
            found.push(document);
        }
        Ok(found)
    }
}

pub(super) fn remember(
    connection: &Connection,
    source: i64,
    progress: &CsafProgress,
) -> Result<(), StoreError> {
    for list in &progress.lists {
        connection
            .prepare_cached(
                "INSERT OR REPLACE INTO csaf_list (source, url, etag, last_modified)
                 VALUES (:source, :url, :etag, :last_modified)",
            )?
            .execute(named_params! {
                ":source": source, ":url": list.url, ":etag": list.etag,
                ":last_modified": list.last_modified,
            })?;
    }
    for document in &progress.documents {
        connection
            .prepare_cached(
                "INSERT INTO csaf_document
                 (source, url, fetched, etag, last_modified, hashes, signature)
                 VALUES (:source, :url, :fetched, :etag, :last_modified, :hashes, :signature)
                 ON CONFLICT (source, url) DO UPDATE SET fetched = excluded.fetched,
                    etag = excluded.etag, last_modified = excluded.last_modified,
                    hashes = excluded.hashes, signature = excluded.signature",
            )?
            .execute(named_params! {
                ":source": source,
                ":url": document.url,
                ":fetched": document.fetched.as_millisecond(),
                ":etag": document.validators.etag,
                ":last_modified": document.validators.last_modified,
                ":hashes": document.hashes.join("\n"),
                ":signature": document.signature,
            })?;
        let mut insert = connection.prepare_cached(
            "INSERT INTO csaf_document_date (source, url, date) VALUES (:source, :url, :date)
             ON CONFLICT DO NOTHING",
        )?;
        for date in &document.dates {
            insert.execute(named_params! {
                ":source": source, ":url": document.url, ":date": date.as_millisecond(),
            })?;
        }
    }
    Ok(())
}
