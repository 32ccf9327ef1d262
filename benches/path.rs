//! How long walks take, certificates already read: one path, a mesh, a hundred roots of one name.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    missing_docs,
    reason = "a bench may stop at the first surprise"
)]

#[path = "../tests/it/path/chains.rs"]
mod chains;

use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::{AnchorSet, Budget, KeyPurpose, Profile, Question, Walk, walk};
use divan::Bencher;

type Chain = (Certificate, Vec<Certificate>, Vec<Certificate>);

fn measure(bencher: Bencher<'_, '_>, (leaf, offered, anchors): Chain, complete: bool) {
    let anchors = AnchorSet::new(anchors);
    let at = "2026-01-01T00:00:00Z".parse().unwrap();
    let ask = || -> Walk {
        walk(&Question {
            leaf: &leaf,
            offered: &offered,
            anchors: &anchors,
            at,
            purpose: &KeyPurpose::CodeSigningRequired,
            profile: Profile::Strict,
            policies: None,
            intermediates: None,
            budget: Budget::default(),
            cache: None,
        })
    };
    assert_eq!(ask().is_complete(), complete);
    bencher.bench_local(ask);
}

#[divan::bench]
fn one_path(bencher: Bencher<'_, '_>) {
    let (leaf, offered, root) = chains::simple();
    measure(bencher, (leaf, offered, vec![root]), true);
}

#[divan::bench]
fn mesh_of_10_authorities(bencher: Bencher<'_, '_>) {
    let (leaf, offered, root) = chains::mesh(10);
    measure(bencher, (leaf, offered, vec![root]), true);
}

#[divan::bench]
fn mesh_of_10_authorities_without_anchor(bencher: Bencher<'_, '_>) {
    let (leaf, offered, _) = chains::mesh(10);
    let stranger = chains::Authority::new("CA 9").root();
    measure(bencher, (leaf, offered, vec![stranger]), false);
}

#[divan::bench(args = [true, false])]
fn root_among_100_of_its_name(bencher: Bencher<'_, '_>, key_identifiers: bool) {
    let (leaf, mut anchors, right) = chains::same_name_roots(100, key_identifiers);
    anchors.push(right);
    measure(bencher, (leaf, vec![], anchors), true);
}

fn main() {
    divan::main();
}
