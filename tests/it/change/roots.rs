//! A root becomes trusted by people and evidence, and stops being so.

use std::fs;

use anchorwatch::domain::{AnchorId, Status};
use anchorwatch::formats::trust_folder::ValidFromIs;
use anchorwatch::formats::trust_folder::write::{FirstStatus, certificates_pem};
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::trust::View as _;
use anchorwatch::service::catalogue::history;
use anchorwatch::service::change::{
    Ask, AskKind, ChangeError, FingerprintError, Policy, Speaker, build, compare_fingerprint,
    confirm, reject, to_sign,
};
use anchorwatch::service::instance::{Instance, key_path};

use super::{World, spoken};
use crate::verdicts::Authority;

/// A root of Qt that no folder has.
fn root() -> Certificate {
    Authority::new("Qt Root 2027", 71).root
}

fn id() -> AnchorId {
    AnchorId::X509(root().spki_sha256())
}

/// In the groups in which somebody reads it out.
fn read_out() -> String {
    let hex = root().sha256().to_string().to_uppercase();
    let pairs: Vec<&str> = hex
        .as_bytes()
        .chunks(2)
        .map(|pair| str::from_utf8(pair).unwrap())
        .collect();
    pairs.join(":")
}

fn proposal(world: &World) -> Ask {
    let file = world.folder.path().join("root.pem");
    fs::write(&file, certificates_pem(&[root()])).unwrap();
    let status = FirstStatus {
        status: Status::Active,
        valid_from: jiff::civil::date(2026, 9, 1),
        valid_from_is: ValidFromIs::Stated,
        recorded: jiff::civil::date(2026, 10, 1),
        evidence: vec!["the vendor's letter".to_owned()],
        says: "the new root".to_owned(),
    };
    build::root(
        &world.view(None),
        "qt",
        &file,
        &status,
        "2026-10-01T00:00:00Z".parse().unwrap(),
    )
    .unwrap()
    .0
}

#[test]
fn a_root_takes_two_people_and_the_fingerprint_read_out() {
    let mut world = World::with_people();
    let ask = proposal(&world);
    let before = world.now();
    let proposed = world.ask(&ask, Some("ann")).unwrap();
    assert_eq!((proposed.closed, proposed.tally.people.len()), (None, 1));
    // Whoever asked is one person, however often they say so.
    let again = world.confirm(&proposed, &read_out(), Some("ann")).unwrap();
    assert_eq!(again.closed, None);
    // The user of the machine is nobody here.
    let user = world.confirm(&proposed, &read_out(), None).unwrap();
    assert_eq!((user.closed, user.tally.people.len()), (None, 1));
    assert_eq!(world.status(&id(), "qt"), "none");
    assert!(world.view(None).anchor(&id()).is_none());

    let near = read_out().replacen(':', "", 3).replace('A', "B");
    for (typed, expected) in [
        (near.as_str(), "differ"),
        ("36D3 B856", "8 hexadecimal digits"),
        ("the one you know", "no hexadecimal digit"),
        (&"00".repeat(32), "another key"),
    ] {
        let error = world.confirm(&proposed, typed, Some("bob")).unwrap_err();
        assert!(error.to_string().contains(expected), "{typed}: {error}");
    }
    let mut silent = spoken(&read_out());
    silent.contact_from.clear();
    let (bob, now) = (world.key("bob"), world.now());
    let policy = Policy::default();
    let speaker = Speaker::Key(&bob);
    let error = confirm(
        &mut world.instance,
        proposed.id,
        &silent,
        &speaker,
        &policy,
        now,
    );
    assert!(matches!(error, Err(ChangeError::NoChannel)));

    let done = world.confirm(&proposed, &read_out(), Some("bob")).unwrap();
    assert_eq!(done.closed, Some("applied"));
    assert_eq!(done.tally.people, ["person:ann", "person:bob"]);
    assert_eq!(world.status(&id(), "qt"), "active");
    let view = world.view(None);
    assert_eq!(
        view.by_subject(anchorwatch::domain::Purpose::CodeSigning, root().subject()),
        [root()]
    );
    // Nobody knew it before.
    assert!(world.view(Some(before)).anchor(&id()).is_none());
    let learnt = history(&world.instance.store, &id()).unwrap();
    let claim = learnt[0].claim.clone().unwrap();
    assert_eq!(claim.evidence[0], "the vendor's letter");
    let by_bob = "confirmed by person:bob by phone with the vendor's signing desk, contact from \
                  the contract of 2024";
    assert!(
        claim.evidence.iter().any(|text| text == by_bob),
        "{claim:?}"
    );
    // What is done is done.
    let again = world.confirm(&proposed, &read_out(), Some("bob"));
    assert!(matches!(again, Err(ChangeError::Closed { .. })));
    world.end();
}

