//! What repositories and packages carry: indices, source packages, `.deb`, RPM, and one in another.

use anchorwatch::domain::Verdict;
use anchorwatch::render::{check_junit, check_sarif};
use sequoia_openpgp::types::HashAlgorithm;

use super::super::attacks::clearsigned;
use super::super::debian::{CONTENT, archive};
use super::*;

use crate::making::zip::{Entry, zip};
use crate::rpm_builder::{Builder, PAYLOAD, Value};

const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

pub(super) fn index(until: &str) -> String {
    format!(
        "Origin: Acme\nSuite: stable\nDate: Mon, 01 Jun 2026 12:00:00 UTC\n{until}SHA256:\n {SHA256} 0 main/Release"
    )
}

pub(super) const UNTIL: &str = "Valid-Until: Tue, 01 Dec 2026 12:00:00 UTC\n";
const OVER: &str = "Valid-Until: Mon, 08 Jun 2026 12:00:00 UTC\n";

#[test]
fn an_index_counts_by_its_signers_and_its_time() {
    let (one, two) = (with_subkey("2024-01-01"), with_subkey("2024-01-02"));
    let both = view(&[key("acme", &one), key("acme", &two)]);
    let only_one = view(&[key("acme", &one)]);
    let other = view(&[key("other", &one), key("acme", &with_subkey("2020-01-01"))]);
    let in_release = |text: &str| clearsigned(text.as_bytes(), &[&one, &two], "2026-06-01");
    let good = in_release(&index(UNTIL));
    for (view, expected) in [
        (&both, "anchored"),
        (&only_one, "anchored key-not-at-hand other-signature"),
        (
            &other,
            "unanchored foreign-signer key-not-at-hand other-signature",
        ),
    ] {
        let (_folder, path) = write(&[("InRelease", &good)]);
        let report = checked(&request(&path), view);
        assert_eq!(told(&report), expected);
        assert_eq!((report.format, report.signatures.len()), ("apt-release", 2));
    }
    let stale = in_release(&index(OVER));
    assert_eq!(
        judged(&[("InRelease", &stale)], &both),
        "invalid release-stale"
    );
    let (_folder, path) = write(&[("InRelease", &stale)]);
    let mut then = request(&path);
    then.at = day("2026-06-02");
    assert_eq!(told(&checked(&then, &both)), "anchored", "in its time");
    then.at = day("2026-05-02");
    assert_eq!(
        told(&checked(&then, &both)),
        "invalid openpgp-refused openpgp-refused release-not-yet-valid"
    );
}

#[test]
fn release_and_its_signature_are_one_index() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    for (until, expected) in [(UNTIL, "anchored"), (OVER, "invalid release-stale")] {
        let text = index(until);
        let signature = sign(&cert, text.as_bytes(), "2026-06-01");
        let armoured = armoured("SIGNATURE", &signature);
        let files = [("Release", text.as_bytes()), ("Release.gpg", &armoured[..])];
        assert_eq!(judged(&files, &known), expected);
        let other = text.replace("Acme", "Evil");
        let files = [
            ("Release", other.as_bytes()),
            ("Release.gpg", &armoured[..]),
        ];
        assert!(judged(&files, &known).starts_with("invalid"));
    }
}

#[test]
fn a_source_package_is_its_control_file_and_what_it_names() {
    use sha2::Digest as _;
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let hex = |data: &[u8]| -> String {
        let digest = sha2::Sha256::digest(data);
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let md5: String = {
        let digest = md5::Md5::digest(b"tar");
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    };
    let text = format!(
        "Format: 3.0 (native)\nSource: x\nVersion: 1\nChecksums-Sha256:\n {} 3 x_1.tar.xz\nFiles:\n {md5} 3 x_1.tar.xz",
        hex(b"tar")
    );
    let control = clearsigned(text.as_bytes(), &[&cert], "2026-06-01");
    for (beside, expected) in [
        (Some(&b"tar"[..]), "anchored"),
        (None, "anchored listed-absent"),
        (Some(b"rat"), "invalid content-differs"),
        (Some(b"tart"), "invalid size-differs-from-manifest"),
    ] {
        let mut files = vec![("x_1.dsc", control.as_slice())];
        files.extend(beside.map(|bytes| ("x_1.tar.xz", bytes)));
        assert_eq!(judged(&files, &known), expected);
    }
    let broken = text.replace("Files:", "Files:\n 00 1 2 3");
    let control = clearsigned(broken.as_bytes(), &[&cert], "2026-06-01");
    assert_eq!(
        judged(&[("x_1.dsc", &control)], &known),
        "refused source-control-ambiguous"
    );
}

#[test]
fn a_deb_is_judged_by_the_signature_in_it() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let signature = sign(&cert, b"2.0\ncontrolthe data", "2026-06-01");
    let with = |members: &[(&str, &[u8])]| {
        let mut all = CONTENT.to_vec();
        all.extend(members);
        judged(&[("x.deb", &archive(&all))], &known)
    };
    assert_eq!(with(&[("_gpgorigin", &signature)]), "anchored");
    assert_eq!(with(&[]), "unsigned");
    assert_eq!(
        with(&[("_gpgorigin", &signature), ("evil.tar", b"x")]),
        "refused deb-ambiguous"
    );
    let mut edited = CONTENT.to_vec();
    edited[2].1 = b"evil data";
    edited.push(("_gpgorigin", &signature));
    assert_eq!(
        judged(&[("x.deb", &archive(&edited))], &known),
        "invalid signature-bad"
    );
}

