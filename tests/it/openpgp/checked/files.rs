//! Detached signatures, lists and clearsigned texts.

use sequoia_openpgp::types::{HashAlgorithm, ReasonForRevocation};

use super::super::attacks::{clearsigned, version_3};
use super::super::policy::revoke;
use super::*;

const DATA: &[u8] = b"the release\n";

/// One detached signature beside the release.
fn detached(signature: &[u8], view: &dyn View) -> String {
    judged(&[("release", DATA), ("release.sig", signature)], view)
}

#[test]
fn a_detached_signature_is_judged_by_the_record_of_its_primary_key() {
    let cert = with_subkey("2024-01-01");
    let other = with_subkey("2024-01-01");
    let signature = sign(&cert, DATA, "2026-06-01");
    let text = armoured("SIGNATURE", &signature);
    let known = view(&[key("acme", &cert), key("other", &other)]);
    for (name, bytes) in [
        ("release.asc", &text),
        ("release.sig", &text),
        ("release.sign", &text),
        ("release.gpg", &signature),
        ("release.sig", &signature),
    ] {
        assert_eq!(
            judged(&[("release", DATA), (name, bytes)], &known),
            "anchored"
        );
        let forged = judged(&[("release", b"another"), (name, bytes)], &known);
        assert_eq!(forged, "invalid signature-bad", "{name}");
    }
    let foreign = sign(&other, DATA, "2026-06-01");
    assert_eq!(detached(&foreign, &known), "foreign foreign-signer");
    let two = [signature.clone(), foreign].concat();
    assert_eq!(
        detached(&two, &known),
        "anchored foreign-signer other-signature"
    );
}

#[test]
fn a_key_that_nobody_announced_is_no_forgery() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &with_subkey("2020-01-01"))]);
    let signature = sign(&cert, DATA, "2026-06-01");
    assert_eq!(detached(&signature, &known), "unanchored key-not-at-hand");
    // The prefix of the digest in the packet does not fit, and still nothing was computed.
    let forged = judged(
        &[("release", b"another"), ("release.sig", &signature)],
        &known,
    );
    assert_eq!(forged, "unanchored key-not-at-hand");

    let (folder, path) = write(&[
        ("release", DATA),
        ("release.sig", &signature),
        ("vendor.asc", &armoured("PUBLIC KEY BLOCK", &public(&cert))),
        ("forged", b"another"),
        ("forged.sig", &signature),
    ]);
    let mut asked = request(&path);
    asked.keys = vec![folder.path().join("vendor.asc")];
    assert_eq!(told(&checked(&asked, &known)), "unanchored unknown-key");
    asked.paths = vec![folder.path().join("forged")];
    assert_eq!(told(&checked(&asked, &known)), "invalid signature-bad");
}

#[test]
fn a_key_known_by_its_fingerprint_alone_is_recognised_and_verifies_nothing() {
    let (old, new) = (with_subkey("2020-01-01"), with_subkey("2026-01-01"));
    let [old_id, new_id] = [&old, &new].map(|cert| read(&public(cert)).fingerprint());
    let rotation = format!(
        "id = \"ACME-2026-01\"\nkind = \"key_change\"\nold = [\"openpgp-{old_id}\"]\n\
         new = [\"openpgp-{new_id}\"]\nannounced = 2026-03-01\n\n[[evidence]]\ntype = \"forum\"\n\
         published = 2026-03-01\nsays = \"made for this test\"\n"
    );
    let known = view_with(
        &[
            key("acme", &old),
            Recorded {
                by_fingerprint_only: true,
                ..key("acme", &new)
            },
        ],
        &[("vendors/acme/rotations/2026.toml", rotation)],
    );
    let signature = sign_with(
        &mut primary(&new),
        DATA,
        "2026-06-01",
        HashAlgorithm::SHA256,
    );
    let (_folder, path) = write(&[("release", DATA), ("release.sig", &signature)]);
    let report = checked(&request(&path), &known);
    assert_eq!(
        told(&report),
        "unanchored key-known-by-fingerprint key-not-at-hand rotation-recorded"
    );
    assert_eq!(report.explained.level.word(), "candidate");
    assert_eq!(report.explained.by, ["ACME-2026-01"]);
}

