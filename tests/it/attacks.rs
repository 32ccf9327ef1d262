//! Packages that must not be installed, one attack a row. Each row once came out trusted, or is a
//! trick that readers of signed packages fell for.
//!
//! The vendor's root is the only anchor. The attacker owns another authority, everything that the
//! vendor ever published, and the package's bytes.

use std::path::Path;

use crate::making::authority::{Key, Role, Wish};
use crate::making::cms::{ID_DATA, Signer, attributes, detached, signed_data};
use crate::making::der::set;
use crate::making::token;
use crate::making_archives::{checksum, entry, tar, tar_member, zip};
use anchorwatch::domain::Verdict;
use anchorwatch::formats::digest::sha256;
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::report::PackageReport;
use anchorwatch::judge::trust::{AnchorBundle, FolderView};
use anchorwatch::service::check::{CheckRequest, Grouping, Silent, check};
use anchorwatch::store::Store;
use base64::Engine as _;

type Files = Vec<(&'static str, Vec<u8>)>;

const NOW: &str = "2026-06-01T00:00:00Z";
const SIGNED: &str = "260301120000Z";

/// Who is there.
struct Cast {
    root: Certificate,
    vendor: Certificate,
    vendor_key: Key,
    /// Ran out in 2021.
    expired: Certificate,
    attacker: Certificate,
    attacker_key: Key,
}

impl Cast {
    fn new() -> Self {
        let wish = |common_name, serial, years, role| Wish {
            common_name,
            organisation: "Bosun Systems",
            serial,
            years,
            role,
        };
        let (root_key, vendor_key) = (Key::p256(), Key::p256());
        let root = wish("Bosun Root", 1, (2019, 2040), Role::Authority);
        let signer = wish("Bosun Release Signing", 2, (2024, 2030), Role::CodeSigner);
        let old = wish("Bosun Old Signing", 3, (2019, 2021), Role::Unspecific);
        let (evil_root_key, attacker_key) = (Key::p256(), Key::p256());
        // The same names: only keys tell them apart.
        let evil_root = wish("Bosun Root", 1, (2019, 2040), Role::Authority);
        Self {
            root: root.self_signed(&root_key),
            vendor: signer.issued(&vendor_key, &root, &root_key),
            expired: old.issued(&vendor_key, &root, &root_key),
            attacker: signer.issued(&attacker_key, &evil_root, &evil_root_key),
            vendor_key,
            attacker_key,
        }
    }

    fn by_vendor(&self, content: &[u8]) -> Vec<u8> {
        let signer = Signer::new(&self.vendor_key, &self.vendor);
        detached(signer, content, SIGNED, &[&self.vendor])
    }

    fn by_attacker(&self, content: &[u8]) -> Vec<u8> {
        let signer = Signer::new(&self.attacker_key, &self.attacker);
        detached(signer, content, SIGNED, &[&self.attacker])
    }
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
        lines.join("\n")
    )
    .into_bytes()
}

fn manifest(files: &[(&str, &[u8])]) -> Vec<u8> {
    let list: Vec<String> = files
        .iter()
        .map(|(path, bytes)| format!("{{\"path\":\"{path}\",\"sha256\":\"{}\"}}", sha256(bytes)))
        .collect();
    format!("{{\"files\":[{}]}}", list.join(",")).into_bytes()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let entries: Vec<_> = files.iter().map(|(name, data)| entry(name, data)).collect();
    zip(&entries)
}

fn request(path: &Path, at: &str) -> CheckRequest {
    CheckRequest {
        paths: vec![path.to_path_buf()],
        vendor: None,
        product: None,
        signature: None,
        manifest: None,
        keys: vec![],
        lists: std::sync::Arc::default(),
        grouping: Grouping::Detect,
        profile: Profile::Field,
        at: at.parse().unwrap(),
        now: NOW.parse().unwrap(),
        require_signed: true,
        known_at: None,
        remember_verdicts: false,
    }
}

