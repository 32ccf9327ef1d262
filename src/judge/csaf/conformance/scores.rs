//! 6.1.7 to 6.1.10: CVSS objects are whole, rightly computed, and agree with their vectors.

use std::collections::BTreeSet;

use serde_json::Value;

use super::subject::{Subject, below, text, texts};
use super::{Report, cut};
use crate::formats::csaf::Found;
use crate::formats::cvss::{Scores, Vector, VectorError, Version};

/// The objects of a score.
const OBJECTS: [&str; 2] = ["cvss_v2", "cvss_v3"];
/// Scores with their severities, which CVSS 2.0 does not have.
const STATED: [(&str, &str); 3] = [
    ("baseScore", "baseSeverity"),
    ("temporalScore", "temporalSeverity"),
    ("environmentalScore", "environmentalSeverity"),
];
const SEVERITIES: [&str; 5] = ["NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL"];

pub(super) fn several_of_one_version(subject: &Subject<'_>, report: &mut Report) {
    for vulnerability in subject.vulnerabilities() {
        let mut known: BTreeSet<(&str, &str)> = BTreeSet::new();
        for score in below(&vulnerability, "/scores[]") {
            for name in OBJECTS {
                let Some(object) = score.value.get(name) else {
                    continue;
                };
                let version = text(object, "version").unwrap_or(name);
                // A product named twice in one score has one score.
                let products: BTreeSet<&str> = texts(score.value, "products").collect();
                for product in products {
                    if !known.insert((version, product)) {
                        let detail =
                            format!("{} has a CVSS {} already", cut(product), cut(version));
                        report.fail(format!("{}/{name}", score.place), detail);
                    }
                }
            }
        }
    }
}

pub(super) fn invalid(subject: &Subject<'_>, report: &mut Report) {
    for object in objects(subject) {
        let mut fail = |key: &str, detail: String| {
            report.fail(format!("{}/{key}", object.place), detail);
        };
        let Some(version) = version(&object) else {
            fail("version", "no version that belongs here".to_owned());
            continue;
        };
        match text(object.value, "vectorString").map(|vector| Vector::parse(vector, version)) {
            None => fail("vectorString", "no vector".to_owned()),
            // The schema does not ask for whole vectors.
            Some(Ok(_) | Err(VectorError::Twice(_) | VectorError::Missing(_))) => {}
            Some(Err(error)) => fail("vectorString", error.to_string()),
        }
        for (score, severity) in STATED {
            let required = score == "baseScore";
            match object.value.get(score) {
                None if required => fail(score, "no score".to_owned()),
                Some(value) if number(value).is_none() => {
                    fail(score, "no number from 0 to 10".to_owned());
                }
                _ => {}
            }
            if version == Version::V2 {
                continue;
            }
            match object.value.get(severity) {
                None if required => fail(severity, "no severity".to_owned()),
                Some(value)
                    if !value
                        .as_str()
                        .is_some_and(|word| SEVERITIES.contains(&word)) =>
                {
                    fail(severity, "no severity of CVSS".to_owned());
                }
                _ => {}
            }
        }
        for metric in version.metrics() {
            let Some(value) = object.value.get(metric.property) else {
                continue;
            };
            let known = |word| metric.values.iter().any(|value| value.word == word);
            if !value.as_str().is_some_and(known) {
                fail(metric.property, "no value of this property".to_owned());
            }
        }
    }
}

pub(super) fn wrong_computation(subject: &Subject<'_>, report: &mut Report) {
    for object in objects(subject) {
        let Some((version, vector)) = vector(&object) else {
            continue;
        };
        let scores = match vector {
            Ok(vector) => vector.scores(),
            Err(error @ (VectorError::Twice(_) | VectorError::Missing(_))) => {
                let place = format!("{}/vectorString", object.place);
                report.fail(place, format!("nothing can be computed: {error}"));
                continue;
            }
            // Told by 6.1.8.
            Err(_) => continue,
        };
        let computed = [scores.base, scores.temporal, scores.environmental];
        for ((score, severity), computed) in STATED.into_iter().zip(computed) {
            let place = |key: &str| format!("{}/{key}", object.place);
            let stated = object.value.get(score).and_then(number);
            if let Some(stated) = stated.filter(|stated| (stated - computed).abs() > 1e-9) {
                let detail = format!("states {stated}, the vector makes {computed:.1}");
                report.fail(place(score), detail);
            }
            let expected = Scores::severity(computed);
            let stated = text(object.value, severity).filter(|_| version != Version::V2);
            if let Some(stated) = stated.filter(|stated| *stated != expected) {
                let detail = format!("states {}, the vector makes {expected}", cut(stated));
                report.fail(place(severity), detail);
            }
        }
    }
}

pub(super) fn inconsistent(subject: &Subject<'_>, report: &mut Report) {
    for object in objects(subject) {
        let Some((version, Ok(vector))) = vector(&object) else {
            continue;
        };
        for metric in version.metrics() {
            // What the vector leaves out is not defined, and contradicts nothing.
            let Some(by_vector) = vector.value(metric.key) else {
                continue;
            };
            let stated = text(object.value, metric.property);
            if let Some(stated) = stated.filter(|stated| *stated != by_vector.word) {
                let detail = format!("{}, the vector says {}", cut(stated), by_vector.word);
                report.fail(format!("{}/{}", object.place, metric.property), detail);
            }
        }
    }
}

fn objects<'a>(subject: &Subject<'a>) -> Vec<Found<'a>> {
    OBJECTS
        .iter()
        .flat_map(|name| {
            let path = format!("/vulnerabilities[]/scores[]/{name}");
            subject.document.select(&path)
        })
        .collect()
}

/// The version of an object, when it may stand where it stands.
fn version(object: &Found<'_>) -> Option<Version> {
    let of_two = object.place.ends_with("cvss_v2");
    match text(object.value, "version")? {
        "2.0" if of_two => Some(Version::V2),
        "3.0" if !of_two => Some(Version::V3_0),
        "3.1" if !of_two => Some(Version::V3_1),
        _ => None,
    }
}

fn vector(object: &Found<'_>) -> Option<(Version, Result<Vector, VectorError>)> {
    let version = version(object)?;
    let vector = text(object.value, "vectorString")?;
    Some((version, Vector::parse(vector, version)))
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().filter(|score| (0.0..=10.0).contains(score))
}
