//! What is wrong is told as what it is, and never hides a sound path.

use anchorwatch::domain::Oid;
use anchorwatch::formats::limits;
use anchorwatch::judge::path::{Budget, Defect, KeyPurpose, Profile, Walk};
use rcgen::{CustomExtension, ExtendedKeyUsagePurpose};

use super::ask;
use super::chains::{Authority, Says, simple};

/// Leaf, intermediate and root, where the first two say what a case makes them say.
fn chain(intermediate_says: &Says, leaf_says: &Says, purpose: KeyPurpose) -> Walk {
    let root = Authority::new("Root");
    let intermediate = Authority::new("Intermediate");
    let leaf = Authority::new("Signer").issued_by(&intermediate, leaf_says);
    let offered = [intermediate.issued_by(&root, intermediate_says)];
    ask(&leaf, &offered, &[root.root()]).purpose(purpose).walk()
}

pub(super) fn extension(oid: &[u64], critical: bool, content: &[u8]) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(oid, content.to_vec());
    extension.set_criticality(critical);
    extension
}

const TIME_STAMPING_ALONE: [u8; 12] = [
    0x30, 0x0a, 0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x08,
];

#[test]
fn purposes_of_the_leaf() {
    use ExtendedKeyUsagePurpose::{Any, CodeSigning, ServerAuth, TimeStamping};
    let stamping = |critical| Says {
        extensions: vec![extension(&[2, 5, 29, 37], critical, &TIME_STAMPING_ALONE)],
        purposes: vec![],
        ..Says::leaf()
    };
    let listing = |purposes: &[ExtendedKeyUsagePurpose]| Says {
        purposes: purposes.to_vec(),
        ..Says::leaf()
    };
    let required = || KeyPurpose::CodeSigningRequired;
    let if_present = || KeyPurpose::CodeSigningIfPresent;
    let other = || KeyPurpose::Oid(Oid::new("1.3.6.1.5.5.7.3.1"));
    let cases = [
        (listing(&[CodeSigning]), required(), true),
        (listing(&[ServerAuth, CodeSigning]), required(), true),
        (listing(&[]), required(), false),
        (listing(&[Any]), required(), false),
        (listing(&[ServerAuth]), required(), false),
        (listing(&[]), if_present(), true),
        (listing(&[Any]), if_present(), true),
        (listing(&[ServerAuth]), if_present(), false),
        (listing(&[ServerAuth]), KeyPurpose::Any, true),
        (listing(&[ServerAuth]), other(), true),
        (listing(&[CodeSigning]), other(), false),
        (listing(&[TimeStamping]), KeyPurpose::TimeStamping, false),
        (stamping(false), KeyPurpose::TimeStamping, false),
        (stamping(true), KeyPurpose::TimeStamping, true),
        (stamping(true), required(), false),
        (listing(&[]), KeyPurpose::TimeStamping, false),
    ];
    for (says, purpose, good) in cases {
        let walk = chain(&Says::ca(), &says, purpose.clone());
        assert_eq!(walk.is_complete(), good, "{says:?} for {purpose:?}");
        if !good {
            assert!(walk.has_failure(|defect| matches!(
                defect,
                Defect::Purpose { .. } | Defect::TimeStampingNotExclusive
            )));
        }
    }
}

