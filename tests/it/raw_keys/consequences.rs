//! What a change of trust does to known packages signed by bare keys.

use super::making::{Pair, folder};
use super::{FILE, FolderView, view};
use crate::consequences::world::{World, foretold, told};

/// A folder that knows another key only.
fn other() -> FolderView {
    let other = Pair::new(2, 8);
    let files = folder(&[("other", other.public(), other.id(), "active", "")]);
    FolderView::from_files(&files).unwrap()
}

#[test]
fn a_new_key_finds_what_waited_for_it_and_a_distrust_what_hangs_on_it() {
    let pair = Pair::new(1, 7);
    let anchor = pair.id().parse().unwrap();
    for (kind, signature) in [
        ("minisign", pair.minisign(FILE, "x", true)),
        ("SSHSIG", pair.sshsig(FILE, "file")),
    ] {
        let files = [
            ("f".to_owned(), FILE.to_vec()),
            ("f.sig".to_owned(), signature.into_bytes()),
        ];
        let mut world = World::of(&files, |name| name == "f", &other());
        assert_eq!(foretold(&world.blast(&anchor, None)), "0 change, 0 stay\n");
        world.load(&view("active"));
        let found = "1 touched\nf: unanchored -> anchored";
        assert_eq!(told(&world.follow_up()), found, "{kind}");

        let gone = "1 change, 0 stay\n1 unanchored\n";
        assert_eq!(foretold(&world.blast(&anchor, None)), gone, "{kind}");
        let condemned = "1 change, 0 stay\n1 distrusted\n";
        let (before, after) = ("2026-01-01T00:00:00Z", "2026-11-01T00:00:30Z");
        assert_eq!(foretold(&world.blast(&anchor, Some(before))), condemned);
        // It was seen half a minute before that: a witness.
        let spared = "0 change, 1 stay\n";
        assert_eq!(foretold(&world.blast(&anchor, Some(after))), spared);

        let unrelated = Pair::new(2, 8).id().parse().unwrap();
        world.distrust(&unrelated, before);
        assert_eq!(told(&world.follow_up()), "0 touched\n", "{kind}");
        world.distrust(&anchor, before);
        let found = "1 touched\nf: anchored -> distrusted";
        assert_eq!(told(&world.follow_up()), found, "{kind}");
    }
}