#[test]
fn one_person_alone_is_said_to_be_one_and_never_makes_two() {
    let mut world = World::new();
    let ask = proposal(&world);
    let proposed = world.ask(&ask, None).unwrap();
    let confirmed = world.confirm(&proposed, &read_out(), None).unwrap();
    assert_eq!((confirmed.closed, confirmed.tally.people.len()), (None, 0));
    assert_eq!(world.status(&id(), "qt"), "none");

    let mut world = World::new();
    world.policy.root = 1;
    let proposed = world.ask(&ask, None).unwrap();
    // The fingerprint must be read out even so.
    assert_eq!(proposed.closed, None);
    let done = world.confirm(&proposed, &read_out(), None).unwrap();
    assert_eq!(done.closed, Some("applied"));
    let learnt = history(&world.instance.store, &id()).unwrap();
    let evidence = learnt[0].claim.clone().unwrap().evidence;
    assert!(
        evidence.contains(&"single-person".to_owned()),
        "{evidence:?}"
    );
    assert_eq!(world.status(&id(), "qt"), "active");
    world.end();
}

#[test]
fn a_signature_may_be_made_elsewhere() {
    let mut world = World::with_people();
    let ask = proposal(&world);
    let proposed = world.ask(&ask, Some("ann")).unwrap();
    let confirmation = spoken(&read_out());
    let text = to_sign(&world.instance, proposed.id, &confirmation).unwrap();
    insta::assert_snapshot!(
        text.replace(&proposed.id.to_string(), "ID")
            .lines()
            .filter(|line| !line.starts_with("instance") && !line.starts_with("asks"))
            .collect::<Vec<_>>()
            .join("\n"),
        @r"
        anchorwatch: confirm
        proposal: ID
        kind: root
        vendor: qt
        anchor: x509-7340e443efd5443758dbdbb6f78e1d1b79cb4ae8d778b51c276aa8867bf4f3ac
        fingerprint: c78551e29380569ee84b2313c1df60aa5c608736e73026f3e1bfaae84a06794a
        channel: phone
        whom: the vendor's signing desk
        contact-from: the contract of 2024
        "
    );
    let policy = Policy::default();
    let bob = world.key("bob");
    let ann = world.key("ann");
    let mut say = |signature: &str, confirmation: &_| {
        let now = "2026-11-02T00:00:00Z".parse().unwrap();
        let speaker = Speaker::Signature(signature.as_bytes());
        confirm(
            &mut world.instance,
            proposed.id,
            confirmation,
            &speaker,
            &policy,
            now,
        )
    };
    // Over other words, or by nobody who is registered.
    let other = bob.sign(b"anchorwatch: confirm", "x");
    assert!(matches!(
        say(&other, &confirmation),
        Err(ChangeError::Speaker(_))
    ));
    let stranger = anchorwatch::formats::minisign::SecretKey::generate().unwrap();
    let strange = stranger.sign(text.as_bytes(), "x");
    assert!(matches!(
        say(&strange, &confirmation),
        Err(ChangeError::Speaker(_))
    ));
    // Bob signed another channel.
    let mut mail = confirmation.clone();
    mail.channel = "mail".to_owned();
    let signed = bob.sign(text.as_bytes(), "at home");
    assert!(matches!(say(&signed, &mail), Err(ChangeError::Speaker(_))));
    let outcome = say(&signed, &confirmation).unwrap();
    assert_eq!(outcome.closed, Some("applied"));
    drop(ann);
    world.end();
}

#[test]
fn an_ssh_key_may_sign_elsewhere() {
    let mut world = World::with_people();
    let key = world.folder.path().join("id_ed25519");
    let made = std::process::Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "", "-C", "carol", "-f"])
        .arg(&key)
        .status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no ssh-keygen");
        return;
    }
    let public = fs::read(key.with_extension("pub")).unwrap();
    let people = world.instance.store.people().unwrap();
    let register = build::register("carol", &public, &people).unwrap();
    let open = world.ask(&register, Some("ann")).unwrap();
    assert_eq!(open.closed, None, "two are registered, so it takes two");
    let done = world.confirm(&open, "", Some("bob")).unwrap();
    assert_eq!(done.closed, Some("applied"));
    let ask = proposal(&world);
    let proposed = world.ask(&ask, Some("ann")).unwrap();
    let confirmation = spoken(&read_out());
    let text = to_sign(&world.instance, proposed.id, &confirmation).unwrap();
    let file = world.folder.path().join("statement");
    fs::write(&file, text).unwrap();
    let sign = |namespace: &str| {
        let _ = fs::remove_file(file.with_extension("sig"));
        let status = std::process::Command::new("ssh-keygen")
            .args(["-q", "-Y", "sign", "-n", namespace, "-f"])
            .arg(&key)
            .arg(&file)
            .stderr(std::process::Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        fs::read(file.with_extension("sig")).unwrap()
    };
    for (namespace, holds) in [("git", false), ("anchorwatch", true)] {
        let signature = sign(namespace);
        let now = world.now();
        let outcome = confirm(
            &mut world.instance,
            proposed.id,
            &confirmation,
            &Speaker::Signature(&signature),
            &Policy::default(),
            now,
        );
        assert_eq!(outcome.is_ok(), holds, "{namespace}");
    }
    assert_eq!(world.status(&id(), "qt"), "active");
    world.end();
}

