//! Name constraints: what they allow, that another path is taken, and the published cases.

use anchorwatch::formats::limits;
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::{Breach, Defect, KeyPurpose, Profile, Walk};
use rcgen::CustomExtension;

use super::ask;
use super::chains::{Authority, Says};
use super::defects::extension;
use super::suites::{suite_where, wrong};

const PROFILES: [Profile; 2] = [Profile::Strict, Profile::Field];

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut whole = vec![tag];
    match u8::try_from(content.len()) {
        Ok(length) if length < 0x80 => whole.push(length),
        _ => {
            let length = u16::try_from(content.len()).unwrap().to_be_bytes();
            whole.extend([0x82, length[0], length[1]]);
            assert!(length[0] > 0, "between the two lengths");
        }
    }
    whole.extend_from_slice(content);
    whole
}

fn dns(name: &str) -> Vec<u8> {
    tlv(0x82, name.as_bytes())
}

fn mail(address: &str) -> Vec<u8> {
    tlv(0x81, address.as_bytes())
}

fn other(text: &str) -> Vec<u8> {
    let kind = [0x06, 0x03, 0x2a, 0x03, 0x04];
    tlv(
        0xa0,
        &[kind.to_vec(), tlv(0xa0, &tlv(0x0c, text.as_bytes()))].concat(),
    )
}

/// A directoryName: organisation, and the common name if there is one.
fn directory(organisation: &str, common_name: Option<&str>) -> Vec<u8> {
    let attribute = |number, value: &str| {
        let parts = [
            vec![0x06, 0x03, 0x55, 0x04, number],
            tlv(0x0c, value.as_bytes()),
        ];
        tlv(0x31, &tlv(0x30, &parts.concat()))
    };
    let mut names = attribute(10, organisation);
    names.extend(
        common_name
            .map(|name| attribute(3, name))
            .unwrap_or_default(),
    );
    tlv(0xa4, &tlv(0x30, &names))
}

fn constraints(permitted: &[Vec<u8>], excluded: &[Vec<u8>]) -> CustomExtension {
    let list = |tag, bases: &[Vec<u8>]| {
        let subtrees: Vec<u8> = bases.iter().flat_map(|base| tlv(0x30, base)).collect();
        if bases.is_empty() {
            vec![]
        } else {
            tlv(tag, &subtrees)
        }
    };
    let content = [list(0xa0, permitted), list(0xa1, excluded)].concat();
    extension(&[2, 5, 29, 30], true, &tlv(0x30, &content))
}

fn alternatives(names: &[Vec<u8>]) -> CustomExtension {
    extension(&[2, 5, 29, 17], false, &tlv(0x30, &names.concat()))
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

/// Root, constrained intermediate, leaf.
fn under(constraints: CustomExtension, leaf: &Says, profile: Profile) -> Walk {
    let root = Authority::new("Root");
    let intermediate = Authority::new("Intermediate");
    let leaf = Authority::new("Signer").issued_by(&intermediate, leaf);
    let offered = [intermediate.issued_by(&root, &ca(vec![constraints]))];
    ask(&leaf, &offered, &[root.root()]).profile(profile).walk()
}

fn breaches(walk: &Walk) -> Vec<Breach> {
    let lacks = walk.near.iter().flat_map(|near| &near.lacks);
    lacks
        .filter_map(|failure| match failure.defect {
            Defect::NameConstraint { breach, .. } => Some(breach),
            _ => None,
        })
        .collect()
}

/// Permitted, excluded, the leaf's alternative names, and what is wrong.
type Row<'a> = (&'a [Vec<u8>], &'a [Vec<u8>], &'a [Vec<u8>], Option<Breach>);

