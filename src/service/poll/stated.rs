//! The sources that vendors' profiles and the settings name.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::domain::source::{Kind, Origin};
use crate::judge::trust::View;
use crate::store::sources::NewSource;

/// A source that the settings name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatedSource {
    pub url: String,
    pub vendor: String,
    /// `feed`, `csaf` or `page`.
    #[serde(default)]
    pub kind: Option<String>,
}

/// All of them, by address. What the settings say of an address goes before what a profile says; a
/// kind that nobody knows is told by its address, as the second value.
#[must_use]
pub fn stated_sources(view: &dyn View, config: &[StatedSource]) -> (Vec<NewSource>, Vec<String>) {
    let mut found: BTreeMap<String, NewSource> = BTreeMap::new();
    let mut unknown = vec![];
    let mut add = |url: &str, vendor: &str, kind: &str, origin| match Kind::from_word(kind) {
        Some(kind) => {
            found.insert(
                url.to_owned(),
                NewSource {
                    url: url.to_owned(),
                    vendor: vendor.to_owned(),
                    kind,
                    origin,
                },
            );
        }
        None => unknown.push(format!("{url}: {kind}")),
    };
    for slug in view.vendors() {
        let Some(profile) = view.vendor(&slug) else {
            continue;
        };
        for feed in &profile.feeds {
            add(&feed.url, &slug, &feed.kind, Origin::Vendor);
        }
    }
    for source in config {
        let kind = source.kind.as_deref().unwrap_or("feed");
        add(&source.url, &source.vendor, kind, Origin::Config);
    }
    (found.into_values().collect(), unknown)
}