fn judged(cast: &Cast, path: &Path, at: &str, store: Option<Store>) -> PackageReport {
    let mut anchors = AnchorBundle::new();
    anchors.add(cast.root.der()).unwrap();
    let mut run = check(&request(path, at), &anchors, store, &Silent);
    assert_eq!(run.packages.len(), 1, "{}", path.display());
    run.packages.remove(0)
}

fn laid_out(files: &Files) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    folder
}

/// The files lie in one folder; `.` is the folder itself.
struct Attack {
    name: &'static str,
    files: Files,
    judged: &'static str,
    expected: Verdict,
}

fn attacks(cast: &Cast) -> Vec<Attack> {
    let (good, evil): (&[u8], &[u8]) = (b"the vendor's program", b"the attacker's program");
    let list = manifest(&[("app.bin", good)]);
    let list_signed = cast.by_vendor(&list);
    let with = |more: &[(&str, &[u8])]| -> Vec<(String, Vec<u8>)> {
        let base: [(&str, &[u8]); 3] = [
            ("manifest.json", &list),
            ("manifest.json.p7s", &list_signed),
            ("app.bin", good),
        ];
        base.iter()
            .chain(more)
            .map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec()))
            .collect()
    };
    let package = |more: &[(&str, &[u8])]| {
        let files = with(more);
        let files: Vec<(&str, &[u8])> = files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
            .collect();
        zipped(&files)
    };
    let one = |name, files: &[(&str, &[u8])], expected| Attack {
        name,
        files: vec![("x.zip", zipped(files))],
        judged: "x.zip",
        expected,
    };
    let (good_signed, evil_signed) = (cast.by_vendor(good), cast.by_attacker(evil));
    let evil_raw = cast.attacker_key.sign(evil);
    let vendor_pem = pem("CERTIFICATE", cast.vendor.der());
    let evil_pem = pem("CERTIFICATE", cast.attacker.der());
    let attacker_key_pem = pem("PUBLIC KEY", cast.attacker.spki());
    let no_signer = signed_data(ID_DATA, None, &[cast.vendor.der().to_vec()], &[]);
    let script: &[u8] = b"#!/bin/sh\nrm -rf /\n";

    vec![
        Attack {
            name: "control: a sound package",
            files: vec![("x.zip", package(&[("ca.pem", &vendor_pem)]))],
            judged: "x.zip",
            expected: Verdict::Anchored,
        },
        one(
            "control: a sound package of signed members",
            &[("a.bin", good), ("a.bin.p7s", &good_signed)],
            Verdict::Anchored,
        ),
        Attack {
            name: "a bare key signs, and the vendor's certificate lies beside it",
            files: vec![
                ("x.bin", evil.to_vec()),
                ("x.bin.sig", evil_raw.clone()),
                ("x.bin.pem", [vendor_pem.clone(), attacker_key_pem].concat()),
            ],
            judged: "x.bin",
            expected: Verdict::Unanchored,
        },
        one(
            "one member signed by the vendor, another by the attacker",
            &[
                ("a.bin", good),
                ("a.bin.p7s", &good_signed),
                ("b.bin", evil),
                ("b.bin.p7s", &evil_signed),
            ],
            Verdict::Unanchored,
        ),
        one(
            "one member signed by the vendor, another by nobody we can check",
            &[
                ("a.bin", good),
                ("a.bin.p7s", &good_signed),
                ("b.bin", evil),
                ("b.bin.sig", &evil_raw),
            ],
            Verdict::Unanchored,
        ),
        one(
            "one member signed by the vendor, another by a CMS without signers",
            &[
                ("a.bin", good),
                ("a.bin.p7s", &good_signed),
                ("b.bin", evil),
                ("b.bin.p7s", &no_signer),
            ],
            Verdict::Invalid,
        ),
        one(
            "a script named like a certificate, beside signed members",
            &[
                ("a.bin", good),
                ("a.bin.p7s", &good_signed),
                ("install.pem", script),
            ],
            Verdict::Invalid,
        ),
        one(
            "a certificate for the trust store, deep beside signed members",
            &[
                ("a.bin", good),
                ("a.bin.p7s", &good_signed),
                ("etc/ssl/certs/evil.pem", &evil_pem),
            ],
            Verdict::Invalid,
        ),
        Attack {
            name: "a script named like a certificate, beside a signed manifest",
            files: vec![("x.zip", package(&[("ca.pem", script)]))],
            judged: "x.zip",
            expected: Verdict::Invalid,
        },
        Attack {
            name: "a file that the manifest names in another letter case",
            files: vec![("x.zip", {
                let list = manifest(&[("App.bin", good)]);
                let signed = cast.by_vendor(&list);
                zipped(&[
                    ("manifest.json", &list),
                    ("manifest.json.p7s", &signed),
                    ("app.bin", good),
                ])
            })],
            judged: "x.zip",
            expected: Verdict::Invalid,
        },
        Attack {
            name: "a signed manifest without files",
            files: vec![("x.zip", {
                let list = b"{\"files\":[]}";
                let signed = cast.by_vendor(list);
                zipped(&[
                    ("manifest.json", list),
                    ("manifest.json.p7s", &signed),
                    ("app.bin", evil),
                ])
            })],
            judged: "x.zip",
            expected: Verdict::Unjudged,
        },
        Attack {
            name: "a manifest that the attacker signs for the vendor's certificate",
            files: vec![("x.zip", {
                let list = manifest(&[("app.bin", evil)]);
                let thief = Signer::new(&cast.attacker_key, &cast.vendor);
                let signed = detached(thief, &list, SIGNED, &[&cast.vendor]);
                zipped(&[
                    ("manifest.json", &list),
                    ("manifest.json.p7s", &signed),
                    ("app.bin", evil),
                ])
            })],
            judged: "x.zip",
            expected: Verdict::Invalid,
        },
        Attack {
            name: "a signature beside a tampered package does not excuse what is inside",
            files: vec![
                ("x.zip", package(&[("evil.sh", script)])),
                (
                    "x.zip.p7s",
                    cast.by_attacker(&package(&[("evil.sh", script)])),
                ),
            ],
            judged: "x.zip",
            expected: Verdict::Invalid,
        },
        Attack {
            name: "control: the vendor signs an odd archive as a whole",
            files: vec![
                ("x.zip", package(&[("extra.txt", script)])),
                (
                    "x.zip.p7s",
                    cast.by_vendor(&package(&[("extra.txt", script)])),
                ),
            ],
            judged: "x.zip",
            expected: Verdict::Anchored,
        },
        Attack {
            name: "a signature beside an archive that readers see differently",
            files: {
                let twice = zipped(&[("a.bin", good), ("a.bin", evil)]);
                let signed = cast.by_attacker(&twice);
                vec![("x.zip", twice), ("x.zip.p7s", signed)]
            },
            judged: "x.zip",
            expected: Verdict::Refused,
        },
        Attack {
            name: "signed attributes passed off as a member",
            files: vec![("x.zip", {
                let list = attributes(ID_DATA, cast.vendor_key.hash, good, SIGNED);
                let content = set(&list);
                let signer = Signer::new(&cast.vendor_key, &cast.vendor);
                let info = signer.over_content(&content);
                let certificates = [cast.vendor.der().to_vec()];
                let signed = signed_data(ID_DATA, None, &certificates, &[info]);
                zipped(&[("a.bin", &content), ("a.bin.p7s", &signed)])
            })],
            judged: "x.zip",
            expected: Verdict::Invalid,
        },
        Attack {
            name: "a signer who vouches for the time of its own signature",
            files: vec![
                ("x.bin", evil.to_vec()),
                ("x.bin.p7s", {
                    let signer = Signer::new(&cast.vendor_key, &cast.expired);
                    let list = attributes(ID_DATA, cast.vendor_key.hash, evil, SIGNED);
                    let value = cast.vendor_key.sign(&set(&list));
                    let time = token::countersignature(signer, &value, "200301120000Z");
                    let attribute = crate::making::cms::attribute(token::COUNTERSIGNATURE, &[time]);
                    let info = signer.info(Some(&list), &value, &[attribute]);
                    signed_data(ID_DATA, None, &[cast.expired.der().to_vec()], &[info])
                }),
            ],
            judged: "x.bin",
            expected: Verdict::Invalid,
        },
        Attack {
            name: "a tar whose member lies elsewhere for readers that take any prefix",
            files: vec![("x.tar", {
                let mut moved = tar_member("app.bin", b'0', "", good);
                moved[257..265].copy_from_slice(b"ustar  \0");
                moved[345..348].copy_from_slice(b"etc");
                checksum(&mut moved[..512]);
                tar(&[
                    tar_member("manifest.json", b'0', "", &list),
                    tar_member("manifest.json.p7s", b'0', "", &list_signed),
                    moved,
                ])
            })],
            judged: "x.tar",
            expected: Verdict::Refused,
        },
        Attack {
            name: "a tar whose link puts the vendor's bytes under another name",
            files: vec![("x.tar", {
                tar(&[
                    tar_member("manifest.json", b'0', "", &list),
                    tar_member("manifest.json.p7s", b'0', "", &list_signed),
                    tar_member("app.bin", b'0', "", good),
                    tar_member("etc/app.bin", b'2', "../app.bin", b""),
                ])
            })],
            judged: "x.tar",
            expected: Verdict::Invalid,
        },
    ]
}

