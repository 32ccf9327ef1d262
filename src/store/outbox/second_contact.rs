//! The second contact, and mails that tell no event.

use jiff::Timestamp;
use rusqlite::named_params;

use crate::store::emit::{Letter, enqueue, settings};
use crate::store::teams::{Role, addresses};
use crate::store::{Store, StoreError};

impl Store {
    /// Writes to the second contact of teams that were told something `high` and did not acknowledge
    /// its thread in time; once an event. How many events there were.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn ask_second_contacts(&mut self, now: Timestamp) -> Result<usize, StoreError> {
        let transaction = self.writing()?;
        let mut due: Vec<(i64, i64, String, String)> = vec![];
        {
            let mut statement = transaction.prepare_cached(
                "SELECT event.id, team.id, event_notice.thread, event_notice.subject
                 FROM delivery
                 JOIN team ON team.id = delivery.team
                 JOIN delivery_event ON delivery_event.delivery = delivery.id
                 JOIN event_notice ON event_notice.event = delivery_event.event
                 JOIN event ON event.id = event_notice.event
                 WHERE delivery.state = 'sent' AND delivery.kind IN ('alert', 'digest')
                   AND event_notice.severity = 'high' AND team.removed_at IS NULL
                   AND team.second_after IS NOT NULL
                   AND NOT EXISTS (SELECT 1 FROM second_contact
                                   WHERE second_contact.event = event.id
                                     AND second_contact.team = team.id)
                   AND NOT EXISTS (SELECT 1 FROM acknowledgement
                                   WHERE acknowledgement.thread = event_notice.thread
                                     AND acknowledgement.at >= event.at)
                 GROUP BY event.id, team.id
                 HAVING min(delivery.ended_at) + 1000 * team.second_after <= :now
                 ORDER BY event.id, team.id",
            )?;
            let rows = statement
                .query_map(named_params! {":now": now.as_millisecond()}, |row| {
                    Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                })?;
            for row in rows {
                due.push(row?);
            }
        }
        let domain = settings(&transaction)?.domain;
        for (event, team, thread, subject) in &due {
            transaction.execute(
                "INSERT INTO second_contact (event, team, asked_at) VALUES (:event, :team, :now)",
                named_params! {":event": event, ":team": team, ":now": now.as_millisecond()},
            )?;
            for address in addresses(&transaction, *team, Role::Second)? {
                let letter = Letter {
                    team: Some(*team),
                    address: &address,
                    kind: "second-contact",
                    thread,
                    grouping: &format!("second contact {event}"),
                    subject,
                    body: "",
                    due: now,
                };
                let delivery = enqueue(&transaction, &letter, &domain, now)?;
                transaction.execute(
                    "INSERT INTO delivery_event (delivery, event) VALUES (:delivery, :event)",
                    named_params! {":delivery": delivery, ":event": event},
                )?;
            }
        }
        transaction.commit()?;
        Ok(due.len())
    }

    /// Writes one mail to every team's first addresses, such as the weekly word that all is quiet.
    /// How many mails.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn tell_all_teams(
        &mut self,
        subject: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let transaction = self.writing()?;
        let domain = settings(&transaction)?.domain;
        let mut all: Vec<(i64, String)> = vec![];
        {
            let mut statement = transaction.prepare_cached(
                "SELECT team.id, address FROM team_address JOIN team ON team.id = team
                 WHERE ended_at IS NULL AND removed_at IS NULL AND role = 'first'
                 ORDER BY team.id, address",
            )?;
            for row in statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
                all.push(row?);
            }
        }
        for (team, address) in &all {
            let letter = Letter {
                team: Some(*team),
                address,
                kind: "all-quiet",
                thread: &format!("all-quiet:{team}"),
                grouping: "all-quiet",
                subject,
                body,
                due: now,
            };
            enqueue(&transaction, &letter, &domain, now)?;
        }
        transaction.commit()?;
        Ok(all.len())
    }

    /// Writes a notice to somebody who belongs to no team, such as the instance's owners.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn tell_owner(
        &mut self,
        address: &str,
        subject: &str,
        body: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self.writing()?;
        let domain = settings(&transaction)?.domain;
        let letter = Letter {
            team: None,
            address,
            kind: "notice",
            thread: "notice",
            grouping: "notice",
            subject,
            body,
            due: now,
        };
        enqueue(&transaction, &letter, &domain, now)?;
        Ok(transaction.commit()?)
    }
}
