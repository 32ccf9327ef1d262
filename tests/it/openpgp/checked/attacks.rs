//! The right column of the formats' table: each attack built, and what `check` says of it.

use sequoia_openpgp::packet::prelude::*;
use sequoia_openpgp::types::{HashAlgorithm, KeyFlags, SignatureType};

use super::super::attacks::clearsigned;
use super::*;

const INDEX: &str = "Origin: Acme\nSuite: stable\nSHA256:\n e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 a";

#[test]
fn nothing_is_taken_from_outside_the_signed_block() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let good = String::from_utf8(clearsigned(INDEX.as_bytes(), &[&cert], "2026-06-01")).unwrap();
    let evil = good.replace("Origin: Acme", "Origin: Evil");
    for (file, expected) in [
        (good.clone(), "anchored"),
        (evil.clone(), "invalid signature-bad"),
        (
            format!("Origin: Evil\n\n{good}"),
            "refused cleartext-text-before",
        ),
        (
            format!("{good}Origin: Evil\n"),
            "refused cleartext-text-after",
        ),
        (format!("{good}{good}"), "refused cleartext-second-block"),
        (format!("{evil}{good}"), "refused cleartext-second-block"),
        (
            good.replacen("Hash:", "NotDashEscaped: You need GnuPG\nHash:", 1),
            "refused cleartext-header",
        ),
        (
            good.replace("Suite", "Suite: evil\nSuite"),
            "refused release-ambiguous signature-bad",
        ),
    ] {
        assert_eq!(judged(&[("InRelease", file.as_bytes())], &known), expected);
    }
    // Text in front of the block, as much as an editor would show on a page.
    let hidden = format!("{}{good}", "Origin: Evil\n".repeat(200));
    assert_eq!(
        judged(&[("InRelease", hidden.as_bytes())], &known),
        "refused cleartext-text-before"
    );
}

#[test]
fn a_binary_signature_behind_a_cleartext_counts_for_nothing() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let text = b"Suite: stable";
    let body = armoured("SIGNATURE", &sign(&cert, text, "2026-06-01"));
    let body = String::from_utf8(body).unwrap();
    let document =
        format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSuite: stable\n{body}");
    assert_eq!(
        judged(&[("text.asc", document.as_bytes())], &known),
        "unanchored signature-unchecked"
    );
}

/// A subkey of the attacker in the vendor's certificate, never bound or bound for something else.
#[test]
fn a_subkey_signs_only_when_its_primary_key_says_so() {
    let vendor = with_subkey("2024-01-01");
    let attacker = with_subkey("2024-01-01");
    let stranger = attacker
        .keys()
        .subkeys()
        .secret()
        .next()
        .unwrap()
        .key()
        .clone();
    let unbound = vendor
        .clone()
        .insert_packets(vec![Packet::from(stranger.clone())])
        .unwrap()
        .0;
    let known = view(&[key("acme", &vendor)]);
    let with_key = |cert: &Cert, signature: &[u8], view: &dyn View| {
        let (folder, path) = write(&[
            ("release", b"evil"),
            ("release.sig", signature),
            ("vendor.gpg", &public(cert)),
        ]);
        let mut asked = request(&path);
        asked.keys = vec![folder.path().join("vendor.gpg")];
        told(&checked(&asked, view))
    };
    let signature = sign(&attacker, b"evil", "2026-06-01");
    let found = with_key(&unbound, &signature, &known);
    assert_eq!(found, "unanchored openpgp-refused");

    // Bound by the vendor itself, for encryption alone.
    let mut secret = primary(&vendor);
    let subkey = vendor
        .keys()
        .subkeys()
        .secret()
        .next()
        .unwrap()
        .key()
        .clone();
    let builder = SignatureBuilder::new(SignatureType::SubkeyBinding)
        .set_hash_algo(HashAlgorithm::SHA256)
        .set_signature_creation_time(system(day("2024-02-01")))
        .unwrap()
        .set_key_flags(KeyFlags::empty().set_storage_encryption())
        .unwrap();
    let binding = subkey.bind(&mut secret, &vendor, builder).unwrap();
    let encrypting = vendor
        .clone()
        .insert_packets(vec![Packet::from(binding)])
        .unwrap()
        .0;
    let other = view(&[key("acme", &encrypting)]);
    let signature = sign(&vendor, b"evil", "2026-06-01");
    let found = with_key(&encrypting, &signature, &other);
    assert_eq!(found, "unanchored openpgp-refused");
}

#[test]
fn a_signature_that_ran_out_counts_no_more() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let signature = SignatureBuilder::new(SignatureType::Binary)
        .set_hash_algo(HashAlgorithm::SHA256)
        .set_signature_creation_time(system(day("2026-06-01")))
        .unwrap()
        .set_signature_validity_period(std::time::Duration::from_secs(86_400))
        .unwrap()
        .sign_message(&mut signer(&cert), b"data")
        .unwrap();
    let signature = packet(signature);
    let (_folder, path) = write(&[("release", b"data"), ("release.sig", &signature)]);
    let mut asked = request(&path);
    assert_eq!(told(&checked(&asked, &known)), "invalid signature-expired");
    asked.at = day("2026-06-01");
    assert_eq!(told(&checked(&asked, &known)), "anchored");
}

#[test]
fn a_key_of_the_same_short_name_is_told_apart() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let signature = sign(&cert, b"data", "2026-06-01");
    // The issuer of the packet is unsigned: whoever edits it names another key.
    let other = with_subkey("2024-01-01");
    let forged = sign(&other, b"data", "2026-06-01");
    let (folder, path) = write(&[
        ("release", b"data"),
        ("release.sig", &forged),
        ("vendor.gpg", &public(&other)),
    ]);
    let mut asked = request(&path);
    asked.keys = vec![folder.path().join("vendor.gpg")];
    assert_eq!(told(&checked(&asked, &known)), "unanchored unknown-key");
    asked.keys.clear();
    std::fs::write(folder.path().join("release.sig"), &signature).unwrap();
    assert_eq!(told(&checked(&asked, &known)), "anchored");
}
