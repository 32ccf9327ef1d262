//! ROLIE feeds in JSON (RFC 8322, CSAF 2.0 7.1.15): documents with their hashes and signatures.

use jiff::Timestamp;
use serde_json::Value;

use super::error::CsafError;
use super::json;
use super::select::select;
use crate::formats::limits;

/// One feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    pub id: Option<String>,
    pub title: Option<String>,
    pub updated: Option<Timestamp>,
    /// The next page, when the provider splits a feed.
    pub next: Option<String>,
    /// Those that name a document, in feed order.
    pub entries: Vec<Entry>,
    /// How many entries name none.
    pub left_out: usize,
}

/// One document of a feed. Addresses are as written, and hostile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: Option<String>,
    pub title: Option<String>,
    pub url: String,
    pub updated: Option<Timestamp>,
    pub published: Option<Timestamp>,
    /// Links of relation `hash`.
    pub hashes: Vec<String>,
    /// The first link of relation `signature`.
    pub signature: Option<String>,
}

impl Feed {
    /// Reads a feed.
    ///
    /// # Errors
    /// When it is no JSON object with a `feed` in it, holds a key twice, or is over
    /// [`limits::CSAF_INDEX`] or [`limits::JSON_VALUES`].
    pub fn read(bytes: &[u8]) -> Result<Self, CsafError> {
        let whole = json::parse_object(bytes, limits::CSAF_INDEX, "a feed")?;
        let feed = whole
            .get("feed")
            .filter(|feed| feed.is_object())
            .ok_or(CsafError::NotObject { what: "a feed" })?;
        let items = select(feed, "", "/entry[]");
        let entries: Vec<Entry> = items
            .iter()
            .filter_map(|item| Entry::new(item.value))
            .collect();
        Ok(Self {
            id: text(feed, "id"),
            title: text(feed, "title"),
            updated: time(feed, "updated"),
            next: links(feed, "next").into_iter().next(),
            left_out: items.len() - entries.len(),
            entries,
        })
    }
}

impl Entry {
    fn new(entry: &Value) -> Option<Self> {
        let content = entry.pointer("/content/src").and_then(Value::as_str);
        let url = content
            .map(str::to_owned)
            .or_else(|| links(entry, "self").into_iter().next())?;
        Some(Self {
            id: text(entry, "id"),
            title: text(entry, "title"),
            url,
            updated: time(entry, "updated"),
            published: time(entry, "published"),
            hashes: links(entry, "hash"),
            signature: links(entry, "signature").into_iter().next(),
        })
    }
}

/// The addresses of all links of one relation.
fn links(value: &Value, relation: &str) -> Vec<String> {
    select(value, "", "/link[]")
        .iter()
        .filter(|link| link.value.get("rel").and_then(Value::as_str) == Some(relation))
        .filter_map(|link| text(link.value, "href"))
        .collect()
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name)?.as_str().map(str::to_owned)
}

fn time(value: &Value, name: &str) -> Option<Timestamp> {
    value.get(name)?.as_str()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_with_their_links() {
        let text = serde_json::json!({"feed": {
            "id": "feed-1",
            "title": "Advisories",
            "updated": "2024-02-01T00:00:00Z",
            "link": [{"rel": "self", "href": "https://a.example/f.json"},
                     {"rel": "next", "href": "https://a.example/f-2.json"}],
            "entry": [
                {
                    "id": "A-1", "title": "One",
                    "updated": "2024-01-02T00:00:00Z", "published": "2024-01-01T00:00:00Z",
                    "content": {"type": "application/json", "src": "https://a.example/1.json"},
                    "link": [
                        {"rel": "self", "href": "https://a.example/1.json"},
                        {"rel": "hash", "href": "https://a.example/1.json.sha256"},
                        {"rel": "hash", "href": "https://a.example/1.json.sha512"},
                        {"rel": "signature", "href": "https://a.example/1.json.asc"},
                    ],
                },
                {"id": "A-2", "link": [{"rel": "self", "href": "https://a.example/2.json"}]},
                {"id": "A-3"},
                "odd",
            ],
        }});
        let read = Feed::read(text.to_string().as_bytes()).unwrap();
        assert_eq!(read.left_out, 2);
        assert_eq!(read.next.as_deref(), Some("https://a.example/f-2.json"));
        let [one, two] = &read.entries[..] else {
            panic!("{:?}", read.entries)
        };
        assert_eq!(one.hashes.len(), 2);
        assert_eq!(
            one.signature.as_deref(),
            Some("https://a.example/1.json.asc")
        );
        assert_eq!(one.updated, "2024-01-02T00:00:00Z".parse().ok());
        assert_eq!(two.url, "https://a.example/2.json");
        assert_eq!(two.signature, None);
        for wrong in ["[]", "{}", "{\"feed\": []}"] {
            assert!(Feed::read(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
