//! Posts by handle and by the identities they print.

use jiff::Timestamp;
use rusqlite::{Row, named_params};

use super::keep::{Origin, tail};
use super::{AnnouncementId, damaged, instant};
use crate::formats::post::{PostKind, Side, TokenKind};
use crate::store::open::{Store, StoreError};

/// How many posts one identity brings at most, newest first.
const PER_VALUE: i64 = 500;
/// How many hex digits at either end a copy with a wrong digit is looked for by.
const END: usize = 8;

/// A post, in the revision that was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub id: AnnouncementId,
    pub url: String,
    pub origin: Origin,
    pub first_seen: Timestamp,
    pub revision: Revision,
}

/// A post as it read at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// From 1 on.
    pub number: i64,
    pub title: String,
    pub author: String,
    pub author_id: String,
    pub published: Option<Timestamp>,
    pub text: String,
    pub kind: PostKind,
    pub language: String,
    pub score: i64,
    pub seen_at: Timestamp,
}

/// An identity that a post prints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub announcement: AnnouncementId,
    pub kind: TokenKind,
    pub value: String,
    pub side: Side,
    /// Whether the newest known revision still prints it.
    pub still: bool,
}

/// The columns of [`Kept`], of the newest revision that was known at `:known_at`.
pub(super) const KEPT: &str =
    "SELECT announcement.id, url, coalesce(revision.origin, announcement.origin), first_seen, number,
            title, author, author_id, published, text, kind, language, score, seen_at
     FROM announcement JOIN announcement_revision AS revision
       ON revision.announcement = announcement.position
      AND number = (SELECT max(number) FROM announcement_revision
                    WHERE announcement = announcement.position AND seen_at <= :known_at)";

