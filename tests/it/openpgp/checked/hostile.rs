//! Attacks by whoever controls names, mirrors or what lies beside: each once came out better than it
//! should, or told the wrong thing.

use sequoia_openpgp::packet::prelude::*;
use sequoia_openpgp::types::{HashAlgorithm, ReasonForRevocation};

use super::super::attacks::clearsigned;
use super::super::policy::revoke;
use super::packages::{index, rpm, stored};
use super::*;
use crate::making_archives::{tar, tar_member};
use crate::rpm_builder::{Builder, PAYLOAD};

const ON: &str = "2026-06-01";
const OVER: &str = "Valid-Until: Mon, 08 Jun 2026 12:00:00 UTC\n";

/// Reports say in words what a signature covers; a member must not be able to take those words.
#[test]
fn a_members_name_claims_no_more_than_the_member() {
    let (cert, other) = (with_subkey("2024-01-01"), with_subkey("2024-01-01"));
    let known = view(&[key("acme", &cert)]);
    let good = sign(&cert, b"old tool", ON);
    let foreign = sign(&other, b"evil", ON);
    let zip = stored(&[
        ("the whole file", b"old tool"),
        ("the whole file.sig", &good),
        ("setup.sh", b"evil"),
    ]);
    assert_eq!(judged(&[("x.zip", &zip)], &known), "invalid files-unlisted");
    let zip = stored(&[
        ("tool", b"old tool"),
        ("tool.sig", &good),
        ("the header alone", b"evil"),
        ("the header alone.sig", &foreign),
    ]);
    assert_eq!(
        judged(&[("x.zip", &zip)], &known),
        "unanchored key-not-at-hand"
    );
}

/// A mirror plays back an old index: the end that it states counts, whatever the file is called and
/// whether or not it names a suite.
#[test]
fn an_old_index_is_told_by_its_content() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let flat = index(OVER).replace("Suite: stable\n", "");
    for text in [index(OVER), flat] {
        let signature = sign(&cert, text.as_bytes(), ON);
        let document = clearsigned(text.as_bytes(), &[&cert], ON);
        assert_eq!(
            judged(&[("InRelease", &document)], &known),
            "invalid release-stale",
            "{text}"
        );
        for name in [
            "Release",
            "deb.acme.example_dists_stable_Release",
            "old.txt",
        ] {
            let beside = format!("{name}.gpg");
            let files = [(name, text.as_bytes()), (&beside, &signature[..])];
            assert_eq!(
                judged(&files, &known),
                "invalid release-stale",
                "{name}: {text}"
            );
        }
    }
    // What only looks like one stays a file like any other.
    let notes = b"Suite: a hotel\nSHA256: not a list\n";
    let signature = sign(&cert, notes, ON);
    assert_eq!(
        judged(&[("notes", notes), ("notes.sig", &signature)], &known),
        "anchored"
    );
}

/// What is signed inside an archive is judged, whether a signature beside it or a signed list vouches
/// for the archive.
#[test]
fn a_signed_list_hides_nothing_inside() {
    use sha2::Digest as _;
    let (vendor, maker) = (with_subkey("2024-01-01"), with_subkey("2024-01-01"));
    let stolen = revoke(&maker, "2025-01-01", ReasonForRevocation::KeyCompromised);
    let known = view(&[key("acme", &vendor), key("maker", &stolen)]);
    let package = rpm(&Builder::v4(PAYLOAD), &maker).build();
    let archive = stored(&[("x.rpm", &package)]);
    let digest = sha2::Sha256::digest(&archive);
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let list = format!("{digest}  bundle.zip\n");
    let list_signature = sign(&vendor, list.as_bytes(), ON);
    let own_signature = sign(&vendor, &archive, ON);
    let by_list: &[(&str, &[u8])] = &[
        ("bundle.zip", &archive),
        ("SHA256SUMS", list.as_bytes()),
        ("SHA256SUMS.sig", &list_signature),
    ];
    let by_itself: &[(&str, &[u8])] =
        &[("bundle.zip", &archive), ("bundle.zip.sig", &own_signature)];
    for files in [by_list, by_itself] {
        let (_folder, path) = write(files);
        let run = check(&request(&path), &known, None, &Silent);
        assert_eq!(told(&run.packages[0]), "anchored");
        assert_eq!(run.exit_code(|_| false), 13, "{}", files[1].0);
    }
}

/// A clearsigned text beside a file covers no blanks at line ends; in a script they can change what a
/// line means.
#[test]
fn blanks_that_no_signature_covers_are_not_vouched_for() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let text = "rm -f \\\n  /tmp/acme\n";
    let document = clearsigned(text.as_bytes(), &[&cert], ON);
    for (file, expected) in [
        (text.to_owned(), "anchored"),
        (text.replace('\n', "\r\n"), "anchored"),
        (text.trim_end().to_owned(), "anchored"),
        (
            text.replace("\\\n", "\\ \n"),
            "unanchored signature-unchecked",
        ),
        (format!("{text}\n\n"), "unanchored signature-unchecked"),
        (text.replace("acme", "evil"), "invalid signature-bad"),
    ] {
        let files = [
            ("clean.sh", file.as_bytes()),
            ("clean.sh.asc", &document[..]),
        ];
        assert_eq!(judged(&files, &known), expected, "{file:?}");
    }
}