#[test]
fn names_of_the_leaf() {
    use Breach::{Excluded, Malformed, NotPermitted, Unprocessed};
    let none: &[Vec<u8>] = &[];
    let works = || directory("EXAMPLE  works", None);
    let cases: [Row<'_>; 21] = [
        (&[dns("a.test")], none, none, None),
        (&[dns("a.test")], none, &[dns("b.a.test")], None),
        (&[dns("a.test")], none, &[dns("b.test")], Some(NotPermitted)),
        (
            &[dns("a.test")],
            none,
            &[dns("A.test"), dns("b.test")],
            Some(NotPermitted),
        ),
        (&[dns("a.test")], none, &[mail("a@b.test")], None),
        (
            &[dns("a.test"), dns("b.test")],
            none,
            &[dns("b.test")],
            None,
        ),
        (none, &[dns("a.test")], &[dns("b.test")], None),
        (none, &[dns("a.test")], &[dns("b.a.test")], Some(Excluded)),
        (none, &[dns("")], &[dns("b.test")], Some(Excluded)),
        (
            &[dns("a.test")],
            &[dns("b.a.test")],
            &[dns("b.a.test")],
            Some(Excluded),
        ),
        (&[dns("a.test")], none, &[dns(".a.test")], Some(Malformed)),
        (none, &[dns("a.test")], &[dns("b test")], Some(Malformed)),
        (&[works()], none, none, None),
        (
            &[directory("Other Works", None)],
            none,
            none,
            Some(NotPermitted),
        ),
        (
            &[directory("Example Works", Some("signer"))],
            none,
            none,
            None,
        ),
        (
            &[directory("Example Works", Some("Sign"))],
            none,
            none,
            Some(NotPermitted),
        ),
        (none, &[works()], none, Some(Excluded)),
        (
            &[works()],
            none,
            &[directory("Other Works", None)],
            Some(NotPermitted),
        ),
        (&[other("x")], none, none, None),
        (&[other("x")], none, &[other("x")], Some(Unprocessed)),
        (none, &[other("x")], &[other("y")], Some(Unprocessed)),
    ];
    for (permitted, excluded, names, expected) in cases {
        let extensions = match names {
            [] => vec![],
            names => vec![alternatives(names)],
        };
        for profile in PROFILES {
            let walk = under(
                constraints(permitted, excluded),
                &leaf(extensions.clone()),
                profile,
            );
            let told = format!("{permitted:02x?} {excluded:02x?} {names:02x?} {profile:?}");
            assert_eq!(walk.is_complete(), expected.is_none(), "{told}");
            assert_eq!(breaches(&walk), Vec::from_iter(expected), "{told}");
            assert!(walk.gap.is_none() && !walk.spent.exhausted, "{told}");
        }
    }
}

#[test]
fn a_breach_tells_who_constrains_what() {
    let walk = under(
        constraints(&[], &[dns("a.test")]),
        &leaf(vec![alternatives(&[dns("b.a.test")])]),
        Profile::Field,
    );
    let [near] = &walk.near[..] else {
        panic!("{:?}", walk.near);
    };
    let [failure] = &near.lacks[..] else {
        panic!("{:?}", near.lacks);
    };
    assert_eq!(failure.certificate, near.certificates[0].sha256());
    let issuer = failure.issuer.as_ref().unwrap();
    assert_eq!(issuer.certificate, near.certificates[1].sha256());
    assert_eq!(
        failure.defect.to_string(),
        "dNSName b.a.test is excluded by CN=Intermediate, O=Example Works"
    );
    assert!(walk.failures.contains(failure));
}

#[test]
fn mail_addresses_of_the_subject_count_without_alternative_ones() {
    let says = |address: &str, names: &[Vec<u8>]| Says {
        mail: Some(address.to_owned()),
        extensions: match names {
            [] => vec![],
            names => vec![alternatives(names)],
        },
        ..Says::leaf()
    };
    let cases = [
        (says("a@a.test", &[]), true),
        (says("a@b.test", &[]), false),
        (says("a@b.test", &[dns("a.test")]), false),
        (says("a@b.test", &[mail("a@a.test")]), true),
        (says("no address", &[]), false),
    ];
    for (says, good) in cases {
        let walk = under(constraints(&[mail("a.test")], &[]), &says, Profile::Strict);
        assert_eq!(walk.is_complete(), good, "{says:?}");
    }
}

#[test]
fn unreadable_names_break_any_constraint() {
    let says = leaf(vec![extension(&[2, 5, 29, 17], false, &[0x30, 0x01, 0x82])]);
    let walk = under(constraints(&[], &[dns("a.test")]), &says, Profile::Field);
    assert!(!walk.is_complete());
    assert!(walk.has_failure(|defect| matches!(defect, Defect::MalformedExtension(_))));
}

