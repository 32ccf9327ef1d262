//! The report of `check` as JUnit XML: one test case a package, failed unless it is anchored.

use std::fmt::Write as _;

use super::message;
use super::plain::plain_xml;
use crate::domain::Verdict;
use crate::judge::report::PackageReport;

/// The whole report. `accepted` says which verdicts the caller's policy lets pass.
#[must_use]
pub fn check_junit(packages: &[PackageReport], accepted: impl Fn(Verdict) -> bool) -> String {
    let failures = packages
        .iter()
        .filter(|package| !accepted(package.verdict))
        .count();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"anchorwatch\" tests=\"{}\" failures=\"{failures}\">\n",
        packages.len()
    );
    for package in packages {
        let _ = write!(
            xml,
            "  <testcase classname=\"anchorwatch.{}\" name=\"{}\"",
            package.format,
            plain_xml(&package.path)
        );
        if accepted(package.verdict) {
            xml.push_str("/>\n");
            continue;
        }
        let findings: Vec<String> = package
            .findings
            .iter()
            .chain(package.signatures.iter().flat_map(|s| &s.findings))
            .map(|finding| format!("[{}] {}", finding.kind.code(), message(finding)))
            .collect();
        let _ = write!(
            xml,
            ">\n    <failure message=\"{}\">{}</failure>\n  </testcase>\n",
            package.verdict.word(),
            plain_xml(&findings.join("\n"))
        );
    }
    xml.push_str("</testsuite>\n");
    xml
}
