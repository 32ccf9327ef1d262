//! The answer depends on what was offered, never on how often or in which order.

use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::{Defect, Walk};
use proptest::prelude::*;

use super::ask;
use super::chains::{Authority, Says, mesh};

type Told = (Vec<Vec<Certificate>>, Vec<Defect>, usize, Option<Vec<u8>>);

fn told(walk: &Walk) -> Told {
    (
        walk.paths
            .iter()
            .map(|path| path.certificates.clone())
            .collect(),
        walk.failures
            .iter()
            .map(|failure| failure.defect.clone())
            .collect(),
        walk.near.len(),
        walk.gap
            .as_ref()
            .map(|gap| gap.subject.canonical().to_vec()),
    )
}

fn offers() -> (Certificate, Vec<Certificate>, Vec<Certificate>) {
    let (leaf, mut offered, root) = mesh(5);
    let expired = Says {
        years: (2020, 2021),
        ..Says::ca()
    };
    let stranger = Authority::new("CA 0");
    offered.push(stranger.issued_by(&stranger, &expired));
    offered.push(root.clone());
    (leaf, offered, vec![root])
}

#[test]
fn order_and_repetition_do_not_matter() {
    let (leaf, offered, anchors) = offers();
    let expected = told(&ask(&leaf, &offered, &anchors).walk());
    let indices = prop::collection::vec(0..offered.len(), 0..20);
    let shuffled = Just((0..offered.len()).collect::<Vec<_>>()).prop_shuffle();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    runner
        .run(&(shuffled, indices), |(order, repeated)| {
            let again: Vec<Certificate> = order
                .iter()
                .chain(&repeated)
                .map(|index| offered[*index].clone())
                .collect();
            prop_assert_eq!(&told(&ask(&leaf, &again, &anchors).walk()), &expected);
            Ok(())
        })
        .unwrap();
}

#[test]
fn fewer_certificates_never_make_a_path() {
    let (leaf, offered, anchors) = offers();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let kept = prop::collection::vec(any::<bool>(), offered.len());
    runner
        .run(&kept, |kept| {
            let some: Vec<Certificate> = offered
                .iter()
                .zip(&kept)
                .filter(|(_, kept)| **kept)
                .map(|(certificate, _)| certificate.clone())
                .collect();
            let walk = ask(&leaf, &some, &anchors).walk();
            // By hand: from the leaf's issuer upwards over whatever was kept.
            let mut names = vec![leaf.issuer().clone()];
            let mut reached = false;
            let mut next = 0;
            while let Some(name) = names.get(next).cloned() {
                next += 1;
                reached |= &name == anchors[0].subject();
                for certificate in &some {
                    if certificate.subject() == &name
                        && !certificate.is_self_issued()
                        && !names.contains(certificate.issuer())
                    {
                        names.push(certificate.issuer().clone());
                    }
                }
            }
            prop_assert_eq!(walk.is_complete(), reached);
            prop_assert_eq!(walk.is_complete(), walk.gap.is_none());
            Ok(())
        })
        .unwrap();
}
