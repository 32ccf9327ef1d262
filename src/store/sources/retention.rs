//! What is forgotten, so that a talkative source does not fill the disk. Evidence is exempt: a post
//! that prints any identity, or points at a file that was kept, is never forgotten.

use jiff::{SignedDuration, Timestamp};
use rusqlite::named_params;

use crate::store::open::{Store, StoreError};

/// What is kept at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many posts of one source, evidence not counted.
    pub posts: u32,
    /// How long a post is kept after it last changed.
    pub age: SignedDuration,
    /// How long the ledger of questions goes back.
    pub ledger: SignedDuration,
}

/// What was forgotten.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Forgotten {
    pub posts: usize,
    pub questions: usize,
}

/// Fetched posts of one source alone that are no evidence, the newest first.
const PLAIN: &str = "SELECT announcement.position AS position, source_entry.seen_at AS seen_at,
        row_number() OVER (ORDER BY source_entry.seen_at DESC, announcement.position DESC) AS place
     FROM source_entry JOIN announcement ON announcement.position = source_entry.announcement
     WHERE source_entry.source = :source AND announcement.origin = 'fetched'
       AND NOT EXISTS (SELECT 1 FROM indicator
                       WHERE indicator.announcement = announcement.position)
       AND NOT EXISTS (SELECT 1 FROM captured_sight
                       WHERE captured_sight.announcement = announcement.position)
       AND NOT EXISTS (SELECT 1 FROM source_entry AS other
                       WHERE other.announcement = announcement.position
                         AND other.source <> source_entry.source)";

impl Store {
    /// Forgets what these sources have over the quota, and what the ledger has. What a source still
    /// names comes back only when it changes; what something else hangs on stays.
    ///
    /// # Errors
    /// When SQLite fails or another writer holds the store for too long.
    pub fn forget(
        &mut self,
        sources: &[i64],
        quota: &Quota,
        now: Timestamp,
    ) -> Result<Forgotten, StoreError> {
        let before = |age: SignedDuration| {
            now.checked_sub(age)
                .unwrap_or(Timestamp::MIN)
                .as_millisecond()
        };
        let mut transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut forgotten = 0;
        for source in sources {
            let posts: Vec<i64> = transaction
                .prepare_cached(&format!(
                    "SELECT DISTINCT position FROM ({PLAIN})
                     WHERE place > :posts OR seen_at < :oldest ORDER BY position"
                ))?
                .query_map(
                    named_params! {
                        ":source": source, ":posts": quota.posts, ":oldest": before(quota.age),
                    },
                    |row| row.get(0),
                )?
                .collect::<Result<_, _>>()?;
            for position in posts {
                let savepoint = transaction.savepoint()?;
                match forget_one(&savepoint, position) {
                    Ok(()) => {
                        savepoint.commit()?;
                        forgotten += 1;
                    }
                    // Somebody points at it: that is evidence too.
                    Err(rusqlite::Error::SqliteFailure(error, _))
                        if error.code == rusqlite::ErrorCode::ConstraintViolation => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
        let questions = transaction.execute(
            "DELETE FROM ledger WHERE at < :oldest",
            named_params! {":oldest": before(quota.ledger)},
        )?;
        transaction.commit()?;
        Ok(Forgotten {
            posts: forgotten,
            questions,
        })
    }
}

fn forget_one(connection: &rusqlite::Connection, position: i64) -> rusqlite::Result<()> {
    for sql in [
        "UPDATE source_entry SET announcement = NULL WHERE announcement = :position",
        "DELETE FROM announcement_words WHERE rowid = :position",
        "DELETE FROM announcement_revision WHERE announcement = :position",
        "DELETE FROM announcement WHERE position = :position",
    ] {
        connection
            .prepare_cached(sql)?
            .execute(named_params! {":position": position})?;
    }
    Ok(())
}
