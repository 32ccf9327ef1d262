//! Where a key's file stands in a trust folder, and for whom its timeline speaks.

use super::record::Scope;
use crate::domain::Purpose;

/// What the paths of files begin with that a folder without authority proposes.
pub(super) const PROPOSED: &[u8] = b"proposed/";

/// Where a key's file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RootPlace {
    Shared,
    Timestamping,
    Vendor(String),
}

impl RootPlace {
    pub(super) fn of(path: &[u8]) -> Option<Self> {
        let path = path.strip_prefix(PROPOSED).unwrap_or(path);
        let mut parts = str::from_utf8(path).ok()?.split('/');
        match (parts.next()?, parts.next()?) {
            ("shared", "roots") => Some(Self::Shared),
            ("shared", "tsa") => Some(Self::Timestamping),
            ("vendors", slug) => Some(Self::Vendor(slug.to_owned())),
            _ => None,
        }
    }

    /// For whom and for what the timeline of such a file speaks.
    pub(super) fn speaks_for(&self) -> (Scope, Purpose) {
        match self {
            Self::Shared => (Scope::Global, Purpose::CodeSigning),
            Self::Timestamping => (Scope::Global, Purpose::TimeStamping),
            Self::Vendor(slug) => (Scope::Vendor(slug.clone()), Purpose::CodeSigning),
        }
    }
}
