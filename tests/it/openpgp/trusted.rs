//! OpenPGP keys in a trust folder and among bare anchors: found by every key id, judged merged, and
//! each fault of a folder named where it is.

use anchorwatch::domain::{AnchorId, Fingerprint, Purpose, Status};
use anchorwatch::formats::openpgp::{Issuer, OpenPgpCertificate};
use anchorwatch::judge::lint::lint;
use anchorwatch::judge::trust::{AnchorBundle, FolderView, View};
use sequoia_openpgp::cert::prelude::*;
use sequoia_openpgp::serialize::SerializeInto as _;
use sequoia_openpgp::types::HashAlgorithm;

use super::fixtures::*;

type Files = Vec<(String, Vec<u8>)>;

/// A key of 2024 that ended after 100 days by its first copy, and after 1000 by its second.
struct Sample {
    files: Files,
    copies: [Vec<u8>; 2],
    primary: Fingerprint,
    subkey: Fingerprint,
}

fn armoured(cert: &Cert) -> Vec<u8> {
    let public = cert.clone().strip_secret_key_material();
    public.armored().to_vec().unwrap()
}

fn sample() -> Sample {
    let short = expiring("2024-01-01", 100);
    let longer = rebound(&short, "2024-03-01", HashAlgorithm::SHA256, Some(1000));
    let copies = [armoured(&short), armoured(&longer)];
    let keys = read(&copies[0]).keys();
    let [primary, subkey] = [keys[0].fingerprint, keys[1].fingerprint];
    let toml = format!(
        "kind = \"openpgp\"
fingerprint = \"{primary}\"
uids = [\"Example Vendor <release@example.test>\"]
algorithm = \"EdDSA\"
bits = 256
created = 2024-01-01
expires = 2026-11-26

[[expiry]]
until = 2024-04-10
seen = 2024-01-02
evidence = [\"a test\"]

[[expiry]]
until = 2026-11-26
seen = 2024-03-02
evidence = [\"a test\"]

[[subkey]]
fingerprint = \"{subkey}\"
use = \"sign\"
created = 2024-01-01
expires = 2026-11-26

[[copy]]
seen = 2024-01-02
source = \"a test\"
expires = 2024-04-10

[[copy]]
seen = 2024-03-02
source = \"a test\"
expires = 2026-11-26

[[policy_exception]]
waives = \"weak-binding\"
recorded = 2026-11-22
until = 2027-06-30
reason = \"packages are still signed by it\"

[[status]]
status = \"active\"
valid_from = 2024-01-02
recorded = 2026-11-22
evidence = [\"a test\"]
"
    );
    let root = format!("vendors/example/roots/openpgp-{primary}");
    let files = vec![
        (
            "vendors/example/vendor.toml".to_owned(),
            b"schema = 1\nslug = \"example\"\nname = \"Example\"\n".to_vec(),
        ),
        (format!("{root}.toml"), toml.into_bytes()),
        (format!("{root}.asc"), copies.concat()),
    ];
    Sample {
        files,
        copies,
        primary,
        subkey,
    }
}

fn said(files: &Files) -> String {
    let said: Vec<String> = lint(files).iter().map(ToString::to_string).collect();
    said.join("\n")
}

fn ends(certificate: &OpenPgpCertificate) -> String {
    let states = certificate.states(day("2026-01-01"));
    states[0].expires.unwrap().strftime("%F").to_string()
}

#[test]
fn every_key_id_finds_the_merged_certificate() {
    let sample = sample();
    assert_eq!(said(&sample.files), "");
    let folder = FolderView::from_files(&sample.files).unwrap();
    let mut bundle = AnchorBundle::new();
    bundle.add(&sample.copies.concat()).unwrap();
    let mut one_by_one = AnchorBundle::new();
    for copy in &sample.copies {
        one_by_one.add(copy).unwrap();
    }
    let mut binary = AnchorBundle::new();
    binary
        .add(
            &sample
                .copies
                .each_ref()
                .map(|copy| read(copy).to_bytes().unwrap())
                .concat(),
        )
        .unwrap();
    let stranger = Issuer::Fingerprint(Fingerprint::V4([7; 20]));
    for view in [&folder as &dyn View, &bundle, &one_by_one, &binary] {
        for key in [sample.primary, sample.subkey] {
            for issuer in [Issuer::Fingerprint(key), Issuer::KeyId(key.key_id())] {
                let found = view.openpgp_certificates(&[stranger, issuer, issuer]);
                let [found] = found.as_slice() else {
                    panic!("{issuer}: {}", found.len())
                };
                assert_eq!(found.fingerprint(), sample.primary);
                assert_eq!(ends(found), "2026-11-26", "{view:?}");
            }
        }
        assert!(view.openpgp_certificates(&[stranger]).is_empty());
        assert!(view.openpgp_certificates(&[]).is_empty());
        let id = AnchorId::OpenPgp(sample.primary);
        let anchor = view.anchor(&id).unwrap();
        assert_eq!(anchor.name, "Example Vendor");
        assert!(!anchor.shared);
        assert!(view.anchor(&AnchorId::OpenPgp(sample.subkey)).is_none());
        let at = day("2025-01-01");
        let vendor = Some("example");
        let standing = view
            .status_at(&id, vendor, Purpose::CodeSigning, at)
            .unwrap();
        assert_eq!(standing.record.status, Status::Active);
    }
    let anchor = folder.anchor(&AnchorId::OpenPgp(sample.primary)).unwrap();
    assert_eq!(anchor.vendors, ["example"]);
    assert_eq!(anchor.policy_exceptions[0].waives, "weak-binding");
    let id = AnchorId::OpenPgp(sample.primary);
    for (vendor, purpose) in [
        (None, Purpose::CodeSigning),
        (Some("example"), Purpose::TimeStamping),
    ] {
        assert!(
            folder
                .status_at(&id, vendor, purpose, day("2025-01-01"))
                .is_none()
        );
    }
}

#[test]
fn a_shared_key_is_shared_and_a_lone_fingerprint_is_recognised_only() {
    let Sample {
        mut files, primary, ..
    } = sample();
    let own = format!("vendors/example/roots/openpgp-{primary}");
    let shared = format!("shared/roots/openpgp-{primary}");
    for (path, _) in &mut files {
        *path = path.replace(&own, &shared);
    }
    let status = "[[status]]\nstatus = \"active\"\nvalid_from = 2024-01-02\nrecorded = 2026-11-22\nevidence = [\"a test\"]\n";
    let link = format!("link = \"{shared}\"\n{status}");
    files.push((format!("{own}.toml"), link.into_bytes()));
    let lone = "D55C0D1AC78A8D8126CB631CFC9CA96ACA026560";
    let text = format!(
        "kind = \"openpgp\"\nfingerprint = \"{lone}\"\nfingerprint_only = true\nname = \"of 2026\"\n{status}"
    );
    files.push((
        format!("vendors/example/roots/openpgp-{lone}.toml"),
        text.into_bytes(),
    ));
    assert_eq!(said(&files), "");
    let view = FolderView::from_files(&files).unwrap();
    let anchor = view.anchor(&AnchorId::OpenPgp(primary)).unwrap();
    assert!(anchor.shared);
    assert_eq!(anchor.vendors, ["example"]);
    assert_eq!(
        view.openpgp_certificates(&[Issuer::Fingerprint(primary)])
            .len(),
        1
    );
    let lone: Fingerprint = lone.parse().unwrap();
    assert_eq!(
        view.anchor(&AnchorId::OpenPgp(lone)).unwrap().name,
        "of 2026"
    );
    assert!(
        view.openpgp_certificates(&[Issuer::Fingerprint(lone)])
            .is_empty()
    );
}

#[test]
fn faults_are_found_where_they_are() {
    let sample = sample();
    let subkey = sample.subkey;
    let last = sample.primary.to_string().split_off(30);
    let first_subkey = format!(
        "[[subkey]]\nfingerprint = \"{subkey}\"\nuse = \"sign\"\ncreated = 2024-01-01\nexpires = 2026-11-26\n"
    );
    let owned = [
        (
            format!("{last}\"\nuids"),
            "\"\nuids".to_owned(),
            ":2: not an OpenPGP fingerprint",
        ),
        (
            "fingerprint".to_owned(),
            "fingerprints".to_owned(),
            ":2: unknown key `fingerprints`, did you mean `fingerprint`?",
        ),
        (
            first_subkey,
            String::new(),
            &*format!(":1: the key's subkey {subkey} is not listed"),
        ),
        (
            subkey.to_string(),
            "0".repeat(40),
            "a [[subkey]] that the key does not have: 0000",
        ),
    ];
    let cases = [
        ("fingerprint = ", "# ", ":1: `fingerprint` does not repeat"),
        (
            "kind = \"openpgp\"",
            "kind = \"raw_key\"",
            ":1: `kind` and the file beside it",
        ),
        (
            "uids",
            "fingerprint_only = true\nuids",
            ":1: `kind` and the file beside it",
        ),
        (
            "<release@",
            "<other@",
            ":3: uids says Example Vendor <other@example.test>",
        ),
        (
            "uids",
            "release_team = true\nuids",
            ":4: a mail address of a person",
        ),
        (
            "EdDSA",
            "RSA",
            ":4: algorithm says RSA, the key beside it EdDSA",
        ),
        ("bits = 256", "bits = 255", ":5: bits says 255"),
        (
            "created = 2024",
            "created = 2023",
            ":6: created says 2023-01-01",
        ),
        (
            "expires = 2026-11-26",
            "",
            ":1: expires says nothing, the key beside it 2026-11-26",
        ),
        (
            "seen = 2024-01-02",
            "seen = 2025-01-02",
            ":14: expiry seen on 2024-03-02 stands after",
        ),
        (
            "evidence = [\"a test\"]",
            "evidence = []",
            ":9: expiry seen on 2024-01-02 has no evidence",
        ),
        (
            "use = \"sign\"",
            "use = [\"sign\", \"encrypt\"]",
            ":19: [[subkey]] says 2024-01-01 sign+encrypt 2026-11-26",
        ),
        (
            "source = \"a test\"",
            "source = \"\"",
            ":25: a copy without a source",
        ),
        (
            "expires = 2024-04-10",
            "expires = 2024-04-11",
            ":25: [[copy]] says 2024-04-11",
        ),
        (
            "[[copy]]\nseen = 2024-01-02\nsource = \"a test\"\nexpires = 2024-04-10\n",
            "",
            "1 [[copy]] entries for 2 copies",
        ),
        ("weak-binding", "revoked", ":35: `revoked` cannot be waived"),
        (
            "until = 2027-06-30",
            "until = 2026-06-30",
            ":35: an exception without a reason",
        ),
        (
            "packages are still signed by it",
            " ",
            ":35: an exception without a reason",
        ),
    ];
    let borrowed = owned
        .iter()
        .map(|(from, to, expected)| (&**from, &**to, *expected));
    for (from, to, expected) in cases.into_iter().chain(borrowed) {
        let mut files = sample.files.clone();
        let text = String::from_utf8(files[1].1.clone()).unwrap();
        assert!(text.contains(from), "{from}");
        files[1].1 = text.replacen(from, to, 1).into_bytes();
        let said = said(&files);
        let path = format!("vendors/example/roots/openpgp-{}.toml:", sample.primary);
        assert!(
            said.starts_with(&path) && said.contains(expected),
            "{from} -> {to}: {said}"
        );
    }
}

#[test]
fn key_files_hold_one_public_key() {
    let sample = sample();
    let secret = expiring("2024-01-01", 100);
    let secret = secret.as_tsk().armored().to_vec().unwrap();
    let other = armoured(&with_subkey("2024-01-01"));
    let cases: [(Vec<u8>, &str); 4] = [
        (secret, "PGP PRIVATE KEY BLOCK"),
        (
            [&sample.copies[0][..], &other].concat(),
            "copy 2 is of another key",
        ),
        (b"nothing".to_vec(), "nothing OpenPGP is in it"),
        (sample.copies[0][..300].to_vec(), "the armour is broken"),
    ];
    for (bytes, expected) in cases {
        let mut files = sample.files.clone();
        files[2].1 = bytes;
        let said = said(&files);
        assert!(said.contains(expected), "{expected}: {said}");
        assert!(FolderView::from_files(&files).is_err());
    }
    let mut lower = sample.files.clone();
    let name = sample.primary.to_string();
    for (path, _) in &mut lower {
        *path = path.replace(&name, &name.to_lowercase());
    }
    assert!(said(&lower).contains("not written as ids are: openpgp-"));
    let mut timestamping = sample.files;
    for (path, _) in &mut timestamping {
        *path = path.replace("vendors/example/roots", "shared/tsa");
    }
    assert!(said(&timestamping).contains("no place for this file"));
}

/// A certificate that revokes itself must not stay active in the folder.
#[test]
fn a_revoked_key_is_not_active() {
    use sequoia_openpgp::types::ReasonForRevocation::KeyRetired;
    let Sample { mut files, .. } = sample();
    let cert = expiring("2024-01-01", 1060);
    let revocation = CertRevocationBuilder::new()
        .set_signature_creation_time(system(day("2025-01-01")))
        .unwrap()
        .set_reason_for_revocation(KeyRetired, b"")
        .unwrap()
        .build(&mut primary(&cert), &cert, None)
        .unwrap();
    let (revoked, _) = cert.insert_packets(revocation).unwrap();
    let key = read(&public(&revoked)).keys();
    let text = String::from_utf8(files[1].1.clone()).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for line in &mut lines {
        *line = line.replace("2024-04-10", "2026-11-26");
    }
    let text = lines.join("\n");
    let old = read(&files[2].1).keys();
    let text = text
        .replace(
            &old[0].fingerprint.to_string(),
            &key[0].fingerprint.to_string(),
        )
        .replace(
            &old[1].fingerprint.to_string(),
            &key[1].fingerprint.to_string(),
        );
    let root = format!("vendors/example/roots/openpgp-{}", key[0].fingerprint);
    let one_copy = text.replacen(
        "[[copy]]\nseen = 2024-01-02\nsource = \"a test\"\nexpires = 2026-11-26\n",
        "",
        1,
    );
    files[1] = (format!("{root}.toml"), one_copy.clone().into_bytes());
    files[2] = (format!("{root}.asc"), armoured(&revoked));
    let told = said(&files);
    assert!(
        told.ends_with(&format!(
            "the key {} is revoked by its own certificate: append status revoked or retired",
            key[0].fingerprint
        )),
        "{told}"
    );
    assert_eq!(told.lines().count(), 1, "{told}");
    let retired = "\n[[status]]\nstatus = \"retired\"\nvalid_from = 2025-01-01\nrecorded = 2026-11-22\nevidence = [\"a test\"]\n";
    files[1].1 = format!("{one_copy}{retired}").into_bytes();
    assert_eq!(said(&files), "");
}

/// What `trust add-root` and `propose` write of an OpenPGP key passes the lint and is found.
#[test]
fn a_key_file_becomes_files_of_a_folder() {
    use anchorwatch::formats::trust_folder::ValidFromIs;
    use anchorwatch::formats::trust_folder::write::FirstStatus;
    use anchorwatch::service::change::{FingerprintError, compare_fingerprint};
    use anchorwatch::service::draft::{DraftError, KeyPlace, add_root, key_files, new_vendor};

    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("trust");
    new_vendor(&folder, "example", "Example", "").unwrap();
    let today = "2026-11-25".parse().unwrap();
    let status = FirstStatus {
        status: Status::Active,
        valid_from: today,
        valid_from_is: ValidFromIs::Observed,
        recorded: today,
        evidence: vec!["read out by telephone".to_owned()],
        says: String::new(),
    };
    let cert = expiring("2024-01-01", 2000);
    let file = home.path().join("vendor.gpg");
    std::fs::write(&file, public(&cert)).unwrap();
    let place = KeyPlace::Vendor("example".to_owned());
    let written = add_root(&folder, &place, &file, Some(&status)).unwrap();
    assert_eq!(written.len(), 2);
    let mut files: Files = written
        .iter()
        .map(|path| {
            let name = path.strip_prefix(&folder).unwrap().display().to_string();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    let profile = "vendors/example/vendor.toml";
    files.push((
        profile.to_owned(),
        std::fs::read(folder.join(profile)).unwrap(),
    ));
    assert_eq!(said(&files), "");
    let view = FolderView::from_files(&files).unwrap();
    let keys = read(&public(&cert)).keys();
    let found = view.openpgp_certificates(&[Issuer::Fingerprint(keys[1].fingerprint)]);
    assert_eq!(found[0].fingerprint(), keys[0].fingerprint);

    assert!(matches!(
        key_files(&file, true, None),
        Err(DraftError::NoEvidence(_))
    ));
    let key = key_files(&file, false, Some(&status)).unwrap();
    let read_out = anchorwatch::render::in_groups_of_four(&keys[0].fingerprint.to_string());
    assert_eq!(compare_fingerprint(&read_out, &key.fingerprints), Ok(()));
    let mut wrong = read_out.clone().into_bytes();
    wrong[0] = if wrong[0] == b'0' { b'1' } else { b'0' };
    let wrong = String::from_utf8(wrong).unwrap();
    assert_eq!(
        compare_fingerprint(&wrong, &key.fingerprints),
        Err(FingerprintError::Near { wrong: 1, first: 1 })
    );
    // The short end of a fingerprint is none.
    let id = keys[0].fingerprint.key_id().to_string();
    assert_eq!(
        compare_fingerprint(&id, &key.fingerprints),
        Err(FingerprintError::Length { digits: 16 })
    );
}
