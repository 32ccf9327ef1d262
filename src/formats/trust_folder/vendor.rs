//! `vendor.toml`: who the vendor is, what it ships, where it speaks.

use serde::Deserialize;

use super::text::Day;

/// A vendor's profile.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorProfile {
    /// Version of the folder's form; 1.
    pub schema: u32,
    pub slug: String,
    pub name: String,
    /// Other spellings, including names of earlier years.
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub homepage: String,
    /// URL of its security.txt; empty when nobody looked.
    #[serde(default)]
    pub security_txt: String,
    #[serde(default, rename = "contact")]
    pub contacts: Vec<Contact>,
    #[serde(default, rename = "product")]
    pub products: Vec<Product>,
    #[serde(default, rename = "feed")]
    pub feeds: Vec<Feed>,
    #[serde(default, rename = "host")]
    pub hosts: Vec<Host>,
    #[serde(default)]
    pub note: String,
}

/// Whom to ask, in order.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    #[serde(default)]
    pub role: String,
    /// `phone`, `email`, `issue`, `web`.
    pub channel: String,
    /// Empty: to be filled from the contract, never from the package in doubt.
    #[serde(default)]
    pub value: String,
    /// Where and when a number was seen; without both a number counts for nothing.
    #[serde(default)]
    pub seen_at: String,
    #[serde(default)]
    pub seen_on: Option<Day>,
}

/// Something the vendor signs.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub name: String,
    /// File names with `*` and `?`, or `pkg:` names; they suggest a vendor, they never decide.
    #[serde(default)]
    pub patterns: Vec<String>,
    #[serde(default)]
    pub formats: Vec<String>,
    /// Anchors or rules that serve this product only; empty = all of the vendor's.
    #[serde(default)]
    pub roots: Vec<String>,
}

/// Where announcements may appear.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    pub kind: String,
    pub url: String,
    #[serde(default)]
    pub watch_for: Vec<String>,
}

/// An exact host, and whose words stand on it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Host {
    pub host: String,
    pub content: HostContent,
    /// Ids of the accounts on that host that speak for the vendor: ids, never display names, which
    /// anybody can take.
    #[serde(default)]
    pub staff: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostContent {
    /// Only the vendor can post.
    Vendor,
    /// Anybody can post.
    Users,
}