#[test]
fn what_must_not_be_installed_is_not_trusted() {
    let cast = Cast::new();
    let mut surprises = vec![];
    for attack in attacks(&cast) {
        let folder = laid_out(&attack.files);
        let report = judged(&cast, &folder.path().join(attack.judged), NOW, None);
        if report.verdict != attack.expected {
            surprises.push(format!(
                "{}: {:?} instead of {:?}; {:?}",
                attack.name, report.verdict, attack.expected, report.findings
            ));
        }
    }
    assert!(surprises.is_empty(), "{}", surprises.join("\n"));
}

/// An installer follows links in a folder; so nothing behind one may go unseen.
#[cfg(unix)]
#[test]
fn a_link_in_a_folder_is_seen() {
    use std::os::unix::fs::symlink;
    let cast = Cast::new();
    let good = b"the vendor's program";
    let list = manifest(&[("app.bin", good)]);
    let outside = laid_out(&vec![("evil.sh", b"#!/bin/sh\n".to_vec())]);
    type Make = fn(&Path, &Path);
    let cases: [(&str, Make, Verdict); 4] = [
        ("none", |_, _| {}, Verdict::Anchored),
        (
            "to a file outside",
            |top, outside| symlink(outside.join("evil.sh"), top.join("install.sh")).unwrap(),
            Verdict::Refused,
        ),
        (
            "to a folder outside",
            |top, outside| symlink(outside, top.join("scripts")).unwrap(),
            Verdict::Refused,
        ),
        (
            "to a file inside, by a name that is not in the manifest",
            |top, _| symlink("app.bin", top.join("other.bin")).unwrap(),
            Verdict::Invalid,
        ),
    ];
    for (name, make, expected) in cases {
        let folder = laid_out(&vec![
            ("manifest.json", list.clone()),
            ("manifest.json.p7s", cast.by_vendor(&list)),
            ("app.bin", good.to_vec()),
        ]);
        make(folder.path(), outside.path());
        let report = judged(&cast, folder.path(), NOW, None);
        assert_eq!(report.verdict, expected, "{name}: {:?}", report.findings);
    }
}

