//! Posts that came and were not yet held against known packages.

use jiff::Timestamp;
use rusqlite::named_params;

use super::announcements::AnnouncementId;
use super::emit::Emitter;
use super::judgements::{ChangedVerdict, Entered, put};
use super::{Store, StoreError};

/// A post that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PendingPost {
    pub id: AnnouncementId,
    /// Its row in the store.
    pub(super) position: i64,
    pub(super) revision: i64,
}

impl Store {
    /// Posts that wait, oldest first.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn pending_posts(&self, limit: u32) -> Result<Vec<PendingPost>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT announcement.id, pending_post.announcement, revision FROM pending_post
             JOIN announcement ON announcement.position = pending_post.announcement
             ORDER BY pending_post.announcement, revision LIMIT :limit",
        )?;
        let rows = statement.query_map(named_params! {":limit": limit}, |row| {
            Ok(PendingPost {
                id: AnnouncementId(row.get(0)?),
                position: row.get(1)?,
                revision: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every full identity that these posts print, or printed in an earlier revision; sorted.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn identities_of(&self, posts: &[PendingPost]) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT value FROM indicator
             WHERE announcement = :announcement
               AND kind IN ('openpgp-fingerprint', 'certificate-sha1', 'certificate-sha256',
                            'spki-sha256', 'ssh-sha256', 'raw-key')
             ORDER BY value",
        )?;
        let mut values: Vec<String> = vec![];
        for post in posts {
            let rows = statement
                .query_map(named_params! {":announcement": post.position}, |row| {
                    row.get(0)
                })?;
            for value in rows {
                values.push(value?);
            }
        }
        values.sort_unstable();
        values.dedup();
        Ok(values)
    }

    /// Records what posts changed in verdicts, each with its event.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn explained_again(
        &mut self,
        changed: &[ChangedVerdict],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        {
            let emitter = Emitter::begin(&transaction)?;
            let mut entered = Entered::default();
            for one in changed {
                put(&transaction, &mut entered, one.reading, &one.after, at)?;
                emitter.emit(&one.event(at), None, None)?;
            }
        }
        transaction.commit()?;
        Ok(())
    }

    /// Takes posts off the list.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn posts_followed_up(&mut self, posts: &[PendingPost]) -> Result<(), StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        {
            let mut statement = transaction.prepare_cached(
                "DELETE FROM pending_post
                 WHERE announcement = :announcement AND revision = :revision",
            )?;
            for post in posts {
                statement.execute(named_params! {
                    ":announcement": post.position, ":revision": post.revision,
                })?;
            }
        }
        transaction.commit()?;
        Ok(())
    }
}
