//! The list of sources: added, synced with what vendors' profiles and settings name, paused, removed.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Row, named_params};

use crate::domain::source::{Kind, Origin, State};
use crate::formats::feed::Schedule;
use crate::store::open::{Store, StoreError};
use crate::store::values::{damaged, instant, number};

/// A source that somebody names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NewSource {
    pub url: String,
    /// The slug of the vendor whose news it brings.
    pub vendor: String,
    pub kind: Kind,
    pub origin: Origin,
}

/// A source as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The number that a person types.
    pub position: i64,
    pub url: String,
    pub vendor: String,
    pub kind: Kind,
    pub origin: Origin,
    pub state: State,
    /// What is asked: `url`, or where it moved to for good.
    pub address: String,
    /// A permanent redirect that was seen, and how often in a row.
    pub moving: Option<(String, u32)>,
    pub validators: SourceValidators,
    pub interval: SignedDuration,
    pub next_visit: Timestamp,
    pub last_visit: Option<Timestamp>,
    pub last_good: Option<Timestamp>,
    /// In a row.
    pub failures: u32,
    /// Why the last visit failed.
    pub reason: Option<String>,
    /// How many entries the last visit found that found any.
    pub entries: u64,
    /// What the feed said of its rhythm when it was last read.
    pub schedule: Option<Schedule>,
}

impl Source {
    /// One that is not in the list, to be tried out.
    #[must_use]
    pub fn tried(url: &str, vendor: &str, kind: Kind, at: Timestamp) -> Self {
        Self {
            position: 0,
            url: url.to_owned(),
            vendor: vendor.to_owned(),
            kind,
            origin: Origin::Person,
            state: State::Active,
            address: url.to_owned(),
            moving: None,
            validators: SourceValidators::default(),
            interval: SignedDuration::from_secs(FIRST_INTERVAL),
            next_visit: at,
            last_visit: None,
            last_good: None,
            failures: 0,
            reason: None,
            entries: 0,
            schedule: None,
        }
    }
}

/// What makes the next question conditional, and the address that gave it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceValidators {
    pub url: Option<String>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
}

/// What a sync changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Synced {
    pub added: usize,
    /// Named no more by the list that named them.
    pub dropped: usize,
}

const COLUMNS: &str = "position, url, vendor, kind, origin, state, address, moving_to, moving_seen,
    validators_for, etag, last_modified, interval, next_visit, last_visit, last_good, failures,
    reason, entries, schedule";
/// Removed ones, and those that their list names no more, are kept for what hangs on them only.
const LISTED: &str = "state <> 'removed' AND (stated = 1 OR origin = 'person')";

impl Store {
    /// Every source, by number.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn sources(&self) -> Result<Vec<Source>, StoreError> {
        self.sources_where(&format!("{LISTED} ORDER BY position"), Timestamp::MIN)
    }

    /// The active sources whose visit is due, the longest overdue first.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn due_sources(&self, now: Timestamp) -> Result<Vec<Source>, StoreError> {
        self.sources_where(
            &format!(
                "{LISTED} AND state = 'active' AND next_visit <= :now ORDER BY next_visit, position"
            ),
            now,
        )
    }

    /// A source by its number or its address.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn source(&self, number_or_url: &str) -> Result<Option<Source>, StoreError> {
        let found = self.sources()?;
        let position = number_or_url.parse::<i64>().ok();
        Ok(found.into_iter().find(|source| {
            Some(source.position) == position
                || source.url == number_or_url
                || source.address == number_or_url
        }))
    }

    fn sources_where(&self, which: &str, now: Timestamp) -> Result<Vec<Source>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM source WHERE :now = :now AND {which}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {":now": now.as_millisecond()})?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            found.push(read(row)?);
        }
        Ok(found)
    }

    /// Adds a source, or brings one back that was removed or stopped; due at once. Gives its number.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn add_source(&mut self, new: &NewSource, at: Timestamp) -> Result<i64, StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        insert(&transaction, new, at)?;
        let position = transaction.query_row(
            "UPDATE source SET vendor = :vendor, kind = :kind, origin = :origin, stated = 1,
                    state = 'active', failures = 0, reason = NULL, next_visit = :now
             WHERE url = :url RETURNING position",
            named_params! {
                ":url": new.url, ":vendor": new.vendor, ":kind": new.kind.word(),
                ":origin": new.origin.word(), ":now": at.as_millisecond(),
            },
            |row| row.get(0),
        )?;
        transaction.commit()?;
        Ok(position)
    }

    /// Makes the sources of vendors' profiles and settings those that are stated now. What a person
    /// added, paused or removed stays as it is.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn sync_sources(
        &mut self,
        stated: &[NewSource],
        at: Timestamp,
    ) -> Result<Synced, StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let listed: i64 = transaction.query_row(
            "SELECT count(*) FROM source WHERE origin <> 'person' AND stated = 1",
            [],
            |row| row.get(0),
        )?;
        transaction.execute("UPDATE source SET stated = 0 WHERE origin <> 'person'", [])?;
        let mut synced = Synced::default();
        let mut kept = 0;
        for new in stated {
            let before: Option<(i64, String)> = transaction
                .prepare_cached("SELECT position, origin FROM source WHERE url = :url")?
                .query_row(named_params! {":url": new.url}, |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .optional()?;
            match before {
                None => {
                    insert(&transaction, new, at)?;
                    synced.added += 1;
                }
                Some((_, origin)) if origin == Origin::Person.word() => {}
                Some((position, _)) => {
                    kept += transaction
                        .prepare_cached(
                            "UPDATE source SET stated = 1, vendor = :vendor, kind = :kind,
                                    origin = :origin
                             WHERE position = :position AND stated = 0",
                        )?
                        .execute(named_params! {
                            ":position": position, ":vendor": new.vendor,
                            ":kind": new.kind.word(), ":origin": new.origin.word(),
                        })?;
                }
            }
        }
        synced.dropped = usize::try_from(listed).unwrap_or(0).saturating_sub(kept);
        transaction.commit()?;
        Ok(synced)
    }

    /// Pauses, resumes or removes a source. One that is active again is due at once, and its
    /// failures are forgiven.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn set_source_state(
        &mut self,
        position: i64,
        state: State,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE source SET state = :state,
                    failures = CASE WHEN :state = 'active' THEN 0 ELSE failures END,
                    reason = CASE WHEN :state = 'active' THEN NULL ELSE reason END,
                    next_visit = CASE WHEN :state = 'active' THEN :now ELSE next_visit END
             WHERE position = :position",
            named_params! {
                ":position": position, ":state": state.word(), ":now": at.as_millisecond(),
            },
        )?;
        Ok(())
    }
}

