//! Changes of a provider's keys, told by comparing the looks at its metadata, with their evidence.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::history::{KeyHistory, Sight};
use crate::domain::{Fingerprint, Sha256};

/// What the keys say that happened; never what anybody calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RotationKind {
    /// New keys stand in the place of old ones.
    Replaced,
    /// New keys stand beside those that were there. It may become [`Self::Replaced`].
    Added,
    /// Keys left, and none came.
    Withdrawn,
    /// The same primary key with other subkeys.
    Subkeys,
}

/// One side of the evidence: what a look at the provider found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// When we looked.
    pub seen: Timestamp,
    /// When the provider says that it last changed its metadata.
    pub last_updated: Option<Timestamp>,
    /// Where the provider says that its metadata lives.
    pub canonical_url: Option<String>,
    /// Of the metadata's bytes.
    pub sha256: Sha256,
}

impl Step {
    fn new(sight: &Sight) -> Self {
        Self {
            seen: sight.at,
            last_updated: sight.metadata.last_updated,
            canonical_url: sight.metadata.canonical_url.clone(),
            sha256: sight.sha256,
        }
    }
}

/// One change of a provider's keys. The provider's own metadata says it, over its own channel; that
/// the old key vouches for the new one is not said by this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRotation {
    pub kind: RotationKind,
    /// Primary keys; of [`RotationKind::Subkeys`] the subkeys that left.
    pub old: BTreeSet<Fingerprint>,
    /// Primary keys; of [`RotationKind::Subkeys`] the subkeys that came.
    pub new: BTreeSet<Fingerprint>,
    /// The primary key that stays, of [`RotationKind::Subkeys`].
    pub primary: Option<Fingerprint>,
    /// The last look without the new keys and the first with them.
    pub appeared: Option<(Step, Step)>,
    /// The last look with the old keys and the first without them all.
    pub withdrawn: Option<(Step, Step)>,
    /// A new key that had been listed before, and had left.
    pub returned: BTreeSet<Fingerprint>,
}

/// Every change in a history, in the order of time. Looks without a change give none, and so does
/// another spelling or another address of the same key.
///
/// New keys and the departure of those that stood before them are one rotation, however long both
/// stand side by side.
#[must_use]
pub fn rotations(history: &KeyHistory) -> Vec<KeyRotation> {
    let mut found: Vec<KeyRotation> = vec![];
    let mut ever: BTreeSet<Fingerprint> = BTreeSet::new();
    for pair in history.sights().windows(2) {
        let [before, after] = pair else { continue };
        ever.extend(&before.listed);
        let step = || Some((Step::new(before), Step::new(after)));
        let came: BTreeSet<Fingerprint> = &after.listed - &before.listed;
        let mut left: BTreeSet<Fingerprint> = &before.listed - &after.listed;
        // What stood beside new keys and leaves now completes their rotation.
        if came.is_empty() {
            for open in found.iter_mut().rev() {
                if open.kind != RotationKind::Added || !open.new.is_subset(&after.listed) {
                    continue;
                }
                let gone: BTreeSet<Fingerprint> = &left - &open.new;
                if gone.is_empty() {
                    continue;
                }
                left = &left - &gone;
                open.old.extend(gone);
                open.kind = RotationKind::Replaced;
                open.withdrawn = step();
            }
        }
        if !came.is_empty() || !left.is_empty() {
            found.push(KeyRotation {
                kind: match (left.is_empty(), came.is_empty()) {
                    (false, false) => RotationKind::Replaced,
                    (true, _) => RotationKind::Added,
                    (false, true) => RotationKind::Withdrawn,
                },
                primary: None,
                returned: &came & &ever,
                appeared: step().filter(|_| !came.is_empty()),
                withdrawn: step().filter(|_| !left.is_empty()),
                old: left,
                new: came,
            });
        }
        found.extend(subkeys(before, after));
    }
    found
}

fn subkeys(before: &Sight, after: &Sight) -> Vec<KeyRotation> {
    let [old, new] = [before, after].map(KeyHistory::subkeys);
    old.into_iter()
        .filter_map(|(primary, old)| {
            let new = new.get(&primary)?;
            let (left, came) = (&old - new, new - &old);
            let step = || Some((Step::new(before), Step::new(after)));
            (!left.is_empty() || !came.is_empty()).then(|| KeyRotation {
                kind: RotationKind::Subkeys,
                primary: Some(primary),
                returned: BTreeSet::new(),
                appeared: step().filter(|_| !came.is_empty()),
                withdrawn: step().filter(|_| !left.is_empty()),
                old: left,
                new: came,
            })
        })
        .collect()
}
