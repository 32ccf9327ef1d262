//! Whether an apt repository's index may be served at an instant.
//!
//! A signature says who made the index, and not that it is the newest: `Valid-Until` ends the time in
//! which an old one can be played back. apt honours it, and so do we; nothing rescues from it, because
//! to have existed earlier is just what a replayed index did.

use jiff::Timestamp;

use crate::domain::{Finding, FindingKind};

/// How far clocks may differ, in seconds.
const CLOCK_SKEW: i64 = 300;

/// Judges the window that was read; `true` when the index does not count at `at`. The fact itself is no
/// finding, and goes.
pub(super) fn check(findings: &mut Vec<Finding>, at: Timestamp) -> bool {
    let mut out_of_time = false;
    findings.retain_mut(|finding| {
        let FindingKind::ReleaseWindow { date, valid_until } = finding.kind else {
            return true;
        };
        let verdict = match (date, valid_until) {
            (_, Some(until)) if until < at => FindingKind::ReleaseStale { until },
            (Some(date), _) if date.as_second() > at.as_second().saturating_add(CLOCK_SKEW) => {
                FindingKind::ReleaseNotYetValid { date }
            }
            (_, None) => FindingKind::ReleaseWithoutEnd,
            _ => return false,
        };
        out_of_time |= !matches!(verdict, FindingKind::ReleaseWithoutEnd);
        finding.kind = verdict;
        true
    });
    out_of_time
}