/// Who can make SHA-1 collide dates the signature back, and brings the binding along. The recorded copy
/// of the key knows nothing of that subkey.
#[test]
fn a_binding_that_only_the_package_brings_must_hold_today() {
    let whole = rebound_with_sha1(&with_subkey("2015-01-01"), "2015-02-01");
    let without = without_subkeys(&whole);
    let signature = sign_with(
        &mut signer(&whole),
        b"data",
        "2016-06-01",
        HashAlgorithm::SHA256,
    );
    for (recorded, expected) in [
        (&whole, "anchored openpgp-refused-now openpgp-refused-now"),
        (&without, "unanchored openpgp-refused openpgp-refused-now"),
    ] {
        let (folder, path) = write(&[
            ("release", b"data"),
            ("release.sig", &signature),
            ("vendor.gpg", &public(&whole)),
        ]);
        let mut asked = request(&path);
        asked.keys = vec![folder.path().join("vendor.gpg")];
        let found = told(&checked(&asked, &view(&[key("acme", recorded)])));
        assert_eq!(found, expected);
    }
}

fn without_subkeys(cert: &Cert) -> Cert {
    let packets = cert
        .clone()
        .into_packets()
        .take_while(|packet| !matches!(packet, Packet::SecretSubkey(_) | Packet::PublicSubkey(_)));
    Cert::from_packets(packets).unwrap()
}

/// Who stole a primary key binds a subkey of their own, and ships an old copy of the certificate. The
/// signature names the new subkey alone, which no record knows; the recorded revocation counts.
#[test]
fn a_recorded_revocation_holds_for_subkeys_that_nobody_recorded() {
    let whole = with_subkey("2024-01-01");
    let revoked = revoke(&whole, "2025-01-01", ReasonForRevocation::KeyCompromised);
    let revoked = without_subkeys(&revoked);
    let signature = sign(&whole, b"evil", ON);
    let (folder, path) = write(&[
        ("release", b"evil"),
        ("release.sig", &signature),
        ("release.pem", &public(&whole)),
    ]);
    let named = folder.path().join("release.pem");
    for keys in [vec![], vec![named]] {
        let mut asked = request(&path);
        asked.keys = keys;
        let found = told(&checked(&asked, &view(&[key("acme", &revoked)])));
        assert_eq!(found, "distrusted key-revoked");
    }
}

/// Each salt asks for a hash of its own over the whole file, and whoever writes the signature file
/// writes as many as fit.
#[test]
fn many_salts_are_not_hashed_for_all() {
    let (cert, _) = CertBuilder::new()
        .set_profile(sequoia_openpgp::Profile::RFC9580)
        .unwrap()
        .add_userid("Example Vendor <release@example.test>")
        .add_signing_subkey()
        .set_creation_time(system(day("2024-01-01")))
        .generate()
        .unwrap();
    let known = view(&[key("acme", &cert)]);
    let all: Vec<Vec<u8>> = (0..60).map(|_| sign(&cert, b"data", ON)).collect();
    let (_folder, path) = write(&[("release", b"data"), ("release.sig", &all.concat())]);
    let report = checked(&request(&path), &known);
    let good = |one: &&anchorwatch::judge::report::SignatureReport| {
        one.crypto == anchorwatch::domain::Crypto::Good
    };
    let checked = report.signatures.iter().filter(good).count();
    assert_eq!((report.signatures.len(), checked), (60, 16));
    assert_eq!(report.verdict.word(), "anchored");
}

/// One archive in another in a third, each of which takes a decoder with a large window: they must not
/// all be open at once, so that members are held in batches and judged between the walks.
#[test]
fn members_of_a_tar_are_judged_in_batches() {
    let maker = with_subkey("2024-01-01");
    let known = view(&[key("acme", &maker)]);
    let package = rpm(&Builder::v4(PAYLOAD), &maker).build();
    let large = vec![b'x'; 20 << 20];
    let mut members = vec![];
    for name in ["a.rpm", "b.exe", "c.exe", "d.rpm"] {
        let exe = [b"MZ", &large[..]].concat();
        let bytes = if name.ends_with("rpm") {
            &package
        } else {
            &exe
        };
        members.push(tar_member(name, b'0', "", bytes));
    }
    let (_folder, path) = write(&[("x.tar", &tar(&members))]);
    let report = checked(&request(&path), &known);
    let packages = report.children.iter().filter(|child| child.format == "rpm");
    let names: Vec<_> = packages.map(|child| child.path.as_str()).collect();
    assert_eq!(names, ["a.rpm", "d.rpm"]);
}

/// A tar whose readme quotes a clearsigned text is a tar.
#[test]
fn a_quoted_text_makes_no_archive_a_clearsigned_file() {
    let cert = with_subkey("2024-01-01");
    let known = view(&[key("acme", &cert)]);
    let quoted = clearsigned(b"hello", &[&cert], ON);
    let readme = [b"An example:\n", &quoted[..]].concat();
    for (name, archive) in [
        ("x.tar", tar(&[tar_member("readme", b'0', "", &readme)])),
        ("x.zip", stored(&[("readme", &readme)])),
    ] {
        let signature = sign(&cert, &archive, ON);
        let beside = format!("{name}.sig");
        let files = [(name, &archive[..]), (&beside, &signature[..])];
        assert_eq!(judged(&files, &known), "anchored", "{name}");
    }
}
