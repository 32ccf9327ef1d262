//! What a change of trust does to known packages whose signature is OpenPGP.

use anchorwatch::domain::AnchorId;

use super::*;
use crate::consequences::world::{World, foretold, told as changes};

const DATA: &[u8] = b"the release\n";

/// What `release` is in the store, at first by a key that nobody knows.
fn known(signer: &Cert, trust: &FolderView) -> World {
    let files = [
        ("release".to_owned(), DATA.to_vec()),
        ("release.sig".to_owned(), sign(signer, DATA, "2026-06-01")),
    ];
    World::of(&files, |name| name == "release", trust)
}

#[test]
fn a_new_key_finds_what_waited_for_it_and_a_distrust_what_hangs_on_it() {
    let cert = with_subkey("2024-01-01");
    let other = with_subkey("2020-01-01");
    let anchor = AnchorId::OpenPgp(read(&public(&cert)).fingerprint());
    let mut world = known(&cert, &view(&[key("acme", &other)]));
    assert_eq!(foretold(&world.blast(&anchor, None)), "0 change, 0 stay\n");

    world.load(&view(&[key("acme", &other), key("acme", &cert)]));
    let found = "1 touched\nrelease: unanchored -> anchored";
    assert_eq!(changes(&world.follow_up()), found);
    let gone = "1 change, 0 stay\n1 unanchored\n";
    assert_eq!(foretold(&world.blast(&anchor, None)), gone);
    let (before, after) = ("2026-01-01T00:00:00Z", "2026-11-01T00:00:30Z");
    let condemned = "1 change, 0 stay\n1 distrusted\n";
    assert_eq!(foretold(&world.blast(&anchor, Some(before))), condemned);
    // It was seen half a minute before that: a witness.
    let spared = "0 change, 1 stay\n";
    assert_eq!(foretold(&world.blast(&anchor, Some(after))), spared);

    let unrelated = AnchorId::OpenPgp(read(&public(&other)).fingerprint());
    world.distrust(&unrelated, before);
    assert_eq!(changes(&world.follow_up()), "0 touched\n");
    world.distrust(&anchor, before);
    let found = "1 touched\nrelease: anchored -> distrusted";
    assert_eq!(changes(&world.follow_up()), found);
}
