//! Each mandatory test over one small document, broken in one place at a time.

use anchorwatch::formats::csaf::Document;
use anchorwatch::judge::csaf::conformance::{Conformance, check};
use serde_json::{Value, json};

/// A document that breaks nothing, with something for every test to look at.
pub(super) fn sound() -> Value {
    json!({
        "document": {
            "category": "csaf_vex",
            "csaf_version": "2.0",
            "distribution": {"tlp": {"label": "WHITE"}},
            "lang": "en",
            "source_lang": "de-DE",
            "notes": [{"category": "summary", "text": "What happened."}],
            "publisher": {
                "category": "vendor", "name": "Bosun Systems", "namespace": "https://bosun.example"
            },
            "references": [{"category": "self", "summary": "Own", "url": "https://bosun.example/a.json"}],
            "title": "Harbour: a hole",
            "tracking": {
                "current_release_date": "2026-03-02T10:00:00Z",
                "id": "BOSUN-1",
                "initial_release_date": "2026-03-01T10:00:00Z",
                "revision_history": [
                    {"date": "2026-03-01T10:00:00Z", "number": "1.0.0", "summary": "First."},
                    {"date": "2026-03-02T10:00:00Z", "number": "2.0.0", "summary": "Second."},
                ],
                "status": "final",
                "version": "2.0.0",
            },
        },
        "product_tree": {
            "branches": [{
                "category": "vendor", "name": "Bosun", "branches": [{
                    "category": "product_version", "name": "4.2",
                    "product": {
                        "name": "Harbour 4.2", "product_id": "P-1",
                        "product_identification_helper": {
                            "purl": "pkg:generic/harbour@4.2",
                            "hashes": [{"filename": "harbour", "file_hashes": [
                                {"algorithm": "sha256", "value": "00"},
                                {"algorithm": "sha512", "value": "00"},
                            ]}],
                        },
                    },
                }],
            }],
            "full_product_names": [{"name": "Base", "product_id": "P-2"}],
            "relationships": [{
                "category": "installed_on", "product_reference": "P-1", "relates_to_product_reference": "P-2",
                "full_product_name": {"name": "Harbour on Base", "product_id": "P-3"},
            }],
            "product_groups": [{"group_id": "G-1", "product_ids": ["P-2", "P-3"]}],
        },
        "vulnerabilities": [{
            "cve": "CVE-2026-0001",
            "cwe": {"id": "CWE-416", "name": "Use After Free"},
            "flags": [{"label": "component_not_present", "group_ids": ["G-1"]}],
            "involvements": [{"date": "2026-03-01T10:00:00Z", "party": "vendor", "status": "completed"}],
            "notes": [{"category": "description", "text": "A hole."}],
            "product_status": {"known_affected": ["P-1"], "known_not_affected": ["P-2", "P-3"]},
            "remediations": [{"category": "vendor_fix", "details": "Update.", "product_ids": ["P-1"]}],
            "scores": [{"products": ["P-1"], "cvss_v3": {
                "version": "3.1", "baseScore": 9.8, "baseSeverity": "CRITICAL", "attackVector": "NETWORK",
                "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
            }}],
        }],
    })
}

/// The document with one value put at a JSON pointer; `null` takes it away. A last part `-` appends.
fn with(changes: &[(&str, Value)]) -> Document {
    let mut value = sound();
    for (pointer, new) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        match value.pointer_mut(parent).unwrap() {
            Value::Object(object) if new.is_null() => {
                object.remove(key).unwrap();
            }
            Value::Object(object) => {
                object.insert(key.to_owned(), new.clone());
            }
            Value::Array(list) if key == "-" => list.push(new.clone()),
            Value::Array(list) => list[key.parse::<usize>().unwrap()] = new.clone(),
            other => panic!("{pointer}: {other}"),
        }
    }
    Document::read(value.to_string().as_bytes()).unwrap()
}

