//! Proofs of continuity: which of them count, and that none ever anchors.

use anchorwatch::domain::{AnchorId, Verdict};
use anchorwatch::formats::openpgp::OpenPgpCertificate;
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::continuity_proof::{Proof, Search, proofs};
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::trust::{FolderView, View};
use anchorwatch::render::{check_text, continuity};
use anchorwatch::service::check::{Silent, check};
use anchorwatch::store::Store;
use jiff::Timestamp;
use proptest::prelude::*;

use crate::making::authority::{Key, Role, Wish};
use crate::making_trust::TrustFolder;

const SEEN: &str = "2026-06-01";

fn wish(name: &str) -> Wish<'_> {
    Wish {
        common_name: name,
        organisation: "Bosun",
        serial: 7,
        years: (2015, 2040),
        role: Role::Authority,
    }
}

/// The old root; the new one, and its key under its name by the old one.
struct World {
    old: Certificate,
    new: Certificate,
    cross: Certificate,
}

fn world() -> World {
    let (old, new) = (Key::ed25519(41), Key::ed25519(42));
    World {
        old: wish("G1").self_signed(&old),
        new: wish("G2").self_signed(&new),
        cross: wish("G2").issued(&new, &wish("G1"), &old),
    }
}

fn vendor_root(timeline: &[&str]) -> FolderView {
    TrustFolder::default()
        .vendor("bosun", "")
        .root("vendors/bosun/roots", &world().old, timeline)
        .view()
}

fn instant(day: &str) -> Timestamp {
    format!("{day}T12:00:00Z").parse().unwrap()
}

fn search<'a>(view: &'a dyn View, certificates: &'a [Certificate]) -> Search<'a> {
    Search {
        certificates,
        openpgp: &[],
        view,
        vendor: None,
        established: Some(instant(SEEN)),
        at: instant("2026-11-01"),
        profile: Profile::Field,
        cache: None,
    }
}

