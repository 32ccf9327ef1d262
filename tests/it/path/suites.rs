//! The published suites, run where they lie.

use anchorwatch::formats::pem;
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::{KeyPurpose, Profile};
use serde_json::Value;

use super::ask;
use crate::cases;

/// Invalid only because of revocation, which this walk does not look at: the leaf is revoked (4.5.2,
/// 4.5.5, 4.5.7), or its CA may not sign the revocation list (4.7.4, 4.7.5).
const REVOCATION_ALONE: [&str; 5] = [
    "pkits::4.5.2",
    "pkits::4.5.5",
    "pkits::4.5.7",
    "pkits::4.7.4",
    "pkits::4.7.5",
];

/// Valid only for those who inherit DSA parameters.
const INHERITS_PARAMETERS: &str = "pkits::4.1.5";

pub(super) struct Case {
    pub(super) id: String,
    pub(super) leaf: Certificate,
    pub(super) offered: Vec<Certificate>,
    pub(super) anchors: Vec<Certificate>,
    pub(super) at: String,
    pub(super) expected: bool,
    pub(super) note: String,
}

fn suite(name: &str) -> Option<Vec<Case>> {
    suite_where(name, |_| true)
}

/// The cases of a suite whose id is wanted; others need not even be readable.
pub(super) fn suite_where(name: &str, is_wanted: impl Fn(&str) -> bool) -> Option<Vec<Case>> {
    let text = cases::read(&format!("chains/{name}"))?;
    let certificate = |value: &Value| {
        let blocks = pem::blocks(value.as_str().unwrap().as_bytes()).unwrap();
        Certificate::from_der(&blocks[0].der).unwrap()
    };
    let all = |value: &Value| value.as_array().unwrap().iter().map(certificate).collect();
    Some(
        text.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|case| is_wanted(case["id"].as_str().unwrap()))
            .map(|case| Case {
                id: case["id"].as_str().unwrap().to_owned(),
                leaf: certificate(&case["leaf_pem"]),
                offered: all(&case["intermediates_pem"]),
                anchors: all(&case["roots_pem"]),
                at: case["time_rfc3339"].as_str().unwrap().to_owned(),
                expected: case["expected"] == "valid",
                note: case["note"].as_str().unwrap().to_owned(),
            })
            .collect(),
    )
}

pub(super) fn wrong(cases: &[Case], purpose: &KeyPurpose, profile: Profile) -> Vec<String> {
    cases
        .iter()
        .filter(|case| {
            let walk = ask(&case.leaf, &case.offered, &case.anchors)
                .at(&case.at)
                .purpose(purpose.clone())
                .profile(profile)
                .walk();
            assert!(!walk.spent.exhausted, "{}", case.id);
            walk.is_complete() != case.expected
        })
        .map(|case| case.id.clone())
        .collect()
}

#[test]
fn better_tls_path_building_for_code_signing() {
    let Some(cases) = suite("bettertls_codesigning.jsonl") else {
        return;
    };
    assert_eq!(cases.len(), 81);
    let none: [&str; 0] = [];
    assert_eq!(
        wrong(&cases, &KeyPurpose::CodeSigningIfPresent, Profile::Strict),
        none
    );
}

#[test]
fn the_field_profile_differs_only_in_telling_of_sha_1() {
    let Some(cases) = suite("bettertls_codesigning.jsonl") else {
        return;
    };
    for case in cases {
        let walk = ask(&case.leaf, &case.offered, &case.anchors)
            .at(&case.at)
            .purpose(KeyPurpose::CodeSigningIfPresent)
            .profile(Profile::Field)
            .walk();
        if walk.is_complete() != case.expected {
            assert!(case.note.contains("DEPRECATED_CRYPTO"), "{}", case.id);
            for path in &walk.paths {
                assert!(!path.weaknesses.is_empty(), "{}", case.id);
            }
        }
    }
}

#[test]
fn pkits_without_revocation() {
    let Some(mut cases) = suite("pkits.jsonl") else {
        return;
    };
    cases.retain(|case| {
        ["1", "2", "3", "5", "6", "7"]
            .iter()
            .any(|section| case.id.starts_with(&format!("pkits::4.{section}.")))
    });
    assert_eq!(cases.len(), 55);
    let mut expected = REVOCATION_ALONE.to_vec();
    expected.push(INHERITS_PARAMETERS);
    for profile in [Profile::Strict, Profile::Field] {
        let mut wrong = wrong(&cases, &KeyPurpose::Any, profile);
        wrong.sort();
        expected.sort_unstable();
        assert_eq!(wrong, expected, "{profile:?}");
    }
}
