//! What a change of trust does to packages that are known: nothing but what it touches.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anchorwatch::domain::{AnchorId, Status};
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::continuity::{Grade, Signer, grade};
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::trust::{FolderView, View as _};
use anchorwatch::service::change::{AskKind, Policy, Speaker, build, propose};
use anchorwatch::service::check::{CheckRequest, Silent, check};
use anchorwatch::service::consequences::{Reevaluation, blast, reevaluate};
use anchorwatch::service::instance::Instance;
use anchorwatch::service::signers::signers;
use anchorwatch::store::{KnowledgeBounds, Source, SourceKind, Store, StoreKnowledge};
use jiff::Timestamp;

use crate::bad_input::request;
use crate::making::authority::{Key, Role, Wish};
use crate::making::story::{Vendor, files};
use crate::making_trust::TrustFolder;

const NOW: &str = "2026-11-01T00:00:00Z";

/// The story's packages, checked and remembered by an instance whose folder knows G1.
struct World {
    _folder: tempfile::TempDir,
    path: PathBuf,
    instance: Instance,
    clock: i64,
}

fn source() -> Source {
    Source {
        kind: SourceKind::Folder,
        name: "bosun's folder".to_owned(),
    }
}

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

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.sqlite3");
        let mut paths = vec![];
        for (name, bytes) in files() {
            if let Some(name) = name.strip_prefix("packages/") {
                let path = folder.path().join(name);
                fs::write(&path, bytes).unwrap();
                paths.push(path);
            }
        }
        let mut world = Self {
            instance: Instance::open(&path, Duration::from_secs(5)).unwrap(),
            _folder: folder,
            path,
            clock: NOW.parse::<Timestamp>().unwrap().as_second(),
        };
        world.load(&trust(|folder| folder));
        let request = CheckRequest {
            at: NOW.parse().unwrap(),
            now: NOW.parse().unwrap(),
            remember_verdicts: true,
            ..request(&paths)
        };
        let store = Store::open(&world.path, Duration::from_secs(5)).unwrap();
        let run = check(&request, &world.view(), Some(store), &Silent);
        assert!(run.store_trouble.is_none(), "{:?}", run.store_trouble);
        world.follow_up();
        world
    }

    fn now(&mut self) -> Timestamp {
        self.clock += 60;
        Timestamp::from_second(self.clock).unwrap()
    }

    fn load(&mut self, folder: &FolderView) {
        let now = self.now();
        let contents = folder.contents().unwrap();
        self.instance
            .load(&source(), &contents, now, "user:test(0)")
            .unwrap();
    }

    fn view(&self) -> FolderView {
        let bounds = KnowledgeBounds {
            known_at: None,
            folder: Some(source()),
            at_hand: None,
        };
        FolderView::without_folder(Box::new(StoreKnowledge::open(&self.path, &bounds).unwrap()))
    }

    fn follow_up(&mut self) -> Reevaluation {
        let (now, view, path) = (self.now(), self.view(), self.path.clone());
        reevaluate(&path, &mut self.instance.store, &view, Profile::Field, now).unwrap()
    }
}

fn told(found: &Reevaluation) -> String {
    let mut lines: Vec<String> = found
        .changed
        .iter()
        .map(|one| format!("{}: {} -> {}", one.file, one.before, one.after.verdict))
        .collect();
    lines.sort();
    format!("{} touched\n{}", found.touched, lines.join("\n"))
}

#[test]
fn a_distrust_judges_again_what_hangs_on_the_key_and_nothing_else() {
    let mut world = World::new();
    let g1 = AnchorId::X509(Vendor::new().root_g1.spki_sha256());
    let now = world.now();
    let lost = blast(&world.path, &g1, &world.view(), Profile::Field, now).unwrap();
    insta::assert_debug_snapshot!(lost, @r#"
    Blast {
        packages: 2,
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
    let from = "2026-01-01T00:00:00Z".parse().unwrap();
    let ask = build::status(
        AskKind::Distrust,
        &g1,
        None,
        Status::Distrusted,
        from,
        "stolen",
    );
    let user = Speaker::User("user:test(0)");
    let policy = Policy::default();
    let outcome = propose(&mut world.instance, &ask, &user, &policy, now).unwrap();
    assert_eq!(outcome.closed, Some("applied"));
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

#[test]
fn a_new_root_finds_the_packages_that_waited_for_it() {
    let mut world = World::new();
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
    let mut world = World::new();
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