impl Store {
    /// The posts whose handle begins with these hex digits, by handle; at most ten.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn announcements_by_handle(
        &self,
        head: &str,
        known_at: Timestamp,
    ) -> Result<Vec<Kept>, StoreError> {
        let (Some(first), Some(last)) = (bound(head, '0'), bound(head, 'f')) else {
            return Ok(vec![]);
        };
        let mut statement = self.connection.prepare_cached(&format!(
            "{KEPT} WHERE announcement.id BETWEEN :first AND :last ORDER BY announcement.id LIMIT 10"
        ))?;
        let mut rows = statement.query(named_params! {
            ":first": first, ":last": last, ":known_at": known_at.as_millisecond(),
        })?;
        let mut kept = vec![];
        while let Some(row) = rows.next()? {
            kept.push(read_kept(row)?);
        }
        Ok(kept)
    }

    /// Every revision of a post, oldest first.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn announcement_revisions(&self, id: AnnouncementId) -> Result<Vec<Revision>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT announcement.id, url, coalesce(revision.origin, announcement.origin), first_seen,
                    number, title, author, author_id, published, text, kind, language, score,
                    seen_at
             FROM announcement JOIN announcement_revision AS revision
               ON revision.announcement = announcement.position
             WHERE announcement.id = :id ORDER BY number",
        )?;
        let mut rows = statement.query(named_params! {":id": id.0})?;
        let mut revisions = vec![];
        while let Some(row) = rows.next()? {
            revisions.push(read_kept(row)?.revision);
        }
        Ok(revisions)
    }

    /// What posts known at `known_at` print exactly this value, under whatever kind; newest first.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn announcements_naming(
        &self,
        value: &str,
        known_at: Timestamp,
    ) -> Result<Vec<Named>, StoreError> {
        self.named(
            "indicator.value = :first AND :last = :last",
            value,
            "",
            known_at,
        )
    }

    /// As [`Store::announcements_naming`], for hex values that begin or end as this one does, without
    /// itself: copies with a wrong digit, and key ids of the same key.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn announcements_resembling(
        &self,
        value: &str,
        known_at: Timestamp,
    ) -> Result<Vec<Named>, StoreError> {
        let head: String = value.chars().take(END).collect();
        let mut found = vec![];
        for spelled in [value.to_ascii_uppercase(), value.to_ascii_lowercase()] {
            let tail = tail(&spelled);
            found.extend(self.named(
                "indicator.tail = :first AND :last = :last",
                tail,
                "",
                known_at,
            )?);
        }
        for head in [head.to_ascii_uppercase(), head.to_ascii_lowercase()] {
            // Behind every hex digit, in both cases.
            let last = format!("{head}~");
            found.extend(self.named(
                "indicator.value BETWEEN :first AND :last",
                &head,
                &last,
                known_at,
            )?);
        }
        found.retain(|named| !named.value.eq_ignore_ascii_case(value));
        found.sort_by(|a, b| {
            (&a.value, a.kind, a.announcement).cmp(&(&b.value, b.kind, b.announcement))
        });
        found.dedup();
        Ok(found)
    }

    /// The post with this handle, as known at `known_at`.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn announcement(
        &self,
        id: AnnouncementId,
        known_at: Timestamp,
    ) -> Result<Option<Kept>, StoreError> {
        let found = self.announcements_by_handle(&id.to_string(), known_at)?;
        Ok(found.into_iter().next())
    }

    fn named(
        &self,
        which: &str,
        first: &str,
        last: &str,
        known_at: Timestamp,
    ) -> Result<Vec<Named>, StoreError> {
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT announcement.id, indicator.kind, value, side,
                    indicator.revision = (SELECT max(number) FROM announcement_revision AS newest
                                          WHERE newest.announcement = indicator.announcement
                                            AND newest.seen_at <= :known_at)
             FROM indicator
             JOIN announcement ON announcement.position = indicator.announcement
             WHERE {which}
               AND indicator.revision =
                   (SELECT max(other.revision) FROM indicator AS other
                    JOIN announcement_revision AS printed
                      ON printed.announcement = other.announcement
                     AND printed.number = other.revision AND printed.seen_at <= :known_at
                    WHERE other.value = indicator.value AND other.kind = indicator.kind
                      AND other.announcement = indicator.announcement)
             ORDER BY indicator.announcement DESC, indicator.kind, value LIMIT :limit"
        ))?;
        let mut rows = statement.query(named_params! {
            ":first": first, ":last": last, ":known_at": known_at.as_millisecond(), ":limit": PER_VALUE,
        })?;
        let mut named = vec![];
        while let Some(row) = rows.next()? {
            let kind: String = row.get(1)?;
            let side: String = row.get(3)?;
            named.push(Named {
                announcement: AnnouncementId(row.get(0)?),
                kind: TokenKind::from_code(&kind).ok_or_else(|| damaged("a kind", kind))?,
                value: row.get(2)?,
                side: Side::from_word(&side).ok_or_else(|| damaged("a side", side))?,
                still: row.get(4)?,
            });
        }
        Ok(named)
    }
}

pub(super) fn read_kept(row: &Row<'_>) -> Result<Kept, StoreError> {
    let origin: String = row.get(2)?;
    let kind: String = row.get(10)?;
    let published: Option<i64> = row.get(8)?;
    Ok(Kept {
        id: AnnouncementId(row.get(0)?),
        url: row.get(1)?,
        origin: Origin::from_word(&origin).ok_or_else(|| damaged("an origin", origin))?,
        first_seen: instant(row.get(3)?)?,
        revision: Revision {
            number: row.get(4)?,
            title: row.get(5)?,
            author: row.get(6)?,
            author_id: row.get(7)?,
            published: published.map(instant).transpose()?,
            text: row.get(9)?,
            kind: PostKind::from_code(&kind).ok_or_else(|| damaged("a kind", kind))?,
            language: row.get(11)?,
            score: row.get(12)?,
            seen_at: instant(row.get(13)?)?,
        },
    })
}

/// The handle that begins so and goes on with `fill`; `None` for what is no such beginning.
fn bound(head: &str, fill: char) -> Option<[u8; 16]> {
    if head.is_empty() || head.len() > 32 || !head.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let digits: String = head
        .chars()
        .chain(std::iter::repeat(fill))
        .take(32)
        .collect();
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