/// What a store witnesses is when it saw these signatures, by the clock on the wall.
#[test]
fn a_store_is_no_false_witness() {
    let cast = Cast::new();
    let content = b"a program".to_vec();
    // Signed now with a key whose certificate ran out in 2021.
    let signer = Signer::new(&cast.vendor_key, &cast.expired);
    let signed = detached(signer, &content, "200301120000Z", &[&cast.expired]);
    let folder = laid_out(&vec![
        ("x.bin", content.clone()),
        ("x.bin.p7s", signed.clone()),
    ]);
    let path = folder.path().join("x.bin");
    let store = folder.path().join("store.sqlite3");
    let open = || Store::open(&store, std::time::Duration::from_secs(1)).unwrap();

    // Somebody asked how it would have been judged then.
    let then = "2020-06-01T00:00:00Z";
    assert_eq!(
        judged(&cast, &path, then, Some(open())).verdict,
        Verdict::Anchored
    );
    assert_eq!(
        judged(&cast, &path, NOW, Some(open())).verdict,
        Verdict::Invalid,
        "a question about 2020 is no sighting in 2020"
    );
}

/// What is sent today without a signature is known tomorrow, and may be signed then with a key that
/// has been stolen since.
#[test]
fn a_file_seen_before_it_was_signed_witnesses_nothing() {
    let cast = Cast::new();
    let content = b"a program".to_vec();
    let folder = laid_out(&vec![("x.bin", content.clone())]);
    let path = folder.path().join("x.bin");
    let store = folder.path().join("store.sqlite3");
    let open = || Store::open(&store, std::time::Duration::from_secs(1)).unwrap();
    let mut anchors = AnchorBundle::new();
    anchors.add(cast.root.der()).unwrap();
    let verdict = |now: &str| {
        let mut asked = request(&path, now);
        asked.now = asked.at;
        check(&asked, &anchors, Some(open()), &Silent).packages[0].verdict
    };
    assert_eq!(verdict("2020-06-01T00:00:00Z"), Verdict::Unsigned);
    let signer = Signer::new(&cast.vendor_key, &cast.expired);
    let signed = detached(signer, &content, "200301120000Z", &[&cast.expired]);
    std::fs::write(folder.path().join("x.bin.p7s"), signed).unwrap();
    assert_eq!(verdict(NOW), Verdict::Invalid);
}

