//! The published suites, run where they lie.

use anchorwatch::domain::Oid;
use anchorwatch::formats::crl::RevocationList;
use anchorwatch::formats::pem;
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::{KeyPurpose, PolicyDemand, Profile};
use anchorwatch::judge::revocation::{RevocationLists, RevocationQuestion, path_revocation};
use serde_json::Value;

use super::ask;
use crate::cases;

/// Valid only for those who inherit DSA parameters.
const INHERITS_PARAMETERS: &str = "pkits::4.1.5";

pub(super) struct Case {
    pub(super) id: String,
    /// `None` when it cannot be read, which refuses the case.
    pub(super) leaf: Option<Certificate>,
    pub(super) offered: Vec<Certificate>,
    pub(super) anchors: Vec<Certificate>,
    pub(super) at: String,
    pub(super) expected: bool,
    pub(super) note: String,
    pub(super) policies: PolicyDemand,
    /// The lists, where revocation must be known.
    pub(super) lists: Option<RevocationLists>,
    pub(super) class: String,
    pub(super) purpose: KeyPurpose,
    pub(super) intermediates: Option<u32>,
}

fn suite(name: &str) -> Option<Vec<Case>> {
    suite_where(name, |_| true)
}

/// The cases of a suite whose id is wanted; others need not even be readable.
pub(super) fn suite_where(name: &str, is_wanted: impl Fn(&str) -> bool) -> Option<Vec<Case>> {
    let text = cases::read(&format!("chains/{name}"))?;
    let certificate = |value: &Value| {
        let blocks = pem::blocks(value.as_str().unwrap().as_bytes()).unwrap();
        Certificate::from_der(&blocks[0].der).ok()
    };
    let all = |value: &Value| {
        let texts = value.as_array().unwrap().iter();
        texts.filter_map(certificate).collect()
    };
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
                policies: demand(&case["params"]),
                lists: lists(&case),
                class: case["cls"].as_str().unwrap_or_default().to_owned(),
                purpose: match case["purpose"].as_str() {
                    Some("serverAuth") => KeyPurpose::Oid(Oid::new("1.3.6.1.5.5.7.3.1")),
                    Some("clientAuth") => KeyPurpose::Oid(Oid::new("1.3.6.1.5.5.7.3.2")),
                    _ => KeyPurpose::Any,
                },
                intermediates: case["params"]["max_depth"]
                    .as_u64()
                    .map(|depth| u32::try_from(depth).unwrap()),
            })
            .collect(),
    )
}

fn lists(case: &Value) -> Option<RevocationLists> {
    let lists = case["crls"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|text| {
            let blocks = pem::blocks(text.as_str().unwrap().as_bytes()).unwrap();
            RevocationList::from_der(&blocks[0].der).ok()
        });
    (case["params"]["require_crl"] == true).then(|| RevocationLists::new(lists))
}

impl Case {
    /// Whether a path stands, and, where that is asked, is known not to be revoked.
    pub(super) fn is_accepted(&self, purpose: &KeyPurpose, profile: Profile) -> bool {
        let Some(leaf) = &self.leaf else {
            return false;
        };
        let walk = ask(leaf, &self.offered, &self.anchors)
            .at(&self.at)
            .purpose(purpose.clone())
            .profile(profile)
            .policies(self.policies.clone())
            .intermediates(self.intermediates)
            .walk();
        assert!(!self.expected || !walk.spent.exhausted, "{}", self.id);
        let Some(lists) = &self.lists else {
            return walk.is_complete();
        };
        let at = self.at.parse().unwrap();
        walk.paths.iter().any(|path| {
            let question = RevocationQuestion {
                path: &path.certificates,
                offered: &self.offered,
                lists,
                path_at: at,
                at,
                profile,
                cache: None,
            };
            path_revocation(&question).is_good()
        })
    }
}

/// Absent parameters ask for nothing.
fn demand(parameters: &Value) -> PolicyDemand {
    let is_set = |name: &str| parameters[name] == true;
    let acceptable = parameters["initial_policy_set"].as_array();
    PolicyDemand {
        acceptable: acceptable
            .into_iter()
            .flatten()
            .map(|oid| Oid::new(oid.as_str().unwrap()))
            .collect(),
        explicit: is_set("explicit_policy"),
        inhibit_mapping: is_set("inhibit_policy_mapping"),
        inhibit_any: is_set("inhibit_any_policy"),
    }
}

pub(super) fn wrong(cases: &[Case], purpose: &KeyPurpose, profile: Profile) -> Vec<String> {
    cases
        .iter()
        .filter(|case| case.is_accepted(purpose, profile) != case.expected)
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
        let walk = ask(case.leaf.as_ref().unwrap(), &case.offered, &case.anchors)
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
fn pkits() {
    let Some(cases) = suite("pkits.jsonl") else {
        return;
    };
    assert_eq!(cases.len(), 249);
    let told = wrong(&cases, &KeyPurpose::Any, Profile::Field);
    assert_eq!(told, [INHERITS_PARAMETERS]);
    // The suite is older than RFC 5280, which made marks of criticality a must.
    let told = wrong(&cases, &KeyPurpose::Any, Profile::Strict);
    for case in cases.iter().filter(|case| told.contains(&case.id)) {
        assert!(case.expected, "{} is accepted", case.id);
        if case.id == INHERITS_PARAMETERS {
            continue;
        }
        let walk = ask(case.leaf.as_ref().unwrap(), &case.offered, &case.anchors)
            .at(&case.at)
            .purpose(KeyPurpose::Any)
            .policies(case.policies.clone())
            .walk();
        for failure in &walk.near[0].lacks {
            let code = failure.defect.code();
            assert_eq!(code, "extension-not-critical", "{}", case.id);
        }
    }
    assert_eq!(told.len(), 30, "{told:?}");
}

/// The suite contradicts itself: this root, signed by another and without a pointer to its key, is
/// good here, and bad in `rfc5280::aki::cross-signed-root-missing-aki`. We refuse both.
const CROSS_SIGNED_ROOT: &str = "limbo::cve::cve-2024-0567";

/// Bad for its host name alone, which nobody asks of a signer; its note says so.
const HOST_NAME: &str = "limbo::rfc5280::ca-as-leaf-wrong-san";

/// Its root is larger than any certificate that is read.
const TOO_LARGE: &str = "limbo::pathological::nc-dos-1";

#[test]
fn limbo_rfc_5280() {
    let Some(mut cases) = suite_where("limbo.jsonl", |id| id != TOO_LARGE) else {
        return;
    };
    cases.retain(|case| case.class == "rfc5280");
    assert_eq!(cases.len(), 137);
    let mut told: Vec<&str> = cases
        .iter()
        // More names and constraints than are compared: it could not be judged.
        .filter(|case| !case.id.contains("::nc-dos-"))
        .filter(|case| case.is_accepted(&case.purpose, Profile::Strict) != case.expected)
        .map(|case| case.id.as_str())
        .collect();
    told.sort_unstable();
    assert_eq!(told, [CROSS_SIGNED_ROOT, HOST_NAME]);
}

/// What is not ours: no signer has a host name, and the web's own profile asks for more or less than
/// RFC 5280. What its real chains are is judged as expected.
#[test]
fn limbo_real_chains() {
    let Some(mut cases) = suite_where("limbo.jsonl", |id| id != TOO_LARGE) else {
        return;
    };
    cases.retain(|case| case.class == "real_world");
    assert_eq!(cases.len(), 14);
    for case in &cases {
        assert!(
            case.is_accepted(&case.purpose, Profile::Strict),
            "{}",
            case.id
        );
    }
}
