//! A trust folder without authority asks, and people answer.

use anchorwatch::domain::AnchorId;
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::trust::View as _;
use anchorwatch::service::change::{
    AskKind, FolderProposal, Outcome, Speaker, propose_folder, reject,
};

use super::World;
use crate::making::authority::Role;
use crate::making_trust::TrustFolder;
use crate::verdicts::Authority;

/// A vendor that nobody here knows, with a root of its own and a signer below a shared one.
fn folder(timeline: &[&str]) -> (TrustFolder, Certificate, Certificate) {
    let own = Authority::new("Quay Root", 72).root;
    let shared = Authority::new("Public CA", 73);
    let leaf = shared.issue(10, Role::CodeSigner, (2020, 2040)).certificate;
    let folder = TrustFolder::default()
        .vendor("quay", "")
        .root("vendors/quay/roots", &own, timeline)
        .root("shared/roots", &shared.root, &[])
        .link("quay", &shared.root, &["active 2020-01-01"])
        .leaf_rule("quay", &shared.root, &leaf, "");
    (folder, own, leaf)
}

fn ask(world: &mut World, folder: &TrustFolder, by: Option<&str>) -> Vec<FolderProposal> {
    let top = world.folder.path().join("theirs");
    let _ = std::fs::remove_dir_all(&top);
    folder.write(&top);
    let (view, now, policy) = (world.view(None), world.now(), world.policy);
    let key = by.map(|name| world.key(name));
    let speaker = key.as_ref().map_or(super::USER, Speaker::Key);
    propose_folder(&mut world.instance, &view, &top, &speaker, &policy, now).unwrap()
}

fn told(proposals: &[FolderProposal]) -> String {
    let told = proposals.iter().map(|one| {
        let files: Vec<&str> = one
            .ask
            .files
            .iter()
            .map(|(path, _)| path.as_str())
            .collect();
        let statuses: Vec<&str> = one.ask.records.iter().map(|r| r.status.as_str()).collect();
        format!(
            "{} for {}: {} {}",
            one.ask.kind.word(),
            one.ask.vendor.as_deref().unwrap_or("everybody"),
            files.join(" "),
            statuses.join(" ")
        )
        .trim_end()
        .to_owned()
    });
    told.collect::<Vec<_>>().join("\n")
}

fn of(proposals: &[FolderProposal], kind: AskKind, vendor: Option<&str>, id: &str) -> Outcome {
    let found = proposals.iter().find(|one| {
        one.ask.kind == kind
            && one.ask.vendor.as_deref() == vendor
            && one.ask.anchor.as_deref() == Some(id)
    });
    found.unwrap().outcome.clone()
}

#[test]
fn what_a_folder_has_is_confirmed_piece_by_piece() {
    let mut world = World::with_people();
    let (folder, own, leaf) = folder(&["active 2020-01-01"]);
    let proposals = ask(&mut world, &folder, Some("ann"));
    let shared = Authority::new("Public CA", 73).root;
    let named = told(&proposals)
        .replace(&own.spki_sha256().to_string(), "OWN")
        .replace(&shared.spki_sha256().to_string(), "SHARED");
    let mut lines: Vec<&str> = named.lines().collect();
    lines.sort_unstable();
    insta::assert_snapshot!(lines.join("\n"), @r"
    root for everybody: shared/roots/x509-SHARED.pem shared/roots/x509-SHARED.toml
    root for quay: shared/roots/x509-SHARED.pem shared/roots/x509-SHARED.toml vendors/quay/vendor.toml vendors/quay/roots/x509-SHARED.toml
    root for quay: vendors/quay/vendor.toml vendors/quay/roots/x509-OWN.pem vendors/quay/roots/x509-OWN.toml
    rule for quay: vendors/quay/vendor.toml vendors/quay/signers/local-release.toml
    ");
    assert!(proposals.iter().all(|one| one.outcome.closed.is_none()));
    let id = AnchorId::X509(own.spki_sha256());
    assert_eq!(world.status(&id, "quay"), "none");
    assert!(world.view(None).vendor("quay").is_none());
    // The same words are not said twice, whoever loads the folder.
    assert_eq!(ask(&mut world, &folder, Some("bob")), vec![]);

    let root = of(&proposals, AskKind::Root, Some("quay"), &id.to_string());
    assert!(world.confirm(&root, &"0".repeat(64), Some("bob")).is_err());
    let read_out = own.sha256().to_string();
    let done = world.confirm(&root, &read_out, Some("bob")).unwrap();
    assert_eq!(done.closed, Some("applied"));
    assert_eq!(world.status(&id, "quay"), "active");
    let shared = AnchorId::X509(shared.spki_sha256());
    assert_eq!(world.status(&shared, "quay"), "none");
    let rule = of(&proposals, AskKind::Rule, Some("quay"), &shared.to_string());
    // A rule takes one person, and the leaf's fingerprint.
    let done = world.confirm(&rule, &leaf.spki_sha256().to_string(), Some("bob"));
    assert_eq!(done.unwrap().closed, Some("applied"));
    let rules = world.view(None).signer_rules(&shared);
    assert_eq!(rules.len(), 1);
    assert_eq!(rules[0].name, "local-release");
    world.end();
}

#[test]
fn a_folder_condemns_nothing_by_being_loaded() {
    let mut world = World::new();
    world.policy.root = 1;
    let (plain, own, _) = folder(&["active 2020-01-01"]);
    let id = AnchorId::X509(own.spki_sha256());
    let proposals = ask(&mut world, &plain, None);
    let root = of(&proposals, AskKind::Root, Some("quay"), &id.to_string());
    world
        .confirm(&root, &own.sha256().to_string(), None)
        .unwrap();
    assert_eq!(world.status(&id, "quay"), "active");
    // One person alone may distrust at once; a folder that somebody loads may not.
    let (hostile, ..) = folder(&["active 2020-01-01", "distrusted 2026-01-01"]);
    let proposals = ask(&mut world, &hostile, None);
    assert_eq!(told(&proposals), "root for quay:  distrusted");
    assert_eq!(world.status(&id, "quay"), "active");
    let condemns = of(&proposals, AskKind::Root, Some("quay"), &id.to_string());
    let now = world.now();
    let outcome = reject(&mut world.instance, condemns.id, &super::USER, "no", now).unwrap();
    assert_eq!(outcome.closed, Some("rejected"));
    // What was turned down is not asked again.
    assert_eq!(ask(&mut world, &hostile, None), vec![]);
    assert_eq!(world.status(&id, "quay"), "active");
    world.end();
}