#[test]
fn malformed_constraints_bind_nobody_and_are_refused() {
    let raw = |critical, content: &[u8]| extension(&[2, 5, 29, 30], critical, content);
    let dotted = constraints(&[dns(".a.test")], &[]);
    let cases = [
        (raw(true, &[0x30, 0x00]), false, false),
        (raw(false, &[0x30, 0x00]), false, false),
        (raw(true, &[0x30]), false, false),
        (constraints(&[dns("*.a.test")], &[]), false, false),
        (dotted, false, true),
        (
            raw(false, &tlv(0x30, &tlv(0xa0, &tlv(0x30, &dns("a"))))),
            false,
            true,
        ),
    ];
    for (extension, strict, field) in cases {
        for (profile, good) in [(Profile::Strict, strict), (Profile::Field, field)] {
            let walk = under(extension.clone(), &Says::leaf(), profile);
            assert_eq!(walk.is_complete(), good, "{extension:?} {profile:?}");
        }
    }
}

#[test]
fn only_a_leaf_answers_for_itself_when_self_issued() {
    let root = Authority::new("Root");
    let old = Authority::new("CA");
    let new = Authority::new("CA");
    let offending = alternatives(&[dns("b.test")]);
    let offered = [
        old.issued_by(&root, &ca(vec![constraints(&[dns("a.test")], &[])])),
        new.issued_by(&old, &ca(vec![offending.clone()])),
    ];
    let anchors = [root.root()];
    let signer = Authority::new("Signer").issued_by(&new, &Says::leaf());
    assert!(ask(&signer, &offered, &anchors).walk().is_complete());
    let signer = Authority::new("CA").issued_by(&new, &leaf(vec![offending]));
    let walk = ask(&signer, &offered, &anchors).walk();
    assert_eq!(breaches(&walk), [Breach::NotPermitted]);
}

#[test]
fn an_anchor_may_constrain_and_a_free_copy_speaks_for_it() {
    let root = Authority::new("Root");
    let intermediate = Authority::new("Intermediate");
    let offered = [intermediate.issued_by(&root, &Says::ca())];
    let signer = Authority::new("Signer").issued_by(&intermediate, &Says::leaf());
    let says = ca(vec![constraints(&[directory("Other", None)], &[])]);
    let constrained = root.issued_by(&root, &says);
    for profile in PROFILES {
        let walk = ask(&signer, &offered, std::slice::from_ref(&constrained))
            .profile(profile)
            .walk();
        assert!(!walk.is_complete());
        // Leaf and intermediate both.
        assert_eq!(breaches(&walk), [Breach::NotPermitted; 2]);
        let issuer = walk.near[0].lacks[0].issuer.as_ref().unwrap();
        assert!(issuer.is_anchor);
        let walk = ask(&signer, &offered, &[constrained.clone(), root.root()])
            .profile(profile)
            .walk();
        assert!(walk.is_complete());
    }
}

/// The signer's CA is certified twice, each time with another name; whichever of the two is
/// forbidden above, the path through the other one is found, and the breach is told.
#[test]
fn another_path_is_taken() {
    let root = Authority::new("Root");
    let upper = Authority::new("Upper");
    let lower = Authority::new("Lower");
    let signer = Authority::new("Signer").issued_by(&lower, &Says::leaf());
    let named = |name: &str| lower.issued_by(&upper, &ca(vec![alternatives(&[dns(name)])]));
    let lowers = [named("a.test"), named("b.test")];
    let through = |excluded: &[Vec<u8>]| {
        let says = ca(vec![constraints(&[], excluded)]);
        let mut offered: Vec<Certificate> = lowers.to_vec();
        offered.push(upper.issued_by(&root, &says));
        ask(&signer, &offered, &[root.root()]).walk()
    };
    for (excluded, allowed) in [("a.test", &lowers[1]), ("b.test", &lowers[0])] {
        let walk = through(&[dns(excluded)]);
        assert_eq!(walk.paths.len(), 1, "without {excluded}");
        assert_eq!(&walk.paths[0].certificates[1], allowed);
        assert!(!walk.more_paths && !walk.spent.exhausted);
        assert!(walk.has_failure(|defect| matches!(defect, Defect::NameConstraint { .. })));
    }
    let walk = through(&[dns("test")]);
    assert!(!walk.is_complete() && !walk.spent.exhausted);
    assert_eq!(breaches(&walk), [Breach::Excluded]);
}

