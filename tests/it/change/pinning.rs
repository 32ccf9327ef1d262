//! The rule that an unpinned file suggests, proposed, printed and confirmed.

use std::fs;

use anchorwatch::domain::AnchorId;
use anchorwatch::formats::trust_folder::Folder;
use anchorwatch::judge::lint::lint;
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::report::PackageReport;
use anchorwatch::judge::trust::{FolderView, View};
use anchorwatch::service::change::build::{BuildError, PinRequest, pin};
use anchorwatch::service::show::{Shown, show};
use anchorwatch::store::{KnowledgeBounds, Source, SourceKind, StoreKnowledge};

use super::World;
use crate::making::authority::Role;
use crate::making::cms::{Signer, detached};
use crate::making_trust::TrustFolder;
use crate::verdicts::{Authority, Holder};

const AT: &str = "2026-11-01T00:00:00Z";

fn judged(path: &std::path::Path, view: &dyn View) -> PackageReport {
    match show(path, view, AT.parse().unwrap(), Profile::Field) {
        Shown::Package(package) => *package,
        Shown::Certificates(_) => panic!("a signed file"),
    }
}

#[test]
fn an_unpinned_file_becomes_anchored_by_the_rule_it_suggests() {
    let mut world = World::new();
    let public = Authority::new("Public CA", 3);
    let Holder { key, certificate } = public.issue(10, Role::CodeSigner, (2020, 2040));
    let file = world.folder.path().join("tool.bin");
    fs::write(&file, b"a tool").unwrap();
    let signer = Signer::new(&key, &certificate);
    let signature = detached(signer, b"a tool", "260601120000Z", &[&certificate]);
    fs::write(file.with_extension("bin.p7s"), signature).unwrap();
    // The store's folder is this one: a shared root, and a vendor without any.
    let folder = TrustFolder::default()
        .vendor("pier", "")
        .root("shared/roots", &public.root, &[]);
    let source = Source {
        kind: SourceKind::Folder,
        name: "a test".to_owned(),
    };
    let contents = folder.view().contents().unwrap();
    let now = world.now();
    world
        .instance
        .load(&source, &contents, now, "user:test(0)")
        .unwrap();
    let view = |world: &World| -> FolderView {
        let bounds = KnowledgeBounds {
            known_at: None,
            folder: Some(source.clone()),
            at_hand: None,
        };
        FolderView::without_folder(Box::new(
            StoreKnowledge::open(&world.path(), &bounds).unwrap(),
        ))
    };
    let before = view(&world);
    let package = judged(&file, &before);
    assert_eq!(package.verdict.word(), "unpinned");
    let request = PinRequest {
        vendor: "pier",
        name: "local-tools",
        leaf_only: false,
        today: jiff::civil::date(2026, 10, 1),
    };
    let ask = pin(&before, &package, &request).unwrap();
    let files: Vec<String> = ask
        .files
        .iter()
        .map(|(path, text)| format!("# {path}\n{text}"))
        .collect();
    let told = files
        .join("\n")
        .replace(&certificate.sha256().to_string(), "LEAF")
        .replace(&certificate.spki_sha256().to_string(), "LEAF-KEY")
        .replace(&public.root.spki_sha256().to_string(), "ROOT")
        .replace(&package.sha256.unwrap().to_string(), "PACKAGE");
    insta::assert_snapshot!(told, @r#"
    # vendors/pier/signers/local-tools.toml
    kind = "x509_leaf_pin"
    root = "x509-ROOT"
    subject_o = ["Public CA"]
    leaf_spki_sha256 = "LEAF-KEY"
    recorded = 2026-10-01
    cert_valid = { from = 2020-01-01, to = 2040-12-31 }
    observed_leaves = ["LEAF"]
    evidence = ["seen on a package with SHA-256 PACKAGE"]

    # vendors/pier/roots/x509-ROOT.toml
    link = "shared/roots/x509-ROOT"

    [[status]]
    status = "active"
    valid_from = 2026-10-01
    valid_from_is = "observed"
    recorded = 2026-10-01
    evidence = ["seen on a package with SHA-256 PACKAGE"]
    says = ""
    "#);
    // As files of a trust folder they have nothing to mend.
    let mut all = folder.files().to_vec();
    all.extend(
        ask.files
            .iter()
            .map(|(path, text)| (path.clone(), text.clone().into_bytes())),
    );
    assert_eq!(lint(&all), vec![]);
    assert!(Folder::parse(&all).is_ok());
    // It takes the signer's fingerprint, read out.
    let proposed = world.ask(&ask, None).unwrap();
    assert_eq!(proposed.closed, None);
    let fingerprint = certificate.sha256().to_string();
    let done = world.confirm(&proposed, &fingerprint, None).unwrap();
    assert_eq!(done.closed, Some("applied"));
    let after = view(&world);
    let package = judged(&file, &after);
    assert_eq!(package.verdict.word(), "anchored");
    assert_eq!(package.vendor.as_deref(), Some("pier"));
    let again = pin(&after, &package, &request);
    assert!(matches!(again, Err(BuildError::RuleExists(_))));
    // Before that, nothing was known of it.
    let root = AnchorId::X509(public.root.spki_sha256());
    assert!(before.signer_rules(&root).is_empty());
    world.end();
}
