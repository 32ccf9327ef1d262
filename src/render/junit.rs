//! The report of `check` as JUnit XML: one test case a package, failed unless it is anchored.

use std::fmt::Write as _;

use super::message;
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
            escaped(&package.path)
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
            escaped(&findings.join("\n"))
        );
    }
    xml.push_str("</testsuite>\n");
    xml
}

/// XML 1.0 text: markup escaped, characters that XML cannot hold replaced.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut xml, character| {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\n' | '\t' => xml.push(character),
            '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
            control if control < ' ' => xml.push('\u{fffd}'),
            other => xml.push(other),
        }
        xml
    })
}