fn told(found: &Conformance) -> Vec<String> {
    let one = |(test, place, detail): (&str, &str, &str)| format!("{test} {place}: {detail}");
    found
        .failures
        .iter()
        .map(|one| (one.test, one.place.as_str(), one.detail.as_str()))
        .map(one)
        .collect()
}

#[test]
fn a_sound_document_breaks_nothing() {
    assert_eq!(check(&with(&[])), Conformance::default());
}

#[test]
fn one_change_breaks_the_tests_that_it_should() {
    const V: &str = "/vulnerabilities/0";
    let v = |rest: &str| format!("{V}{rest}");
    let tracking = "/document/tracking";
    let t = |rest: &str| format!("{tracking}{rest}");
    let product = "/product_tree/branches/0/branches/0";
    let p = |rest: &str| format!("{product}{rest}");
    let table: Vec<(String, Value, &str)> = vec![
        (
            v("/product_status/known_affected/0"),
            json!("P-9"),
            "6.1.1 /vulnerabilities/0/product_status/known_affected/0: P-9 is not defined\n\
          6.1.27.10 /vulnerabilities/0/product_status/known_affected/0: no statement about P-9",
        ),
        (
            "/product_tree/full_product_names/-".to_owned(),
            json!({"name": "x", "product_id": "P-1"}),
            "6.1.2 /product_tree/full_product_names/1/product_id: P-1 is defined twice",
        ),
        (
            "/product_tree/relationships/0/product_reference".to_owned(),
            json!("P-3"),
            "6.1.3 /product_tree/relationships/0/full_product_name/product_id: P-3 is made of itself",
        ),
        (
            v("/remediations/0/group_ids"),
            json!(["G-9"]),
            "6.1.4 /vulnerabilities/0/remediations/0/group_ids/0: G-9 is not defined",
        ),
        (
            "/product_tree/product_groups/-".to_owned(),
            json!({"group_id": "G-1", "product_ids": ["P-2", "P-3"]}),
            "6.1.5 /product_tree/product_groups/1/group_id: G-1 is defined twice",
        ),
        (
            v("/product_status/fixed"),
            json!(["P-1"]),
            "6.1.6 /vulnerabilities/0/product_status/fixed/0: P-1 is fixed and affected",
        ),
        (
            v("/scores/-"),
            sound()["vulnerabilities"][0]["scores"][0].clone(),
            "6.1.7 /vulnerabilities/0/scores/1/cvss_v3: P-1 has a CVSS 3.1 already",
        ),
        (
            v("/scores/0/cvss_v3/baseSeverity"),
            Value::Null,
            "6.1.8 /vulnerabilities/0/scores/0/cvss_v3/baseSeverity: no severity",
        ),
        (
            v("/scores/0/cvss_v3/vectorString"),
            json!("CVSS:3.1/AV:Z"),
            "6.1.8 /vulnerabilities/0/scores/0/cvss_v3/vectorString: AV:Z is no metric of this version",
        ),
        (
            v("/scores/0/cvss_v3/vectorString"),
            json!("CVSS:3.1/AV:N"),
            "6.1.9 /vulnerabilities/0/scores/0/cvss_v3/vectorString: nothing can be computed: AC is missing",
        ),
        (
            v("/scores/0/cvss_v3/baseScore"),
            json!(9.7),
            "6.1.9 /vulnerabilities/0/scores/0/cvss_v3/baseScore: states 9.7, the vector makes 9.8",
        ),
        (
            v("/scores/0/cvss_v3/attackVector"),
            json!("LOCAL"),
            "6.1.10 /vulnerabilities/0/scores/0/cvss_v3/attackVector: LOCAL, the vector says NETWORK",
        ),
        (
            v("/cwe/name"),
            json!("Buffer Overflow"),
            "6.1.11 /vulnerabilities/0/cwe/name: CWE-416 is named Use After Free",
        ),
        (
            v("/cwe/id"),
            json!("CWE-2"),
            "6.1.11 /vulnerabilities/0/cwe/id: CWE-2 is no weakness",
        ),
        (
            "/document/lang".to_owned(),
            json!("EZ"),
            "6.1.12 /document/lang: EZ is no language",
        ),
        (
            p("/product/product_identification_helper/purl"),
            json!("pkg:maven/@1"),
            "6.1.13 /product_tree/branches/0/branches/0/product/product_identification_helper/purl: \
          pkg:maven/@1 has no name",
        ),
        (
            t("/revision_history/0/date"),
            json!("2026-03-03T10:00:00Z"),
            "6.1.14 /document/tracking/revision_history: 1.0.0 is dated after 2.0.0\n\
          6.1.16 /document/tracking/version: 2.0.0, the last revision is 1.0.0\n\
          6.1.21 /document/tracking/revision_history: begins with 2.0.0",
        ),
        (
            t("/version"),
            json!("1.0.0"),
            "6.1.16 /document/tracking/version: 1.0.0, the last revision is 2.0.0",
        ),
        (
            t("/version"),
            json!("2.0.0-rc.1"),
            "6.1.16 /document/tracking/version: 2.0.0-rc.1, the last revision is 2.0.0\n\
          6.1.17 /document/tracking/status: 2.0.0-rc.1 is a draft's version\n\
          6.1.20 /document/tracking/version: 2.0.0-rc.1 is a pre-release",
        ),
        (
            t("/revision_history/0/number"),
            json!("0.1.0"),
            "6.1.18 /document/tracking/revision_history/0/number: 0.1.0 is a draft's version\n\
          6.1.21 /document/tracking/revision_history: nothing between 0.1.0 and 2.0.0",
        ),
        (
            t("/revision_history/0/number"),
            json!("1.0.0-rc"),
            "6.1.19 /document/tracking/revision_history/0/number: 1.0.0-rc is a pre-release",
        ),
        (
            t("/revision_history/0/number"),
            json!("2.0.0"),
            "6.1.21 /document/tracking/revision_history: begins with 2.0.0\n\
          6.1.22 /document/tracking/revision_history/1/number: 2.0.0 stands twice",
        ),
        (
            t("/revision_history/0/number"),
            json!("1"),
            "6.1.30 /document/tracking/revision_history/0/number: 1 is no semantic version, as the document's is",
        ),
        (
            "/vulnerabilities/-".to_owned(),
            sound()["vulnerabilities"][0].clone(),
            "6.1.23 /vulnerabilities/1/cve: CVE-2026-0001 stands twice",
        ),
        (
            v("/involvements/-"),
            json!({"date": "2026-03-01T11:00:00+01:00", "party": "vendor", "status": "open"}),
            "6.1.24 /vulnerabilities/0/involvements/1: vendor is involved twice at 2026-03-01T10:00:00Z",
        ),
        (
            p("/product/product_identification_helper/hashes/0/file_hashes/1/algorithm"),
            json!("sha256"),
            "6.1.25 /product_tree/branches/0/branches/0/product/product_identification_helper/hashes/0/file_hashes/1\
          /algorithm: sha256 stands twice for one file",
        ),
        (
            "/document/category".to_owned(),
            json!("V_eX"),
            "6.1.26 /document/category: V_eX is a profile's name in disguise",
        ),
        (
            "/document/category".to_owned(),
            json!("csaf_own"),
            "6.1.26 /document/category: csaf_own begins with the reserved csaf_",
        ),
        (
            "/document/category".to_owned(),
            json!("csaf_informational_advisory"),
            "6.1.27.2 /document/references: no external reference\n\
          6.1.27.3 /vulnerabilities: has no place in this profile",
        ),
        (
            "/product_tree".to_owned(),
            Value::Null,
            "6.1.27.4 /product_tree: is missing",
        ),
        (
            v("/notes"),
            Value::Null,
            "6.1.27.5 /vulnerabilities/0: without /notes",
        ),
        (
            v("/cve"),
            Value::Null,
            "6.1.27.8 /vulnerabilities/0: without /cve or /ids",
        ),
        (
            v("/flags"),
            Value::Null,
            "6.1.27.9 /vulnerabilities/0/product_status/known_not_affected/0: no statement about P-2\n\
          6.1.27.9 /vulnerabilities/0/product_status/known_not_affected/1: no statement about P-3",
        ),
        (
            "/vulnerabilities".to_owned(),
            Value::Null,
            "6.1.27.11 /vulnerabilities: is missing",
        ),
        (
            "/document/source_lang".to_owned(),
            json!("EN"),
            "6.1.28 /document/source_lang: translated from EN to itself",
        ),
        (
            v("/remediations/-"),
            json!({"category": "workaround", "details": "Wait."}),
            "6.1.29 /vulnerabilities/0/remediations/1: names neither products nor groups",
        ),
        (
            p("/name"),
            json!("4.2 and later"),
            "6.1.31 /product_tree/branches/0/branches/0/name: 4.2 and later is a range of versions",
        ),
        (
            v("/flags/-"),
            json!({"label": "component_not_present"}),
            "6.1.32 /vulnerabilities/0/flags/1: names neither products nor groups",
        ),
        (
            v("/flags/-"),
            json!({"label": "vulnerable_code_not_present", "product_ids": ["P-2"]}),
            "6.1.33 /vulnerabilities/0/flags/1: P-2 has a justification already",
        ),
        (
            t("/status"),
            json!(7),
            "schema /document/tracking/status: is no word that stands here",
        ),
        (
            "/document/title".to_owned(),
            Value::Null,
            "schema /document/title: is missing",
        ),
    ];
    for (pointer, value, expected) in table {
        let found = told(&check(&with(&[(&pointer, value.clone())])));
        let found: Vec<&String> = match pointer.as_str() {
            // Whatever names a product is undefined then.
            "/product_tree" => found
                .iter()
                .filter(|one| !one.starts_with("6.1.1 ") && !one.starts_with("6.1.4 "))
                .filter(|one| !one.starts_with("6.1.27.9 "))
                .collect(),
            _ => found.iter().collect(),
        };
        let found: Vec<&str> = found.iter().map(|one| one.as_str()).collect();
        assert_eq!(found.join("\n"), expected, "{pointer} = {value}");
    }
}

