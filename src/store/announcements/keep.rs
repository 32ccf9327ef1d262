//! Bringing posts in: a new address is a post, a changed text is a revision.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Transaction, named_params};

use super::AnnouncementId;
use crate::formats::digest::sha256;
use crate::formats::post::{Reading, Token};
use crate::formats::post_archive::ArchivedPost;
use crate::store::open::{Store, StoreError};

/// How a post came here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// We asked its host ourselves.
    Fetched,
    /// From a file that somebody gave: the address is that file's claim.
    Imported,
}

impl Origin {
    /// The word that the store and reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fetched => "fetched",
            Self::Imported => "imported",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Fetched, Self::Imported]
            .into_iter()
            .find(|origin| origin.word() == word)
    }
}

/// What became of the posts that were brought in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Brought {
    pub added: usize,
    pub revised: usize,
    pub unchanged: usize,
}

impl Store {
    /// Keeps posts with what was read from them, in one transaction.
    ///
    /// # Errors
    /// When SQLite fails or another writer holds the store for too long.
    pub fn keep_announcements(
        &mut self,
        posts: &[(ArchivedPost, Reading)],
        origin: Origin,
        at: Timestamp,
    ) -> Result<Brought, StoreError> {
        let transaction = self
            .connection
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let mut brought = Brought::default();
        for (post, reading) in posts {
            match keep_one(&transaction, post, reading, origin, at)?.1 {
                Change::Added => brought.added += 1,
                Change::Revised => brought.revised += 1,
                Change::None => brought.unchanged += 1,
            }
        }
        transaction.commit()?;
        Ok(brought)
    }
}

/// What became of one post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Change {
    Added,
    Revised,
    None,
}

/// Keeps a post by its address; gives its row.
pub(in crate::store) fn keep_one(
    transaction: &Transaction<'_>,
    post: &ArchivedPost,
    reading: &Reading,
    origin: Origin,
    at: Timestamp,
) -> Result<(i64, Change), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO announcement (id, url, origin, first_seen)
             VALUES (:id, :url, :origin, :now) ON CONFLICT (url) DO NOTHING",
        )?
        .execute(named_params! {
            ":id": identity(&post.url).0,
            ":url": post.url,
            ":origin": origin.word(),
            ":now": at.as_millisecond(),
        })?;
    let announcement: i64 = transaction
        .prepare_cached("SELECT position FROM announcement WHERE url = :url")?
        .query_row(named_params! {":url": post.url}, |row| row.get(0))?;
    let change = keep_at(transaction, announcement, post, reading, origin, at)?;
    Ok((announcement, change))
}

/// Keeps a post as the newest revision of a known row, when it says something else. What we fetched
/// ourselves is not revised by a file; what a file said is made ours by fetching it.
pub(in crate::store) fn keep_at(
    transaction: &Transaction<'_>,
    announcement: i64,
    post: &ArchivedPost,
    reading: &Reading,
    origin: Origin,
    at: Timestamp,
) -> Result<Change, StoreError> {
    let now = at.as_millisecond();
    let latest: Option<(i64, [u8; 32], String)> = transaction
        .prepare_cached(
            "SELECT number, content, coalesce(revision.origin, announcement.origin)
             FROM announcement_revision AS revision
             JOIN announcement ON announcement.position = revision.announcement
             WHERE announcement = :announcement ORDER BY number DESC LIMIT 1",
        )?
        .query_row(named_params! {":announcement": announcement}, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let content = content(post);
    if let Some((_, known, known_origin)) = &latest {
        let fetched = known_origin == Origin::Fetched.word();
        if fetched && origin == Origin::Imported
            || *known == content && (fetched || origin == Origin::Imported)
        {
            return Ok(Change::None);
        }
    }
    let number = latest.map_or(1, |(number, _, _)| number + 1);
    transaction
        .prepare_cached(
            "INSERT INTO announcement_revision
             (announcement, number, content, title, author, author_id, published, text, kind,
              language, score, seen_at, origin)
             VALUES (:announcement, :number, :content, :title, :author, :author_id, :published,
                     :text, :kind, :language, :score, :now, :origin)",
        )?
        .execute(named_params! {
            ":announcement": announcement,
            ":number": number,
            ":content": content,
            ":title": post.title,
            ":author": post.author,
            ":author_id": post.author_id,
            ":published": post.published.map(Timestamp::as_millisecond),
            ":text": post.text,
            ":kind": reading.kind.code(),
            ":language": reading.language,
            ":score": reading.score(),
            ":now": now,
            ":origin": origin.word(),
        })?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO announcement_words (rowid, title, body)
             VALUES (:announcement, :title, :body)",
        )?
        .execute(named_params! {
            ":announcement": announcement,
            ":title": post.title,
            ":body": reading.text,
        })?;
    keep_indicators(transaction, announcement, number, reading)?;
    if number > 1 || names_a_key(reading) {
        transaction
            .prepare_cached(
                "INSERT INTO pending_post (announcement, revision) VALUES (:announcement, :number)",
            )?
            .execute(named_params! {":announcement": announcement, ":number": number})?;
    }
    Ok(if number == 1 {
        Change::Added
    } else {
        Change::Revised
    })
}

/// Whether a new post can touch a known package. A revision always can: it may take back.
fn names_a_key(reading: &Reading) -> bool {
    let names = |token: &Token| token.kind.is_full_identity();
    reading.tokens.iter().any(names)
}

/// A value printed more than once keeps the first side that the words give it.
fn keep_indicators(
    transaction: &Transaction<'_>,
    announcement: i64,
    revision: i64,
    reading: &Reading,
) -> Result<(), StoreError> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO indicator (value, kind, announcement, revision, side, tail)
         VALUES (:value, :kind, :announcement, :revision, :side, :tail)
         ON CONFLICT (value, kind, announcement, revision)
         DO UPDATE SET side = excluded.side WHERE side = 'unsaid'",
    )?;
    for token in &reading.tokens {
        insert.execute(named_params! {
            ":value": token.value,
            ":kind": token.kind.code(),
            ":announcement": announcement,
            ":revision": revision,
            ":side": token.side.word(),
            ":tail": tail(&token.value),
        })?;
    }
    Ok(())
}

/// The last eight characters.
pub(super) fn tail(value: &str) -> &str {
    let from = value.char_indices().rev().nth(7).map_or(0, |(at, _)| at);
    value.get(from..).unwrap_or(value)
}

pub(super) fn identity(url: &str) -> AnnouncementId {
    let digest = sha256(url.as_bytes());
    let mut id = [0; 16];
    for (to, from) in id.iter_mut().zip(digest.0) {
        *to = from;
    }
    AnnouncementId(id)
}

fn content(post: &ArchivedPost) -> [u8; 32] {
    let mut bytes = vec![];
    for part in [&post.title, &post.author, &post.author_id, &post.text] {
        // Lengths between, so that no two posts run together into the same bytes.
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    sha256(&bytes).0
}
