//! What an entry is known by from one visit to the next.
//!
//! Sites repeat their guids, or make new ones at every visit. So it is judged per feed whether its
//! identifiers can be trusted; where not, entries are known by their links, and where those repeat
//! too, by what they say.

use std::collections::BTreeMap;

use super::model::Entry;
use crate::formats::digest::sha256;
use crate::formats::limits;

/// What the entries of one feed are known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// The identifier that the feed states.
    Id,
    /// The address of the entry.
    Link,
    /// Title and date, or all of the text.
    Content,
}

/// What an earlier visit knew of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The stated identifier.
    pub id: Option<String>,
    /// [`Entry::link`].
    pub link: Option<String>,
}

/// Judges what the entries of a feed can be known by. `known` are entries of earlier visits, in any
/// order; without them only what the feed says now is judged.
#[must_use]
pub fn basis(entries: &[Entry], known: &[Known]) -> Basis {
    if !ids_repeat(entries) && !ids_change(entries, known) {
        return Basis::Id;
    }
    let mut links = BTreeMap::new();
    for entry in entries {
        let Some(link) = entry.link() else {
            continue;
        };
        if *links.entry(link).or_insert(&entry.revision) != &entry.revision {
            return Basis::Content;
        }
    }
    if links.is_empty() {
        Basis::Content
    } else {
        Basis::Link
    }
}

/// Whether one identifier names two entries that differ in both link and title.
fn ids_repeat(entries: &[Entry]) -> bool {
    let mut first: BTreeMap<&str, &Entry> = BTreeMap::new();
    entries.iter().any(|entry| {
        entry.id.as_deref().is_some_and(|id| {
            let other = *first.entry(id).or_insert(entry);
            other.link() != entry.link() && other.title != entry.title
        })
    })
}

/// Whether most entries that are known by their link now have another identifier.
fn ids_change(entries: &[Entry], known: &[Known]) -> bool {
    let before: BTreeMap<&str, &str> = known
        .iter()
        .filter_map(|known| Some((known.link.as_deref()?, known.id.as_deref()?)))
        .collect();
    let (mut same, mut changed) = (0usize, 0usize);
    for entry in entries {
        let (Some(link), Some(id)) = (entry.link(), entry.id.as_deref()) else {
            continue;
        };
        match before.get(link) {
            Some(earlier) if *earlier == id => same += 1,
            Some(_) => changed += 1,
            None => {}
        }
    }
    changed > same
}

/// Gives every entry its key: the same for the same entry at every visit, no two alike in one feed.
pub fn assign(entries: &mut [Entry], basis: Basis) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for entry in entries {
        let id = entry.id.as_deref();
        let link = entry.link();
        let stated = match basis {
            Basis::Id => id.or(link),
            Basis::Link => link,
            Basis::Content => None,
        };
        let mut key = match stated {
            Some(stated) if stated.len() <= limits::FEED_ADDRESS => stated.to_owned(),
            Some(stated) => format!("sha256:{}", sha256(stated.as_bytes())),
            None => by_content(entry),
        };
        let count = seen.entry(key.clone()).or_default();
        *count += 1;
        if *count > 1 {
            key = format!("{key}#{count}");
        }
        entry.key = key;
    }
}

/// Title and date survive an edit of the text; without both only the text is left.
fn by_content(entry: &Entry) -> String {
    match (&entry.title, entry.published.or(entry.updated)) {
        (Some(title), Some(at)) => {
            let text = format!("{}\n{at}", title.text);
            format!("sha256:{}", sha256(text.as_bytes()))
        }
        _ => format!("sha256:{}", entry.revision),
    }
}
