//! What changed in a root programme's list from one day to the next. Pure: snapshots in, events out.
//!
//! Events are never stored: they follow from the snapshots in their order, so a late file changes
//! exactly the differences around its place. The first snapshot of a list gives none, because what
//! was in the list before it is not known.

mod certificates;
mod difference;
mod identity;
mod report;

use std::collections::BTreeSet;

use crate::domain::{KeyForm, ListSnapshot, ListedKey, Sha256};

use identity::Identities;
pub use report::{ImportPlace, ImportReport, ListReport, ProgrammeContents};

/// What happened to a key of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    Added,
    Removed,
    /// It was in an older snapshot of the list, and not in the last one.
    Readded,
    /// The same key, called by another id.
    Renamed,
    /// What the list says of the key or of one of its certificates.
    Changed,
    /// The same key in a new self-issued certificate.
    Reissued,
    /// The same key in a new certificate by another issuer.
    CrossCertified,
}

impl Change {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Readded => "readded",
            Self::Renamed => "renamed",
            Self::Changed => "changed",
            Self::Reissued => "reissued",
            Self::CrossCertified => "cross_certified",
        }
    }
}

/// One change of one key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProgrammeEvent {
    pub change: Change,
    /// `None` where a key has no role, and for a renaming, which concerns the key in every role.
    pub role: Option<String>,
    pub key: ListedKey,
    pub form: KeyForm,
    /// The certificate that it is about; of a key that came or went, the first.
    pub certificate: Option<Sha256>,
    /// The bare public key as hex.
    pub public_key: Option<String>,
    /// Of the list that shows the change.
    pub version: Option<u64>,
    /// Hostile until escaped.
    pub name: Option<String>,
    pub before: Option<String>,
    pub after: Option<String>,
}

/// The events of each snapshot against the one before it; as many as there are snapshots, which
/// stand in the order in which they were seen and are of one list. `known` holds certificates that
/// the list may name by hash.
#[must_use]
pub fn history(snapshots: &[&ListSnapshot], known: &ListSnapshot) -> Vec<Vec<ProgrammeEvent>> {
    let identities = Identities::of(snapshots.iter().copied().chain([known]));
    let mut seen: BTreeSet<(Option<String>, ListedKey)> = BTreeSet::new();
    let mut before: Option<ListSnapshot> = None;
    let mut all = vec![];
    for snapshot in snapshots {
        let now = identities.apply(snapshot);
        let mut events = match &before {
            None => vec![],
            Some(before) => difference::between(before, &now, &seen),
        };
        events.sort();
        all.push(events);
        seen.extend(
            now.entries
                .iter()
                .map(|entry| (entry.role.clone(), entry.key)),
        );
        before = Some(now);
    }
    all
}

/// The list with what the certificates beside it tell: whose hash each is, and which key it has.
#[must_use]
pub fn completed(list: &ListSnapshot, beside: &ListSnapshot) -> ListSnapshot {
    Identities::of([beside]).apply(list)
}
