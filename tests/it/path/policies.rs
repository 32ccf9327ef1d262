//! Certificate policies down a path: what is needed, what goes on, what is mapped, and other ways.

use anchorwatch::domain::Oid;
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::{Defect, PolicyDemand, Profile, Walk};
use rcgen::CustomExtension;

use super::ask;
use super::chains::{Authority, Says};
use super::defects::extension;
use crate::making::der::{oid, sequence, tlv};

const ANY: &str = "2.5.29.32.0";
const P: &str = "1.3.6.1.4.1.1";
const Q: &str = "1.3.6.1.4.1.2";
const R: &str = "1.3.6.1.4.1.3";

fn policies(list: &[&str]) -> CustomExtension {
    let list: Vec<_> = list.iter().map(|policy| sequence(&[oid(policy)])).collect();
    extension(&[2, 5, 29, 32], false, &sequence(&list))
}

fn mappings(pairs: &[(&str, &str)]) -> CustomExtension {
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(issuer, subject)| sequence(&[oid(issuer), oid(subject)]))
        .collect();
    extension(&[2, 5, 29, 33], true, &sequence(&pairs))
}

fn explicit(after: u8) -> CustomExtension {
    extension(&[2, 5, 29, 36], true, &sequence(&[tlv(0x80, &[after])]))
}

fn no_mapping(after: u8) -> CustomExtension {
    let both = [tlv(0x80, &[0]), tlv(0x81, &[after])];
    extension(&[2, 5, 29, 36], true, &sequence(&both))
}

fn no_any(after: u8) -> CustomExtension {
    extension(&[2, 5, 29, 54], true, &tlv(2, &[after]))
}

fn ca(extensions: Vec<CustomExtension>) -> Says {
    Says {
        extensions,
        ..Says::ca()
    }
}

fn leaf(extensions: Vec<CustomExtension>) -> Says {
    Says {
        extensions,
        ..Says::leaf()
    }
}

/// A chain from a root over intermediates, uppermost first, to a leaf. `None` is a rollover: the CA
/// above certifies a new key of its own.
fn chain(root: &Says, steps: &[(bool, Says)], signer: &Says) -> (Vec<Certificate>, Certificate) {
    let top = Authority::new("Root");
    let mut above = top;
    let anchor = above.issued_by(&above, root);
    let mut name = "Root".to_owned();
    let mut offered = vec![];
    for (number, (rollover, says)) in steps.iter().enumerate() {
        if !rollover {
            name = format!("CA {number}");
        }
        let next = Authority::new(&name);
        offered.push(next.issued_by(&above, says));
        above = next;
    }
    offered.insert(0, Authority::new("Signer").issued_by(&above, signer));
    (offered, anchor)
}

fn walked(root: &Says, steps: &[(bool, Says)], signer: &Says, demand: &PolicyDemand) -> Walk {
    let (certificates, anchor) = chain(root, steps, signer);
    ask(&certificates[0], &certificates[1..], &[anchor])
        .policies(demand.clone())
        .walk()
}

fn wanting(acceptable: &[&str]) -> PolicyDemand {
    PolicyDemand {
        acceptable: acceptable.iter().map(|oid| Oid::new(*oid)).collect(),
        explicit: true,
        ..PolicyDemand::default()
    }
}

