//! Events, each written together with the mails that tell it: both or neither.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction, named_params};
use uuid::{NoContext, Uuid};

use super::judgements::Event;
use super::values::{damaged, instant, sequence};
use super::{Store, StoreError};
use crate::domain::Sha256;
use crate::judge::watch::{
    Decision, Grouping, Happened, Notice, Recipient, Routed, Silence, Suppressed, is_told, route,
};

/// What writers of events must know of the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchSettings {
    /// The right side of Message-IDs.
    pub domain: String,
    /// How long a mail waits for more of its thread.
    pub window: SignedDuration,
}

impl Default for WatchSettings {
    fn default() -> Self {
        Self {
            domain: "anchorwatch.localhost".to_owned(),
            window: SignedDuration::from_secs(60),
        }
    }
}

/// Writes events within one transaction; whom to tell is read once.
pub(super) struct Emitter<'t> {
    transaction: &'t Transaction<'t>,
    recipients: Vec<Recipient>,
    silences: Vec<Silence>,
    settings: WatchSettings,
}

impl<'t> Emitter<'t> {
    pub(super) fn begin(transaction: &'t Transaction<'t>) -> Result<Self, StoreError> {
        Ok(Self {
            recipients: super::teams::recipients(transaction)?,
            silences: super::silences::open(transaction)?,
            settings: settings(transaction)?,
            transaction,
        })
    }

    /// Writes an event and the mails that tell it, and gives its number. `already` is why nobody is
    /// to be told by a mail of its own.
    pub(super) fn emit(
        &self,
        event: &Event,
        change: Option<u64>,
        already: Option<Suppressed>,
    ) -> Result<i64, StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO event (at, kind, reading, anchor, vendor, detail, change)
                 VALUES (:at, :kind, :reading, :anchor, :vendor, :detail, :change)",
            )?
            .execute(named_params! {
                ":at": event.at.as_millisecond(),
                ":kind": event.kind,
                ":reading": event.reading.map(|reading| reading.0),
                ":anchor": event.anchor,
                ":vendor": event.vendor,
                ":detail": event.detail,
                // The chain begins at 1; before it there is nothing to refer to.
                ":change": change.filter(|change| *change > 0).map(sequence).transpose()?,
            })?;
        let id = self.transaction.last_insert_rowid();
        self.tell(id, event, already)?;
        Ok(id)
    }

    /// Routes an event that is written.
    fn tell(&self, id: i64, event: &Event, already: Option<Suppressed>) -> Result<(), StoreError> {
        if !is_told(&event.kind) {
            return Ok(());
        }
        let notice = Notice::of(&Happened {
            id,
            at: event.at,
            kind: &event.kind,
            vendor: event.vendor.as_deref(),
            anchor: event.anchor.as_deref(),
            detail: &event.detail,
        });
        let known: bool = self
            .transaction
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM event_notice WHERE dedup = :dedup)")?
            .query_row(named_params! {":dedup": notice.dedup}, |row| row.get(0))?;
        self.transaction
            .prepare_cached(
                "INSERT INTO event_notice (event, severity, dedup, thread, subject)
                 VALUES (:event, :severity, :dedup, :thread, :subject)",
            )?
            .execute(named_params! {
                ":event": id,
                ":severity": notice.severity.word(),
                ":dedup": notice.dedup,
                ":thread": notice.thread,
                ":subject": notice.subject,
            })?;
        let already = already.or(known.then_some(Suppressed::Duplicate));
        let window = self.settings.window;
        for routed in route(&notice, &self.recipients, &self.silences, already, window) {
            match &routed.decision {
                Decision::Send { due, grouping } => {
                    self.send(id, &notice, &routed, *due, grouping)?;
                }
                Decision::Suppress(reason) => self.suppress(id, &routed, *reason)?,
            }
        }
        Ok(())
    }

    /// Into the mail that waits for its like, or into a new one.
    fn send(
        &self,
        event: i64,
        notice: &Notice,
        routed: &Routed,
        due: Timestamp,
        grouping: &Grouping,
    ) -> Result<(), StoreError> {
        let (kind, group, thread, subject) = match grouping {
            Grouping::Thread(thread) => (
                "alert",
                format!("thread {thread}"),
                thread.clone(),
                notice.subject.clone(),
            ),
            Grouping::Digest(due) => (
                "digest",
                format!("digest {due}"),
                format!("digest:{}", routed.team),
                "[anchorwatch] digest".to_owned(),
            ),
        };
        let waiting: Option<i64> = self
            .transaction
            .prepare_cached(
                "SELECT id FROM delivery
                 WHERE address = :address AND grouping = :grouping AND team = :team
                   AND state IN ('held', 'queued') AND claimed_at IS NULL
                 ORDER BY id LIMIT 1",
            )?
            .query_row(
                named_params! {
                    ":address": routed.address, ":grouping": group, ":team": routed.team,
                },
                |row| row.get(0),
            )
            .optional()?;
        let delivery = if let Some(waiting) = waiting {
            // Something urgent takes with it what waited for the morning.
            self.transaction
                .prepare_cached(
                    "UPDATE delivery SET due_at = min(due_at, :due) WHERE id = :delivery",
                )?
                .execute(named_params! {":due": due.as_millisecond(), ":delivery": waiting})?;
            waiting
        } else {
            let letter = Letter {
                team: Some(routed.team),
                address: &routed.address,
                kind,
                thread: &thread,
                grouping: &group,
                subject: &subject,
                body: "",
                due,
            };
            enqueue(self.transaction, &letter, &self.settings.domain, notice.at)?
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO delivery_event (delivery, event) VALUES (:delivery, :event)",
            )?
            .execute(named_params! {":delivery": delivery, ":event": event})?;
        Ok(())
    }

    fn suppress(&self, event: i64, routed: &Routed, reason: Suppressed) -> Result<(), StoreError> {
        let (word, silence) = match reason {
            Suppressed::Silence(silence) => ("silence", Some(silence)),
            Suppressed::Inhibited => ("inhibited", None),
            Suppressed::Duplicate => ("duplicate", None),
        };
        self.transaction
            .prepare_cached(
                "INSERT INTO suppression (event, team, address, reason, silence)
                 VALUES (:event, :team, :address, :reason, :silence)",
            )?
            .execute(named_params! {
                ":event": event,
                ":team": routed.team,
                ":address": routed.address,
                ":reason": word,
                ":silence": silence,
            })?;
        Ok(())
    }
}

