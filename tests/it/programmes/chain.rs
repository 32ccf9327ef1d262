//! TUF roots: what a chain of versions must hold, and what does not pass for one.

use anchorwatch::formats::programme::ProgrammeFile;
use anchorwatch::formats::programme::tuf::TufRoot;

use super::formats::at;
use super::making::{tuf, tuf_of, tuf_signed};

fn read(bytes: &[u8]) -> TufRoot {
    match anchorwatch::formats::programme::read("root.json", bytes, at()).unwrap() {
        ProgrammeFile::Tuf(root) => *root,
        other => panic!("{other:?}"),
    }
}

const OLD: [(&str, u8); 3] = [("a", 1), ("b", 2), ("c", 3)];

#[test]
fn a_version_needs_a_threshold_of_both_key_sets() {
    let first = read(&tuf_of(1, &OLD, &OLD));
    let next = [("c", 3), ("d", 4), ("e", 5)];
    /// Name, signers as id and seed, and whether the own and the older keys suffice.
    type Case<'a> = (&'a str, &'a [(&'a str, u8)], bool, bool);
    let cases: [Case<'_>; 7] = [
        ("all", &[("a", 1), ("b", 2), ("c", 3), ("d", 4)], true, true),
        ("the new ones alone", &[("d", 4), ("e", 5)], true, false),
        ("the old ones alone", &[("a", 1), ("b", 2)], false, true),
        (
            "two of each with one in both",
            &[("a", 1), ("c", 3), ("d", 4)],
            true,
            true,
        ),
        (
            "one key twice",
            &[("a", 1), ("a", 1), ("c", 3)],
            false,
            true,
        ),
        (
            "a key that neither lists",
            &[("z", 9), ("a", 1), ("d", 4)],
            false,
            false,
        ),
        (
            "another's key under a listed id",
            &[("a", 9), ("b", 9), ("c", 9), ("d", 9)],
            false,
            false,
        ),
    ];
    for (name, signers, own, before) in cases {
        let root = read(&tuf_of(2, &next, signers));
        assert_eq!(root.signed_by(&root).is_ok(), own, "{name}");
        assert_eq!(root.signed_by(&first).is_ok(), before, "{name}");
    }
}

#[test]
fn one_key_under_two_ids_counts_once() {
    let twice = [("a", 1), ("b", 1), ("c", 2)];
    let root = read(&tuf_of(1, &twice, &[("a", 1), ("b", 1)]));
    let error = root.signed_by(&root).unwrap_err();
    assert_eq!((error.found, error.threshold), (1, 2));
    let root = read(&tuf_of(1, &twice, &[("a", 1), ("c", 2)]));
    assert_eq!(root.signed_by(&root), Ok(()));
}

#[test]
fn a_renamed_key_still_vouches() {
    let first = read(&tuf_of(1, &OLD, &OLD));
    let renamed = [("x", 1), ("y", 2), ("z", 3)];
    // Signed under the new ids only, and under the old ones only.
    for signers in [renamed, OLD] {
        let root = read(&tuf_of(2, &renamed, &signers));
        assert_eq!(root.signed_by(&first), Ok(()), "{signers:?}");
        assert_eq!(root.signed_by(&root).is_ok(), signers == renamed);
    }
}

#[test]
fn a_changed_byte_voids_the_signatures() {
    let roles = ["root", "snapshot", "targets", "timestamp"].map(|role| (role, 2, &OLD[..]));
    let signed = tuf_signed(1, &roles);
    let bytes = String::from_utf8(tuf(&signed, &OLD)).unwrap();
    let forged = bytes.replacen("2030-01-01", "2031-01-01", 1);
    assert_ne!(bytes, forged);
    let root = read(forged.as_bytes());
    assert_eq!(root.signed_by(&root).unwrap_err().found, 0);
}

#[test]
fn malformed_roles_are_refused_with_their_path() {
    let role = |name, threshold, keys| (name, threshold, keys);
    let whole = ["root", "snapshot", "targets", "timestamp"].map(|name| role(name, 2, &OLD[..]));
    let mut nameless = tuf_signed(1, &whole);
    nameless["roles"]["root"]["keyids"][0] = "nobody".into();
    let mut none = tuf_signed(1, &whole);
    none["roles"]["root"]["threshold"] = 0.into();
    let mut fraction = tuf_signed(1, &whole);
    fraction["consistent_snapshot"] = 1.5.into();
    let mut other = tuf_signed(1, &whole);
    other["keys"]["a"]["keyval"]["public"] = "00".into();
    let cases = [
        (
            nameless,
            "signed.roles.root.keyids[0]: the id of a key that is not listed",
        ),
        (none, "signed.roles.root.threshold: a threshold of none"),
        (
            fraction,
            "signed: a number that is not whole cannot be signed",
        ),
        (other, "signed.keys.a.keyval.public: not a key of its type"),
        (tuf_signed(1, &whole[..2]), "signed.roles.targets: missing"),
        (tuf_signed(0, &whole), "signed.version: not a version"),
    ];
    for (signed, expected) in cases {
        let bytes = tuf(&signed, &OLD);
        let found = anchorwatch::formats::programme::read("root.json", &bytes, at())
            .unwrap_err()
            .to_string();
        assert_eq!(found, expected);
    }
}