#[test]
fn policies_go_down_or_run_out() {
    let plain = |list: &[&str]| (false, ca(vec![policies(list)]));
    let none = || PolicyDemand::default();
    let any = || wanting(&[]);
    let two = |first: Vec<CustomExtension>, second: Vec<CustomExtension>| {
        vec![(false, ca(first)), (false, ca(second))]
    };
    // Steps, the leaf's extensions, the demand, whether a path stands.
    let cases: Vec<(
        &str,
        Vec<(bool, Says)>,
        Vec<CustomExtension>,
        PolicyDemand,
        bool,
    )> = vec![
        (
            "nothing asked",
            vec![(false, ca(vec![]))],
            vec![],
            none(),
            true,
        ),
        (
            "one goes down",
            vec![plain(&[P])],
            vec![policies(&[P])],
            any(),
            true,
        ),
        ("none at the leaf", vec![plain(&[P])], vec![], any(), false),
        (
            "none above",
            vec![(false, ca(vec![]))],
            vec![policies(&[P])],
            any(),
            false,
        ),
        (
            "another",
            vec![plain(&[P])],
            vec![policies(&[Q])],
            any(),
            false,
        ),
        (
            "not the wanted",
            vec![plain(&[P])],
            vec![policies(&[P])],
            wanting(&[Q]),
            false,
        ),
        (
            "wanted of two",
            vec![plain(&[P, Q])],
            vec![policies(&[Q])],
            wanting(&[Q]),
            true,
        ),
        (
            "any above",
            vec![plain(&[ANY])],
            vec![policies(&[P])],
            wanting(&[P]),
            true,
        ),
        (
            "any above, unwanted",
            vec![plain(&[ANY])],
            vec![policies(&[P])],
            wanting(&[Q]),
            false,
        ),
        (
            "any at the leaf",
            vec![plain(&[P])],
            vec![policies(&[ANY])],
            wanting(&[P]),
            true,
        ),
        (
            "any all the way",
            vec![plain(&[ANY])],
            vec![policies(&[ANY])],
            wanting(&[P]),
            true,
        ),
        (
            "any at the leaf, unwanted",
            vec![plain(&[P])],
            vec![policies(&[ANY])],
            wanting(&[Q]),
            false,
        ),
        (
            "any forbidden at the leaf",
            vec![(false, ca(vec![policies(&[P]), no_any(0)]))],
            vec![policies(&[ANY])],
            any(),
            false,
        ),
        (
            "any forbidden one later",
            vec![(false, ca(vec![policies(&[P]), no_any(1)]))],
            vec![policies(&[ANY])],
            any(),
            true,
        ),
        (
            "any forbidden, self-issued between",
            vec![
                (false, ca(vec![policies(&[P]), no_any(0)])),
                (true, ca(vec![policies(&[ANY])])),
            ],
            vec![policies(&[P])],
            any(),
            true,
        ),
        (
            "any forbidden, a stranger between",
            two(vec![policies(&[P]), no_any(0)], vec![policies(&[ANY])]),
            vec![policies(&[P])],
            any(),
            false,
        ),
        (
            "required by a CA",
            vec![(false, ca(vec![policies(&[P]), explicit(0)]))],
            vec![],
            none(),
            false,
        ),
        (
            "required two later",
            vec![(false, ca(vec![policies(&[P]), explicit(2)]))],
            vec![],
            none(),
            true,
        ),
        (
            "required one later: that is the leaf",
            vec![(false, ca(vec![policies(&[P]), explicit(1)]))],
            vec![],
            none(),
            false,
        ),
        (
            "a rollover does not count towards it",
            vec![
                (false, ca(vec![policies(&[P]), explicit(2)])),
                (true, ca(vec![policies(&[P])])),
            ],
            vec![],
            none(),
            true,
        ),
        (
            "required by the leaf itself",
            vec![(false, ca(vec![]))],
            vec![explicit(0)],
            none(),
            false,
        ),
        (
            "mapped",
            vec![(false, ca(vec![policies(&[P]), mappings(&[(P, Q)])]))],
            vec![policies(&[Q])],
            wanting(&[P]),
            true,
        ),
        (
            "mapped: the old name no longer counts",
            vec![(false, ca(vec![policies(&[P]), mappings(&[(P, Q)])]))],
            vec![policies(&[P])],
            any(),
            false,
        ),
        (
            "mapped: the new name is not what was wanted",
            vec![(false, ca(vec![policies(&[P]), mappings(&[(P, Q)])]))],
            vec![policies(&[Q])],
            wanting(&[Q]),
            false,
        ),
        (
            "mapped out of any",
            vec![(false, ca(vec![policies(&[ANY]), mappings(&[(P, Q)])]))],
            vec![policies(&[Q])],
            wanting(&[P]),
            true,
        ),
        (
            "mapped out of any, and wanted by the new name",
            vec![(false, ca(vec![policies(&[ANY]), mappings(&[(P, Q)])]))],
            vec![policies(&[Q])],
            wanting(&[Q]),
            false,
        ),
        (
            "mapped though another domain says nothing of it",
            vec![(false, ca(vec![policies(&[R]), mappings(&[(P, Q)])]))],
            vec![policies(&[Q])],
            any(),
            false,
        ),
        (
            "mappings forbidden",
            two(
                vec![policies(&[P]), no_mapping(0)],
                vec![policies(&[P]), mappings(&[(P, Q)])],
            ),
            vec![policies(&[Q])],
            any(),
            false,
        ),
        (
            "mappings forbidden: the mapped one is gone too",
            two(
                vec![policies(&[P]), no_mapping(0)],
                vec![policies(&[P]), mappings(&[(P, Q)])],
            ),
            vec![policies(&[P])],
            any(),
            false,
        ),
        (
            "mapping of any",
            vec![(false, ca(vec![policies(&[P]), mappings(&[(P, ANY)])]))],
            vec![policies(&[P])],
            none(),
            false,
        ),
    ];
    for (told, steps, extensions, demand, good) in cases {
        let walk = walked(&Says::ca(), &steps, &leaf(extensions), &demand);
        assert_eq!(walk.is_complete(), good, "{told}: {:?}", walk.failures);
        assert!(!walk.spent.exhausted, "{told}");
        if !good {
            let lacks = &walk.near[0].lacks;
            let codes: Vec<_> = lacks.iter().map(|failure| failure.defect.code()).collect();
            let expected = if told == "mapping of any" {
                "policy-mapping-of-any"
            } else {
                "policy-missing"
            };
            assert_eq!(codes, [expected], "{told}");
        }
    }
}

