//! Judging again what changes of trust touched.

use std::path::Path;

use jiff::Timestamp;

use super::judgement;
use super::judging::Judging;
use crate::domain::AnchorId;
use crate::judge::dependency::{of_anchor, touched_by_entry};
use crate::judge::path::Profile;
use crate::judge::report::PackageReport;
use crate::judge::trust::View;
use crate::store::{ChangedTrust, ChangedVerdict, Judged, Store, StoreError};

/// What judging again found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reevaluation {
    /// How many readings the changes touched.
    pub touched: usize,
    /// In the order of the store.
    pub changed: Vec<ChangedVerdict>,
    /// The last change whose consequences are judged.
    pub up_to: u64,
}

/// Judges again what the changes touch that were not followed up yet, and records what came of it.
/// When it is cut off, the next call begins again: nothing is recorded by halves.
///
/// # Errors
/// When the store cannot be read or written.
pub fn reevaluate(
    path: &Path,
    store: &mut Store,
    view: &dyn View,
    profile: Profile,
    now: Timestamp,
) -> Result<Reevaluation, StoreError> {
    let (from, to) = store.unjudged_changes()?;
    if from >= to {
        return Ok(Reevaluation {
            up_to: to,
            ..Reevaluation::default()
        });
    }
    let readings = store.judged_by(&touched(&store.changed_between(from, to)?))?;
    let judging = Judging {
        path,
        view,
        profile,
        now,
    };
    let changed: Vec<ChangedVerdict> = judging
        .each(&readings, changed)?
        .into_iter()
        .flatten()
        .collect();
    store.judged_again(&changed, to, now)?;
    Ok(Reevaluation {
        touched: readings.len(),
        changed,
        up_to: to,
    })
}

/// The keys on which verdicts hang that these changes touch, sorted.
fn touched(trust: &ChangedTrust) -> Vec<crate::domain::Sha256> {
    let mut keys: Vec<_> = trust
        .anchors
        .iter()
        .filter_map(|id| id.parse().ok())
        .map(|id: AnchorId| of_anchor(&id))
        .collect();
    for (map, key, value) in &trust.entries {
        keys.extend(touched_by_entry(*map, key, value));
    }
    keys.sort();
    keys.dedup();
    keys
}

/// What is new, if the verdict, vendor or anchor is not what it was.
pub(super) fn changed(one: &Judged, report: &PackageReport) -> Option<ChangedVerdict> {
    let after = judgement(
        report,
        one.expected_vendor.as_deref(),
        one.expected_product.as_deref(),
    );
    let same =
        after.verdict == one.verdict && after.vendor == one.vendor && after.anchor == one.anchor;
    (!same).then(|| ChangedVerdict {
        reading: one.reading,
        file: one.file.clone(),
        before: one.verdict.clone(),
        after,
    })
}
