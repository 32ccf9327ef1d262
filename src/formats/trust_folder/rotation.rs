//! `rotations/<name>.toml`: a recorded change of keys or rules, with its evidence.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Deserialize;

use super::text::{Day, parsed_if_known, parsed_list};
use crate::domain::{AnchorId, AnchorIdError, Sha256};

/// Old key(s) or rule(s) to new ones of one vendor.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rotation {
    pub id: String,
    /// As computed from the keys: `ca_change`, `leaf_change`, `renewal`, `key_change`...
    pub kind: String,
    /// The vendor's reason in our words; empty when not known.
    #[serde(default)]
    pub reason: String,
    #[serde(default, deserialize_with = "parsed_list")]
    pub old: Vec<Rotated>,
    #[serde(default, deserialize_with = "parsed_list")]
    pub new: Vec<Rotated>,
    /// When the vendor told people; absent when no telling is known.
    #[serde(default)]
    pub announced: Option<Day>,
    #[serde(default)]
    pub effective: Option<Day>,
    /// What `effective` rests on: `observed`, `vendor commit`, `certificate start`...
    #[serde(default)]
    pub effective_is: String,
    /// When old copies start to fail.
    #[serde(default)]
    pub deadline: Option<Day>,
    #[serde(default)]
    pub derived_by: String,
    #[serde(default)]
    pub confidence: String,
    #[serde(default)]
    pub evidence: Vec<Evidence>,
    #[serde(default)]
    pub unproven: Vec<Unproven>,
    #[serde(default, rename = "confirmation")]
    pub confirmations: Vec<Confirmation>,
    #[serde(default)]
    pub note: String,
}

impl Rotation {
    /// Whether the folder claims that some of the evidence could be read at an instant; without a
    /// date nothing is claimed, and it counts as always known.
    #[must_use]
    pub fn claims_known_at(&self, instant: Timestamp) -> bool {
        let days = self
            .evidence
            .iter()
            .filter_map(|one| one.published.or(one.seen));
        days.min().is_none_or(|first| first.start() <= instant)
    }
}

/// What a rotation names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rotated {
    /// A key: root, intermediate or leaf.
    Key(AnchorId),
    /// A signer rule of the same vendor, by its file name without ending.
    Rule(String),
}

impl FromStr for Rotated {
    type Err = AnchorIdError;

    fn from_str(text: &str) -> Result<Self, AnchorIdError> {
        match text.strip_prefix("signers/") {
            Some(rule) => Ok(Self::Rule(rule.to_owned())),
            None => text.parse().map(Self::Key),
        }
    }
}

/// Who said or showed it, where and when; never the passage itself.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// `artifact`, `change`, `forum`, `vendor_commit`, `certificate`, `incident`...
    #[serde(rename = "type")]
    pub kind: String,
    #[serde(default)]
    pub url: String,
    /// A package and member, `pypi:name@version:member`.
    #[serde(default, rename = "ref")]
    pub reference: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub author: String,
    #[serde(default)]
    pub published: Option<Day>,
    /// When we looked.
    #[serde(default)]
    pub seen: Option<Day>,
    /// When the artefact was signed, by its time stamp.
    #[serde(default)]
    pub signed: Option<Day>,
    #[serde(default, deserialize_with = "parsed_if_known")]
    pub leaf_sha256: Option<Sha256>,
    /// In our own words.
    #[serde(default)]
    pub says: String,
    /// SHA-256 of the whitespace-normalised original passage.
    #[serde(default, deserialize_with = "parsed_if_known")]
    pub quote_sha256: Option<Sha256>,
}

impl Evidence {
    /// The day the evidence speaks of, if it has any.
    #[must_use]
    pub fn dated(&self) -> Option<Day> {
        self.published.or(self.signed).or(self.seen)
    }
}

/// What still has no proof.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unproven {
    pub what: String,
}

/// Who confirmed out of band, reading which fingerprint; empty = nobody yet.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    #[serde(default)]
    pub by: String,
    #[serde(default)]
    pub channel: String,
    #[serde(default)]
    pub read_out: String,
    #[serde(default)]
    pub at: String,
}
