//! 6.1.27: what the profiles ask for beyond the base.

use serde_json::Value;

use super::subject::{Subject, below, text};
use super::{Report, cut};

const INFORMATIONAL: &str = "csaf_informational_advisory";
const INCIDENT: &str = "csaf_security_incident_response";
const ADVISORY: &str = "csaf_security_advisory";
const VEX: &str = "csaf_vex";

/// Whether the document follows one of these profiles.
fn follows(subject: &Subject<'_>, profiles: &[&str]) -> bool {
    subject
        .category()
        .is_some_and(|category| profiles.contains(&category))
}

pub(super) fn notes(subject: &Subject<'_>, report: &mut Report) {
    let telling = ["description", "details", "general", "summary"];
    let notes = subject.document.select("/document/notes[]/category");
    let tells = |note: &str| telling.contains(&note);
    if follows(subject, &[INFORMATIONAL, INCIDENT])
        && !notes.iter().any(|note| note.text().is_some_and(tells))
    {
        report.fail("/document/notes", "no note that tells anything");
    }
}

pub(super) fn references(subject: &Subject<'_>, report: &mut Report) {
    // A reference without category is external (CSAF 2.0 3.1.10.2).
    let external = subject
        .document
        .select("/document/references[]")
        .iter()
        .any(|reference| text(reference.value, "category").is_none_or(|it| it == "external"));
    if follows(subject, &[INFORMATIONAL, INCIDENT]) && !external {
        report.fail("/document/references", "no external reference");
    }
}

pub(super) fn no_vulnerabilities(subject: &Subject<'_>, report: &mut Report) {
    if follows(subject, &[INFORMATIONAL]) && subject.document.at("/vulnerabilities").is_some() {
        report.fail("/vulnerabilities", "has no place in this profile");
    }
}

pub(super) fn product_tree(subject: &Subject<'_>, report: &mut Report) {
    if follows(subject, &[ADVISORY, VEX]) && subject.document.at("/product_tree").is_none() {
        report.fail("/product_tree", "is missing");
    }
}

pub(super) fn vulnerability_notes(subject: &Subject<'_>, report: &mut Report) {
    each_has_one_of(subject, report, &[ADVISORY, VEX], &["/notes"]);
}

pub(super) fn product_status(subject: &Subject<'_>, report: &mut Report) {
    each_has_one_of(subject, report, &[ADVISORY], &["/product_status"]);
}

pub(super) fn vex_product_status(subject: &Subject<'_>, report: &mut Report) {
    let states = [
        "/product_status/fixed",
        "/product_status/known_affected",
        "/product_status/known_not_affected",
        "/product_status/under_investigation",
    ];
    each_has_one_of(subject, report, &[VEX], &states);
}

pub(super) fn vulnerability_id(subject: &Subject<'_>, report: &mut Report) {
    each_has_one_of(subject, report, &[VEX], &["/cve", "/ids"]);
}

pub(super) fn impact_statement(subject: &Subject<'_>, report: &mut Report) {
    let paths = ["/flags[]", "/threats[]"];
    each_has_statement(subject, report, "known_not_affected", &paths);
}

pub(super) fn action_statement(subject: &Subject<'_>, report: &mut Report) {
    each_has_statement(subject, report, "known_affected", &["/remediations[]"]);
}

pub(super) fn vulnerabilities(subject: &Subject<'_>, report: &mut Report) {
    if follows(subject, &[ADVISORY, VEX]) && subject.document.at("/vulnerabilities").is_none() {
        report.fail("/vulnerabilities", "is missing");
    }
}

fn each_has_one_of(
    subject: &Subject<'_>,
    report: &mut Report,
    profiles: &[&str],
    pointers: &[&str],
) {
    if !follows(subject, profiles) {
        return;
    }
    for vulnerability in subject.vulnerabilities() {
        if !pointers
            .iter()
            .any(|pointer| vulnerability.value.pointer(pointer).is_some())
        {
            report.fail(
                vulnerability.place,
                format!(
                    "without {}",
                    pointers.join(" or ").replace("product_status/", "")
                ),
            );
        }
    }
}

/// A threat that says nothing about the impact; flags have no category.
fn is_other_threat(item: &Value) -> bool {
    matches!(
        text(item, "category"),
        Some("exploit_status" | "target_set")
    )
}

fn each_has_statement(subject: &Subject<'_>, report: &mut Report, list: &str, paths: &[&str]) {
    if !follows(subject, &[VEX]) {
        return;
    }
    for vulnerability in subject.vulnerabilities() {
        let items: Vec<&Value> = paths
            .iter()
            .flat_map(|path| below(&vulnerability, path))
            .map(|item| item.value)
            .filter(|item| !is_other_threat(item))
            .collect();
        let told = subject.products_of(&items);
        for product in below(&vulnerability, &format!("/product_status/{list}[]")) {
            if subject.exhausted() {
                return;
            }
            if let Some(id) = product.text().filter(|id| !told.contains(id)) {
                report.fail(product.place, format!("no statement about {}", cut(id)));
            }
        }
    }
}