pub(super) fn stored(files: &[(&str, &[u8])]) -> Vec<u8> {
    let entry = |(name, bytes): &(&str, &[u8])| Entry {
        name: (*name).to_owned(),
        bytes: bytes.to_vec(),
        day: (2026, 6, 1),
    };
    zip(&files.iter().map(entry).collect::<Vec<_>>())
}

/// A package whose header one key signs, as version 4 and 6 do it.
pub(super) fn rpm(builder: &Builder, cert: &Cert) -> Builder {
    let packet = sign(cert, &builder.main.build(), "2026-06-01");
    if builder.version6 {
        use base64::Engine as _;
        let text = base64::engine::general_purpose::STANDARD.encode(packet);
        builder.clone().signed(278, Value::Texts(vec![text]))
    } else {
        builder.clone().signed(268, Value::Binary(packet))
    }
}

#[test]
fn an_rpm_is_judged_by_all_that_its_signatures_reach() {
    let (cert, other) = (with_subkey("2024-01-01"), with_subkey("2024-01-01"));
    let known = view(&[key("acme", &cert)]);
    let of = |file: &[u8]| judged(&[("x.rpm", file)], &known);
    for plain in [Builder::v4(PAYLOAD), Builder::v6(PAYLOAD)] {
        let signed = rpm(&plain, &cert);
        assert_eq!(of(&signed.build()), "anchored");
        assert_eq!(of(&plain.build()), "unsigned", "rpmkeys says: digests OK");
        assert_eq!(
            of(&rpm(&plain, &other).build()),
            "unanchored key-not-at-hand"
        );

        let mut appended = signed.build();
        appended.extend(b"more");
        let found = of(&appended);
        assert!(found.starts_with("refused rpm-appended-bytes"), "{found}");

        let header = signed.main.build();
        let swapped = signed.assemble(
            &signed.signature_header(),
            &header,
            b"another payload, of this length here!!!!!",
        );
        let found = of(&swapped);
        assert!(
            found.starts_with("invalid") || found.starts_with("refused"),
            "{found}"
        );
        assert!(found.contains("stated-digest-differs"), "{found}");
    }
    // Two signatures over one package: the header by one key, header and payload by another.
    let plain = Builder::v4(PAYLOAD);
    let whole = [plain.main.build(), PAYLOAD.to_vec()].concat();
    let by_other = sign(&other, &whole, "2026-06-01");
    let two = rpm(&plain, &cert).signed(1002, Value::Binary(by_other.clone()));
    assert_eq!(of(&two.build()), "anchored key-not-at-hand other-signature");
    let wrong = rpm(&plain, &cert).signed(1002, Value::Binary(sign(&cert, b"x", "2026-06-01")));
    assert_eq!(of(&wrong.build()), "invalid signature-bad");
    // A header that says nothing of its payload leaves the payload to anybody.
    let open = rpm(&plain.clone().without(5092).without(5093), &cert);
    assert_eq!(of(&open.build()), "unsigned payload-unsigned");
    let text = {
        use sequoia_openpgp::packet::prelude::*;
        use sequoia_openpgp::types::SignatureType;
        let signature = SignatureBuilder::new(SignatureType::Text)
            .set_hash_algo(HashAlgorithm::SHA256)
            .set_signature_creation_time(system(day("2026-06-01")))
            .unwrap()
            .sign_message(&mut signer(&cert), plain.main.build())
            .unwrap();
        plain.clone().signed(268, Value::Binary(packet(signature)))
    };
    let found = of(&text.build());
    assert_eq!(
        found, "invalid signature-bad",
        "text signatures fit many headers"
    );
}