#[test]
fn what_was_trusted_is_distrusted_retired_and_taken_back() {
    let mut world = World::with_people();
    let ask = proposal(&world);
    let proposed = world.ask(&ask, Some("ann")).unwrap();
    world.confirm(&proposed, &read_out(), Some("bob")).unwrap();
    let from = "2026-10-15T00:00:00Z".parse().unwrap();
    let status = |kind, status, vendor| build::status(kind, &id(), vendor, status, from, "a test");
    let retire = status(AskKind::Retire, Status::Retired, Some("qt"));
    assert_eq!(
        world.ask(&retire, Some("ann")).unwrap().closed,
        Some("applied")
    );
    assert_eq!(world.status(&id(), "qt"), "retired");
    // One is enough to condemn; the user of the machine is none.
    let distrust = status(AskKind::Distrust, Status::Distrusted, None);
    assert_eq!(world.ask(&distrust, None).unwrap().closed, None);
    assert_eq!(world.status(&id(), "qt"), "retired");
    assert_eq!(
        world.ask(&distrust, Some("ann")).unwrap().closed,
        Some("applied")
    );
    assert_eq!(world.status(&id(), "qt"), "distrusted");
    // Taking that back takes two, since it brings a root back.
    let learnt = history(&world.instance.store, &id()).unwrap();
    let record = learnt
        .iter()
        .find(|one| {
            let condemns = |claim: &anchorwatch::judge::trust::Claim| claim.status.condemns();
            one.claim.as_ref().is_some_and(condemns)
                && one.purpose == anchorwatch::domain::Purpose::CodeSigning
        })
        .unwrap();
    let withdraw = build::withdraw(record.id, "it was another key");
    let open = world.ask(&withdraw, Some("ann")).unwrap();
    assert_eq!(open.closed, None);
    assert_eq!(world.status(&id(), "qt"), "distrusted");
    world.confirm(&open, "", Some("bob")).unwrap();
    assert_eq!(world.status(&id(), "qt"), "retired");
    // A proposal that is turned down does nothing.
    let open = world.ask(&withdraw, Some("ann")).unwrap();
    let (bob, now) = (world.key("bob"), world.now());
    let speaker = Speaker::Key(&bob);
    let outcome = reject(&mut world.instance, open.id, &speaker, "no", now).unwrap();
    assert_eq!(outcome.closed, Some("rejected"));
    let late = world.confirm(&open, "", Some("bob"));
    assert!(matches!(late, Err(ChangeError::Closed { .. })));
    world.end();
}

#[test]
fn a_fingerprint_is_typed_in_any_grouping() {
    let known = vec!["0123456789abcdef".repeat(4)];
    for typed in [
        "0123456789abcdef".repeat(4),
        "0123 4567 89AB CDEF ".repeat(4),
        "01:23:45:67:89:ab:cd:ef:".repeat(4),
        "01-23-45-67-89-ab-cd-ef\n".repeat(4),
    ] {
        assert_eq!(compare_fingerprint(&typed, &known), Ok(()), "{typed}");
    }
    let mut near = "0123456789abcdef".repeat(4);
    near.replace_range(5..6, "6");
    assert_eq!(
        compare_fingerprint(&near, &known),
        Err(FingerprintError::Near { wrong: 1, first: 6 })
    );
    assert_eq!(
        compare_fingerprint(&near[..63], &known),
        Err(FingerprintError::Length { digits: 63 })
    );
}

#[test]
fn the_instance_hands_over_to_a_new_key() {
    let mut world = World::new();
    let path = world.path();
    let old = fs::read(key_path(&path)).unwrap();
    let now = world.now();
    world.instance.rotate_key(now, "user:test(0)").unwrap();
    let new = fs::read(key_path(&path)).unwrap();
    assert_ne!(old, new);
    let patience = std::time::Duration::from_secs(5);
    // Cut off after the store had the new key and before the file was in its place.
    let mut staged = key_path(&path).into_os_string();
    staged.push(".new");
    fs::rename(key_path(&path), &staged).unwrap();
    fs::write(key_path(&path), &old).unwrap();
    let instance = Instance::open(&path, patience).unwrap();
    assert_eq!(fs::read(key_path(&path)).unwrap(), new);
    drop(instance);
    // A key that is gone is not replaced by another.
    fs::remove_file(key_path(&path)).unwrap();
    assert!(Instance::open(&path, patience).is_err());
    assert!(!key_path(&path).exists());
    world.end();
}
