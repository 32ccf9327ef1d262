//! 6.1.14, 6.1.16 to 6.1.22 and 6.1.30: the version and the history of revisions tell one story.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::subject::{Subject, text};
use super::version::Version;
use super::{Report, cut};

const HISTORY: &str = "/document/tracking/revision_history";
const VERSION: &str = "/document/tracking/version";

/// One item of the history; those without readable date or number are told by the schema.
struct Revision<'a> {
    place: String,
    date: Timestamp,
    number: Version,
    written: &'a str,
}

/// Sorted by date; of one date, by number.
fn revisions<'a>(subject: &Subject<'a>) -> Vec<Revision<'a>> {
    let mut found: Vec<Revision<'a>> = subject
        .document
        .select(&format!("{HISTORY}[]"))
        .into_iter()
        .filter_map(|item| {
            let written = text(item.value, "number")?;
            Some(Revision {
                date: text(item.value, "date")?.parse().ok()?,
                number: Version::parse(written)?,
                place: format!("{}/number", item.place),
                written,
            })
        })
        .collect();
    found.sort_by(|a, b| (a.date, &a.number).cmp(&(b.date, &b.number)));
    found
}

fn version<'a>(subject: &Subject<'a>) -> Option<(&'a str, Version)> {
    let written = subject.document.text(VERSION)?;
    Some((written, Version::parse(written)?))
}

fn status<'a>(subject: &Subject<'a>) -> Option<&'a str> {
    subject.document.text("/document/tracking/status")
}

fn is_released(subject: &Subject<'_>) -> bool {
    matches!(status(subject), Some("final" | "interim"))
}

pub(super) fn unsorted(subject: &Subject<'_>, report: &mut Report) {
    for pair in revisions(subject).windows(2) {
        if let [earlier, later] = pair
            && earlier.number > later.number
        {
            let [earlier, later] = [earlier, later].map(|one| cut(one.written));
            let detail = format!("{later} is dated after {earlier}");
            report.fail(HISTORY, detail);
        }
    }
}

pub(super) fn not_the_latest(subject: &Subject<'_>, report: &mut Report) {
    let revisions = revisions(subject);
    if let (Some((written, version)), Some(last)) = (version(subject), revisions.last()) {
        let differs = if status(subject) == Some("draft") {
            version.released() != last.number.released()
        } else {
            version != last.number
        };
        if differs {
            let last = cut(last.written);
            report.fail(
                VERSION,
                format!("{}, the last revision is {last}", cut(written)),
            );
        }
    }
}

pub(super) fn no_draft(subject: &Subject<'_>, report: &mut Report) {
    let Some((written, version)) = version(subject) else {
        return;
    };
    let unfinished = version.major() == 0 || version.is_prerelease();
    if unfinished && status(subject).is_some_and(|status| status != "draft") {
        let detail = format!("{} is a draft's version", cut(written));
        report.fail("/document/tracking/status", detail);
    }
}

pub(super) fn released_with_draft(subject: &Subject<'_>, report: &mut Report) {
    if !is_released(subject) {
        return;
    }
    for revision in revisions(subject) {
        if revision.number.major() == 0 {
            let detail = format!("{} is a draft's version", cut(revision.written));
            report.fail(revision.place, detail);
        }
    }
}

pub(super) fn prerelease_entry(subject: &Subject<'_>, report: &mut Report) {
    for revision in revisions(subject) {
        if revision.number.is_prerelease() {
            report.fail(
                revision.place,
                format!("{} is a pre-release", cut(revision.written)),
            );
        }
    }
}

pub(super) fn prerelease_version(subject: &Subject<'_>, report: &mut Report) {
    if let Some((written, version)) = version(subject)
        && version.is_prerelease()
        && is_released(subject)
    {
        report.fail(VERSION, format!("{} is a pre-release", cut(written)));
    }
}

pub(super) fn omitted(subject: &Subject<'_>, report: &mut Report) {
    let revisions = revisions(subject);
    if let Some(first) = revisions.first().filter(|first| first.number.major() > 1) {
        report.fail(HISTORY, format!("begins with {}", cut(first.written)));
    }
    for pair in revisions.windows(2) {
        let [earlier, later] = pair else { continue };
        if later.number.major() > earlier.number.major().saturating_add(1) {
            let [earlier, later] = [earlier, later].map(|one| cut(one.written));
            report.fail(HISTORY, format!("nothing between {earlier} and {later}"));
        }
    }
}

pub(super) fn same_number(subject: &Subject<'_>, report: &mut Report) {
    let mut known = BTreeSet::new();
    for revision in revisions(subject) {
        let detail = format!("{} stands twice", cut(revision.written));
        if !known.insert(revision.number) {
            report.fail(revision.place, detail);
        }
    }
}

pub(super) fn mixed(subject: &Subject<'_>, report: &mut Report) {
    let Some((_, version)) = version(subject) else {
        return;
    };
    for revision in revisions(subject) {
        if revision.number.is_integer() != version.is_integer() {
            let detail = format!(
                "{} is no {} version, as the document's is",
                cut(revision.written),
                if version.is_integer() {
                    "integer"
                } else {
                    "semantic"
                }
            );
            report.fail(revision.place, detail);
        }
    }
}