/// A mail to be put into the outbox.
pub(super) struct Letter<'a> {
    pub(super) team: Option<i64>,
    pub(super) address: &'a str,
    pub(super) kind: &'static str,
    pub(super) thread: &'a str,
    pub(super) grouping: &'a str,
    pub(super) subject: &'a str,
    pub(super) body: &'a str,
    pub(super) due: Timestamp,
}

/// Writes a mail with its Message-ID. An address that has not agreed yet waits for its word; only
/// the question itself goes.
pub(super) fn enqueue(
    transaction: &Transaction<'_>,
    letter: &Letter<'_>,
    domain: &str,
    at: Timestamp,
) -> Result<i64, StoreError> {
    let first: Option<(String, String)> = transaction
        .prepare_cached(
            "SELECT message_id, subject FROM delivery
             WHERE thread = :thread AND address = :address ORDER BY id LIMIT 1",
        )?
        .query_row(
            named_params! {":thread": letter.thread, ":address": letter.address},
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let waits: bool = transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM team_address
             WHERE team = :team AND address = :address AND agreed_at IS NULL)",
        )?
        .query_row(
            named_params! {":team": letter.team, ":address": letter.address},
            |row| row.get(0),
        )?;
    let milliseconds =
        u64::try_from(at.as_millisecond().max(0)).map_err(|_| damaged("a time", at))?;
    let nanoseconds = u32::try_from((milliseconds % 1000) * 1_000_000).unwrap_or(0);
    let time = uuid::Timestamp::from_unix(NoContext, milliseconds / 1000, nanoseconds);
    let (first_id, subject) = first.map_or_else(
        || (None, letter.subject.to_owned()),
        |(id, subject)| (Some(id), subject),
    );
    transaction
        .prepare_cached(
            "INSERT INTO delivery
             (message_id, team, address, kind, thread, grouping, subject, first_id, body, state,
              created_at, due_at)
             VALUES (:message_id, :team, :address, :kind, :thread, :grouping, :subject, :first_id,
                     :body, :state, :created_at, :due_at)",
        )?
        .execute(named_params! {
            ":message_id": format!("<{}@{domain}>", Uuid::new_v7(time)),
            ":team": letter.team,
            ":address": letter.address,
            ":kind": letter.kind,
            ":thread": letter.thread,
            ":grouping": letter.grouping,
            ":subject": subject,
            ":first_id": first_id,
            ":body": letter.body,
            ":state": if waits && letter.kind != "opt-in" { "held" } else { "queued" },
            ":created_at": at.as_millisecond(),
            ":due_at": letter.due.as_millisecond(),
        })?;
    Ok(transaction.last_insert_rowid())
}

