//! `provider-metadata.json`: who publishes, where, and under which keys (CSAF 2.0 7.1.7 to 7.1.20).

use jiff::Timestamp;
use serde_json::Value;

use super::error::CsafError;
use super::head::Publisher;
use super::json;
use super::select::select;
use super::tlp::Label;
use crate::domain::Fingerprint;
use crate::formats::limits;

/// What a provider says about itself. Read leniently: an entry that cannot be used does not hide
/// the others.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderMetadata {
    pub canonical_url: Option<String>,
    pub publisher: Publisher,
    /// `csaf_publisher`, `csaf_provider` or `csaf_trusted_provider`, which alone must sign.
    pub role: Option<String>,
    pub last_updated: Option<Timestamp>,
    pub keys: Vec<ListedKey>,
    pub distributions: Vec<Distribution>,
    /// Everything, as it was written.
    pub whole: Value,
}

/// A key under which the provider says that it signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedKey {
    /// As it was written; CSAF does not ask for one.
    pub written: Option<String>,
    /// What was written, when it is a fingerprint.
    pub fingerprint: Option<Fingerprint>,
    /// Where the key file lies.
    pub url: Option<String>,
}

/// One way in which the documents are handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Distribution {
    /// A folder with `index.txt` and `changes.csv`.
    Directory(FeedLink),
    /// ROLIE feeds (RFC 8322).
    Rolie { feeds: Vec<FeedLink> },
}

/// Where a feed or a folder lies and who may read it. CSAF 2.0 has no labels for folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedLink {
    pub url: String,
    pub tlp: Label,
}

impl ProviderMetadata {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is no JSON object, holds a key twice, or is over [`limits::CSAF_METADATA`],
    /// [`limits::CSAF_KEYS`] or [`limits::CSAF_FEEDS`].
    pub fn read(bytes: &[u8]) -> Result<Self, CsafError> {
        let whole = json::parse_object(bytes, limits::CSAF_METADATA, "provider metadata")?;
        let whole = Value::Object(whole);
        let text = |path: &str| whole.pointer(path)?.as_str().map(str::to_owned);
        let keys = select(&whole, "", "/public_openpgp_keys[]");
        if keys.len() > limits::CSAF_KEYS {
            return Err(CsafError::TooMany {
                what: "keys",
                limit: limits::CSAF_KEYS,
            });
        }
        let distributions = distributions(&whole);
        if distributions.iter().map(Distribution::size).sum::<usize>() > limits::CSAF_FEEDS {
            return Err(CsafError::TooMany {
                what: "feeds",
                limit: limits::CSAF_FEEDS,
            });
        }
        Ok(Self {
            canonical_url: text("/canonical_url"),
            publisher: Publisher {
                category: text("/publisher/category"),
                name: text("/publisher/name"),
                namespace: text("/publisher/namespace"),
            },
            role: text("/role"),
            last_updated: text("/last_updated").and_then(|time| time.parse().ok()),
            keys: keys.iter().map(|key| ListedKey::new(key.value)).collect(),
            distributions,
            whole,
        })
    }
}

impl ListedKey {
    fn new(entry: &Value) -> Self {
        let text = |name: &str| entry.get(name)?.as_str().map(str::to_owned);
        let written = text("fingerprint");
        Self {
            fingerprint: written.as_deref().and_then(fingerprint),
            written,
            url: text("url"),
        }
    }
}

/// A fingerprint as people write it: in groups, with colons, behind `0x`. Fewer digits than a whole
/// one never become one.
fn fingerprint(written: &str) -> Option<Fingerprint> {
    let written = written.trim();
    let digits = written
        .strip_prefix("0x")
        .or(written.strip_prefix("0X"))
        .unwrap_or(written);
    let plain: String = digits
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ':')
        .take(65)
        .collect();
    plain.parse().ok()
}

impl Distribution {
    fn size(&self) -> usize {
        match self {
            Self::Directory(_) => 1,
            Self::Rolie { feeds } => feeds.len(),
        }
    }
}

/// CSAF 2.0 has `directory_url` and `rolie` at an item, 2.1 may have `directory` with its `url`.
fn distributions(whole: &Value) -> Vec<Distribution> {
    let mut found = vec![];
    for item in select(whole, "", "/distributions[]") {
        let old = link(item.value, "directory_url");
        let new = item.value.get("directory").map(|it| link(it, "url"));
        found.extend(old.or(new.flatten()).map(Distribution::Directory));
        let feeds: Vec<FeedLink> = select(item.value, "", "/rolie/feeds[]")
            .iter()
            .filter_map(|feed| link(feed.value, "url"))
            .collect();
        if !feeds.is_empty() {
            found.push(Distribution::Rolie { feeds });
        }
    }
    found
}

fn link(value: &Value, key: &str) -> Option<FeedLink> {
    let label = value.get("tlp_label").and_then(Value::as_str);
    Some(FeedLink {
        url: value.get(key)?.as_str()?.to_owned(),
        // The word of ROLIE feeds for documents without a label.
        tlp: Label::read(label.filter(|label| *label != "UNLABELED")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::csaf::Tlp;

    #[test]
    fn entries_that_cannot_be_used_hide_no_others() {
        let text = serde_json::json!({
            "canonical_url": "https://a.example/.well-known/csaf/provider-metadata.json",
            "last_updated": "2024-06-19T09:00:00.0Z",
            "public_openpgp_keys": [
                {"fingerprint": "0xa4be 1ec4 63aa 541e 15ff  54ab 88ed a0f2 97a4 367a", "url": "https://a.example/1"},
                {"fingerprint": "88EDA0F297A4367A", "url": "https://a.example/2"},
                {"url": "https://a.example/3"},
                7,
            ],
            "distributions": [
                "odd",
                {"directory_url": "https://a.example/csaf/"},
                {"directory": {"url": "https://a.example/green/", "tlp_label": "GREEN"}},
                {"rolie": {"feeds": [
                    {"tlp_label": "WHITE", "url": "https://a.example/white.json"},
                    {"tlp_label": "AMBER", "url": "https://a.example/amber.json"},
                    {"tlp_label": "UNLABELED", "url": "https://a.example/none.json"},
                    {"tlp_label": "WHITE"},
                ]}},
            ],
            "x_own": {"kept": true},
        });
        let read = ProviderMetadata::read(text.to_string().as_bytes()).unwrap();
        assert_eq!(read.whole, text);
        let fingerprints: Vec<Option<String>> = read
            .keys
            .iter()
            .map(|key| key.fingerprint.map(|fingerprint| fingerprint.to_string()))
            .collect();
        let whole = "A4BE1EC463AA541E15FF54AB88EDA0F297A4367A".to_owned();
        assert_eq!(fingerprints, [Some(whole), None, None, None]);
        let feed = |url: &str, tlp| FeedLink {
            url: url.to_owned(),
            tlp,
        };
        let expected = [
            Distribution::Directory(feed("https://a.example/csaf/", Label::None)),
            Distribution::Directory(feed("https://a.example/green/", Label::Known(Tlp::Green))),
            Distribution::Rolie {
                feeds: vec![
                    feed("https://a.example/white.json", Label::Known(Tlp::Clear)),
                    feed("https://a.example/amber.json", Label::Known(Tlp::Amber)),
                    feed("https://a.example/none.json", Label::None),
                ],
            },
        ];
        assert_eq!(read.distributions, expected);
    }
}
