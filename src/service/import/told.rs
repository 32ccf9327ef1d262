//! What an import tells those who subscribed: changes of today's list, never those of old files.

use jiff::{SignedDuration, Timestamp};

use crate::judge::programme::{Change, ImportPlace, ImportReport, ProgrammeEvent};
use crate::store::Event;

/// A list that was seen longer ago is history.
const RECENT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The events, in the order of the report.
pub(super) fn events(report: &ImportReport, now: Timestamp) -> Vec<Event> {
    if report.seen.duration_until(now) > RECENT {
        return vec![];
    }
    let newest = report
        .lists
        .iter()
        .filter(|list| list.next.is_none() && matches!(list.place, ImportPlace::After(_)));
    newest
        .flat_map(|list| &list.events)
        .filter_map(|one| event(one, report, now))
        .collect()
}

fn event(one: &ProgrammeEvent, report: &ImportReport, now: Timestamp) -> Option<Event> {
    let distrusts = distrusts_newly(one);
    let kind = match one.change {
        Change::Added | Change::Readded => "root-added",
        Change::Removed => "root-removed",
        Change::Changed if distrusts => "root-distrusted",
        Change::Changed | Change::Renamed | Change::Reissued | Change::CrossCertified => {
            return None;
        }
    };
    Some(Event {
        at: now,
        kind: kind.to_owned(),
        reading: None,
        anchor: None,
        vendor: None,
        detail: serde_json::json!({
            "thread": format!("programme:{}", report.programme),
            "source": report.programme,
            "title": one.name,
            "new": one.key.to_string(),
            "before": one.before,
            "after": one.after,
            "role": one.role,
        })
        .to_string(),
    })
}

/// Whether a statement came that takes trust back. Statements are those of
/// [`crate::domain::Statement`], with `; ` between them.
fn distrusts_newly(one: &ProgrammeEvent) -> bool {
    let takes_back = |statement: &&str| {
        [": denied", ": no new issuance", "distrust"]
            .iter()
            .any(|words| statement.contains(words))
    };
    let before: Vec<&str> = one.before.iter().flat_map(|all| all.split("; ")).collect();
    one.after
        .iter()
        .flat_map(|all| all.split("; "))
        .filter(takes_back)
        .any(|statement| !before.contains(&statement))
}