/// The settings as they were last written.
pub(super) fn settings(transaction: &Transaction<'_>) -> Result<WatchSettings, StoreError> {
    let read = |name: &str| {
        transaction
            .prepare_cached("SELECT value FROM watch_setting WHERE name = :name")?
            .query_row(named_params! {":name": name}, |row| row.get::<_, String>(0))
            .optional()
    };
    let usual = WatchSettings::default();
    let window = read("window")?.and_then(|text| text.parse().ok());
    Ok(WatchSettings {
        domain: read("domain")?.unwrap_or(usual.domain),
        window: window.map_or(usual.window, SignedDuration::from_secs),
    })
}

impl Store {
    /// Keeps what writers of events must know.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn set_watch(&mut self, settings: &WatchSettings) -> Result<(), StoreError> {
        let transaction = self.writing()?;
        for (name, value) in [
            ("domain", settings.domain.clone()),
            ("window", settings.window.as_secs().to_string()),
        ] {
            transaction.execute(
                "INSERT INTO watch_setting (name, value) VALUES (:name, :value)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                named_params! {":name": name, ":value": value},
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// Writes events of which nothing else in the store speaks, with the mails that tell them: all
    /// of them or none. An event whose `dedup` key is known is left out.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn emit(&mut self, events: &[Event]) -> Result<u32, StoreError> {
        let transaction = self.writing()?;
        let mut written = 0;
        {
            let emitter = Emitter::begin(&transaction)?;
            for event in events {
                if !is_known(&transaction, event)? {
                    emitter.emit(event, None, None)?;
                    written += 1;
                }
            }
        }
        transaction.commit()?;
        Ok(written)
    }

    /// Routes events that were written by somebody who does not know of mail; how many there were.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn route_missed(&mut self) -> Result<u32, StoreError> {
        let transaction = self.writing()?;
        let missed = missed(&transaction)?;
        let emitter = Emitter::begin(&transaction)?;
        let mut count = 0;
        for (id, event) in &missed {
            emitter.tell(*id, event, None)?;
            count += 1;
        }
        drop(emitter);
        transaction.commit()?;
        Ok(count)
    }

    /// A transaction that writes from its beginning on.
    pub(super) fn writing(&mut self) -> Result<Transaction<'_>, StoreError> {
        Ok(self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?)
    }
}

impl super::Change<'_> {
    /// Writes an event of this change, with the mails that tell it.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn emit(&self, event: &Event) -> Result<(), StoreError> {
        let number = super::values::number(self.sequence)?;
        Emitter::begin(&self.transaction)?.emit(event, Some(number), None)?;
        Ok(())
    }
}

fn is_known(transaction: &Transaction<'_>, event: &Event) -> Result<bool, StoreError> {
    let detail: serde_json::Value = serde_json::from_str(&event.detail).unwrap_or_default();
    let Some(dedup) = detail.get("dedup").and_then(serde_json::Value::as_str) else {
        return Ok(false);
    };
    Ok(transaction
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM event_notice WHERE dedup = :dedup)")?
        .query_row(named_params! {":dedup": dedup}, |row| row.get(0))?)
}

fn missed(transaction: &Transaction<'_>) -> Result<Vec<(i64, Event)>, StoreError> {
    let mut statement = transaction.prepare_cached(
        "SELECT id, at, kind, reading, anchor, vendor, detail FROM event
         WHERE id > (SELECT CAST(value AS INTEGER) FROM watch_setting WHERE name = 'events-before')
           AND id NOT IN (SELECT event FROM event_notice)
         ORDER BY id",
    )?;
    let mut rows = statement.query([])?;
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
        if is_told(&event.kind) {
            found.push((row.get(0)?, event));
        }
    }
    Ok(found)
}
