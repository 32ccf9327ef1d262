//! What visits brought, written in one transaction: posts, copies, the ledger, and the validators
//! that say so. Cut off before its end, the next visit asks for everything again.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction, named_params};

use super::csaf::{CsafProgress, remember};
use super::files::{self, CapturedFile};
use super::ledger::{self, Asked};
use super::list::{SourceValidators, schedule_text};
use crate::domain::source::State;
use crate::formats::feed::Schedule;
use crate::formats::post::Reading;
use crate::formats::post_archive::ArchivedPost;
use crate::store::announcements::{AnnouncementId, Brought, Change, Origin, keep_at, keep_one};
use crate::store::open::{Store, StoreError};
use crate::store::values::sequence;

/// How a source stands after a visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub state: State,
    pub address: String,
    pub moving: Option<(String, u32)>,
    pub validators: SourceValidators,
    pub interval: SignedDuration,
    pub next_visit: Timestamp,
    pub last_good: Option<Timestamp>,
    pub failures: u32,
    pub reason: Option<String>,
    pub entries: u64,
    pub schedule: Option<Schedule>,
}

/// A post that a source named, new or changed since the last visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostKept {
    /// Its own stable identity within the source.
    pub key: String,
    pub stated_id: Option<String>,
    pub link: Option<String>,
    pub revision: [u8; 32],
    pub post: ArchivedPost,
    pub reading: Reading,
    /// Key and certificate files that it points at.
    pub files: Vec<CapturedFile>,
}

/// One visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitRecord {
    pub source: i64,
    pub at: Timestamp,
    /// `None` for a part of a visit that goes on.
    pub standing: Option<Standing>,
    pub posts: Vec<PostKept>,
    /// Files that belong to no single post.
    pub files: Vec<CapturedFile>,
    pub asked: Vec<Asked>,
    pub csaf: CsafProgress,
}

/// What became of a visit's posts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VisitKept {
    pub brought: Brought,
    /// Those that were added or revised.
    pub changed: Vec<AnnouncementId>,
}

impl Store {
    /// Writes visits, in one transaction; one answer a visit, in their order.
    ///
    /// # Errors
    /// When SQLite fails or another writer holds the store for too long.
    pub fn keep_visits(&mut self, visits: &[VisitRecord]) -> Result<Vec<VisitKept>, StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut kept = vec![];
        for visit in visits {
            kept.push(keep(&transaction, visit)?);
        }
        transaction.commit()?;
        Ok(kept)
    }

    /// Writes questions that belong to no source, as when one is tried out.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn keep_asked(&mut self, asked: &[Asked]) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        ledger::write(&transaction, None, asked)?;
        transaction.commit()?;
        Ok(())
    }
}

fn keep(transaction: &Transaction<'_>, visit: &VisitRecord) -> Result<VisitKept, StoreError> {
    let mut kept = VisitKept::default();
    for post in &visit.posts {
        let (position, change) = keep_post(transaction, visit, post)?;
        match change {
            Change::Added => kept.brought.added += 1,
            Change::Revised => kept.brought.revised += 1,
            Change::None => kept.brought.unchanged += 1,
        }
        if change != Change::None {
            kept.changed.push(AnnouncementId(
                transaction
                    .prepare_cached("SELECT id FROM announcement WHERE position = :position")?
                    .query_row(named_params! {":position": position}, |row| row.get(0))?,
            ));
        }
        for file in &post.files {
            files::keep(transaction, file, visit.source, Some(position), visit.at)?;
        }
    }
    for file in &visit.files {
        files::keep(transaction, file, visit.source, None, visit.at)?;
    }
    remember(transaction, visit.source, &visit.csaf)?;
    ledger::write(transaction, Some(visit.source), &visit.asked)?;
    if let Some(standing) = &visit.standing {
        stand(transaction, visit, standing)?;
    }
    Ok(kept)
}

/// An entry stays the announcement that it was, wherever its link goes now.
fn keep_post(
    transaction: &Transaction<'_>,
    visit: &VisitRecord,
    post: &PostKept,
) -> Result<(i64, Change), StoreError> {
    let known: Option<Option<i64>> = transaction
        .prepare_cached(
            "SELECT announcement FROM source_entry WHERE source = :source AND key = :key",
        )?
        .query_row(
            named_params! {":source": visit.source, ":key": post.key},
            |row| row.get(0),
        )
        .optional()?;
    let (position, change) = match known.flatten() {
        Some(position) => {
            let change = keep_at(
                transaction,
                position,
                &post.post,
                &post.reading,
                Origin::Fetched,
                visit.at,
            )?;
            (position, change)
        }
        None => keep_one(
            transaction,
            &post.post,
            &post.reading,
            Origin::Fetched,
            visit.at,
        )?,
    };
    transaction
        .prepare_cached(
            "INSERT INTO source_entry
             (source, key, stated_id, link, revision, announcement, seen_at)
             VALUES (:source, :key, :stated_id, :link, :revision, :announcement, :now)
             ON CONFLICT (source, key) DO UPDATE SET stated_id = excluded.stated_id,
                link = excluded.link, revision = excluded.revision,
                announcement = excluded.announcement, seen_at = excluded.seen_at",
        )?
        .execute(named_params! {
            ":source": visit.source,
            ":key": post.key,
            ":stated_id": post.stated_id,
            ":link": post.link,
            ":revision": post.revision,
            ":announcement": position,
            ":now": visit.at.as_millisecond(),
        })?;
    Ok((position, change))
}

/// A person may have stopped the source while it was asked: that stands.
fn stand(
    transaction: &Transaction<'_>,
    visit: &VisitRecord,
    standing: &Standing,
) -> Result<(), StoreError> {
    let (moving_to, moving_seen) = standing
        .moving
        .as_ref()
        .map_or((None, 0), |(to, seen)| (Some(to), *seen));
    transaction
        .prepare_cached(
            "UPDATE source SET
                state = CASE WHEN state = 'active' THEN :state ELSE state END,
                address = :address, moving_to = :moving_to, moving_seen = :moving_seen,
                validators_for = :validators_for, etag = :etag, last_modified = :last_modified,
                interval = :interval, next_visit = :next_visit, last_visit = :at,
                last_good = :last_good, failures = :failures, reason = :reason,
                entries = :entries, schedule = :schedule
             WHERE position = :source",
        )?
        .execute(named_params! {
            ":source": visit.source,
            ":state": standing.state.word(),
            ":address": standing.address,
            ":moving_to": moving_to,
            ":moving_seen": moving_seen,
            ":validators_for": standing.validators.url,
            ":etag": standing.validators.etag,
            ":last_modified": standing.validators.last_modified,
            ":interval": standing.interval.as_secs().max(1),
            ":next_visit": standing.next_visit.as_millisecond(),
            ":at": visit.at.as_millisecond(),
            ":last_good": standing.last_good.map(Timestamp::as_millisecond),
            ":failures": standing.failures,
            ":reason": standing.reason,
            ":entries": sequence(standing.entries)?,
            ":schedule": standing.schedule.as_ref().map(schedule_text),
        })?;
    Ok(())
}