/// The control: signatures that were seen in time outlive their certificate.
#[test]
fn a_store_is_a_witness() {
    let cast = Cast::new();
    let content = b"a program".to_vec();
    let signer = Signer::new(&cast.vendor_key, &cast.expired);
    let signed = detached(signer, &content, "200301120000Z", &[&cast.expired]);
    let folder = laid_out(&vec![("x.bin", content), ("x.bin.p7s", signed)]);
    let store = folder.path().join("store.sqlite3");
    let mut anchors = AnchorBundle::new();
    anchors.add(cast.root.der()).unwrap();
    for now in ["2020-06-01T00:00:00Z", NOW] {
        let mut asked = request(&folder.path().join("x.bin"), now);
        asked.now = asked.at;
        let store = Store::open(&store, std::time::Duration::from_secs(1)).unwrap();
        let run = check(&asked, &anchors, Some(store), &Silent);
        assert_eq!(run.packages[0].verdict, Verdict::Anchored, "{now}");
    }
}

/// Work that grows with the square of what the attacker writes would stop a pipeline.
#[allow(clippy::disallowed_methods, reason = "it is the time that is tested")]
#[test]
fn many_of_anything_end_soon() {
    let cast = Cast::new();
    let names = |count: usize, form: &dyn Fn(usize) -> String| -> Vec<u8> {
        let entries: Vec<_> = (0..count).map(|n| entry(&form(n), b"")).collect();
        zip(&entries)
    };
    let listed = |files: &str| {
        zipped(&[
            ("manifest.json", files.as_bytes()),
            ("manifest.json.p7s", &cast.by_vendor(files.as_bytes())),
        ])
    };
    let digest = format!(
        "{{\"alg\":\"SHA-256\",\"content\":\"{}\"}}",
        "ab".repeat(32)
    );
    let digests = vec![digest.as_str(); 40_000].join(",");
    let cases: [(&str, Vec<u8>); 6] = [
        ("manifests", names(8_000, &|n| format!("{n}.mf"))),
        (
            "lone signatures",
            names(8_000, &|n| format!("{n}/signature.sig")),
        ),
        (
            "signed members",
            names(8_000, &|n| {
                format!("{}{}", n / 2, if n % 2 == 0 { "" } else { ".sig" })
            }),
        ),
        (
            "certificates",
            names(8_000, &|n| match n {
                0 => "manifest.json".to_owned(),
                1 => "manifest.json.sig".to_owned(),
                n => format!("ca-{n}.pem"),
            }),
        ),
        (
            "digests of one file",
            listed(&format!(
                "{{\"files\":[{{\"path\":\"a\",\"hashes\":[{digests}]}}]}}"
            )),
        ),
        ("faults", names(8_000, &|n| format!("../{n}"))),
    ];
    for (name, bytes) in cases {
        let folder = laid_out(&vec![("x.zip", bytes)]);
        let start = std::time::Instant::now();
        let report = judged(&cast, &folder.path().join("x.zip"), NOW, None);
        let took = start.elapsed();
        assert_ne!(report.verdict, Verdict::Anchored, "{name}");
        assert!(took.as_secs() < 20, "{name}: {took:?}");
        assert!(
            report.findings.len() < 200,
            "{name}: {} findings",
            report.findings.len()
        );
    }
}