/// `cross-certificate bosun`, with the codes of its doubts behind.
fn told(proofs: &[Proof]) -> Vec<String> {
    proofs
        .iter()
        .map(|proof| {
            let vendor = proof.vendor.as_deref().unwrap_or("nobody");
            let doubts = proof.doubts.iter().map(|doubt| doubt.code());
            let parts = [proof.kind.code(), vendor].into_iter().chain(doubts);
            parts.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

#[test]
fn a_cross_certificate_counts_under_the_conditions_of_the_design() {
    let World { old, new, cross } = world();
    let both = [new.clone(), cross.clone()];
    let active = vendor_root(&["active 2015-01-01"]);
    let of = |view: &dyn View, vendor, established: Option<&str>| {
        let search = Search {
            vendor,
            established: established.map(instant),
            ..search(view, &both)
        };
        told(&proofs(&search))
    };
    assert_eq!(of(&active, None, Some(SEEN)), ["cross-certificate bosun"]);
    assert_eq!(
        of(&active, Some("bosun"), Some(SEEN)),
        ["cross-certificate bosun"]
    );
    assert_eq!(
        of(&active, Some("acme"), Some(SEEN)),
        ["cross-certificate bosun other-vendor"]
    );
    assert_eq!(
        of(&active, None, None),
        ["cross-certificate bosun time-unestablished"]
    );
    for (timeline, expected) in [
        // Seen while it was in use, retired since: it still vouches.
        (vec!["active 2015-01-01", "retired 2026-09-01"], ""),
        (
            vec!["active 2015-01-01", "retired 2026-01-01"],
            " not-active-then",
        ),
        (vec!["active 2026-08-01"], " not-active-then"),
        (vec!["announced 2015-01-01"], " not-active-then"),
        (
            vec!["active 2015-01-01", "distrusted 2026-09-01"],
            " condemned",
        ),
        (
            vec!["active 2015-01-01", "revoked 2026-01-01"],
            " condemned",
        ),
        // Told for the future: its holder may be somebody else already.
        (
            vec!["active 2015-01-01", "distrusted 2027-01-01"],
            " condemned",
        ),
    ] {
        let view = vendor_root(&timeline);
        let expected = format!("cross-certificate bosun{expected}");
        assert_eq!(of(&view, None, Some(SEEN)), [expected], "{timeline:?}");
    }
    let shared = TrustFolder::default()
        .vendor("bosun", "")
        .root("shared/roots", &old, &["active 2015-01-01"])
        .link("bosun", &old, &["active 2015-01-01"])
        .view();
    let seen = of(&shared, None, Some(SEEN));
    assert_eq!(seen, ["cross-certificate nobody shared-anchor"]);
    // A key that is trusted needs no proof.
    let known = TrustFolder::default()
        .vendor("bosun", "")
        .root("vendors/bosun/roots", &old, &["active 2015-01-01"])
        .root("vendors/bosun/roots", &new, &["active 2026-01-01"])
        .view();
    assert_eq!(of(&known, None, Some(SEEN)), Vec::<String>::new());
}

#[test]
fn what_only_looks_like_a_proof_is_none() {
    let World { old, new, cross } = world();
    let view = vendor_root(&["active 2015-01-01"]);
    let (old_key, new_key, thief) = (Key::ed25519(41), Key::ed25519(42), Key::ed25519(43));
    let none: Vec<String> = vec![];
    let of = |certificates: &[Certificate]| told(&proofs(&search(&view, certificates)));

    // A CA of the old one's name, with a key of its own.
    let forged = wish("G2").issued(&new_key, &wish("G1"), &thief);
    let namesake = wish("G1").self_signed(&thief);
    assert_eq!(of(&[new.clone(), forged, namesake]), none);
    // An intermediate is no root, whatever else came along.
    let intermediate = wish("Issuing CA").issued(&thief, &wish("G1"), &old_key);
    assert_eq!(of(&[intermediate.clone(), new.clone()]), none);
    // A root of the intermediate's name with another key.
    let other = wish("Issuing CA").self_signed(&new_key);
    assert_eq!(of(&[intermediate, other]), none);
    // An end entity that calls itself a root.
    let leaf = Wish {
        role: Role::CodeSigner,
        ..wish("G2")
    };
    assert_eq!(
        of(&[new.clone(), leaf.issued(&new_key, &wish("G1"), &old_key)]),
        none
    );
    // The new key vouches for the old one, which anybody's key can.
    let backwards = wish("G1").issued(&old_key, &wish("G2"), &new_key);
    assert_eq!(of(&[old, new.clone(), backwards]), none);
    // Alone, it is not said to be a root.
    assert_eq!(of(std::slice::from_ref(&cross)), none);
    // Out of its time.
    let past = Wish {
        years: (2015, 2020),
        ..wish("G2")
    };
    let past = past.issued(&new_key, &wish("G1"), &old_key);
    assert_eq!(of(&[new, past]), ["cross-certificate bosun broken"]);
}

#[test]
fn a_ca_that_changes_its_key_under_one_name_is_a_link() {
    let (old_key, new_key) = (Key::ed25519(41), Key::ed25519(44));
    let view = vendor_root(&["active 2015-01-01"]);
    let new_with_new = wish("G1").self_signed(&new_key);
    let new_with_old = wish("G1").issued(&new_key, &wish("G1"), &old_key);
    let old_with_new = wish("G1").issued(&old_key, &wish("G1"), &new_key);
    let of = |certificates: &[Certificate]| told(&proofs(&search(&view, certificates)));
    assert_eq!(
        of(&[
            new_with_new.clone(),
            new_with_old.clone(),
            old_with_new.clone()
        ]),
        ["link-certificate bosun"]
    );
    assert_eq!(of(&[new_with_new, old_with_new]), Vec::<String>::new());
    assert_eq!(of(&[new_with_old]), ["link-certificate bosun"]);
}

#[test]
fn both_fingerprints_are_told_whole() {
    let World { old, new, cross } = world();
    let both = [new.clone(), cross];
    let view = vendor_root(&["active 2015-01-01"]);
    let text = continuity(&proofs(&search(&view, &both)));
    for certificate in [old, new] {
        let id = AnchorId::X509(certificate.spki_sha256()).to_string();
        assert!(text.contains(&id), "{text}");
    }
    insta::assert_snapshot!(text, @r"
    continuity-proof: bosun's anchor x509-1efa7837e4f1abfc8f01b6e0e0c739c2aeef0e45c8024b131b026dd7793d52d1 vouches for the key x509-5e3dc044c49e00e0a435a277126d8a4e1fced3d0b1f781686df24139ac528a4b (by a cross-certificate)
      next: have the vendor read the new fingerprint out, by a contact known before; then propose the key
    ");
    let unseen = Search {
        established: None,
        ..search(&view, &both)
    };
    insta::assert_snapshot!(continuity(&proofs(&unseen)), @r"
    continuity-doubtful: x509-1efa7837e4f1abfc8f01b6e0e0c739c2aeef0e45c8024b131b026dd7793d52d1 certified the key x509-5e3dc044c49e00e0a435a277126d8a4e1fced3d0b1f781686df24139ac528a4b (by a cross-certificate), which proves nothing: nobody but its maker says when it was made
      next: do not take it for the vendor's word; ask by a contact known before
    ");
}

mod openpgp {
    //! Certifications between OpenPGP keys.

    use super::*;
    use crate::openpgp::continuity::*;

    fn of(view: &dyn View, new: &[OpenPgpCertificate]) -> Vec<String> {
        let search = Search {
            openpgp: new,
            ..search(view, &[])
        };
        told(&proofs(&search))
    }

    #[test]
    fn an_old_key_that_certifies_the_new_one_vouches_for_it() {
        let made = Keys::new();
        let view = made.view("active 2019-01-01");
        let none: Vec<String> = vec![];
        let yes = ["openpgp-certification acme"];
        assert_eq!(of(&view, &[made.certified("2026-03-01")]), yes);
        assert_eq!(of(&view, &[made.uncertified()]), none);
        assert_eq!(of(&view, &[made.certified_by_stranger("2026-03-01")]), none);
        // Dated after the judgement: not yet.
        assert_eq!(of(&view, &[made.certified("2027-03-01")]), none);
        assert_eq!(
            of(&view, &[made.taken_back("2026-03-01", "2026-04-01")]),
            none
        );
        assert_eq!(of(&view, &[made.with_user_id_revoked("2026-03-01")]), none);
        let distrusted = made.view("distrusted 2026-09-01");
        let told = of(&distrusted, &[made.certified("2026-03-01")]);
        assert_eq!(
            told,
            ["openpgp-certification acme not-active-then condemned"]
        );
        let revoked = made.view_of(&made.old_revoked(true), "active 2019-01-01");
        let told = of(&revoked, &[made.certified("2026-03-01")]);
        assert_eq!(told, ["openpgp-certification acme broken"]);
        // Retired when it had done its work.
        let retired = made.view_of(&made.old_revoked(false), "active 2019-01-01");
        let told = of(&retired, &[made.certified("2026-03-01")]);
        assert_eq!(told, yes);
        let expired = made.view_of(made.short_lived(), "active 2019-01-01");
        let told = of(&expired, &[made.certified_by_short_lived("2026-02-01")]);
        assert_eq!(told, ["openpgp-certification acme broken"]);
    }

    #[test]
    fn a_file_signed_by_the_new_key_is_explained_once_it_was_seen() {
        let made = Keys::new();
        let view = made.view("active 2019-01-01");
        let (folder, request) = made.package("2026-03-01");
        let place = folder.path().join("facts.sqlite3");
        let open = || Store::open(&place, std::time::Duration::from_secs(5)).unwrap();
        let judge = |store| check(&request, &view, store, &Silent).packages.remove(0);
        // Nobody has seen it before: its maker may have made it a moment ago.
        let first = judge(Some(open()));
        assert_eq!(first.verdict, Verdict::Unanchored);
        let second = judge(Some(open()));
        assert_eq!(second.verdict, Verdict::Explained);
        assert_eq!(second.vendor.as_deref(), Some("acme"));
        assert_eq!(second.explained.by.len(), 1);
        let text = |report| {
            let text = check_text(&[report], 0, anchorwatch::render::Palette::default());
            made.without_own_ids(&text, folder.path())
        };
        insta::assert_snapshot!(text(first), @r"
        release.tar.zst.bin: unanchored
          signature  openpgp in release.tar.zst.bin.sig, crypto good, unanchored; covers the whole file
          key        NEW in groups of four
                     by its subkey NEW in groups of four
                     Example Vendor <release@example.test>
          known      no
          policy     nothing against it when signed; nothing now
          time       2026-05-01T12:00:00Z, claimed by the signer alone
          warning [unknown-key] the signature holds, and nobody here knows its key: OpenPGP NEW
            next: ask the vendor, by a phone number you already had, for this key's fingerprint
          note [continuity-doubtful] openpgp-OLD certified the key openpgp-NEW (by certifying its user id), which proves nothing: nobody but its maker says when it was made
            next: do not take it for the vendor's word; ask by a contact known before
        ");
        insta::assert_snapshot!(text(second), @r"
        release.tar.zst.bin: unanchored, explained (acme)
          signature  openpgp in release.tar.zst.bin.sig, crypto good, unanchored; covers the whole file
          key        NEW in groups of four
                     by its subkey NEW in groups of four
                     Example Vendor <release@example.test>
          known      no
          policy     nothing against it when signed; nothing now
          time       2026-11-22T12:00:00Z, witnessed by this store, which saw these bytes then
          warning [unknown-key] the signature holds, and nobody here knows its key: OpenPGP NEW
            next: ask the vendor, by a phone number you already had, for this key's fingerprint
          note [continuity-proof] acme's anchor openpgp-OLD vouches for the key openpgp-NEW (by certifying its user id)
            next: have the vendor read the new fingerprint out, by a contact known before; then propose the key
        ");
    }
}

proptest! {
    /// Whatever came along, a proof never counts unless the old anchor was active then and is not
    /// condemned, and one that counts names a key that is no anchor.
    #[test]
    fn a_proof_needs_an_anchor_in_use(
        which in proptest::sample::subsequence(vec![0_usize, 1, 2, 3], 0..=4),
        from in 2010_i16..2030,
        then in proptest::option::of((0_usize..4, 2010_i16..2030)),
        seen in proptest::option::of(2015_i16..2030),
    ) {
        let World { old, new, cross } = world();
        let link = wish("G1").issued(&Key::ed25519(44), &wish("G1"), &Key::ed25519(41));
        let all = [old, new, cross, link];
        let along: Vec<Certificate> = which.iter().map(|place| all[*place].clone()).collect();
        let words = ["active", "retired", "distrusted", "revoked"];
        let mut timeline = vec![format!("active {from}-01-01")];
        if let Some((word, year)) = then {
            if year <= from {
                return Ok(());
            }
            timeline.push(format!("{} {year}-01-01", words[word]));
        }
        let timeline: Vec<&str> = timeline.iter().map(String::as_str).collect();
        let view = vendor_root(&timeline);
        let search = Search {
            established: seen.map(|year| instant(&format!("{year}-06-01"))),
            at: instant("2030-06-01"),
            ..search(&view, &along)
        };
        for proof in proofs(&search) {
            prop_assert!(view.anchor(&proof.new).is_none());
            let in_use = seen.is_some_and(|year| {
                year >= from && then.is_none_or(|(word, end)| word == 0 || year < end)
            });
            let condemned = then.is_some_and(|(word, _)| word >= 2);
            prop_assert_eq!(proof.counts(), in_use && !condemned);
        }
    }
}