#[test]
fn a_recorded_rotation_explains_a_key_that_holds() {
    let (old, new) = (with_subkey("2020-01-01"), with_subkey("2026-01-01"));
    let [old_id, new_id] = [&old, &new].map(|cert| read(&public(cert)).fingerprint());
    let rotation = format!(
        "id = \"ACME-2026-01\"\nkind = \"key_change\"\nold = [\"openpgp-{old_id}\"]\n\
         new = [\"openpgp-{new_id}\"]\nannounced = 2026-03-01\n"
    );
    let known = view_with(
        &[key("acme", &old)],
        &[("vendors/acme/rotations/2026.toml", rotation)],
    );
    let (folder, path) = write(&[
        ("release", DATA),
        ("release.sig", &sign(&new, DATA, "2026-06-01")),
        ("vendor.gpg", &public(&new)),
    ]);
    let mut asked = request(&path);
    asked.keys = vec![folder.path().join("vendor.gpg")];
    let report = checked(&asked, &known);
    assert_eq!(told(&report), "unanchored rotation-recorded unknown-key");
    assert_eq!(report.verdict.exit_code(), 10);
}

/// Each row: the key, its status and further TOML, when it signed, and what comes out.
#[test]
fn policy_and_life_of_a_key_are_judged_at_the_day_of_signing() {
    let plain = with_subkey("2010-01-01");
    let short = expiring("2024-01-01", 100);
    let weak = rebound_with_sha1(&plain, "2012-01-01");
    let retired = revoke(&plain, "2025-01-01", ReasonForRevocation::KeyRetired);
    let stolen = revoke(&plain, "2025-01-01", ReasonForRevocation::KeyCompromised);
    let waived = "[[policy_exception]]\nwaives = \"weak-binding\"\nrecorded = 2026-11-01\n\
                  until = 2027-01-01\nreason = \"made for this test\"\n";
    let ended = waived.replace("2027-01-01", "2026-11-01");
    let other = waived.replace("weak-binding", "weak-hash");
    let forbidden = waived.replace("weak-binding", "revoked");
    let active = "active 2010-01-01";
    let cases: &[(&Cert, &str, &str, &str, &str)] = &[
        (&plain, active, "", "2026-06-01", "anchored"),
        (
            &short,
            active,
            "",
            "2024-03-01",
            "anchored key-expired-since",
        ),
        (
            &short,
            active,
            "",
            "2024-06-01",
            "unanchored refresh-key-copy",
        ),
        (
            &plain,
            active,
            "",
            "2009-06-01",
            "unanchored openpgp-refused openpgp-refused openpgp-refused",
        ),
        (
            &plain,
            active,
            "",
            "2026-12-24",
            "unanchored openpgp-refused",
        ),
        (
            &weak,
            active,
            "",
            "2014-06-01",
            "anchored openpgp-refused-now openpgp-refused-now",
        ),
        (
            &weak,
            active,
            "",
            "2026-06-01",
            "unanchored openpgp-refused openpgp-refused",
        ),
        (
            &weak,
            active,
            waived,
            "2026-06-01",
            "anchored policy-exception policy-exception",
        ),
        (
            &weak,
            active,
            &ended,
            "2026-06-01",
            "unanchored openpgp-refused openpgp-refused",
        ),
        (
            &weak,
            active,
            &other,
            "2026-06-01",
            "unanchored openpgp-refused openpgp-refused",
        ),
        (
            &retired,
            active,
            "",
            "2024-06-01",
            "anchored key-revoked-since",
        ),
        (&retired, active, "", "2026-06-01", "distrusted key-revoked"),
        (&stolen, active, "", "2024-06-01", "distrusted key-revoked"),
        (
            &stolen,
            active,
            &forbidden,
            "2024-06-01",
            "distrusted key-revoked",
        ),
        (
            &plain,
            "retired 2025-01-01",
            "",
            "2024-06-01",
            "anchored retired-key",
        ),
        (
            &plain,
            "distrusted 2025-01-01",
            "",
            "2024-06-01",
            "distrusted condemned-key",
        ),
        (
            &plain,
            "proposed 2020-01-01",
            "",
            "2024-06-01",
            "unanchored anchor-not-active",
        ),
    ];
    for (cert, status, more, on, expected) in cases {
        let known = view(&[Recorded {
            status,
            more,
            ..key("acme", cert)
        }]);
        let signature = sign(cert, DATA, on);
        let found = detached(&signature, &known);
        assert_eq!(found, *expected, "{status} {on} {more}");
    }
}

