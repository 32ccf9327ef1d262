//! What an advisory says about itself, in plain values.

use jiff::Timestamp;

use super::document::Document;
use super::tlp::Label;

/// The head of a document. A field that is missing or has another type is empty; the document
/// itself still has it as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// `/document/tracking/id`, unique for one publisher.
    pub id: Option<String>,
    pub title: Option<String>,
    /// The profile: `csaf_security_advisory`, `csaf_vex`...
    pub category: Option<String>,
    /// `2.0` or `2.1`.
    pub csaf_version: Option<String>,
    pub publisher: Publisher,
    /// `draft`, `interim` or `final`.
    pub status: Option<String>,
    pub version: Option<String>,
    pub first_released: Option<Timestamp>,
    pub released: Option<Timestamp>,
    /// A language tag (RFC 5646).
    pub language: Option<String>,
    pub tlp: Label,
    /// References of category `self`: where the document says that it lives.
    pub own_addresses: Vec<String>,
}

/// Who issued a document or runs a provider.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Publisher {
    /// `vendor`, `coordinator`, `translator`...
    pub category: Option<String>,
    pub name: Option<String>,
    /// An address in the publisher's control, by which it is told apart.
    pub namespace: Option<String>,
}

impl Document {
    #[must_use]
    pub fn head(&self) -> Head {
        let text = |path: &str| self.text(path).map(str::to_owned);
        let own_addresses = self
            .select("/document/references[]")
            .iter()
            .filter(|reference| {
                reference.value.get("category").and_then(|c| c.as_str()) == Some("self")
            })
            .filter_map(|reference| reference.value.get("url")?.as_str())
            .map(str::to_owned)
            .collect();
        Head {
            id: text("/document/tracking/id"),
            title: text("/document/title"),
            category: text("/document/category"),
            csaf_version: text("/document/csaf_version"),
            publisher: Publisher {
                category: text("/document/publisher/category"),
                name: text("/document/publisher/name"),
                namespace: text("/document/publisher/namespace"),
            },
            status: text("/document/tracking/status"),
            version: text("/document/tracking/version"),
            first_released: self.time("/document/tracking/initial_release_date"),
            released: self.time("/document/tracking/current_release_date"),
            language: text("/document/lang"),
            tlp: Label::read(self.text("/document/distribution/tlp/label")),
            own_addresses,
        }
    }

    /// The time at a path without lists.
    fn time(&self, path: &str) -> Option<Timestamp> {
        self.text(path)?.parse().ok()
    }
}