/// How often a new source is asked, in seconds, until it has shown its rhythm.
const FIRST_INTERVAL: i64 = 3600;

fn insert(
    connection: &rusqlite::Connection,
    new: &NewSource,
    at: Timestamp,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO source (url, vendor, kind, origin, stated, state, added_at, address,
                                 interval, next_visit)
             VALUES (:url, :vendor, :kind, :origin, 1, 'active', :now, :url, :interval, :now)
             ON CONFLICT (url) DO NOTHING",
        )?
        .execute(named_params! {
            ":url": new.url,
            ":vendor": new.vendor,
            ":kind": new.kind.word(),
            ":origin": new.origin.word(),
            ":now": at.as_millisecond(),
            ":interval": FIRST_INTERVAL,
        })?;
    Ok(())
}

fn read(row: &Row<'_>) -> Result<Source, StoreError> {
    let kind: String = row.get(3)?;
    let origin: String = row.get(4)?;
    let state: String = row.get(5)?;
    let time = |index| -> Result<Option<Timestamp>, StoreError> {
        row.get::<_, Option<i64>>(index)?.map(instant).transpose()
    };
    let count = |index| -> Result<u64, StoreError> { number(row.get(index)?) };
    let moving_to: Option<String> = row.get(7)?;
    let small = |index| count(index).map(|value| u32::try_from(value).unwrap_or(u32::MAX));
    let moving_seen = small(8)?;
    Ok(Source {
        position: row.get(0)?,
        url: row.get(1)?,
        vendor: row.get(2)?,
        kind: Kind::from_word(&kind).ok_or_else(|| damaged("a kind of source", kind))?,
        origin: Origin::from_word(&origin).ok_or_else(|| damaged("an origin", origin))?,
        state: State::from_word(&state).ok_or_else(|| damaged("a state of a source", state))?,
        address: row.get(6)?,
        moving: moving_to.map(|to| (to, moving_seen)),
        validators: SourceValidators {
            url: row.get(9)?,
            etag: row.get(10)?,
            last_modified: row.get(11)?,
        },
        interval: SignedDuration::from_secs(row.get(12)?),
        next_visit: instant(row.get(13)?)?,
        last_visit: time(14)?,
        last_good: time(15)?,
        failures: small(16)?,
        reason: row.get(17)?,
        entries: count(18)?,
        schedule: row
            .get::<_, Option<String>>(19)?
            .map(|text| schedule(&text))
            .transpose()?,
    })
}

/// A feed's rhythm, as it is stored.
pub(super) fn schedule_text(schedule: &Schedule) -> String {
    serde_json::json!({
        "ttl": schedule.ttl_minutes,
        "update": schedule.update_minutes,
        "skip_hours": schedule.skip_hours,
        "skip_days": schedule.skip_days,
    })
    .to_string()
}

fn schedule(text: &str) -> Result<Schedule, StoreError> {
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| damaged("a schedule", error))?;
    let minutes = |key: &str| value.get(key)?.as_u64().and_then(|n| u32::try_from(n).ok());
    let set = |key: &str| -> std::collections::BTreeSet<i8> {
        let list = value.get(key).and_then(serde_json::Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(|item| i8::try_from(item.as_i64()?).ok())
            .collect()
    };
    Ok(Schedule {
        ttl_minutes: minutes("ttl"),
        update_minutes: minutes("update"),
        skip_hours: set("skip_hours"),
        skip_days: set("skip_days"),
    })
}
