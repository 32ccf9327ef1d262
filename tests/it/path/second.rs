//! The second judge: it agrees, it abstains for a listed reason, or nothing is anchored.

use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::{KeyPurpose, Profile};
use anchorwatch::judge::second_judge::{Abstention, Opinion, opinion};

use super::ask;
use super::chains::{Authority, Says, simple};
use super::defects::extension;
use super::suites::suite;
use crate::making::der::{oid, sequence, tlv};

const AT: &str = "2026-01-01T00:00:00Z";

fn asked(chain: &[Certificate]) -> Opinion {
    opinion(chain, AT.parse().unwrap(), &KeyPurpose::CodeSigningRequired)
}

/// Leaf under intermediates under a root, and that our own walker accepts it.
fn accepted(leaf: &Certificate, offered: &[Certificate], root: Certificate) -> Opinion {
    let walk = ask(leaf, offered, &[root]).profile(Profile::Field).walk();
    assert!(walk.is_complete(), "{:?}", walk.failures);
    asked(&walk.paths[0].certificates)
}

#[test]
fn it_agrees_about_plain_chains() {
    let (leaf, offered, root) = simple();
    assert_eq!(accepted(&leaf, &offered, root), Opinion::Agrees);
}

#[test]
fn it_refuses_what_is_bad() {
    let (leaf, offered, root) = simple();
    let stranger = Authority::new("Root").root();
    let chain = [leaf.clone(), offered[0].clone(), stranger];
    assert!(matches!(asked(&chain), Opinion::Disagrees(_)));
    let chain = [leaf, offered[0].clone(), root];
    let late = "2050-01-01T00:00:00Z".parse().unwrap();
    let told = opinion(&chain, late, &KeyPurpose::CodeSigningRequired);
    assert!(matches!(told, Opinion::Disagrees(_)));
    let told = opinion(
        &chain,
        AT.parse().unwrap(),
        &KeyPurpose::Oid(anchorwatch::domain::Oid::new("1.3.6.1.5.5.7.3.1")),
    );
    assert!(matches!(told, Opinion::Disagrees(_)));
}

/// A constraint that permits one directory name.
fn directory(certificate: &Certificate) -> rcgen::CustomExtension {
    let base = tlv(0xa4, certificate.subject().der());
    extension(
        &[2, 5, 29, 30],
        true,
        &sequence(&[tlv(0xa0, &sequence(&[base]))]),
    )
}

#[test]
fn it_abstains_where_it_cannot_judge() {
    let root = Authority::new("Root");
    let middle = Authority::new("Intermediate");
    let signer = Authority::new("Signer");
    let under = |middle_says: &Says, leaf_says: &Says| {
        let offered = [middle.issued_by(&root, middle_says)];
        accepted(&signer.issued_by(&middle, leaf_says), &offered, root.root())
    };
    let policies = sequence(&[sequence(&[oid("1.3.6.1.4.1.1")])]);
    let critical = Says {
        extensions: vec![extension(&[2, 5, 29, 32], true, &policies)],
        ..Says::ca()
    };
    let mut found = vec![
        under(&critical, &Says::leaf()),
        under(
            &Says::ca(),
            &Says {
                purposes: Says::leaf().purposes,
                usages: Some(vec![
                    rcgen::KeyUsagePurpose::DigitalSignature,
                    rcgen::KeyUsagePurpose::KeyCertSign,
                ]),
                ..Says::ca()
            },
        ),
        under(
            &Says {
                extensions: vec![directory(&signer.root())],
                ..Says::ca()
            },
            &Says::leaf(),
        ),
    ];
    // The signer's certificate is the anchor.
    let own = signer.issued_by(&signer, &Says::leaf());
    found.push(accepted(&own.clone(), &[], own));
    // Seven intermediates.
    let cas: Vec<Authority> = (0..7)
        .map(|number| Authority::new(&format!("CA {number}")))
        .collect();
    let mut offered = vec![cas[0].issued_by(&root, &Says::ca())];
    for pair in cas.windows(2) {
        offered.push(pair[1].issued_by(&pair[0], &Says::ca()));
    }
    let leaf = signer.issued_by(&cas[6], &Says::leaf());
    found.push(accepted(&leaf, &offered, root.root()));
    // A rollover under a path length of nought.
    let next = Authority::new("Intermediate");
    let limited = Says {
        path_length: Some(0),
        ..Says::ca()
    };
    let offered = [
        middle.issued_by(&root, &limited),
        next.issued_by(&middle, &limited),
    ];
    found.push(accepted(
        &signer.issued_by(&next, &Says::leaf()),
        &offered,
        root.root(),
    ));
    // The issuer's name in other letters.
    let loud = Authority::new("INTERMEDIATE");
    let leaf = signer.issued_by(&loud.renamed("intermediate"), &Says::leaf());
    let offered = [loud.issued_by(&root, &Says::ca())];
    found.push(accepted(&leaf, &offered, root.root()));
    let expected = [
        Abstention::CriticalExtension,
        Abstention::CaAsLeaf,
        Abstention::NameForm,
        Abstention::LeafIsAnchor,
        Abstention::LongChain,
        Abstention::SelfIssued,
        Abstention::NameSpelling,
    ];
    assert_eq!(found, expected.map(Opinion::Abstains));
}

/// Every path that the suites let stand: those about which it abstains, by reason, and the one that it
/// refuses, whose alternative names cannot be read. The DSA chains of PKITS and the SHA-1 chains of BetterTLS come here.
#[test]
fn suites_by_both_judges() {
    let mut told = std::collections::BTreeMap::<String, usize>::new();
    for name in ["pkits.jsonl", "bettertls_codesigning.jsonl", "limbo.jsonl"] {
        let Some(cases) = suite(name) else {
            return;
        };
        for case in cases {
            let Some(leaf) = &case.leaf else { continue };
            let walk = ask(leaf, &case.offered, &case.anchors)
                .at(&case.at)
                .purpose(case.purpose.clone())
                .policies(case.policies.clone())
                .intermediates(case.intermediates)
                .profile(Profile::Field)
                .walk();
            for path in &walk.paths {
                let at = case.at.parse().unwrap();
                let word = match opinion(&path.certificates, at, &case.purpose) {
                    Opinion::Agrees => "agrees".to_owned(),
                    Opinion::Abstains(reason) => reason.word().to_owned(),
                    Opinion::Disagrees(error) => format!("{} disagrees: {error}", case.id),
                };
                *told.entry(word).or_default() += 1;
            }
        }
    }
    insta::assert_debug_snapshot!(told, @r#"
    {
        "agrees": 341,
        "algorithm": 27,
        "before-epoch": 1,
        "ca-as-leaf": 11,
        "critical-extension": 23,
        "leaf-is-anchor": 1,
        "limbo::rfc5280::san::malformed disagrees: BadDer": 1,
        "name-form": 19,
        "name-spelling": 5,
        "old-version": 1,
        "self-issued": 5,
        "unique-identifiers": 1,
    }
    "#);
}
