//! What `roots/openpgp-<fingerprint>.toml` says beyond other keys: subkeys, copies, moving expiry.

use serde::Deserialize;

use super::text::{Day, one_or_many, parsed};
use crate::domain::Fingerprint;

/// A subkey below the primary key; judged through it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subkey {
    #[serde(deserialize_with = "parsed")]
    pub fingerprint: Fingerprint,
    /// `sign`, `encrypt`, `certify`, `authenticate`: one or several; empty when nothing binds it.
    #[serde(default, rename = "use", deserialize_with = "one_or_many")]
    pub uses: Vec<String>,
    pub created: Day,
    /// By all copies together; absent = no end of its own.
    #[serde(default)]
    pub expires: Option<Day>,
}

/// One copy of the certificate, as somebody published it. All copies together are judged.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    /// When it was first seen there.
    pub seen: Day,
    /// Where the bytes were read.
    pub source: String,
    /// When the primary key ends by this copy alone; absent = never.
    #[serde(default)]
    pub expires: Option<Day>,
}

/// What was seen of the primary key's end at some time: it moves, and old copies do not know.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expiry {
    /// Absent = without end.
    #[serde(default)]
    pub until: Option<Day>,
    pub seen: Day,
    #[serde(default)]
    pub evidence: Vec<String>,
}
