//! 6.1.23 to 6.1.25: what may stand once stands once.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::subject::{Subject, below, text};
use super::{Report, cut};

pub(super) fn cve(subject: &Subject<'_>, report: &mut Report) {
    let mut known = BTreeSet::new();
    for found in subject.document.select("/vulnerabilities[]/cve") {
        if let Some(id) = found.text().filter(|id| !known.insert(*id)) {
            report.fail(found.place, format!("{} stands twice", cut(id)));
        }
    }
}

/// Those without a date say nothing about any one time.
pub(super) fn involvements(subject: &Subject<'_>, report: &mut Report) {
    for vulnerability in subject.vulnerabilities() {
        let mut known: BTreeSet<(&str, Timestamp)> = BTreeSet::new();
        for involvement in below(&vulnerability, "/involvements[]") {
            let date = text(involvement.value, "date").and_then(|date| date.parse().ok());
            if let (Some(party), Some(date)) = (text(involvement.value, "party"), date)
                && !known.insert((party, date))
            {
                let detail = format!("{} is involved twice at {date}", cut(party));
                report.fail(involvement.place, detail);
            }
        }
    }
}

pub(super) fn hash_algorithms(subject: &Subject<'_>, report: &mut Report) {
    let files = subject
        .definitions
        .iter()
        .flat_map(|product| below(product, "/product_identification_helper/hashes[]"));
    for file in files {
        let mut known = BTreeSet::new();
        for hash in below(&file, "/file_hashes[]") {
            if let Some(name) = text(hash.value, "algorithm").filter(|name| !known.insert(*name)) {
                let place = format!("{}/algorithm", hash.place);
                report.fail(place, format!("{} stands twice for one file", cut(name)));
            }
        }
    }
}
