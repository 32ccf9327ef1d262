//! A trust folder that changes over time: each day's view is what that day's folder said.

use anchorwatch::domain::{AnchorId, Purpose, Status};
use anchorwatch::judge::trust::{FolderView, View};
use anchorwatch::store::{Loaded, SourceKind};

use super::{open, second, source, view};
use crate::making::authority::Role;
use crate::making_trust::TrustFolder;
use crate::verdicts::Authority;

/// Everything that a view says about the two keys of these tests.
fn told(view: &dyn View, keys: &[&anchorwatch::formats::x509::Certificate]) -> String {
    let mut lines = vec![format!("vendors {}", view.vendors().join(" "))];
    for key in keys {
        let id = AnchorId::X509(key.spki_sha256());
        let at = "2026-06-01T00:00:00Z".parse().unwrap();
        let standing = |vendor| {
            view.status_at(&id, vendor, Purpose::CodeSigning, at)
                .map_or("none", |standing| standing.record.status.word())
        };
        lines.push(format!(
            "{}: {} certificate(s), global {}, yard {}, rules {}, rotations {}, known {}",
            key.subject().common_name().unwrap(),
            view.by_subject(Purpose::CodeSigning, key.subject()).len(),
            standing(None),
            standing(Some("yard")),
            view.signer_rules(&id).len(),
            view.rotations_of_key(&id).len(),
            view.anchor(&id).is_some(),
        ));
    }
    lines.join("\n")
}

#[test]
fn each_time_has_the_keys_rules_and_statuses_of_its_folder() {
    let (old, new) = (Authority::new("Old CA", 1), Authority::new("New CA", 2));
    let leaf = new.issue(10, Role::CodeSigner, (2020, 2040)).certificate;
    let roots = "vendors/yard/roots";
    let first =
        TrustFolder::default()
            .vendor("yard", "")
            .root(roots, &old.root, &["active 2019-01-01"]);
    let second_folder = TrustFolder::default()
        .vendor("yard", "")
        .vendor("quay", "")
        .root(
            roots,
            &old.root,
            &["active 2019-01-01", "retired 2026-01-01"],
        )
        .root(roots, &new.root, &["active 2026-01-01"])
        .leaf_rule("yard", &new.root, &leaf, "")
        .rotation("yard", &old.root, &new.root);
    let third = TrustFolder::default().vendor("yard", "").root(
        roots,
        &old.root,
        &["active 2019-01-01", "retired 2026-01-01"],
    );
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store.sqlite3");
    let yard = source(SourceKind::Folder, "yard's folder");
    let keys = [&old.root, &new.root];
    let mut store = open(&path);
    let mut loaded = vec![];
    for (now, folder) in [(100, &first), (200, &second_folder), (300, &third)] {
        let contents = folder.view().contents().unwrap();
        for _ in 0..2 {
            let done = store.load(&yard, &contents, second(now), "user:test", None);
            loaded.push(done.unwrap());
        }
    }
    let counted = |one: &Option<Loaded>| one.map(|l| (l.records_new, l.records_withdrawn));
    assert_eq!(
        loaded.iter().map(counted).collect::<Vec<_>>(),
        [
            Some((1, 0)),
            None, // the same again is nothing new
            Some((2, 0)),
            None,
            Some((0, 1)),
            None
        ]
    );
    for (known_at, folder) in [(100, &first), (250, &second_folder), (300, &third)] {
        let then = view(&path, Some(yard.clone()), Some(second(known_at)));
        assert_eq!(
            told(&then, &keys),
            told(&folder.view(), &keys),
            "known at {known_at}"
        );
    }
    let before = view(&path, Some(yard.clone()), Some(second(99)));
    let nothing = TrustFolder::default().view();
    assert_eq!(told(&before, &keys), told(&nothing, &keys));
    // Another instance's folder is not ours.
    let other = view(&path, Some(source(SourceKind::Folder, "other")), None);
    assert_eq!(told(&other, &keys), told(&nothing, &keys));
    assert!(store.audit_verify(&[]).unwrap().faults.is_empty());
}

