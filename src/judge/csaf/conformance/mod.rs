//! The mandatory tests of CSAF 2.0 (its section 6.1), each a check of its own.
//!
//! A document that fails one is read all the same: every failure is told with its place. Checks that
//! cannot say (a weakness newer than our table, a limit) say so, and are no failure.

mod category;
mod language;
mod products;
mod profile;
mod purl;
mod references;
mod revisions;
mod scores;
mod shape;
mod subject;
mod twice;
mod version;
mod weakness;

use std::collections::BTreeMap;

use crate::formats::csaf::Document;
use crate::formats::limits;
use subject::Subject;

/// A rule that the document breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The test's number in the standard, `6.1.1` to `6.1.33`; `schema` for the JSON schema.
    pub test: &'static str,
    /// A JSON pointer (RFC 6901).
    pub place: String,
    /// What is wrong there, with the document's own values; hostile until somebody escapes it.
    pub detail: String,
}

/// A test that could not be judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotJudged {
    pub test: &'static str,
    pub place: String,
    pub why: String,
}

/// How a document stands to the standard.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conformance {
    /// In the order of the tests, at most [`limits::CSAF_FAILURES`] for each.
    pub failures: Vec<Failure>,
    /// How many more there are, by test.
    pub further: BTreeMap<&'static str, usize>,
    pub not_judged: Vec<NotJudged>,
}

impl Conformance {
    /// Whether a test failed.
    #[must_use]
    pub fn fails(&self, test: &str) -> bool {
        self.failures.iter().any(|failure| failure.test == test)
    }
}

type Check = fn(&Subject<'_>, &mut Report);

/// Every test that is judged, in the standard's order.
static TESTS: [(&str, Check); 44] = [
    ("schema", shape::check),
    ("6.1.1", products::missing),
    ("6.1.2", products::defined_twice),
    ("6.1.3", products::circular),
    ("6.1.4", products::group_missing),
    ("6.1.5", products::group_defined_twice),
    ("6.1.6", products::contradicting_status),
    ("6.1.7", scores::several_of_one_version),
    ("6.1.8", scores::invalid),
    ("6.1.9", scores::wrong_computation),
    ("6.1.10", scores::inconsistent),
    ("6.1.11", weakness::check),
    ("6.1.12", language::check),
    ("6.1.13", purl::check),
    ("6.1.14", revisions::unsorted),
    ("6.1.15", language::translator),
    ("6.1.16", revisions::not_the_latest),
    ("6.1.17", revisions::no_draft),
    ("6.1.18", revisions::released_with_draft),
    ("6.1.19", revisions::prerelease_entry),
    ("6.1.20", revisions::prerelease_version),
    ("6.1.21", revisions::omitted),
    ("6.1.22", revisions::same_number),
    ("6.1.23", twice::cve),
    ("6.1.24", twice::involvements),
    ("6.1.25", twice::hash_algorithms),
    ("6.1.26", category::check),
    ("6.1.27.1", profile::notes),
    ("6.1.27.2", profile::references),
    ("6.1.27.3", profile::no_vulnerabilities),
    ("6.1.27.4", profile::product_tree),
    ("6.1.27.5", profile::vulnerability_notes),
    ("6.1.27.6", profile::product_status),
    ("6.1.27.7", profile::vex_product_status),
    ("6.1.27.8", profile::vulnerability_id),
    ("6.1.27.9", profile::impact_statement),
    ("6.1.27.10", profile::action_statement),
    ("6.1.27.11", profile::vulnerabilities),
    ("6.1.28", language::translation),
    ("6.1.29", references::remediations),
    ("6.1.30", revisions::mixed),
    ("6.1.31", references::version_range),
    ("6.1.32", references::flags),
    ("6.1.33", references::several_flags),
];

/// Judges a document by every test. What calls itself another version than 2.0 is not judged: its
/// rules differ.
#[must_use]
pub fn check(document: &Document) -> Conformance {
    let mut report = Report::default();
    let version = document.text("/document/csaf_version");
    if let Some(version) = version.filter(|version| *version != "2.0") {
        report.not_judged(
            "/document/csaf_version",
            format!("written for CSAF {}", cut(version)),
        );
        return report.conformance;
    }
    let subject = Subject::new(document);
    for (test, check) in &TESTS {
        report.test = test;
        subject.refill();
        check(&subject, &mut report);
        if subject.exhausted() {
            report.not_judged("", "over the limit of steps".to_owned());
        }
    }
    report.conformance
}

/// Collects what the checks find.
#[derive(Debug, Default)]
struct Report {
    test: &'static str,
    found: usize,
    conformance: Conformance,
}

impl Report {
    fn fail(&mut self, place: impl Into<String>, detail: impl Into<String>) {
        let failures = &mut self.conformance.failures;
        if failures.last().is_none_or(|last| last.test != self.test) {
            self.found = 0;
        }
        self.found += 1;
        if self.found > limits::CSAF_FAILURES {
            *self.conformance.further.entry(self.test).or_default() += 1;
            return;
        }
        failures.push(Failure {
            test: self.test,
            place: place.into(),
            detail: detail.into(),
        });
    }

    /// Whether no more failures of this test are told one by one.
    fn is_full(&self) -> bool {
        let last = self.conformance.failures.last();
        self.found >= limits::CSAF_FAILURES && last.is_some_and(|last| last.test == self.test)
    }

    fn not_judged(&mut self, place: &str, why: String) {
        let test = if self.test.is_empty() {
            "6.1"
        } else {
            self.test
        };
        let known = &mut self.conformance.not_judged;
        let of_test = known.iter().filter(|one| one.test == test).count();
        if of_test < limits::CSAF_FAILURES {
            known.push(NotJudged {
                test,
                place: place.to_owned(),
                why,
            });
        }
    }
}

/// A value of the document, cut for a message.
fn cut(text: &str) -> String {
    if text.chars().nth(limits::CSAF_QUOTED).is_none() {
        return text.to_owned();
    }
    text.chars()
        .take(limits::CSAF_QUOTED)
        .chain(['…'])
        .collect()
}
