//! The report of `check` as SARIF 2.1.0, for code-scanning views.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::message;
use super::next_step::next_step;
use super::plain::plain_json;
use crate::domain::{Finding, Severity, Verdict};
use crate::judge::report::PackageReport;

/// The whole report as one SARIF log. Each package gives one result for its verdict, unless it is
/// anchored, and one for each finding.
#[must_use]
pub fn check_sarif(version: &str, packages: &[PackageReport]) -> String {
    let mut results = vec![];
    let mut rules = BTreeMap::new();
    for package in packages {
        results_of(package, &package.path, "", &mut results, &mut rules);
    }
    let rules: Vec<_> = rules
        .into_iter()
        .map(|(id, level)| json!({"id": id, "defaultConfiguration": {"level": level}}))
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "anchorwatch", "version": version, "rules": rules}},
            "results": results,
        }],
    });
    plain_json(&format!("{log:#}\n"))
}

/// What lies inside a file has no place of its own: `inside` says where it lies, `path` names the file.
fn results_of(
    package: &PackageReport,
    path: &str,
    inside: &str,
    results: &mut Vec<Value>,
    rules: &mut BTreeMap<String, &'static str>,
) {
    let mut add = |id: String, level: &'static str, text: String| {
        results.push(json!({
            "ruleId": id,
            "level": level,
            "message": {"text": format!("{inside}{text}")},
            "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(path)}}}],
        }));
        rules.insert(id, level);
    };
    if package.verdict != Verdict::Anchored {
        let level = match package.verdict {
            Verdict::Unpinned | Verdict::Explained | Verdict::Unsigned => "warning",
            _ => "error",
        };
        add(
            format!("verdict-{}", package.verdict.word()),
            level,
            format!("the package is {}", package.verdict.word()),
        );
    }
    let findings = package.findings.iter().chain(
        package
            .signatures
            .iter()
            .flat_map(|signature| &signature.findings),
    );
    for finding in findings {
        add(
            finding.kind.code().to_owned(),
            level(finding),
            sentence(finding),
        );
    }
    for child in &package.children {
        let inside = format!("{inside}{}: ", super::plain(&child.path));
        results_of(child, path, &inside, results, rules);
    }
}

fn level(finding: &Finding) -> &'static str {
    match finding.kind.severity() {
        Severity::High => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn sentence(finding: &Finding) -> String {
    let place = if finding.place.is_empty() {
        String::new()
    } else {
        format!("{}: ", super::plain(&finding.place))
    };
    match next_step(finding) {
        Some(next) => format!("{place}{}. Next: {next}.", message(finding)),
        None => format!("{place}{}.", message(finding)),
    }
}

/// A relative URI reference (RFC 3986): everything outside the unreserved set and `/` is escaped.
fn uri(path: &str) -> String {
    use std::fmt::Write as _;
    path.bytes().fold(String::new(), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}