#[test]
fn weak_hashes_and_old_packets_vouch_for_nothing() {
    let cert = with_subkey("2010-01-01");
    let known = view(&[key("acme", &cert)]);
    let mut secret = signer(&cert);
    let sha1 = |on: &str, secret: &mut _| sign_with(secret, DATA, on, HashAlgorithm::SHA1);
    assert_eq!(
        detached(&sha1("2026-06-01", &mut secret), &known),
        "unanchored openpgp-refused"
    );
    assert_eq!(
        detached(&sha1("2012-06-01", &mut secret), &known),
        "anchored openpgp-refused-now"
    );
    assert_eq!(
        detached(&version_3(&cert), &known),
        "unanchored signature-unchecked"
    );
    for (broken, expected) in [
        (
            &b"-----BEGIN PGP SIGNATURE-----\n\nabc\n"[..],
            "invalid signature-bad",
        ),
        (
            b"-----BEGIN PGP SIGNATURE-----\nevil\n",
            "invalid signature-bad",
        ),
    ] {
        assert_eq!(detached(broken, &known), expected);
    }
}

#[test]
fn the_newest_copy_decides_and_an_old_one_is_named() {
    let short = expiring("2024-01-01", 100);
    let longer = rebound(&short, "2024-03-01", HashAlgorithm::SHA256, Some(2000));
    let signature = sign(&short, DATA, "2026-06-01");
    // The trust folder has the old copy, the caller the new one, and the other way round.
    for (held, given, expected) in [
        (&short, &longer, "anchored"),
        (&longer, &short, "anchored newer-key-copy"),
    ] {
        let known = view(&[key("acme", held)]);
        let (folder, path) = write(&[
            ("release", DATA),
            ("release.sig", &signature),
            ("vendor.gpg", &public(given)),
        ]);
        let mut asked = request(&path);
        asked.keys = vec![folder.path().join("vendor.gpg")];
        assert_eq!(told(&checked(&asked, &known)), expected);
    }
    let renewal = format!(
        "id = \"ACME-2024-02\"\nkind = \"renewal\"\nold = [\"openpgp-{0}\"]\nnew = [\"openpgp-{0}\"]\n\
         effective = 2024-03-01\ndeadline = 2024-04-10\n",
        read(&public(&short)).fingerprint()
    );
    let known = view_with(
        &[key("acme", &short)],
        &[("vendors/acme/rotations/2024.toml", renewal)],
    );
    let (_folder, path) = write(&[("release", DATA), ("release.sig", &signature)]);
    let report = checked(&request(&path), &known);
    assert_eq!(told(&report), "unanchored refresh-key-copy");
    let refresh = report.signatures[0]
        .findings
        .iter()
        .find(|finding| finding.kind.code() == "refresh-key-copy")
        .map(anchorwatch::render::message)
        .unwrap();
    assert!(
        refresh.ends_with("(ACME-2024-02, old copies fail from 2024-04-10 on)"),
        "{refresh}"
    );
    assert_eq!(
        report.explained.level.word(),
        "none",
        "a renewal is no rotation"
    );
}

#[test]
fn signed_lists_cover_the_files_they_name() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let sum = |data: &[u8]| {
        use sha2::Digest as _;
        sha2::Sha256::digest(data)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    let list = format!("{}  release\n{}  absent\n", sum(DATA), sum(b"x"));
    let signature = sign(&cert, list.as_bytes(), "2026-06-01");
    let clear = clearsigned(list.as_bytes(), &[&cert], "2026-06-01");
    let forged = list.replace(&sum(DATA), &sum(b"evil"));
    let of = |name: &str, data: &[u8], lists: &[(&str, &[u8])]| {
        let mut files = vec![(name, data)];
        files.extend(lists);
        judged(&files, &known)
    };
    let plain: [(&str, &[u8]); 2] = [
        ("app_1.0_SHA256SUMS", list.as_bytes()),
        ("app_1.0_SHA256SUMS.sig", &signature),
    ];
    let inside: [(&str, &[u8]); 1] = [("SHASUMS256.txt.asc", &clear)];
    for lists in [&plain[..], &inside] {
        assert_eq!(of("release", DATA, lists), "anchored");
        let differs = of("release", b"evil", lists);
        assert_eq!(differs, "invalid content-differs");
        assert_eq!(of("stranger", DATA, lists), "unsigned unknown-format");
    }
    let mut edited = plain;
    edited[0].1 = forged.as_bytes();
    assert_eq!(of("release", b"evil", &edited), "invalid signature-bad");
    // The list that a clearsigned text lies beside must be that text.
    for (text, expected) in [
        (list.as_bytes(), "anchored"),
        (forged.as_bytes(), "invalid signature-bad"),
    ] {
        let files = [("SHASUMS256.txt", text), ("SHASUMS256.txt.asc", &clear[..])];
        assert_eq!(judged(&files, &known), expected);
    }
}

