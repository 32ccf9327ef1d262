//! A vendor's next root, vouched for by its last: told, and promoted only where policy says so.

use std::fs;

use anchorwatch::domain::{AnchorId, Status};
use anchorwatch::formats::trust_folder::ValidFromIs;
use anchorwatch::formats::trust_folder::write::{FirstStatus, certificates_pem};
use anchorwatch::formats::x509::Certificate;
use anchorwatch::service::catalogue::history;
use anchorwatch::service::change::{Ask, build};

use super::{World, spoken};
use crate::making::authority::{Key, Role, Wish};

fn wish(name: &str) -> Wish<'_> {
    Wish {
        common_name: name,
        organisation: "Qt",
        serial: 9,
        years: (2015, 2040),
        role: Role::Authority,
    }
}

fn first() -> Certificate {
    wish("First").self_signed(&Key::ed25519(81))
}

fn second() -> Certificate {
    wish("Second").self_signed(&Key::ed25519(82))
}

fn id(certificate: &Certificate) -> AnchorId {
    AnchorId::X509(certificate.spki_sha256())
}

fn asks(world: &mut World, certificates: &[Certificate]) -> Ask {
    let file = world.folder.path().join("next.pem");
    fs::write(&file, certificates_pem(certificates)).unwrap();
    let status = FirstStatus {
        status: Status::Active,
        valid_from: jiff::civil::date(2026, 9, 1),
        valid_from_is: ValidFromIs::Stated,
        recorded: jiff::civil::date(2026, 10, 1),
        evidence: vec!["the vendor's letter".to_owned()],
        says: String::new(),
    };
    let now = world.now();
    build::root(&world.view(None), "qt", &file, &status, now)
        .unwrap()
        .0
}

/// With the first root confirmed by two people.
fn with_first() -> World {
    let mut world = World::with_people();
    let ask = asks(&mut world, &[first()]);
    assert_eq!(ask.proven_by, None);
    let proposed = world.ask(&ask, Some("ann")).unwrap();
    let read_out = first().sha256().to_string();
    let done = world.confirm(&proposed, &read_out, Some("bob")).unwrap();
    assert_eq!(done.closed, Some("applied"));
    world
}

fn cross(issuer_seed: u8) -> Certificate {
    wish("Second").issued(
        &Key::ed25519(82),
        &wish("First"),
        &Key::ed25519(issuer_seed),
    )
}

#[test]
fn a_proof_is_evidence_and_promotes_nothing_by_itself() {
    let mut world = with_first();
    let ask = asks(&mut world, &[second(), cross(81)]);
    assert_eq!(ask.proven_by, Some(id(&first()).to_string()));
    let proposed = world.ask(&ask, Some("ann")).unwrap();
    assert_eq!(proposed.closed, None);
    assert_eq!(world.status(&id(&second()), "qt"), "none");
    let read_out = second().sha256().to_string();
    let done = world.confirm(&proposed, &read_out, Some("bob")).unwrap();
    assert_eq!(done.closed, Some("applied"));
    let learnt = history(&world.instance.store, &id(&second())).unwrap();
    let evidence = learnt[0].claim.clone().unwrap().evidence;
    let proof = format!(
        "continuity-proof: cross-certificate by {}, seen 2026-10-01",
        id(&first())
    );
    assert!(evidence.contains(&proof), "{evidence:?}");
    world.end();
}

#[test]
fn where_policy_allows_it_the_last_root_brings_in_the_next() {
    let mut world = with_first();
    world.policy.promote_continuity_proof = true;
    // By a key of the same name, or without anything: people are needed.
    for certificates in [vec![second()], vec![second(), cross(83)]] {
        let ask = asks(&mut world, &certificates);
        assert_eq!(ask.proven_by, None);
        let proposed = world.ask(&ask, Some("ann")).unwrap();
        assert_eq!(proposed.closed, None);
    }
    let ask = asks(&mut world, &[second(), cross(81)]);
    let done = world.ask(&ask, Some("ann")).unwrap();
    assert_eq!(done.closed, Some("applied"));
    assert_eq!(done.tally.promoted_by, Some(id(&first()).to_string()));
    assert_eq!(world.status(&id(&second()), "qt"), "active");
    let learnt = history(&world.instance.store, &id(&second())).unwrap();
    let evidence = learnt[0].claim.clone().unwrap().evidence;
    let by = format!(
        "continuity-proof by {}, by policy without people",
        id(&first())
    );
    assert!(evidence.contains(&by), "{evidence:?}");
    world.end();
}

#[test]
fn a_proposal_from_before_is_not_promoted_when_policy_changes() {
    let mut world = with_first();
    let ask = asks(&mut world, &[second(), cross(81)]);
    let proposed = world.ask(&ask, Some("ann")).unwrap();
    world.policy.promote_continuity_proof = true;
    let (ann, now) = (world.key("ann"), world.now());
    let again = anchorwatch::service::change::confirm(
        &mut world.instance,
        proposed.id,
        &spoken(&second().sha256().to_string()),
        &anchorwatch::service::change::Speaker::Key(&ann),
        &world.policy,
        now,
    )
    .unwrap();
    assert_eq!(again.closed, None);
    world.end();
}
