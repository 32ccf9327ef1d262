//! 6.1.1 to 6.1.6: products and groups are defined once, and stand in one state.

use std::collections::{BTreeMap, BTreeSet};

use super::subject::{Subject, below, text};
use super::{Report, cut};

/// Where products are named (6.1.1; flags as the errata add), beside their states.
const REFERENCES: [&str; 7] = [
    "/product_tree/product_groups[]/product_ids[]",
    "/product_tree/relationships[]/product_reference",
    "/product_tree/relationships[]/relates_to_product_reference",
    "/vulnerabilities[]/flags[]/product_ids[]",
    "/vulnerabilities[]/remediations[]/product_ids[]",
    "/vulnerabilities[]/scores[]/products[]",
    "/vulnerabilities[]/threats[]/product_ids[]",
];

/// The lists of `/vulnerabilities[]/product_status`, with the state that a product of it is in. A
/// recommended version may be in any.
const STATES: [(&str, Option<&str>); 8] = [
    ("first_affected", Some("affected")),
    ("known_affected", Some("affected")),
    ("last_affected", Some("affected")),
    ("known_not_affected", Some("not affected")),
    ("first_fixed", Some("fixed")),
    ("fixed", Some("fixed")),
    ("under_investigation", Some("under investigation")),
    ("recommended", None),
];

pub(super) fn missing(subject: &Subject<'_>, report: &mut Report) {
    let states = STATES
        .iter()
        .map(|(list, _)| format!("/vulnerabilities[]/product_status/{list}[]"));
    for path in REFERENCES.iter().map(ToString::to_string).chain(states) {
        for named in subject.document.select(&path) {
            if let Some(id) = named.text().filter(|id| !subject.products.contains(id)) {
                report.fail(named.place, format!("{} is not defined", cut(id)));
            }
        }
    }
}

pub(super) fn defined_twice(subject: &Subject<'_>, report: &mut Report) {
    let mut known = BTreeSet::new();
    for product in &subject.definitions {
        if let Some(id) = text(product.value, "product_id").filter(|id| !known.insert(*id)) {
            let place = format!("{}/product_id", product.place);
            report.fail(place, format!("{} is defined twice", cut(id)));
        }
    }
}

/// Follows each relationship to the products that it is made of.
pub(super) fn circular(subject: &Subject<'_>, report: &mut Report) {
    let mut parts: BTreeMap<&str, (String, Vec<&str>)> = BTreeMap::new();
    for relation in subject.document.select("/product_tree/relationships[]") {
        let id = relation
            .value
            .pointer("/full_product_name/product_id")
            .and_then(|id| id.as_str());
        if let Some(id) = id {
            let place = format!("{}/full_product_name/product_id", relation.place);
            let (_, of) = parts.entry(id).or_insert((place, vec![]));
            of.extend(text(relation.value, "product_reference"));
            of.extend(text(relation.value, "relates_to_product_reference"));
        }
    }
    // Whatever is finished leads into no circle that was not told yet.
    let mut finished: BTreeSet<&str> = BTreeSet::new();
    for start in parts.keys() {
        let mut way: Vec<(&str, usize)> = vec![(start, 0)];
        let mut on_way: BTreeSet<&str> = BTreeSet::from([*start]);
        while let Some((at, next)) = way.last_mut() {
            let part = parts.get(*at).and_then(|(_, of)| of.get(*next)).copied();
            *next += 1;
            match part {
                None => {
                    let at = *at;
                    finished.insert(at);
                    on_way.remove(at);
                    way.pop();
                }
                Some(part) if on_way.contains(part) => {
                    if let Some((place, _)) = parts.get(part) {
                        report.fail(place, format!("{} is made of itself", cut(part)));
                    }
                }
                Some(part) if finished.contains(part) => {}
                Some(part) => {
                    way.push((part, 0));
                    on_way.insert(part);
                }
            }
        }
    }
}

pub(super) fn group_missing(subject: &Subject<'_>, report: &mut Report) {
    for list in ["flags", "remediations", "threats"] {
        let path = format!("/vulnerabilities[]/{list}[]/group_ids[]");
        for named in subject.document.select(&path) {
            if let Some(id) = named.text().filter(|id| !subject.groups.contains_key(id)) {
                report.fail(named.place, format!("{} is not defined", cut(id)));
            }
        }
    }
}

pub(super) fn group_defined_twice(subject: &Subject<'_>, report: &mut Report) {
    let mut known = BTreeSet::new();
    for found in subject
        .document
        .select("/product_tree/product_groups[]/group_id")
    {
        if let Some(id) = found.text().filter(|id| !known.insert(*id)) {
            report.fail(found.place, format!("{} is defined twice", cut(id)));
        }
    }
}

pub(super) fn contradicting_status(subject: &Subject<'_>, report: &mut Report) {
    for vulnerability in subject.vulnerabilities() {
        let mut states: BTreeMap<&str, &str> = BTreeMap::new();
        for (list, state) in STATES {
            let Some(state) = state else { continue };
            for named in below(&vulnerability, &format!("/product_status/{list}[]")) {
                let Some(id) = named.text() else { continue };
                let first = *states.entry(id).or_insert(state);
                if first != state {
                    let id = cut(id);
                    report.fail(named.place, format!("{id} is {state} and {first}"));
                }
            }
        }
    }
}
