//! Every check of a path, told: its code, an example, what mends it. The table lies in
//! `examples/path-checks.md` and is made here.

use std::fmt::Write as _;
use std::path::Path;

use anchorwatch::domain::{HashAlgorithm, Oid};
use anchorwatch::formats::algorithm::{SignatureError, Weakness};
use anchorwatch::formats::x509::GeneralName;
use anchorwatch::judge::path::{Breach, Defect, KeyPurpose, KeyUse, Mandate, Profile};
use anchorwatch::render::path_check_mend;

use super::ask;
use super::chains::Authority;
use super::suites::suite;

/// One of each code.
fn examples() -> Vec<Defect> {
    let root = Authority::new("Root").root();
    let name = || root.subject().clone();
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    let oid = |dotted: &str| Oid::new(dotted);
    let breach = |breach, name| Defect::NameConstraint {
        by: root.subject().clone(),
        name,
        breach,
    };
    let dns = |host: &str| GeneralName::Dns(host.to_owned());
    let mut all = vec![
        Defect::NotYetValid {
            at,
            not_before: "2027-01-01T00:00:00Z".parse().unwrap(),
        },
        Defect::Expired {
            at,
            not_after: "2025-01-01T00:00:00Z".parse().unwrap(),
        },
        Defect::SignatureMismatch,
        Defect::SignatureUnchecked(SignatureError::UnsupportedAlgorithm(oid("1.2.3.4"))),
        Defect::WeakSignature(Weakness::Digest(HashAlgorithm::Sha1)),
        Defect::IssuerName { expected: name() },
        Defect::IssuerMissing {
            subject: name(),
            key_identifier: None,
        },
        Defect::IssuerCircular { subject: name() },
        Defect::EmptyIssuer,
        Defect::Version(1),
        Defect::BasicConstraintsMissing,
        Defect::NotACa,
        Defect::PathLength { limit: 0, found: 1 },
        Defect::KeyUsage(KeyUse::CertificateSign),
        Defect::KeyUsageMissing,
        Defect::Purpose {
            wanted: oid("1.3.6.1.5.5.7.3.3"),
            found: None,
        },
        Defect::TimeStampingNotExclusive,
        Defect::UnknownCritical(oid("1.2.3.4")),
        Defect::MalformedExtension(oid("2.5.29.32")),
        Defect::PolicyMissing,
        Defect::PolicyMappingOfAny,
        breach(Breach::NotPermitted, dns("b.test")),
        breach(Breach::Excluded, dns("a.test")),
        breach(Breach::Malformed, dns("a b.test")),
        breach(
            Breach::Unprocessed,
            GeneralName::Other(
                anchorwatch::formats::x509::NameForm::Other,
                Some(oid("1.2.3.4")),
            ),
        ),
        Defect::NotCritical(oid("2.5.29.30")),
        Defect::OnlyForCa(oid("2.5.29.30")),
        Defect::AlgorithmsDisagree,
    ];
    all.extend(
        [
            Mandate::VersionForExtensions,
            Mandate::SerialTooLong(21),
            Mandate::SerialNotPositive,
            Mandate::EmptySubject,
            Mandate::NoName,
            Mandate::AuthorityKeyIdentifierMissing,
            Mandate::SubjectKeyIdentifierMissing,
            Mandate::Critical(oid("2.5.29.14")),
            Mandate::NotCritical(oid("2.5.29.19")),
            Mandate::PolicyTwice(oid("1.2.3.4")),
            Mandate::KeyUsageWithoutCa(KeyUse::CertificateSign),
            Mandate::PathLengthWithoutCa,
            Mandate::NameSyntax(dns("under_score.test")),
        ]
        .map(Defect::Mandate),
    );
    all
}

#[test]
fn the_table_of_checks() {
    let mut text = "# Checks of a path\n\nEvery check that can refuse a certificate on a path, by its code (`check` in the store's findings), \
with an example of its words and what mends it. Made and checked by `tests/it/path/told.rs`.\n\n\
| code | as it is told, of a certificate | what mends it |\n|---|---|---|\n"
        .to_owned();
    let examples = examples();
    let mut codes = vec![];
    for defect in &examples {
        let mend = path_check_mend(defect.code()).unwrap_or_else(|| panic!("{}", defect.code()));
        let _ = writeln!(text, "| `{}` | {defect} | {mend} |", defect.code());
        codes.push(defect.code());
    }
    codes.sort_unstable();
    let mut all = Defect::CODES.to_vec();
    all.sort_unstable();
    assert_eq!(codes, all, "one example a code");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/path-checks.md");
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    if kept != text {
        let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("path-checks.md");
        std::fs::write(&made, &text).unwrap();
        panic!("{} is not what {} is", path.display(), made.display());
    }
}

/// Whatever the suites want refused and a path's own checks refuse, is told with the certificate, the
/// check, and what mends it.
#[test]
fn every_refusal_of_the_suites_is_explained() {
    let mut refusals = 0;
    for name in ["pkits.jsonl", "bettertls_codesigning.jsonl", "limbo.jsonl"] {
        let Some(cases) = suite(name) else {
            return;
        };
        for case in &cases {
            let Some(leaf) = &case.leaf else { continue };
            let walk = ask(leaf, &case.offered, &case.anchors)
                .at(&case.at)
                .purpose(if name.starts_with("better") {
                    KeyPurpose::CodeSigningIfPresent
                } else {
                    case.purpose.clone()
                })
                .policies(case.policies.clone())
                .intermediates(case.intermediates)
                .profile(Profile::Strict)
                .walk();
            if walk.is_complete() || walk.spent.exhausted {
                continue;
            }
            refusals += 1;
            let near = walk.near.first().unwrap_or_else(|| panic!("{}", case.id));
            assert!(!near.lacks.is_empty(), "{}", case.id);
            for failure in &near.lacks {
                let told = near
                    .certificates
                    .iter()
                    .any(|one| one.sha256() == failure.certificate);
                assert!(told, "{}: {failure:?}", case.id);
                let code = failure.defect.code();
                assert!(Defect::CODES.contains(&code), "{code}");
                assert!(path_check_mend(code).is_some(), "{code}");
                assert!(!failure.defect.to_string().is_empty());
            }
        }
    }
    assert!(refusals > 150, "{refusals}");
}