#[test]
fn intermediates_are_held_to_what_they_say() {
    type Kind = fn(&Defect) -> bool;
    let cases: [(Says, Option<Kind>); 9] = [
        (Says::ca(), None),
        (
            Says {
                purposes: vec![ExtendedKeyUsagePurpose::CodeSigning],
                ..Says::ca()
            },
            None,
        ),
        (
            Says {
                purposes: vec![ExtendedKeyUsagePurpose::ServerAuth],
                ..Says::ca()
            },
            Some(|defect| matches!(defect, Defect::Purpose { .. })),
        ),
        (
            Says {
                ca: false,
                ..Says::ca()
            },
            Some(|defect| matches!(defect, Defect::BasicConstraintsMissing)),
        ),
        (
            Says {
                years: (2020, 2025),
                ..Says::ca()
            },
            Some(|defect| matches!(defect, Defect::Expired { .. })),
        ),
        (
            Says {
                years: (2027, 2030),
                ..Says::ca()
            },
            Some(|defect| matches!(defect, Defect::NotYetValid { .. })),
        ),
        (
            Says {
                extensions: vec![extension(&[1, 2, 3, 4], true, &[0x05, 0x00])],
                ..Says::ca()
            },
            Some(|defect| matches!(defect, Defect::UnknownCritical(_))),
        ),
        (
            Says {
                // permittedSubtrees: dNSName "a", not critical.
                extensions: vec![extension(
                    &[2, 5, 29, 30],
                    false,
                    &[0x30, 0x07, 0xa0, 0x05, 0x30, 0x03, 0x82, 0x01, b'a'],
                )],
                ..Says::ca()
            },
            Some(|defect| matches!(defect, Defect::NotCritical(_))),
        ),
        (
            Says {
                extensions: vec![extension(&[2, 5, 29, 32], false, &[0x30])],
                ..Says::ca()
            },
            Some(|defect| matches!(defect, Defect::MalformedExtension(_))),
        ),
    ];
    for (says, kind) in cases {
        let walk = chain(&says, &Says::leaf(), KeyPurpose::CodeSigningRequired);
        assert_eq!(walk.is_complete(), kind.is_none(), "{says:?}");
        if let Some(kind) = kind {
            assert!(walk.has_failure(kind), "{:?}", walk.failures);
            assert!(walk.near[0].anchor.is_some(), "the anchor is still seen");
            assert!(kind(&walk.near[0].lacks[0].defect));
            assert!(walk.gap.is_none(), "nothing is missing");
        }
    }
}

#[test]
fn path_lengths_do_not_count_the_self_issued() {
    let root = Authority::new("Root");
    let upper = Authority::new("Upper");
    let upper_next = Authority::new("Upper");
    let lower = Authority::new("Lower");
    let leaf = Authority::new("Signer").issued_by(&lower, &Says::leaf());
    for (limit, good) in [(0, false), (1, true)] {
        let says = Says {
            path_length: Some(limit),
            ..Says::ca()
        };
        let offered = [
            upper.issued_by(&root, &says),
            upper_next.issued_by(&upper, &says),
            lower.issued_by(&upper_next, &Says::ca()),
        ];
        let walk = ask(&leaf, &offered, &[root.root()]).walk();
        assert_eq!(walk.is_complete(), good, "pathLen {limit}");
        if !good {
            let lengths = walk.near[0].lacks.iter();
            assert!(lengths.clone().count() == 2);
            for failure in lengths {
                assert_eq!(failure.defect, Defect::PathLength { limit: 0, found: 1 });
            }
        }
    }
}

#[test]
fn a_longer_way_is_taken_when_the_shorter_one_fails() {
    let root = Authority::new("Root");
    let bridge = Authority::new("Bridge");
    let intermediate = Authority::new("Intermediate");
    let leaf = Authority::new("Signer").issued_by(&intermediate, &Says::leaf());
    let expired = Says {
        years: (2020, 2025),
        ..Says::ca()
    };
    let offered = [
        intermediate.issued_by(&root, &expired),
        intermediate.issued_by(&bridge, &Says::ca()),
        bridge.issued_by(&root, &Says::ca()),
    ];
    let walk = ask(&leaf, &offered, &[root.root()]).walk();
    assert_eq!(walk.paths.len(), 1);
    assert_eq!(walk.paths[0].certificates.len(), 4);
    assert!(walk.has_failure(|defect| matches!(defect, Defect::Expired { .. })));
}

#[test]
fn only_the_clock_in_the_way_is_said() {
    let (leaf, offered, root) = simple();
    let anchors = [root];
    let late = ask(&leaf, &offered, &anchors)
        .at("2041-01-01T00:00:00Z")
        .walk();
    assert!(!late.is_complete());
    assert!(late.near[0].lacks_only_validity());
    // The last second belongs to the certificate.
    for (at, good) in [
        ("2039-12-31T23:59:59Z", true),
        ("2040-01-01T00:00:00.9Z", true),
        ("2040-01-01T00:00:01Z", false),
        ("2019-12-31T23:59:59Z", false),
        ("2020-01-01T00:00:00Z", true),
    ] {
        let walk = ask(&leaf, &offered, &anchors).at(at).walk();
        assert_eq!(walk.is_complete(), good, "{at}");
    }
}

