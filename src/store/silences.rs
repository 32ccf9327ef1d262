//! Silences and acknowledgements.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, named_params};

use super::values::{instant, number};
use super::{Store, StoreError};
use crate::judge::watch::Silence;

/// A silence with its reason, and how much it held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSilence {
    pub silence: Silence,
    pub who: String,
    pub why: String,
    pub ended_at: Option<Timestamp>,
    /// How many events it kept from how many addresses, counted together.
    pub suppressed: u64,
}

/// A silence to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSilence {
    pub who: String,
    pub why: String,
    /// Patterns.
    pub vendor: String,
    pub kind: String,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Store {
    /// Keeps a silence and gives its number.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn silence(&mut self, new: &NewSilence) -> Result<i64, StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO silence (who, why, vendor, kind, from_at, until)
                 VALUES (:who, :why, :vendor, :kind, :from_at, :until)",
            )?
            .execute(named_params! {
                ":who": new.who,
                ":why": new.why,
                ":vendor": new.vendor,
                ":kind": new.kind,
                ":from_at": new.from.as_millisecond(),
                ":until": new.until.as_millisecond(),
            })?;
        Ok(self.connection.last_insert_rowid())
    }

    /// Ends a silence before its time; `false` when there is none of this number that still holds.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn end_silence(&mut self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let ended = self
            .connection
            .prepare_cached(
                "UPDATE silence SET ended_at = :now
                 WHERE id = :id AND ended_at IS NULL AND until > :now",
            )?
            .execute(named_params! {":id": id, ":now": now.as_millisecond()})?;
        Ok(ended > 0)
    }

    /// Every silence, latest first.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn silences(&self) -> Result<Vec<KeptSilence>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, vendor, kind, from_at, until, who, why, ended_at,
                    (SELECT count(*) FROM suppression WHERE silence = silence.id)
             FROM silence ORDER BY id DESC",
        )?;
        let mut rows = statement.query([])?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            found.push(KeptSilence {
                silence: Silence {
                    id: row.get(0)?,
                    vendor: row.get(1)?,
                    kind: row.get(2)?,
                    from: instant(row.get(3)?)?,
                    until: instant(row.get(4)?)?,
                },
                who: row.get(5)?,
                why: row.get(6)?,
                ended_at: row.get::<_, Option<i64>>(7)?.map(instant).transpose()?,
                suppressed: number(row.get(8)?)?,
            });
        }
        Ok(found)
    }

    /// Notes that somebody took care of an event's thread; `None` when there is no such event.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn acknowledge(
        &mut self,
        event: i64,
        who: &str,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let transaction = self.writing()?;
        let thread: Option<String> = transaction
            .query_row(
                "SELECT thread FROM event_notice WHERE event = :event",
                named_params! {":event": event},
                |row| row.get(0),
            )
            .optional()?;
        if let Some(thread) = &thread {
            transaction.execute(
                "INSERT INTO acknowledgement (thread, who, at) VALUES (:thread, :who, :at)",
                named_params! {":thread": thread, ":who": who, ":at": now.as_millisecond()},
            )?;
        }
        transaction.commit()?;
        Ok(thread)
    }
}

/// Silences that were not ended; the judge holds their times against the event's.
pub(super) fn open(transaction: &Transaction<'_>) -> Result<Vec<Silence>, StoreError> {
    let mut statement = transaction.prepare_cached(
        "SELECT id, vendor, kind, from_at, until FROM silence
         WHERE ended_at IS NULL ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
    let mut found = vec![];
    while let Some(row) = rows.next()? {
        found.push(Silence {
            id: row.get(0)?,
            vendor: row.get(1)?,
            kind: row.get(2)?,
            from: instant(row.get(3)?)?,
            until: instant(row.get(4)?)?,
        });
    }
    Ok(found)
}
