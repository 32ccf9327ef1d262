//! Posts by their words (SQLite FTS5).

use jiff::Timestamp;
use rusqlite::named_params;

use super::look_up::{KEPT, Kept, read_kept};
use crate::store::open::{Store, StoreError};

/// Above so many hits their order by likeness is not computed: it would read all of them.
const RANKED: i64 = 2000;

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPage {
    pub posts: Vec<Kept>,
    /// The words are so frequent that the posts are the newest brought in, not the likeliest.
    pub newest_first: bool,
}

impl Store {
    /// The posts whose newest text has all these words; likeliest first, or newest first where there
    /// are too many. Every word is quoted: nothing in it is an operator.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn search_announcements(
        &self,
        words: &str,
        limit: u32,
        known_at: Timestamp,
    ) -> Result<SearchPage, StoreError> {
        let Some(query) = quoted(words) else {
            return Ok(SearchPage {
                posts: vec![],
                newest_first: false,
            });
        };
        let hits: i64 = self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM (SELECT 1 FROM announcement_words
                 WHERE announcement_words MATCH :query LIMIT :most)",
            )?
            .query_row(
                named_params! {":query": query, ":most": RANKED + 1},
                |row| row.get(0),
            )?;
        let newest_first = hits > RANKED;
        let order = if newest_first {
            "rowid DESC"
        } else {
            "rank, rowid DESC"
        };
        let mut statement = self.connection.prepare_cached(&format!(
            "SELECT rowid FROM announcement_words
             WHERE announcement_words MATCH :query ORDER BY {order} LIMIT :limit"
        ))?;
        let positions: Vec<i64> = statement
            .query_map(named_params! {":query": query, ":limit": limit}, |row| {
                row.get(0)
            })?
            .collect::<Result<_, _>>()?;
        let mut statement = self.connection.prepare_cached(&format!(
            "{KEPT} WHERE announcement.position = :position ORDER BY number"
        ))?;
        let mut posts = vec![];
        for position in positions {
            let mut rows = statement.query(named_params! {
                ":position": position, ":known_at": known_at.as_millisecond(),
            })?;
            // A post that was not known then has no row.
            if let Some(row) = rows.next()? {
                posts.push(read_kept(row)?);
            }
        }
        Ok(SearchPage {
            posts,
            newest_first,
        })
    }
}

/// Every word as an FTS5 string; `None` when nothing in the text is a word.
fn quoted(words: &str) -> Option<String> {
    let quoted: Vec<String> = words
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"").replace('\0', "")))
        .collect();
    (!quoted.is_empty()).then(|| quoted.join(" "))
}
