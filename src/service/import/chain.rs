//! TUF roots among those already known: each must be signed by its own keys and by those of the
//! version before it, and must have signed the version after it.

use std::path::Path;

use jiff::Timestamp;

use super::error::ImportError;
use crate::formats::programme::tuf::{TooFewSignatures, TufRoot, root_from_bytes};
use crate::store::{KeptSnapshot, StoreError};

/// Where a root was verified to stand.
pub(super) struct Link {
    /// Which older version signed it.
    pub(super) signed_by: Option<u64>,
    pub(super) thresholds: Vec<(String, u64, u64)>,
}

/// Refuses a root that says something else than another of its version: one of the two is forged.
pub(super) fn one_of_its_version(
    path: &Path,
    root: &TufRoot,
    timeline: &[KeptSnapshot],
) -> Result<(), ImportError> {
    for kept in timeline {
        if kept.snapshot.version == Some(root.version) && !kept_root(kept)?.says_the_same(root) {
            return Err(ImportError::TwoVersions {
                path: path.to_path_buf(),
                version: root.version,
            });
        }
    }
    Ok(())
}

/// Verifies `root` at its place in `timeline`, between the entries before and from `place`. Where a
/// version in between is missing, the nearest older one must have signed it all the same.
pub(super) fn link(
    path: &Path,
    root: &TufRoot,
    seen: Timestamp,
    timeline: &[KeptSnapshot],
    place: usize,
) -> Result<Link, ImportError> {
    let chain = |error: TooFewSignatures| ImportError::Chain {
        path: path.to_path_buf(),
        error,
    };
    root.signed_by(root).map_err(chain)?;
    let (before, after) = timeline.split_at_checked(place).unwrap_or((timeline, &[]));
    let order = |kept: &KeptSnapshot| ImportError::Order {
        path: path.to_path_buf(),
        version: root.version,
        seen,
        other: kept.snapshot.version.unwrap_or_default(),
        other_seen: kept.seen,
    };
    let mut found = Link {
        signed_by: None,
        thresholds: vec![],
    };
    if let Some(kept) = before.last() {
        let older = kept_root(kept)?;
        if older.version > root.version {
            return Err(order(kept));
        }
        if older.version < root.version {
            root.signed_by(&older).map_err(chain)?;
            found.signed_by = Some(older.version);
            let now = root.thresholds();
            for (role, then) in older.thresholds() {
                if let Some(now) = now.get(role).filter(|now| **now != then) {
                    found.thresholds.push((role.to_owned(), then, *now));
                }
            }
        }
    }
    if let Some(kept) = after.first() {
        let newer = kept_root(kept)?;
        if newer.version < root.version {
            return Err(order(kept));
        }
        if newer.version > root.version {
            newer.signed_by(root).map_err(chain)?;
        }
    }
    Ok(found)
}

fn kept_root(kept: &KeptSnapshot) -> Result<TufRoot, StoreError> {
    let damaged = |detail: String| StoreError::Damaged {
        what: "a TUF root",
        detail,
    };
    let bytes = kept
        .root
        .as_deref()
        .ok_or_else(|| damaged("its file is missing".to_owned()))?;
    root_from_bytes(bytes).map_err(|error| damaged(error.to_string()))
}
