//! 6.1.29 and 6.1.31 to 6.1.33: statements say for which products they are, once, and versions are
//! versions.

use std::collections::BTreeSet;

use super::subject::{Subject, below, text};
use super::{Report, cut};

/// The reasons why a product is not affected (CSAF 2.0 3.2.3.5).
const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "inline_mitigations_already_exist",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_not_present",
];
/// What a range has and a version has not (6.1.31).
const SIGNS: [&str; 2] = ["<", ">"];
const WORDS: [&str; 7] = [
    "after", "all", "before", "earlier", "later", "prior", "versions",
];

pub(super) fn remediations(subject: &Subject<'_>, report: &mut Report) {
    names_products(subject, report, "/vulnerabilities[]/remediations[]");
}

pub(super) fn flags(subject: &Subject<'_>, report: &mut Report) {
    names_products(subject, report, "/vulnerabilities[]/flags[]");
}

fn names_products(subject: &Subject<'_>, report: &mut Report, path: &str) {
    for item in subject.document.select(path) {
        let has = |key: &str| item.value.get(key).is_some();
        if !has("product_ids") && !has("group_ids") {
            report.fail(item.place, "names neither products nor groups");
        }
    }
}

pub(super) fn version_range(subject: &Subject<'_>, report: &mut Report) {
    for branch in subject.document.select("/product_tree/branches[]*") {
        if text(branch.value, "category") != Some("product_version") {
            continue;
        }
        let Some(name) = text(branch.value, "name") else {
            continue;
        };
        let lower = name.to_lowercase();
        // Whole words: a version may be called after-eight.
        let blank = |c: char| !c.is_alphanumeric() && c != '-' && c != '_';
        let range = SIGNS.iter().any(|sign| lower.contains(sign))
            || lower.split(blank).any(|word| WORDS.contains(&word));
        if range {
            let detail = format!("{} is a range of versions", cut(name));
            report.fail(format!("{}/name", branch.place), detail);
        }
    }
}

pub(super) fn several_flags(subject: &Subject<'_>, report: &mut Report) {
    for vulnerability in subject.vulnerabilities() {
        let mut known: BTreeSet<&str> = BTreeSet::new();
        for flag in below(&vulnerability, "/flags[]") {
            let justifies =
                text(flag.value, "label").is_some_and(|it| JUSTIFICATIONS.contains(&it));
            if !justifies {
                continue;
            }
            for product in subject.products_of(&[flag.value]) {
                if !known.insert(product) {
                    let detail = format!("{} has a justification already", cut(product));
                    report.fail(flag.place.clone(), detail);
                }
            }
            // A product in two flags is told; in a thousand it is no other news.
            if subject.exhausted() || report.is_full() {
                return;
            }
        }
    }
}