/// A later status does not heal what was signed while the key was distrusted.
#[test]
fn what_was_signed_under_distrust_stays_distrusted() {
    let made = crate::making::story::files();
    let later = [
        ("", Verdict::Anchored),
        ("distrusted 2024-06-01", Verdict::Distrusted),
        ("distrusted 2025-01-01", Verdict::Anchored),
        (
            "distrusted 2024-06-01, revoked 2025-01-01",
            Verdict::Distrusted,
        ),
        (
            "distrusted 2024-06-01, active 2025-01-01",
            Verdict::Distrusted,
        ),
    ];
    for (statuses, expected) in later {
        let files: Vec<(String, Vec<u8>)> = made
            .iter()
            .filter_map(|(path, bytes)| {
                let path = path.strip_prefix("trust/")?;
                let mut bytes = bytes.clone();
                if path.contains("/roots/") && path.ends_with(".toml") {
                    for status in statuses.split(", ").filter(|status| !status.is_empty()) {
                        let (word, day) = status.split_once(' ').unwrap();
                        bytes.extend(
                            format!(
                                "\n[[status]]\nstatus = \"{word}\"\nvalid_from = {day}\n\
                                 recorded = 2026-09-02\nevidence = [\"a test\"]\nsays = \"a test\"\n"
                            )
                            .bytes(),
                        );
                    }
                }
                Some((path.to_owned(), bytes))
            })
            .collect();
        let view = FolderView::from_files(&files).unwrap();
        let folder = laid_out(&vec![("x.zip", made["packages/known-root.zip"].clone())]);
        let store = folder.path().join("store.sqlite3");
        let verdict = |now: &str| {
            let mut asked = request(&folder.path().join("x.zip"), now);
            asked.now = asked.at;
            let store = Store::open(&store, std::time::Duration::from_secs(1)).unwrap();
            check(&asked, &view, Some(store), &Silent).packages[0].verdict
        };
        verdict("2024-09-01T00:00:00Z");
        assert_eq!(verdict("2026-10-01T00:00:00Z"), expected, "{statuses}");
    }
}