#[test]
fn the_question_alone_may_forbid() {
    let mapped = [(false, ca(vec![policies(&[P]), mappings(&[(P, Q)])]))];
    let passed = [(false, ca(vec![policies(&[P])]))];
    for (inhibit_mapping, inhibit_any) in [(true, false), (false, true), (false, false)] {
        let demand = PolicyDemand {
            inhibit_mapping,
            inhibit_any,
            ..wanting(&[])
        };
        let walk = walked(&Says::ca(), &mapped, &leaf(vec![policies(&[Q])]), &demand);
        assert_eq!(walk.is_complete(), !inhibit_mapping);
        let walk = walked(&Says::ca(), &passed, &leaf(vec![policies(&[ANY])]), &demand);
        assert_eq!(walk.is_complete(), !inhibit_any);
    }
}

#[test]
fn what_an_anchor_says_of_policies_binds() {
    let step = [(false, ca(vec![policies(&[P])]))];
    let cases = [
        (vec![explicit(0)], vec![policies(&[P])], true),
        (vec![explicit(0)], vec![], false),
        (
            vec![explicit(0), policies(&[P])],
            vec![policies(&[P])],
            true,
        ),
        (
            vec![explicit(0), policies(&[Q])],
            vec![policies(&[P])],
            false,
        ),
        (vec![explicit(0), no_any(0)], vec![policies(&[ANY])], false),
    ];
    for (root, signer, good) in cases {
        for profile in [Profile::Strict, Profile::Field] {
            let (certificates, anchor) = chain(&ca(root.clone()), &step, &leaf(signer.clone()));
            let walk = ask(&certificates[0], &certificates[1..], &[anchor])
                .profile(profile)
                .walk();
            assert_eq!(walk.is_complete(), good, "{root:?} {signer:?}");
        }
    }
}

#[test]
fn another_path_is_taken_where_policies_run_out() {
    let root = Authority::new("Root");
    let bridge = Authority::new("Bridge");
    let lower = Authority::new("Lower");
    let signer = Authority::new("Signer").issued_by(&lower, &leaf(vec![policies(&[P])]));
    let offered = [
        lower.issued_by(&root, &ca(vec![policies(&[Q]), explicit(0)])),
        lower.issued_by(&bridge, &ca(vec![policies(&[P])])),
        bridge.issued_by(&root, &ca(vec![policies(&[P]), explicit(0)])),
    ];
    let walk = ask(&signer, &offered, &[root.root()]).walk();
    assert_eq!(walk.paths.len(), 1);
    assert_eq!(walk.paths[0].certificates.len(), 4);
    let walk = ask(&signer, &offered[..1], &[root.root()]).walk();
    assert!(!walk.is_complete() && walk.gap.is_none());
    assert_eq!(walk.near[0].lacks[0].defect, Defect::PolicyMissing);
}

/// In the tree of RFC 5280 each of these levels doubles the nodes (CVE-2023-0464).
#[test]
fn mappings_do_not_multiply() {
    let all = [P, Q];
    let pairs = [(P, P), (P, Q), (Q, P), (Q, Q)];
    let steps: Vec<(bool, Says)> = (0..60)
        .map(|_| (false, ca(vec![policies(&all), mappings(&pairs)])))
        .collect();
    for (wanted, good) in [(P, true), (R, false)] {
        let signer = leaf(vec![policies(&all)]);
        let walk = walked(&Says::ca(), &steps, &signer, &wanting(&[wanted]));
        assert_eq!(walk.is_complete(), good);
        assert!(!walk.spent.exhausted);
    }
}

/// Past the limit the answer is that it could not be judged.
#[test]
fn crowds_of_policies_are_cut_off() {
    let many: Vec<String> = (0..3_000)
        .map(|last| format!("1.3.6.1.4.1.{last}"))
        .collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let steps: Vec<(bool, Says)> = (0..60)
        .map(|_| (false, ca(vec![policies(&many)])))
        .collect();
    let walk = walked(
        &Says::ca(),
        &steps,
        &leaf(vec![policies(&[P])]),
        &wanting(&[P]),
    );
    assert!(!walk.is_complete() && walk.spent.exhausted);
}
