//! What rotations make: names with several keys, cross-certificates, unknown roots, meshes.

use anchorwatch::judge::path::{Defect, Profile, SignatureCache};

use super::ask;
use super::chains::{Authority, Says, mesh, same_name_roots, simple};

#[test]
fn the_new_root_is_reached_over_the_old_ones_cross_certificate() {
    let old = Authority::new("Root");
    let new = Authority::new("Root");
    let intermediate = Authority::new("Intermediate");
    let leaf = Authority::new("Signer").issued_by(&intermediate, &Says::leaf());
    let cross = new.issued_by(&old, &Says::ca());
    let offered = [
        intermediate.issued_by(&new, &Says::ca()),
        cross.clone(),
        new.root(),
    ];
    let cases = [
        (vec![old.root()], vec![4]),
        (vec![new.root()], vec![3]),
        (vec![new.root(), old.root()], vec![3, 4]),
        // An anchor is a key with a name, whoever signed the certificate it comes in.
        (vec![cross], vec![3]),
    ];
    for (anchors, lengths) in cases {
        let walk = ask(&leaf, &offered, &anchors).walk();
        let mut found: Vec<usize> = walk
            .paths
            .iter()
            .map(|path| path.certificates.len())
            .collect();
        found.sort_unstable();
        assert_eq!(found, lengths, "{:?}", walk.failures);
        assert!(!walk.more_paths && walk.gap.is_none() && walk.near.is_empty());
    }
}

#[test]
fn one_right_root_among_a_hundred_of_its_name() {
    for key_identifiers in [true, false] {
        let (leaf, mut anchors, right) = same_name_roots(100, key_identifiers);
        anchors.push(right.clone());
        let walk = ask(&leaf, &[], &anchors).profile(Profile::Field).walk();
        assert_eq!(walk.paths.len(), 1);
        assert_eq!(walk.paths[0].anchor, right.spki_sha256());
        assert!(!walk.spent.exhausted);
        if key_identifiers {
            assert_eq!(walk.spent.signature_checks, 1);
        }
    }
}

#[test]
fn a_hundred_wrong_roots_are_told_as_a_gap() {
    for key_identifiers in [true, false] {
        let (leaf, anchors, right) = same_name_roots(100, key_identifiers);
        let walk = ask(&leaf, &[], &anchors).walk();
        assert!(!walk.is_complete() && !walk.spent.exhausted);
        let gap = walk.gap.expect("a gap");
        assert_eq!(&gap.subject, right.subject());
        assert_eq!(
            gap.key_identifier.as_deref(),
            key_identifiers.then(|| right.key_identifier().unwrap())
        );
        assert!(!gap.is_unknown_root);
        assert!(gap.same_name.iter().all(|same| same.is_anchor));
        assert!(!gap.same_name.is_empty());
    }
}

#[test]
fn an_unknown_root_that_came_along_is_named_with_its_look_alike() {
    let (leaf, mut offered, root) = simple();
    let known = Authority::new("Root").root();
    offered.push(root.clone());
    let walk = ask(&leaf, &offered, std::slice::from_ref(&known)).walk();
    let gap = walk.gap.expect("a gap");
    assert!(gap.is_unknown_root);
    assert_eq!(gap.certificates.len(), 3);
    assert_eq!(gap.certificates.last(), Some(&root));
    assert_eq!(gap.key_identifier.as_deref(), root.key_identifier());
    let same: Vec<_> = gap.same_name.iter().map(|same| same.certificate).collect();
    assert_eq!(same, [known.sha256()]);
    let nearest = &walk.near[0];
    assert_eq!(nearest.anchor, None);
    assert!(matches!(
        nearest.lacks[..],
        [anchorwatch::judge::path::Failure {
            defect: Defect::IssuerMissing { .. },
            ..
        }]
    ));
}

#[test]
fn a_missing_intermediate_is_named_by_its_key() {
    let (leaf, offered, root) = simple();
    let walk = ask(&leaf, &[], &[root]).walk();
    let gap = walk.gap.expect("a gap");
    assert_eq!(&gap.subject, offered[0].subject());
    assert_eq!(gap.key_identifier.as_deref(), offered[0].key_identifier());
    assert!(gap.same_name.is_empty() && !gap.is_unknown_root);
}

#[test]
fn a_mesh_costs_one_check_a_certificate() {
    let (leaf, offered, root) = mesh(10);
    assert_eq!(offered.len(), 90);
    let found = ask(&leaf, &offered, std::slice::from_ref(&root)).walk();
    assert!(found.is_complete() && found.more_paths && !found.spent.exhausted);
    assert_eq!(found.paths.len(), 8);
    assert_eq!(found.paths[0].certificates.len(), 3);
    assert!(found.spent.signature_checks <= 100);
    for path in &found.paths {
        let mut keys: Vec<_> = path
            .certificates
            .iter()
            .map(|certificate| certificate.sha256())
            .collect();
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), path.certificates.len(), "no certificate twice");
        assert_eq!(path.anchor, root.spki_sha256());
    }
    let stranger = Authority::new("CA 9").root();
    let missed = ask(&leaf, &offered, &[stranger]).walk();
    assert!(!missed.is_complete() && !missed.spent.exhausted);
    assert!(missed.spent.signature_checks <= 200);
    assert!(missed.gap.is_some());
    assert!(missed.has_failure(|defect| matches!(defect, Defect::IssuerCircular { .. })));
}

#[test]
fn two_keys_that_certify_each_other_a_hundred_times_stay_cheap() {
    let one = Authority::new("Twin");
    let other = Authority::new("Twin");
    let mut offered = vec![];
    for _ in 0..60 {
        offered.push(one.issued_by(&other, &Says::ca()));
        offered.push(other.issued_by(&one, &Says::ca()));
    }
    let leaf = Authority::new("Signer").issued_by(&one, &Says::leaf());
    for anchors in [vec![], vec![Authority::new("Twin").root()]] {
        let walk = ask(&leaf, &offered, &anchors).walk();
        assert!(!walk.is_complete() && !walk.spent.exhausted);
        assert!(walk.gap.is_some());
    }
    let found = ask(&leaf, &offered, &[other.root()]).walk();
    assert_eq!(found.paths.len(), 8);
    assert!(found.more_paths);
}

#[test]
fn remembered_checks_change_nothing() {
    let (leaf, offered, root) = mesh(4);
    let anchors = [root];
    let cache = SignatureCache::new();
    let fresh = ask(&leaf, &offered, &anchors).walk();
    for _ in 0..2 {
        let cached = ask(&leaf, &offered, &anchors).cache(&cache).walk();
        assert_eq!(cached.paths, fresh.paths);
        assert_eq!(cached.failures, fresh.failures);
        assert_eq!(cached.spent, fresh.spent);
    }
    assert!(!cache.is_empty());
}