#[test]
fn what_is_signed_inside_a_signed_package_is_judged_too() {
    let (vendor, maker) = (with_subkey("2024-01-01"), with_subkey("2024-01-01"));
    let stolen = super::super::policy::revoke(
        &maker,
        "2025-01-01",
        sequoia_openpgp::types::ReasonForRevocation::KeyCompromised,
    );
    let inner = rpm(&Builder::v4(PAYLOAD), &maker).build();
    let mut broken = inner.clone();
    let last = broken.len() - 1;
    broken[last] ^= 1;
    let outer = |inner: &[u8]| {
        use sha2::Digest as _;
        let digest = sha2::Sha256::digest(inner);
        let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let list = format!("{digest}  parts/x.rpm\n");
        stored(&[
            ("SHA256SUMS", list.as_bytes()),
            (
                "SHA256SUMS.asc",
                &sign(&vendor, list.as_bytes(), "2026-06-02"),
            ),
            ("parts/x.rpm", inner),
        ])
    };
    let both = view(&[key("acme", &vendor), key("maker", &maker)]);
    let only = view(&[key("acme", &vendor)]);
    let condemned = view(&[key("acme", &vendor), key("maker", &stolen)]);
    for (inner, view, child, exit) in [
        (&inner, &both, "anchored", 0),
        (&inner, &only, "unanchored key-not-at-hand", 0),
        (&inner, &condemned, "distrusted key-revoked", 13),
    ] {
        let (_folder, path) = write(&[("bundle.zip", &outer(inner))]);
        let run = check(&request(&path), view, None, &Silent);
        let report = &run.packages[0];
        assert_eq!(told(report), "anchored", "{:?}", report.findings);
        let [one] = report.children.as_slice() else {
            panic!("{:?}", report.children)
        };
        assert_eq!((one.path.as_str(), one.format), ("parts/x.rpm", "rpm"));
        assert_eq!(told(one), child);
        assert_eq!(run.exit_code(|_| false), exit);
        // What decides is seen in every form of the report, at the file that a person can open.
        let junit = check_junit(&run.packages, |verdict| verdict == Verdict::Anchored);
        let failed = junit.contains("failure message=\"distrusted\"");
        assert_eq!(failed, exit == 13, "{junit}");
        let sarif: serde_json::Value =
            serde_json::from_str(&check_sarif("0", &run.packages)).unwrap();
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let inside: Vec<&serde_json::Value> = results
            .iter()
            .filter(|one| {
                let text = one["message"]["text"].as_str().unwrap();
                text.starts_with("parts/x.rpm: ")
            })
            .collect();
        assert!(!inside.is_empty(), "a claimed time at least");
        for result in inside {
            let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
            assert!(place.as_str().unwrap().ends_with("bundle.zip"));
        }
    }
    // Without a signature around them, members stand for themselves.
    let alone = stored(&[("x.rpm", &inner), ("notes.txt", b"hello")]);
    let twice = stored(&[("inner.zip", &alone)]);
    for (name, file) in [("one.zip", &alone), ("two.zip", &twice)] {
        let (_folder, path) = write(&[(name, file)]);
        let run = check(&request(&path), &only, None, &Silent);
        assert_eq!(run.packages[0].verdict.word(), "unsigned");
        assert_eq!(
            run.exit_code(|_| false),
            11,
            "the unknown key inside is worse"
        );
    }
}

#[test]
fn a_name_that_promises_another_format_is_told() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let package = rpm(&Builder::v4(PAYLOAD), &cert).build();
    assert_eq!(
        judged(&[("x.zip", &package)], &known),
        "anchored extension-differs"
    );
    assert_eq!(
        judged(&[("x.rpm", b"<html>")], &known),
        "unsigned extension-differs"
    );
    assert_eq!(judged(&[("x.bin", &package)], &known), "anchored");
    // In a folder, such a file is not passed over like one that nothing can sign.
    let (folder, _) = write(&[("x.rpm", b"<html>"), ("readme", b"hello")]);
    let mut asked = request(folder.path());
    asked.require_signed = false;
    let run = check(&asked, &known, None, &Silent);
    assert_eq!((run.packages.len(), run.skipped), (1, 1));
}
