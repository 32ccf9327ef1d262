//! What a view remembers changes no answer: each package by a view of its own, and all by one.

use std::sync::OnceLock;

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::digest::{digest, sha256};
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::context::Context;
use anchorwatch::judge::facts::{ObjectKind, PackageFacts, PackageFormat, SignatureObject};
use anchorwatch::judge::package::judge;
use anchorwatch::judge::path::{Profile, SignatureCache};
use anchorwatch::judge::trust::{FolderView, View, Without};
use jiff::Timestamp;
use proptest::prelude::*;

use crate::making::authority::{Key, Role, Wish};
use crate::making::cms::{Signer, detached};
use crate::making_trust::TrustFolder;

struct Cast {
    roots: [Certificate; 2],
    /// The first root's, and a cross-certificate for its key by the second root.
    intermediates: [Certificate; 2],
    /// Below the intermediates, below the second root, below nothing known.
    signers: [(Key, Certificate); 3],
}

fn cast() -> &'static Cast {
    static CAST: OnceLock<Cast> = OnceLock::new();
    CAST.get_or_init(|| {
        let wish = |common_name, serial, years, role| Wish {
            common_name,
            organisation: "Bench",
            serial,
            years,
            role,
        };
        let ca = |name| wish(name, 1, (2015, 2040), Role::Authority);
        let keys: Vec<Key> = (1..8).map(Key::ed25519).collect();
        let leaf = |name, key: usize, issuer, by: usize| {
            let leaf = wish(name, 9, (2020, 2027), Role::CodeSigner);
            let certificate = leaf.issued(&keys[key], &ca(issuer), &keys[by]);
            (Key::ed25519(key as u8 + 1), certificate)
        };
        Cast {
            roots: [
                ca("Root 1").self_signed(&keys[0]),
                ca("Root 2").self_signed(&keys[1]),
            ],
            intermediates: [
                ca("Issuing").issued(&keys[2], &ca("Root 1"), &keys[0]),
                ca("Issuing").issued(&keys[2], &ca("Root 2"), &keys[1]),
            ],
            signers: [
                leaf("Signer 1", 3, "Issuing", 2),
                leaf("Signer 2", 4, "Root 2", 1),
                leaf("Signer 3", 5, "Root 3", 6),
            ],
        }
    })
}

#[derive(Debug, Clone)]
struct Package {
    signer: usize,
    /// Which intermediates come along.
    offered: (bool, bool),
    content: u8,
    /// Whether the signature is of this content.
    forged: bool,
    at: usize,
    witnessed: Option<usize>,
    expected: Option<&'static str>,
    strict: bool,
}

const DAYS: [&str; 4] = [
    "2021-06-01T00:00:00Z",
    "2024-06-01T00:00:00Z",
    "2026-06-01T00:00:00Z",
    "2030-06-01T00:00:00Z",
];

fn day(index: usize) -> Timestamp {
    DAYS[index].parse().unwrap()
}

fn package() -> impl Strategy<Value = Package> {
    let vendor = prop_oneof![Just(None), Just(Some("one")), Just(Some("two"))];
    let witnessed = proptest::option::of(0..DAYS.len());
    (
        0..3usize,
        any::<(bool, bool)>(),
        0..3u8,
        proptest::bool::weighted(0.2),
        0..DAYS.len(),
        witnessed,
        vendor,
        any::<bool>(),
    )
        .prop_map(
            |(signer, offered, content, forged, at, witnessed, expected, strict)| Package {
                signer,
                offered,
                content,
                forged,
                at,
                witnessed,
                expected,
                strict,
            },
        )
}

fn facts(package: &Package) -> PackageFacts {
    let cast = cast();
    let (key, certificate) = &cast.signers[package.signer];
    let content = [package.content; 8];
    let signed = if package.forged {
        b"other"
    } else {
        &content[..]
    };
    let mut certificates = vec![certificate];
    let (first, second) = package.offered;
    certificates.extend(first.then_some(&cast.intermediates[0]));
    certificates.extend(second.then_some(&cast.intermediates[1]));
    PackageFacts {
        format: PackageFormat::File,
        sha256: sha256(&content),
        size: 8,
        refused: false,
        content_differs: false,
        objects: vec![SignatureObject {
            kind: ObjectKind::CmsDetached,
            place: format!("{}.p7s", package.content),
            bytes: detached(
                Signer::new(key, certificate),
                signed,
                "240601120000Z",
                &certificates,
            ),
            certificates: vec![],
            digests: vec![(
                HashAlgorithm::Sha512,
                digest(HashAlgorithm::Sha512, &content),
            )],
            content_is_attributes: false,
            covers: "the whole file".to_owned(),
            raw: None,
        }],
        findings: vec![],
        named_vendor: None,
    }
}

/// How each root stands, by timelines.
fn view(timelines: &[usize; 2]) -> FolderView {
    const TIMELINES: [&[&str]; 5] = [
        &["active 2015-01-01"],
        &["active 2025-01-01 seen"],
        &["active 2015-01-01", "retired 2025-01-01"],
        &["active 2015-01-01", "distrusted 2025-01-01"],
        &["announced 2015-01-01"],
    ];
    let mut folder = TrustFolder::default();
    for ((slug, root), timeline) in ["one", "two"].iter().zip(&cast().roots).zip(timelines) {
        let place = format!("vendors/{slug}/roots");
        folder = folder
            .vendor(slug, "[[product]]\nname = \"t\"\npatterns = [\"tool-*\"]\n")
            .root(&place, root, TIMELINES[*timeline]);
    }
    folder.view()
}

fn told(package: &Package, view: &dyn View, cache: Option<&SignatureCache>) -> String {
    let context = Context {
        view,
        at: day(package.at),
        profile: if package.strict {
            Profile::Strict
        } else {
            Profile::Field
        },
        vendor: package.expected,
        product: None,
        witnessed: package.witnessed.map(day),
        cache,
    };
    format!("{:?}", judge("tool-1", &facts(package), &context))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn what_a_view_remembers_changes_no_answer(
        packages in proptest::collection::vec(package(), 1..24),
        timelines in [0..5usize, 0..5usize],
    ) {
        let shared = view(&timelines);
        let cache = SignatureCache::new();
        let gone = anchorwatch::domain::AnchorId::X509(cast().roots[0].spki_sha256());
        let without = Without::new(&shared, gone.clone());
        for package in &packages {
            let fresh = view(&timelines);
            prop_assert_eq!(told(package, &shared, Some(&cache)), told(package, &fresh, None));
            let alone = Without::new(&fresh, gone.clone());
            prop_assert_eq!(told(package, &without, Some(&cache)), told(package, &alone, None));
        }
    }
}
