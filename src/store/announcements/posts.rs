//! Posts as a view asks for them.

use jiff::Timestamp;
use rusqlite::{Connection, named_params};

use super::look_up::{KEPT, Kept, read_kept};
use super::{AnnouncementId, Origin};
use crate::formats::post::read_titled;
use crate::judge::posted::{Naming, Post};
use crate::store::open::{Store, StoreError};

/// How many rows one look-up reads. Only addresses are read, so that a flood of posts costs little;
/// above it the oldest are not seen.
const NAMINGS: i64 = 5000;
/// The longest that a handle is, in hex digits.
const HANDLE: usize = 32;

impl Kept {
    /// The post for the judge; `withdrawn` are the values that it printed once.
    #[must_use]
    pub fn into_post(self, withdrawn: Vec<String>) -> Post {
        Post {
            id: self.id.to_string(),
            reading: read_titled(&self.revision.title, &self.revision.text),
            url: self.url,
            title: self.revision.title,
            author_id: self.revision.author_id,
            published: self.revision.published,
            fetched: self.origin == Origin::Fetched,
            withdrawn,
        }
    }
}

impl Store {
    /// The post with this handle in full digits, as known at `known_at`, with what it withdrew.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn post(&self, id: &str, known_at: Timestamp) -> Result<Option<Post>, StoreError> {
        post(&self.connection, id, known_at.as_millisecond())
    }
}

/// Which posts known at `known_at` (milliseconds) print one of the values, newest first.
pub(in crate::store) fn namings(
    connection: &Connection,
    values: &[String],
    known_at: i64,
) -> Result<Vec<Naming>, StoreError> {
    let values = serde_json::Value::from(values).to_string();
    let mut statement = connection.prepare_cached(
        "WITH named AS (
             SELECT indicator.announcement, value, max(indicator.revision) AS revision
             FROM indicator
             JOIN announcement_revision AS printed
               ON printed.announcement = indicator.announcement
              AND printed.number = indicator.revision AND printed.seen_at <= :known_at
             WHERE value IN (SELECT value FROM json_each(:values))
             GROUP BY indicator.announcement, value
             ORDER BY indicator.announcement DESC, value LIMIT :limit
         )
         SELECT announcement.id, url, author_id, value, named.revision = number
         FROM named
         JOIN announcement ON announcement.position = named.announcement
         JOIN announcement_revision AS newest
           ON newest.announcement = named.announcement
          AND number = (SELECT max(number) FROM announcement_revision
                        WHERE announcement = named.announcement AND seen_at <= :known_at)
         ORDER BY named.announcement DESC, value",
    )?;
    let mut rows = statement.query(named_params! {
        ":values": values, ":known_at": known_at, ":limit": NAMINGS,
    })?;
    let mut found = vec![];
    while let Some(row) = rows.next()? {
        found.push(Naming {
            post: AnnouncementId(row.get(0)?).to_string(),
            url: row.get(1)?,
            author_id: row.get(2)?,
            value: row.get(3)?,
            still: row.get(4)?,
        });
    }
    Ok(found)
}

/// The post with this handle, as known at `known_at` (milliseconds).
pub(in crate::store) fn post(
    connection: &Connection,
    id: &str,
    known_at: i64,
) -> Result<Option<Post>, StoreError> {
    let Some(id) = handle(id) else {
        return Ok(None);
    };
    let kept = {
        let mut statement = connection.prepare_cached(&format!(
            "{KEPT} WHERE announcement.id = :id ORDER BY number LIMIT 1"
        ))?;
        let mut rows = statement.query(named_params! {":id": id, ":known_at": known_at})?;
        rows.next()?.map(read_kept).transpose()?
    };
    let Some(kept) = kept else {
        return Ok(None);
    };
    // Almost every post has one revision, and nothing to withdraw.
    let mut withdrawn = vec![];
    if kept.revision.number > 1 {
        let mut statement = connection.prepare_cached(
            "SELECT DISTINCT value FROM indicator AS once
             JOIN announcement ON announcement.position = once.announcement
             WHERE announcement.id = :id AND once.revision < :number
               AND NOT EXISTS (SELECT 1 FROM indicator AS now
                               WHERE now.announcement = once.announcement
                                 AND now.value = once.value AND now.revision = :number)
             ORDER BY value",
        )?;
        let rows = statement.query_map(
            named_params! {":id": id, ":number": kept.revision.number},
            |row| row.get(0),
        )?;
        withdrawn = rows.collect::<Result<_, _>>()?;
    }
    Ok(Some(kept.into_post(withdrawn)))
}

fn handle(id: &str) -> Option<[u8; HANDLE / 2]> {
    if id.len() != HANDLE || !id.is_ascii() {
        return None;
    }
    let mut bytes = [0; HANDLE / 2];
    for (byte, pair) in bytes.iter_mut().zip(id.as_bytes().chunks_exact(2)) {
        *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}
