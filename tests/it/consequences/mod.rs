//! What a change of trust does to packages that are known: nothing but what it touches.

mod same_answers;
pub(crate) mod world;

use anchorwatch::domain::AnchorId;
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::continuity::{Grade, Signer, grade};
use anchorwatch::judge::trust::{FolderView, View as _};
use anchorwatch::service::signers::signers;

use crate::making::authority::{Key, Role, Wish};
use crate::making::story::{Vendor, files};
use crate::making_trust::TrustFolder;
use world::{World, foretold, told};

fn trust(more: impl Fn(TrustFolder) -> TrustFolder) -> FolderView {
    let products =
        "[[product]]\nname = \"harbour\"\npatterns = [\"*-root.zip\", \"*-certificate.zip\"]\n";
    let roots = TrustFolder::default().vendor("bosun", products).root(
        "vendors/bosun/roots",
        &Vendor::new().root_g1,
        &["active 2019-01-01"],
    );
    more(roots).view()
}

/// The story's packages, checked and remembered by an instance whose folder knows G1.
fn story() -> World {
    let packages: Vec<(String, Vec<u8>)> = files()
        .into_iter()
        .filter_map(|(name, bytes)| Some((name.strip_prefix("packages/")?.to_owned(), bytes)))
        .collect();
    World::of(&packages, |_| true, &trust(|folder| folder))
}

#[test]
fn a_distrust_judges_again_what_hangs_on_the_key_and_nothing_else() {
    let mut world = story();
    let g1 = AnchorId::X509(Vendor::new().root_g1.spki_sha256());
    let lost = world.blast(&g1, None);
    insta::assert_debug_snapshot!(lost, @r#"
    Blast {
        packages: 2,
        spared: 0,
        products: {
            (
                "bosun",
                "harbour",
            ): 2,
        },
        instead: {
            (
                "unanchored",
                None,
            ): 2,
        },
    }
    "#);
    world.distrust(&g1, "2026-01-01T00:00:00Z");
    insta::assert_snapshot!(told(&world.follow_up()), @r"
    4 touched
    known-root.zip: anchored -> distrusted
    rotated-cross-certificate.zip: anchored -> distrusted
    ");
    // Once is enough.
    assert_eq!(world.follow_up().touched, 0);
    let events = world.instance.store.events(100).unwrap();
    let changed = events.iter().filter(|one| one.kind == "verdict-changed");
    assert_eq!(changed.count(), 2);
}

/// What is foretold is what comes, and nobody has to lose a package to learn it.
#[test]
fn a_distrust_does_what_was_foretold() {
    let g1 = AnchorId::X509(Vendor::new().root_g1.spki_sha256());
    // All were seen on 2026-11-01 at midnight: known bytes and signatures are witnessed from then on.
    for (from, expected) in [
        ("2026-01-01T00:00:00Z", "2 change, 0 stay\n2 distrusted\n"),
        ("2026-11-01T00:00:30Z", "0 change, 2 stay\n"),
    ] {
        let mut world = story();
        let lost = world.blast(&g1, Some(from));
        assert_eq!(foretold(&lost), expected, "{from}");
        world.distrust(&g1, from);
        assert_eq!(world.follow_up().changed.len(), lost.packages, "{from}");
    }
}

#[test]
fn a_new_root_finds_the_packages_that_waited_for_it() {
    let mut world = story();
    let root = Vendor::new().root_g2;
    world.load(&trust(|folder| {
        folder.root("vendors/bosun/roots", &root, &["active 2026-01-01"])
    }));
    insta::assert_snapshot!(told(&world.follow_up()), @r"
    2 touched
    rotated-cross-certificate.zip: anchored -> anchored
    unknown-root.zip: unanchored -> anchored
    ");
    // A vendor that has nothing to do with it touches nothing.
    let other = crate::verdicts::Authority::new("Other CA", 99).root;
    world.load(&trust(|folder| {
        folder
            .root("vendors/bosun/roots", &root, &["active 2026-01-01"])
            .vendor("pier", "")
            .root("vendors/pier/roots", &other, &["active 2026-01-01"])
    }));
    assert_eq!(told(&world.follow_up()), "0 touched\n");
    // And what a folder takes back, takes its packages with it.
    world.load(&trust(|folder| folder));
    insta::assert_snapshot!(told(&world.follow_up()), @r"
    2 touched
    rotated-cross-certificate.zip: anchored -> anchored
    unknown-root.zip: anchored -> unanchored
    ");
}

#[test]
fn a_products_signers_stand_in_a_line() {
    let mut world = story();
    let root = Vendor::new().root_g2;
    world.load(&trust(|folder| {
        folder.root("vendors/bosun/roots", &root, &["active 2026-01-01"])
    }));
    world.follow_up();
    let profile = world.view().vendor("bosun").unwrap();
    let line = signers(&world.instance.store, &profile, Some("harbour")).unwrap();
    let line: Vec<String> = line
        .iter()
        .map(|one| format!("{} {} {}", one.told(), one.packages, one.issuer))
        .collect();
    insta::assert_snapshot!(line.join("\n"), @r"
    first 1 CN=Bosun Systems Root CA G1, O=Bosun Systems
    root-changed 2 CN=Bosun Systems Issuing CA 2026, O=Bosun Systems
    ");
    assert_eq!(
        signers(&world.instance.store, &profile, Some("other")).unwrap(),
        vec![]
    );
}

/// A certificate of this subject and key, below an issuer.
fn certificate(subject: &str, key: u8, issuer: &str) -> Certificate {
    let wish = |common_name: &str, organisation: &str, role| {
        let leak = |text: &str| -> &'static str { Box::leak(text.to_owned().into_boxed_str()) };
        Wish {
            common_name: leak(common_name),
            organisation: leak(organisation),
            serial: 7,
            years: (2020, 2040),
            role,
        }
    };
    wish("Signing", subject, Role::CodeSigner).issued(
        &Key::ed25519(key),
        &wish(issuer, issuer, Role::Authority),
        &Key::ed25519(200),
    )
}

#[test]
fn a_new_signer_is_graded_against_the_one_before() {
    let anchors = [1u8, 2].map(|n| AnchorId::X509(anchorwatch::domain::Sha256([n; 32])));
    let old = certificate("The Qt Company Oy", 1, "Issuing CA 1");
    // subject, key, issuer, anchor, grade
    let cases = [
        ("The Qt Company Oy", 1, "Issuing CA 9", 1, Grade::SameKey),
        (
            "The Qt Company Oy",
            2,
            "Issuing CA 1",
            0,
            Grade::SameIdentity,
        ),
        (
            "The QT Company, Oy.",
            2,
            "Issuing CA 1",
            0,
            Grade::SameIdentity,
        ),
        (
            "The QT Company Oy",
            2,
            "Issuing CA 2",
            0,
            Grade::IssuerChanged,
        ),
        (
            "The QT Company Oy",
            2,
            "Issuing CA 2",
            1,
            Grade::RootChanged,
        ),
        ("The Quay Company Oy", 2, "Issuing CA 1", 0, Grade::Foreign),
    ];
    for (subject, key, issuer, anchor, expected) in cases {
        let new = certificate(subject, key, issuer);
        let found = grade(
            Signer {
                certificate: &old,
                anchor: Some(&anchors[0]),
            },
            Signer {
                certificate: &new,
                anchor: Some(&anchors[anchor]),
            },
        );
        assert_eq!(found, expected, "{subject} {key} {issuer} {anchor}");
    }
}