#[test]
fn a_fresh_copy_of_an_anchor_speaks_for_it() {
    let root = Authority::new("Root");
    let leaf = Authority::new("Signer").issued_by(&root, &Says::leaf());
    let expired = root.issued_by(
        &root,
        &Says {
            years: (2020, 2025),
            ..Says::ca()
        },
    );
    let alone = ask(&leaf, &[], std::slice::from_ref(&expired)).walk();
    assert!(!alone.is_complete() && alone.near[0].lacks_only_validity());
    let fresh = root.root();
    let both = ask(&leaf, &[], &[expired, fresh.clone()]).walk();
    assert_eq!(both.paths.len(), 1);
    assert_eq!(both.paths[0].certificates[1], fresh);
}

#[test]
fn a_leaf_may_be_an_anchor_itself() {
    let signer = Authority::new("Signer");
    let leaf = signer.issued_by(&signer, &Says::leaf());
    let anchors = [leaf.clone()];
    let walk = ask(&leaf, &[], &anchors).walk();
    assert_eq!(walk.paths[0].certificates, anchors);
    let stranger = Authority::new("Signer");
    let forged = stranger.issued_by(&stranger, &Says::leaf());
    let walk = ask(&forged, &[], &anchors).walk();
    assert!(!walk.is_complete());
    assert!(walk.gap.is_some_and(|gap| gap.is_unknown_root));
}

#[test]
fn a_pinned_signer_cannot_issue() {
    let signer = Authority::new("Signer");
    let pinned = signer.issued_by(&signer, &Says::leaf());
    let forged = Authority::new("Forged").issued_by(&signer, &Says::leaf());
    for profile in [Profile::Strict, Profile::Field] {
        let walk = ask(&forged, &[], std::slice::from_ref(&pinned))
            .profile(profile)
            .walk();
        assert!(!walk.is_complete());
        assert!(walk.has_failure(|defect| *defect == Defect::BasicConstraintsMissing));
    }
}

#[test]
fn the_field_profile_forgives_what_nobody_asks_about() {
    let broken = |oid: &[u64], critical| Says {
        extensions: vec![extension(oid, critical, &[0x30])],
        ..Says::ca()
    };
    let authority_information = [1, 3, 6, 1, 5, 5, 7, 1, 1];
    let cases = [
        (broken(&authority_information, false), true),
        (broken(&authority_information, true), false),
        (broken(&[2, 5, 29, 32], false), false),
        (broken(&[2, 5, 29, 30], false), false),
    ];
    for (says, forgiven) in cases {
        let root = Authority::new("Root");
        let intermediate = Authority::new("Intermediate");
        let leaf = Authority::new("Signer").issued_by(&intermediate, &Says::leaf());
        let offered = [intermediate.issued_by(&root, &says)];
        for (profile, good) in [(Profile::Strict, false), (Profile::Field, forgiven)] {
            let walk = ask(&leaf, &offered, &[root.root()]).profile(profile).walk();
            assert_eq!(walk.is_complete(), good, "{says:?} {profile:?}");
        }
    }
}

#[test]
fn work_is_bounded_and_says_so() {
    let (leaf, offered, root) = super::chains::mesh(6);
    let anchors = [root];
    for budget in [
        Budget {
            signature_checks: 1,
            ..Budget::default()
        },
        Budget {
            steps: 1,
            ..Budget::default()
        },
    ] {
        let walk = ask(&leaf, &offered, &anchors).budget(budget).walk();
        assert!(walk.spent.exhausted && !walk.is_complete(), "{budget:?}");
    }
    let crowd: Vec<_> = (0..limits::CERTIFICATES + 5)
        .map(|number| Authority::new(&format!("Decoy {number}")).root())
        .collect();
    let walk = ask(&leaf, &crowd, &anchors).walk();
    assert_eq!(walk.offered_dropped, 5);
}

#[test]
fn a_flipped_bit_in_any_signature_breaks_the_path() {
    use anchorwatch::formats::x509::Certificate;
    let (leaf, offered, root) = simple();
    for profile in [Profile::Strict, Profile::Field] {
        for (index, original) in [&leaf, &offered[0]].into_iter().enumerate() {
            let mut bytes = original.der().to_vec();
            *bytes.last_mut().unwrap() ^= 1;
            let broken = Certificate::from_der(&bytes).unwrap();
            let (leaf, offered) = if index == 0 {
                (broken, offered.clone())
            } else {
                (leaf.clone(), vec![broken])
            };
            let walk = ask(&leaf, &offered, std::slice::from_ref(&root))
                .profile(profile)
                .walk();
            assert!(!walk.is_complete());
            assert!(walk.has_failure(|defect| *defect == Defect::SignatureMismatch));
        }
    }
}
