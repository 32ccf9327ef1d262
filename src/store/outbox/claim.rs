//! Taking mails to send, and noting what came of it.
//!
//! A mail that is claimed and never noted as sent goes again under the same Message-ID, when its
//! lease ran out or a new sender starts: so a crash costs at most one copy of the mail in flight.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, named_params};

use crate::domain::Sha256;
use crate::store::values::{damaged, instant};
use crate::store::{Event, Store, StoreError};

/// A mail to be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    pub id: i64,
    /// With its brackets.
    pub message_id: String,
    pub team: Option<String>,
    pub address: String,
    pub kind: String,
    pub thread: String,
    pub subject: String,
    /// The Message-ID of the thread's first mail to this address, if this is not it.
    pub first_id: Option<String>,
    /// For kinds that tell no event.
    pub body: String,
    /// How many attempts failed before.
    pub attempts: u32,
    /// When it was first claimed: its `Date:`, whatever attempt this is.
    pub claimed_at: Timestamp,
    /// In the order in which they happened.
    pub events: Vec<OutgoingEvent>,
}

/// An event in a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutgoingEvent {
    pub id: i64,
    /// The severity's word.
    pub severity: String,
    pub event: Event,
}

/// Why a mail was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// `refused-for-now`, `refused`, `dropped-after-data`, `unreachable`...
    pub outcome: &'static str,
    /// What the other side said; foreign.
    pub said: String,
    /// `None` when it is given up.
    pub next: Option<Timestamp>,
}

impl Store {
    /// Takes up to `limit` mails that are due, oldest first. From now on they tell what they tell.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn claim(
        &mut self,
        limit: u32,
        now: Timestamp,
        lease: SignedDuration,
    ) -> Result<Vec<Outgoing>, StoreError> {
        let until = now.checked_add(lease).unwrap_or(now);
        let transaction = self.writing()?;
        let mut claimed = vec![];
        {
            let mut statement = transaction.prepare_cached(
                "UPDATE delivery SET state = 'sending', lease_until = :until,
                        claimed_at = coalesce(claimed_at, :now)
                 WHERE id IN (SELECT id FROM delivery
                              WHERE state = 'queued' AND due_at <= :now
                              ORDER BY due_at, id LIMIT :limit)
                 RETURNING id, message_id, (SELECT name FROM team WHERE team.id = delivery.team),
                           address, kind, thread, subject, first_id, body, attempts, claimed_at,
                           due_at",
            )?;
            let mut rows = statement.query(named_params! {
                ":now": now.as_millisecond(),
                ":until": until.as_millisecond(),
                ":limit": limit,
            })?;
            while let Some(row) = rows.next()? {
                let outgoing = Outgoing {
                    id: row.get(0)?,
                    message_id: row.get(1)?,
                    team: row.get(2)?,
                    address: row.get(3)?,
                    kind: row.get(4)?,
                    thread: row.get(5)?,
                    subject: row.get(6)?,
                    first_id: row.get(7)?,
                    body: row.get(8)?,
                    attempts: row.get(9)?,
                    claimed_at: instant(row.get(10)?)?,
                    events: vec![],
                };
                claimed.push((row.get::<_, i64>(11)?, outgoing));
            }
        }
        // RETURNING promises no order.
        claimed.sort_by_key(|(due, outgoing)| (*due, outgoing.id));
        let mut claimed: Vec<Outgoing> = claimed.into_iter().map(|(_, one)| one).collect();
        for outgoing in &mut claimed {
            outgoing.events = events(&transaction, outgoing.id)?;
        }
        transaction.commit()?;
        Ok(claimed)
    }

    /// Notes that a mail was taken.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn sent(&mut self, id: i64, said: &str, now: Timestamp) -> Result<(), StoreError> {
        let transaction = self.writing()?;
        attempt(&transaction, id, "sent", said, now)?;
        transaction
            .prepare_cached(
                // What an address was asked with is nobody's business any more.
                "UPDATE delivery SET state = 'sent', attempts = attempts + 1, ended_at = :now,
                        lease_until = NULL, body = CASE kind WHEN 'opt-in' THEN '' ELSE body END
                 WHERE id = :id",
            )?
            .execute(named_params! {":id": id, ":now": now.as_millisecond()})?;
        Ok(transaction.commit()?)
    }

    /// Notes that a mail was not taken, and when it goes again.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn not_sent(
        &mut self,
        id: i64,
        failure: &Failure,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.writing()?;
        attempt(&transaction, id, failure.outcome, &failure.said, now)?;
        transaction
            .prepare_cached(
                "UPDATE delivery SET attempts = attempts + 1, lease_until = NULL,
                        state = CASE WHEN :next IS NULL THEN 'failed' ELSE 'queued' END,
                        due_at = coalesce(:next, due_at),
                        ended_at = CASE WHEN :next IS NULL THEN :now END
                 WHERE id = :id",
            )?
            .execute(named_params! {
                ":id": id,
                ":next": failure.next.map(Timestamp::as_millisecond),
                ":now": now.as_millisecond(),
            })?;
        Ok(transaction.commit()?)
    }

    /// Gives back mails that were claimed and not tried.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn give_back(&mut self, ids: &[i64]) -> Result<(), StoreError> {
        let transaction = self.writing()?;
        for id in ids {
            transaction
                .prepare_cached(
                    "UPDATE delivery SET state = 'queued', lease_until = NULL
                     WHERE id = :id AND state = 'sending'",
                )?
                .execute(named_params! {":id": id})?;
        }
        Ok(transaction.commit()?)
    }

    /// Queues again what a sender that is gone had claimed: whose lease ran out, or all of it when
    /// the caller holds the lock that only one sender can hold. How many there were.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn reclaim(&mut self, now: Timestamp, all: bool) -> Result<usize, StoreError> {
        let transaction = self.writing()?;
        let count = transaction.execute(
            "UPDATE delivery SET state = 'queued', lease_until = NULL
             WHERE state = 'sending' AND (:all OR lease_until <= :now)",
            named_params! {":all": all, ":now": now.as_millisecond()},
        )?;
        transaction.commit()?;
        Ok(count)
    }

    /// Tries a mail again that was given up, or sooner one that waits; five days begin anew.
    /// `false` when there is no such mail.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn retry_delivery(&mut self, id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let changed = self.connection.execute(
            "UPDATE delivery SET state = 'queued', due_at = :now, claimed_at = :now,
                    ended_at = NULL, attempts = 0
             WHERE id = :id AND state IN ('failed', 'queued')",
            named_params! {":id": id, ":now": now.as_millisecond()},
        )?;
        Ok(changed > 0)
    }
}

