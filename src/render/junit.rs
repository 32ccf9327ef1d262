//! The report of `check` as JUnit XML: one test case a package, failed unless all that decides about it
//! passes: itself, and what is signed inside it.

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
        .filter(|package| failing(package, &accepted).is_some())
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
        let Some(verdict) = failing(package, &accepted) else {
            xml.push_str("/>\n");
            continue;
        };
        let mut findings = vec![];
        told(package, "", &mut findings);
        let _ = write!(
            xml,
            ">\n    <failure message=\"{}\">{}</failure>\n  </testcase>\n",
            verdict.word(),
            plain_xml(&findings.join("\n"))
        );
    }
    xml.push_str("</testsuite>\n");
    xml
}

/// The worst verdict that counts and does not pass.
fn failing(package: &PackageReport, accepted: impl Fn(Verdict) -> bool) -> Option<Verdict> {
    let counting = package.deciding().into_iter();
    counting.filter(|verdict| !accepted(*verdict)).max()
}

fn told(package: &PackageReport, inside: &str, lines: &mut Vec<String>) {
    let own = package.findings.iter();
    let all = own.chain(package.signatures.iter().flat_map(|s| &s.findings));
    lines.extend(
        all.map(|finding| format!("{inside}[{}] {}", finding.kind.code(), message(finding))),
    );
    for child in &package.children {
        told(child, &format!("{inside}{}: ", child.path), lines);
    }
}