#[test]
fn what_cannot_be_judged_is_no_failure() {
    let newer = check(&with(&[("/vulnerabilities/0/cwe/id", json!("CWE-99999"))]));
    assert_eq!(newer.failures, []);
    assert_eq!(newer.not_judged[0].why, "CWE-99999 is newer than CWE 4.14");
    let other = check(&with(&[("/document/csaf_version", json!("2.1"))]));
    assert_eq!(other.failures, []);
    assert_eq!(other.not_judged[0].why, "written for CSAF 2.1");
}

/// One group in every vulnerability asks for the square of the document.
#[test]
fn a_document_made_to_cost_ends_at_its_limits() {
    let many: Vec<String> = (0..10_000).map(|n| format!("P-{n}")).collect();
    let mut vulnerability = sound()["vulnerabilities"][0].clone();
    vulnerability["product_status"] = json!({"known_not_affected": ["P-2"]});
    let all: Vec<Value> = (0..60).map(|_| vulnerability.clone()).collect();
    let document = with(&[
        ("/product_tree/product_groups/0/product_ids", json!(many)),
        ("/vulnerabilities", json!(all)),
    ]);
    let found = check(&document);
    let of = |test: &str| found.failures.iter().filter(|one| one.test == test).count();
    // P-1 to P-3 are defined.
    assert_eq!((of("6.1.1"), found.further["6.1.1"]), (32, 10_000 - 3 - 32));
    assert_eq!((of("6.1.23"), found.further["6.1.23"]), (32, 59 - 32));
    let unjudged: Vec<(&str, &str)> = found
        .not_judged
        .iter()
        .map(|one| (one.test, one.why.as_str()))
        .collect();
    let limit = "over the limit of steps";
    assert_eq!(unjudged, [("6.1.27.9", limit), ("6.1.33", limit)]);
}