#[test]
fn a_folder_without_authority_only_proposes() {
    let ours = Authority::new("Our CA", 1);
    let theirs = Authority::new("Their CA", 2);
    let leaf = theirs.issue(10, Role::CodeSigner, (2020, 2040)).certificate;
    let shipped = TrustFolder::default().vendor("yard", "").root(
        "vendors/yard/roots",
        &ours.root,
        &["active 2019-01-01"],
    );
    // It claims a key of its own, calls ours shared, and condemns it.
    let hostile = TrustFolder::default()
        .vendor("yard", "")
        .vendor("evil", "")
        .root("shared/roots", &ours.root, &["distrusted 2020-01-01"])
        .root("vendors/evil/roots", &theirs.root, &["active 2019-01-01"])
        .leaf_rule("evil", &theirs.root, &leaf, "");
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store.sqlite3");
    let mut store = open(&path);
    let yard = source(SourceKind::Folder, "ours");
    let contents = shipped.view().contents().unwrap();
    store
        .load(&yard, &contents, second(100), "user:test", None)
        .unwrap();
    let proposals = hostile.view().contents().unwrap().as_proposals();
    store
        .load(
            &source(SourceKind::Proposals, "theirs"),
            &proposals,
            second(200),
            "user:test",
            None,
        )
        .unwrap();
    let keys = [&ours.root, &theirs.root];
    insta::assert_snapshot!(told(&view(&path, Some(yard.clone()), None), &keys), @r"
    vendors yard
    Our CA: 1 certificate(s), global proposed, yard active, rules 0, rotations 0, known true
    Their CA: 0 certificate(s), global none, yard none, rules 0, rotations 0, known true
    ");
    let theirs = AnchorId::X509(theirs.root.spki_sha256());
    let view = view(&path, Some(yard), None);
    let at = "2026-06-01T00:00:00Z".parse().unwrap();
    let standing = view.status_at(&theirs, Some("evil"), Purpose::CodeSigning, at);
    assert_eq!(standing.unwrap().record.status, Status::Proposed);
}

/// With the folder at hand or taken from the store, the view says the same.
#[test]
fn the_shipped_folder_is_the_same_from_the_store() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("store.sqlite3");
    let shipped = source(SourceKind::Shipped, "");
    let at_hand = anchorwatch::judge::trust::shipped();
    let mut store = open(&path);
    store
        .load(
            &shipped,
            &at_hand.contents().unwrap(),
            second(100),
            "user:test",
            None,
        )
        .unwrap();
    let stored: FolderView = view(&path, Some(shipped), Some(second(100)));
    let at = "2026-11-22T00:00:00Z".parse().unwrap();
    assert_eq!(stored.vendors(), at_hand.vendors());
    assert!(!stored.anchors().is_empty());
    assert_eq!(stored.anchors(), at_hand.anchors());
    for id in at_hand.anchors() {
        assert_eq!(stored.anchor(&id), at_hand.anchor(&id), "{id}");
        assert_eq!(stored.signer_rules(&id), at_hand.signer_rules(&id), "{id}");
        assert_eq!(stored.rotations_of_key(&id), at_hand.rotations_of_key(&id));
        let vendors = at_hand.vendors();
        let scopes = std::iter::once(None).chain(vendors.iter().map(|slug| Some(slug.as_str())));
        for scope in scopes {
            for purpose in [Purpose::CodeSigning, Purpose::TimeStamping] {
                let status = |view: &FolderView| {
                    view.status_at(&id, scope, purpose, at)
                        .map(|s| (s.record.status, s.record.valid_from, s.before_first_seen))
                };
                assert_eq!(status(&stored), status(&at_hand), "{id} {scope:?}");
                if let AnchorId::X509(spki) = &id {
                    assert_eq!(
                        stored.by_spki(purpose, spki),
                        at_hand.by_spki(purpose, spki)
                    );
                }
            }
        }
    }
    for name in ["node.exe", "gurobi130.dll", "setup.exe"] {
        assert_eq!(
            stored.vendors_suggested_by(name),
            at_hand.vendors_suggested_by(name)
        );
    }
}
