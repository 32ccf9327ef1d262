//! Looking into the outbox.

use jiff::Timestamp;
use rusqlite::{Row, named_params};

use super::claim::{OutgoingEvent, events};
use crate::domain::Sha256;
use crate::store::values::{instant, number};
use crate::store::{Event, Store, StoreError};

/// A mail in the outbox, in whatever state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub id: i64,
    pub message_id: String,
    pub team: Option<String>,
    pub address: String,
    pub kind: String,
    pub subject: String,
    pub thread: String,
    /// `held`, `queued`, `sending`, `sent`, `failed`, `dropped`.
    pub state: String,
    pub attempts: u32,
    pub created_at: Timestamp,
    pub due_at: Timestamp,
    pub ended_at: Option<Timestamp>,
}

/// One attempt to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub at: Timestamp,
    pub outcome: String,
    /// Foreign.
    pub said: String,
}

/// A mail, what it tells, and what was tried.
pub type Delivery = (Waiting, Vec<OutgoingEvent>, Vec<Attempt>);

/// How the outbox stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OutboxHealth {
    pub held: u64,
    pub queued: u64,
    pub sending: u64,
    pub sent: u64,
    pub failed: u64,
    pub dropped: u64,
    /// Since when the longest overdue mail is due.
    pub overdue_since: Option<Timestamp>,
}

const WAITING: &str =
    "SELECT delivery.id, message_id, team.name, address, kind, subject, thread, state,
        attempts, created_at, due_at, ended_at
 FROM delivery LEFT JOIN team ON team.id = delivery.team";

impl Store {
    /// The latest mails, of one state or all.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn outbox(&self, state: Option<&str>, limit: u32) -> Result<Vec<Waiting>, StoreError> {
        let sql = format!(
            "{WAITING} WHERE :state IS NULL OR state = :state
             ORDER BY delivery.id DESC LIMIT :limit"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {":state": state, ":limit": limit})?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            found.push(waiting(row)?);
        }
        Ok(found)
    }

    /// One mail with its events and attempts.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn delivery(&self, id: i64) -> Result<Option<Delivery>, StoreError> {
        let sql = format!("{WAITING} WHERE delivery.id = :id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {":id": id})?;
        let Some(row) = rows.next()? else {
            return Ok(None);
        };
        let mail = waiting(row)?;
        let mut statement = self.connection.prepare_cached(
            "SELECT at, outcome, said FROM delivery_attempt
             WHERE delivery = :id ORDER BY number",
        )?;
        let mut rows = statement.query(named_params! {":id": id})?;
        let mut attempts = vec![];
        while let Some(row) = rows.next()? {
            attempts.push(Attempt {
                at: instant(row.get(0)?)?,
                outcome: row.get(1)?,
                said: row.get(2)?,
            });
        }
        Ok(Some((mail, events(&self.connection, id)?, attempts)))
    }

    /// How the outbox stands.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn outbox_health(&self, now: Timestamp) -> Result<OutboxHealth, StoreError> {
        let mut health = OutboxHealth::default();
        let mut statement = self
            .connection
            .prepare_cached("SELECT state, count(*) FROM delivery GROUP BY state ORDER BY state")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let count = number(row.get(1)?)?;
            match row.get::<_, String>(0)?.as_str() {
                "held" => health.held = count,
                "queued" => health.queued = count,
                "sending" => health.sending = count,
                "sent" => health.sent = count,
                "failed" => health.failed = count,
                _ => health.dropped = count,
            }
        }
        let since: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT min(due_at) FROM delivery WHERE state = 'queued' AND due_at <= :now",
            )?
            .query_row(named_params! {":now": now.as_millisecond()}, |row| {
                row.get(0)
            })?;
        health.overdue_since = since.map(instant).transpose()?;
        Ok(health)
    }

    /// What happened from a moment on, oldest first, with the events' numbers.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn events_since(&self, from: Timestamp) -> Result<Vec<(i64, Event)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, at, kind, reading, anchor, vendor, detail FROM event
             WHERE at >= :from ORDER BY at, id",
        )?;
        let mut rows = statement.query(named_params! {":from": from.as_millisecond()})?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            let event = Event {
                at: instant(row.get(1)?)?,
                kind: row.get(2)?,
                reading: row.get::<_, Option<[u8; 32]>>(3)?.map(Sha256),
                anchor: row.get(4)?,
                vendor: row.get(5)?,
                detail: row.get(6)?,
            };
            found.push((row.get(0)?, event));
        }
        Ok(found)
    }

    /// How many known packages end at an anchor, of a vendor, or both.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn known_packages(
        &self,
        anchor: Option<&str>,
        vendor: Option<&str>,
    ) -> Result<u64, StoreError> {
        if anchor.is_none() && vendor.is_none() {
            return Ok(0);
        }
        let count: i64 = self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM judgement
                 WHERE (:vendor IS NULL OR vendor = :vendor)
                   AND (:anchor IS NULL OR anchor = :anchor)",
            )?
            .query_row(
                named_params! {":anchor": anchor, ":vendor": vendor},
                |row| row.get(0),
            )?;
        number(count)
    }

    /// The products that a team's subscriptions name, sorted.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn products_of_team(&self, team: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT json_each.value
             FROM subscription JOIN team ON team.id = subscription.team, json_each(products)
             WHERE team.name = :team AND ended_at IS NULL ORDER BY json_each.value",
        )?;
        let rows = statement.query_map(named_params! {":team": team}, |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The next moment at which a mail is due.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let due: Option<i64> = self
            .connection
            .prepare_cached("SELECT min(due_at) FROM delivery WHERE state = 'queued'")?
            .query_row([], |row| row.get(0))?;
        due.map(instant).transpose()
    }
}

fn waiting(row: &Row<'_>) -> Result<Waiting, StoreError> {
    Ok(Waiting {
        id: row.get(0)?,
        message_id: row.get(1)?,
        team: row.get(2)?,
        address: row.get(3)?,
        kind: row.get(4)?,
        subject: row.get(5)?,
        thread: row.get(6)?,
        state: row.get(7)?,
        attempts: row.get(8)?,
        created_at: instant(row.get(9)?)?,
        due_at: instant(row.get(10)?)?,
        ended_at: row.get::<_, Option<i64>>(11)?.map(instant).transpose()?,
    })
}