/// The events of a mail.
pub(super) fn events(
    connection: &Connection,
    delivery: i64,
) -> Result<Vec<OutgoingEvent>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT event.id, severity, at, kind, reading, anchor, vendor, detail
         FROM delivery_event
         JOIN event ON event.id = delivery_event.event
         JOIN event_notice ON event_notice.event = event.id
         WHERE delivery = :delivery ORDER BY at, event.id",
    )?;
    let mut rows = statement.query(named_params! {":delivery": delivery})?;
    let mut found = vec![];
    while let Some(row) = rows.next()? {
        found.push(OutgoingEvent {
            id: row.get(0)?,
            severity: row.get(1)?,
            event: Event {
                at: instant(row.get(2)?)?,
                kind: row.get(3)?,
                reading: row.get::<_, Option<[u8; 32]>>(4)?.map(Sha256),
                anchor: row.get(5)?,
                vendor: row.get(6)?,
                detail: row.get(7)?,
            },
        });
    }
    Ok(found)
}

fn attempt(
    connection: &Connection,
    id: i64,
    outcome: &str,
    said: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    const LONGEST: usize = 500;
    let written = connection
        .prepare_cached(
            "INSERT INTO delivery_attempt (delivery, number, at, outcome, said)
             SELECT :id, 1 + (SELECT count(*) FROM delivery_attempt WHERE delivery = :id), :at,
                    :outcome, :said
             FROM delivery WHERE id = :id",
        )?
        .execute(named_params! {
            ":id": id,
            ":at": now.as_millisecond(),
            ":outcome": outcome,
            ":said": said.chars().take(LONGEST).collect::<String>(),
        })?;
    if written == 0 {
        return Err(damaged("the outbox", format_args!("no mail {id}")));
    }
    Ok(())
}