/// Every way from the leaf goes through a name that every way to the anchor forbids: there are too
/// many ways to look at all, and the answer is that, not that there is none. One sound way among
/// them is found.
#[test]
fn a_search_among_forbidden_pairs_ends() {
    let authorities: Vec<Authority> = (0..9)
        .map(|number| Authority::new(&format!("CA {number}")))
        .collect();
    let (root, first) = (Authority::new("Root"), Authority::new("First"));
    let says = ca(vec![constraints(&[], &[dns("a.test")])]);
    let offending = ca(vec![alternatives(&[dns("a.test")])]);
    let mut offered = vec![];
    for (number, upper) in authorities.iter().enumerate() {
        offered.push(first.issued_by(upper, &offending));
        offered.push(upper.issued_by(&root, &says));
        for lower in &authorities[..number] {
            offered.push(lower.issued_by(upper, &Says::ca()));
            offered.push(upper.issued_by(lower, &Says::ca()));
        }
    }
    let signer = Authority::new("Signer").issued_by(&first, &Says::leaf());
    let walk = ask(&signer, &offered, &[root.root()]).walk();
    assert!(!walk.is_complete() && !walk.more_paths);
    assert!(walk.spent.exhausted);
    assert!(walk.near.iter().all(|near| !near.lacks.is_empty()));
    assert!(!breaches(&walk).is_empty());
    offered.push(first.issued_by(&authorities[0], &Says::ca()));
    assert!(ask(&signer, &offered, &[root.root()]).walk().is_complete());
}

#[test]
fn comparisons_are_bounded_and_say_so() {
    let many = |count: usize, kind: &str| -> Vec<Vec<u8>> {
        (0..count)
            .map(|number| dns(&format!("{kind}{number}.test")))
            .collect()
    };
    let subtrees = 1_000;
    for (names, good) in [
        (limits::NAME_COMPARISONS / subtrees - 1, true),
        (limits::NAME_COMPARISONS / subtrees + 1, false),
    ] {
        let walk = under(
            constraints(&[], &many(subtrees, "a")),
            &leaf(vec![alternatives(&many(names, "b"))]),
            Profile::Field,
        );
        assert_eq!(walk.is_complete(), good, "{names} names");
        assert_eq!(walk.spent.exhausted, !good, "{names} names");
    }
}

#[test]
fn pkits_name_constraints() {
    let Some(cases) = suite_where("pkits.jsonl", |id| id.starts_with("pkits::4.13.")) else {
        return;
    };
    assert_eq!(cases.len(), 38);
    for profile in PROFILES {
        let wrong = wrong(&cases, &KeyPurpose::Any, profile);
        assert!(wrong.is_empty(), "{profile:?}: {wrong:?}");
    }
}

/// The suite follows RFC 5280 in one case and the web PKI in the other; the strict profile is
/// RFC 5280, so the second comes out refused.
const CONTRADICTED: &str = "limbo::webpki::nc::permitted-dns-match-noncritical";

/// What the field profile lets pass: constraints not marked critical, which bind all the same; a
/// leading dot, read in the narrow sense; constraints on a leaf, which bind nobody.
const FIELD: [&str; 4] = [
    "limbo::rfc5280::nc::permitted-dns-match-noncritical",
    "limbo::rfc5280::nc::invalid-dnsname-leading-period",
    "limbo::rfc5280::nc::not-allowed-in-ee-noncritical",
    "limbo::rfc5280::nc::not-allowed-in-ee-critical",
];

#[test]
fn limbo_name_constraints() {
    let is_wanted = |id: &str| id.contains("::nc::") || id.contains("cve-2025-61727");
    let Some(cases) = suite_where("limbo.jsonl", is_wanted) else {
        return;
    };
    assert_eq!(cases.len(), 54);
    assert_eq!(
        wrong(&cases, &KeyPurpose::Any, Profile::Strict),
        [CONTRADICTED]
    );
    assert_eq!(wrong(&cases, &KeyPurpose::Any, Profile::Field), FIELD);
}

#[test]
fn limbo_crowds_of_names_are_cut_off() {
    // The first of the three has a certificate beyond the size that is read at all.
    let is_wanted = |id: &str| id.ends_with("nc-dos-2") || id.ends_with("nc-dos-3");
    let Some(cases) = suite_where("limbo.jsonl", is_wanted) else {
        return;
    };
    assert_eq!(cases.len(), 2);
    for case in cases {
        let walk = ask(case.leaf.as_ref().unwrap(), &case.offered, &case.anchors)
            .at(&case.at)
            .purpose(KeyPurpose::Any)
            .walk();
        assert!(!walk.is_complete() && walk.spent.exhausted, "{}", case.id);
    }
}