#[test]
fn stored_facts_are_judged_again_by_a_key_that_turns_up_later() {
    use anchorwatch::judge::context::Context;
    use anchorwatch::judge::package::judge;
    use anchorwatch::store::Store;
    use std::time::Duration;

    let cert = with_subkey("2024-01-01");
    let nothing = view(&[key("acme", &with_subkey("2020-01-01"))]);
    let (folder, path) = write(&[
        ("release", DATA),
        ("release.sig", &sign(&cert, DATA, "2026-06-01")),
    ]);
    let place = folder.path().join("store.sqlite");
    let store = Store::open(&place, Duration::from_secs(1)).unwrap();
    let report = check(&request(&path), &nothing, Some(store), &Silent)
        .packages
        .remove(0);
    assert_eq!(told(&report), "unanchored key-not-at-hand");
    std::fs::remove_file(&path).unwrap();

    let store = Store::open(&place, Duration::from_secs(1)).unwrap();
    let facts = store
        .readings(report.sha256.unwrap())
        .unwrap()
        .remove(0)
        .facts;
    let known = view(&[key("acme", &cert)]);
    let context = Context {
        view: &known,
        at: at(),
        profile: Profile::Field,
        vendor: Some("acme"),
        product: None,
        witnessed: None,
        lists: None,
        cache: None,
    };
    assert_eq!(told(&judge("release", &facts, &context)), "anchored");
}

/// `explain` by digits, and by a package whose key was announced and is not active yet.
#[test]
fn a_recorded_rotation_is_what_explain_tells() {
    use anchorwatch::service::explain::{ExplainRequest, explain};

    let (old, new) = (with_subkey("2020-01-01"), with_subkey("2026-01-01"));
    let keys = read(&public(&new)).keys();
    let old_id = read(&public(&old)).fingerprint();
    let rotation = format!(
        "id = \"ACME-2026-01\"\nkind = \"key_change\"\nold = [\"openpgp-{old_id}\"]\n\
         new = [\"openpgp-{}\"]\nannounced = 2026-03-01\n",
        keys[0].fingerprint
    );
    let (folder, path) = write(&[
        ("release", DATA),
        ("release.sig", &sign(&new, DATA, "2026-06-01")),
    ]);
    let announced = Recorded {
        status: "announced 2026-03-01",
        ..key("acme", &new)
    };
    let by_digits = Recorded {
        by_fingerprint_only: true,
        ..key("acme", &new)
    };
    let primary = keys[0].fingerprint.to_string();
    let subkey = keys[1].fingerprint.to_string();
    let package = path.display().to_string();
    // The record has no subkeys to know this one by, if not the primary key itself signs.
    let by_primary = folder.path().join("other");
    std::fs::write(&by_primary, DATA).unwrap();
    let signature = sign_with(
        &mut super::super::fixtures::primary(&new),
        DATA,
        "2026-06-01",
        HashAlgorithm::SHA256,
    );
    std::fs::write(folder.path().join("other.sig"), signature).unwrap();
    let by_primary = by_primary.display().to_string();
    for (new, what, level, verdict) in [
        (&announced, &package, "explained", "unanchored"),
        (&announced, &primary, "explained", "unanchored"),
        (&announced, &subkey, "explained", "unanchored"),
        (&by_digits, &by_primary, "candidate", "unanchored"),
        (&by_digits, &primary, "candidate", "unanchored"),
    ] {
        let recorded = [
            key("acme", &old),
            Recorded {
                vendor: new.vendor,
                cert: new.cert,
                status: new.status,
                more: new.more,
                by_fingerprint_only: new.by_fingerprint_only,
            },
        ];
        let known = view_with(
            &recorded,
            &[("vendors/acme/rotations/2026.toml", rotation.clone())],
        );
        let request = ExplainRequest {
            what: what.clone(),
            vendor: Some("acme".to_owned()),
            profile: Profile::Field,
            at: at(),
            known_at: at(),
        };
        let found = explain(&request, &known, None).unwrap();
        assert_eq!(
            (found.level.word(), found.verdict.word()),
            (level, verdict),
            "{what}"
        );
        assert_eq!(found.rotations.len(), 1, "{what}");
    }
}
