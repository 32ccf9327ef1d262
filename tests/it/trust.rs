//! The trust folder: the shipped one is sound, faults are found where they are, and the views
//! answer alike.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anchorwatch::domain::{AnchorId, Purpose, SigningTime, Status, TimeGround};
use anchorwatch::formats::openpgp::Issuer;
use anchorwatch::formats::pem;
use anchorwatch::formats::trust_folder::{Evidence, Folder};
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::lint::lint;
use anchorwatch::judge::trust::{
    AnchorBundle, FolderView, Mismatch, Sighting, View, matching_rules, nearly_matching_rules,
    shipped,
};
use jiff::Timestamp;

type Files = Vec<(String, Vec<u8>)>;

fn collect(folder: &Path, below: &str, into: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(&entry.path(), &format!("{path}/"), into);
        } else {
            into.push((path, fs::read(entry.path()).unwrap()));
        }
    }
}

/// The shipped folder, read once.
fn shipped_files() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let mut files = vec![];
        collect(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("trust"),
            "",
            &mut files,
        );
        files
    })
}

/// A part of it that stands alone: the shared keys and two vendors.
fn files() -> Files {
    let wanted = ["shared/", "vendors/nodejs/", "vendors/qt/"];
    shipped_files()
        .iter()
        .filter(|(path, _)| wanted.iter().any(|start| path.starts_with(start)))
        .cloned()
        .collect()
}

/// The folder of seeds beside the cases; `None` (told on stderr) when it is not there.
fn seed() -> Option<PathBuf> {
    let cases = std::env::var_os("ANCHORWATCH_CASES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases"),
        PathBuf::from,
    );
    let seed = cases.parent()?.join("trust-seed");
    if seed.join("roots.jsonl").exists() {
        return Some(seed);
    }
    eprintln!("SKIPPED: no trust-seed beside {}", cases.display());
    None
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn id(view: &dyn View, name: &str) -> AnchorId {
    let folder = Folder::parse(&files()).unwrap();
    let (id, _) = folder
        .shared_roots
        .iter()
        .find(|(_, key)| key.root.name == name)
        .unwrap();
    assert!(view.anchor(id).unwrap().shared);
    id.clone()
}

#[test]
fn the_shipped_folder_has_nothing_to_mend() {
    let files = shipped_files();
    let found: Vec<String> = lint(files).iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let folder = Folder::parse(files).unwrap();
    let own_keys: usize = folder
        .vendors
        .values()
        .map(|vendor| {
            vendor
                .roots
                .values()
                .filter(|key| key.root.link.is_none())
                .count()
        })
        .sum();
    let keys = own_keys + folder.shared_roots.len();
    let rotating = folder
        .vendors
        .values()
        .filter(|vendor| !vendor.rotations.is_empty());
    // Told by the vendor itself, on a day, and the telling is among the evidence.
    let announced = folder
        .vendors
        .values()
        .flat_map(|vendor| vendor.rotations.values())
        .filter(|rotation| {
            let telling =
                |one: &Evidence| one.published.is_some() && one.published == rotation.announced;
            rotation.announced.is_some() && rotation.evidence.iter().any(telling)
        });
    let counts = [
        ("vendors", folder.vendors.len(), 45),
        ("keys", keys, 400),
        ("vendors with a rotation", rotating.count(), 25),
        ("announced rotations", announced.count(), 12),
    ];
    for (what, count, least) in counts {
        eprintln!("{what}: {count}");
        assert!(count >= least, "{what}: {count}");
    }
    for (slug, vendor) in &folder.vendors {
        // A raw or OpenPGP key is its own signer.
        let own = vendor
            .roots
            .keys()
            .any(|id| !matches!(id, AnchorId::X509(_)));
        assert!(own || !vendor.signers.is_empty(), "{slug}");
    }
}

/// The compiled folder answers what the parsed one says, for every file.
#[test]
fn the_program_carries_the_whole_folder() {
    let folder = Folder::parse(shipped_files()).unwrap();
    let loaded = FolderView::from_files(shipped_files()).unwrap();
    let embedded = shipped();
    let at = instant("2026-11-22T00:00:00Z");
    for view in [&loaded as &dyn View, &embedded as &dyn View] {
        assert_eq!(
            view.vendors(),
            folder.vendors.keys().cloned().collect::<Vec<_>>()
        );
        for (purpose, keys) in [
            (Purpose::CodeSigning, &folder.shared_roots),
            (Purpose::TimeStamping, &folder.timestamping),
        ] {
            for id in keys.keys() {
                let key = folder.key(id).unwrap();
                let AnchorId::X509(spki) = id else { panic!() };
                assert_eq!(view.by_spki(purpose, spki), key.certificates, "{id}");
                for certificate in &key.certificates {
                    let by_name = view.by_subject(purpose, certificate.subject());
                    assert!(by_name.contains(certificate), "{id}");
                    if let Some(ski) = certificate.key_identifier() {
                        assert!(view.by_key_identifier(purpose, ski).contains(certificate));
                    }
                }
                let standing = view.status_at(id, None, purpose, at);
                assert_eq!(standing.is_some(), purpose == Purpose::TimeStamping, "{id}");
            }
        }
        for (slug, vendor) in &folder.vendors {
            assert_eq!(*view.vendor(slug).unwrap(), vendor.profile);
            for (name, rule) in &vendor.signers {
                let rules = view.signer_rules(&rule.root);
                let found = rules
                    .iter()
                    .find(|one| one.vendor == *slug && one.name == *name);
                assert_eq!(*found.unwrap().rule, *rule, "{slug}/{name}");
            }
            for (id, key) in &vendor.roots {
                let standing = view
                    .status_at(id, Some(slug), Purpose::CodeSigning, at)
                    .unwrap();
                let last = key.root.statuses.last().unwrap();
                assert_eq!(standing.record.status, last.status, "{slug} {id}");
                assert!(view.anchor(id).unwrap().vendors.contains(slug));
                if let Some(merged) = folder.key(id).and_then(|key| key.merged.as_ref()) {
                    for key in merged.keys() {
                        let id = key.fingerprint.key_id();
                        for issuer in [Issuer::KeyId(id), Issuer::Fingerprint(key.fingerprint)] {
                            assert!(
                                view.openpgp_certificates(&[issuer]).contains(merged),
                                "{issuer}"
                            );
                        }
                    }
                }
                let public_key = folder.key(id).and_then(|key| key.public_key.as_ref());
                if let Some((key, number)) = public_key.and_then(|k| Some((k, k.number()?))) {
                    assert!(view.raw_keys_by_number(number).contains(&key.spki), "{id}");
                }
            }
            for (name, rotation) in &vendor.rotations {
                for one in rotation.old.iter().chain(&rotation.new) {
                    use anchorwatch::formats::trust_folder::Rotated;
                    let found = match one {
                        Rotated::Key(key) => view.rotations_of_key(key),
                        Rotated::Rule(rule) => view.rotations_of_rule(slug, rule),
                    };
                    assert!(
                        found
                            .iter()
                            .any(|found| found.name == *name && *found.rotation == *rotation),
                        "{slug}/{name}"
                    );
                }
            }
        }
    }
    assert!(!embedded.is_bare());
    assert!(FolderView::from_blob(vec![1, 2, 3].into()).is_none());
}

#[test]
fn standing_follows_time_vendor_and_knowledge() {
    let view = shipped();
    let azure = id(
        &view,
        "Microsoft Identity Verification Root Certificate Authority 2020",
    );
    let g4 = id(&view, "DigiCert Trusted Root G4");
    // key, vendor, instant, expected
    let cases = [
        (&azure, Some("nodejs"), "2025-09-24T00:00:00Z", "active"),
        (
            &azure,
            Some("nodejs"),
            "2025-04-01T00:00:00Z",
            "active early",
        ),
        (&azure, Some("nodejs"), "2019-01-01T00:00:00Z", "none"),
        (&azure, Some("qt"), "2026-01-01T00:00:00Z", "none"),
        (&azure, None, "2026-01-01T00:00:00Z", "none"),
        (&g4, Some("nodejs"), "2025-01-01T00:00:00Z", "active"),
        (&g4, Some("nodejs"), "2025-10-01T00:00:00Z", "retired"),
        (&g4, Some("qt"), "2026-10-01T00:00:00Z", "active"),
    ];
    for (key, vendor, at, expected) in cases {
        let found = view
            .status_at(key, vendor, Purpose::CodeSigning, instant(at))
            .map_or("none".to_owned(), |standing| {
                let early = if standing.before_first_seen {
                    " early"
                } else {
                    ""
                };
                format!("{}{early}", standing.record.status.word())
            });
        assert_eq!(found, expected, "{key} {vendor:?} {at}");
    }
    let before = shipped().known_at(instant("2026-11-21T00:00:00Z"));
    let at = instant("2026-01-01T00:00:00Z");
    assert!(
        before
            .status_at(&azure, Some("nodejs"), Purpose::CodeSigning, at)
            .is_none()
    );
}

#[test]
fn product_patterns_suggest_vendors() {
    let view = shipped();
    for (name, expected) in [
        ("node.exe", "nodejs"),
        ("Node-v22.20.0-x64.msi", "nodejs"),
        ("libiomp5md.dll", "intel"),
        ("gurobi130.dll", "gurobi"),
        ("vcruntime140_1.dll", "microsoft"),
        ("Qt6Core.dll", "qt"),
        ("setup.exe", ""),
    ] {
        assert_eq!(
            view.vendors_suggested_by(name).join(" "),
            expected,
            "{name}"
        );
    }
}

/// One key's row of the seed.
struct Row {
    vendor: String,
    kind: String,
    name: String,
    /// It stamps time and signs no software.
    stamps: bool,
    certificate: Certificate,
}

fn rows(seed: &Path) -> Vec<Row> {
    fs::read_to_string(seed.join("roots.jsonl"))
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|row| row["kind"].as_str().unwrap().starts_with("x509"))
        .filter_map(|row| {
            let bytes = fs::read(seed.join(row["file"].as_str()?)).unwrap();
            let der = pem::blocks(&bytes).unwrap().remove(0).der;
            Some(Row {
                vendor: match row["vendor"].as_str()? {
                    "jrsoftware (Inno Setup)" => "jrsoftware".to_owned(),
                    slug => slug.to_owned(),
                },
                kind: row["kind"].as_str()?.to_owned(),
                name: row["name"].as_str()?.to_owned(),
                stamps: row["eku"].to_string().contains("timeStamping"),
                certificate: Certificate::from_der(&der).unwrap(),
            })
        })
        .collect()
}

/// Every way from a leaf up to a key of the view, by names and key identifiers alone.
fn paths(leaf: &Certificate, rows: &[Row], view: &dyn View) -> Vec<Vec<Certificate>> {
    let mut open = vec![vec![leaf.clone()]];
    let mut done = vec![];
    while let Some(path) = open.pop() {
        let last = path.last().unwrap();
        let wanted = last
            .authority_key_identifier()
            .and_then(|id| id.key_identifier.clone());
        for row in rows {
            let issuer = &row.certificate;
            let same_key = wanted.is_none()
                || issuer.key_identifier().is_none()
                || issuer.key_identifier() == wanted.as_deref();
            if issuer.subject() != last.issuer() || !same_key || path.contains(issuer) {
                continue;
            }
            let mut longer = path.clone();
            longer.push(issuer.clone());
            if !view
                .by_spki(Purpose::CodeSigning, &issuer.spki_sha256())
                .is_empty()
            {
                done.push(longer.clone());
            }
            open.push(longer);
        }
    }
    done
}

/// Every signer that the seed knows comes to its own vendor, and to nobody else.
#[test]
fn rules_name_their_own_signers_only() {
    let Some(seed) = seed() else { return };
    let rows = rows(&seed);
    let view = shipped();
    let proven = SigningTime {
        ground: TimeGround::Proven,
        at: Some(instant("2026-01-01T00:00:00Z")),
    };
    let mut anchored = 0;
    for row in rows.iter().filter(|row| row.kind == "x509_signer") {
        let mut vendors: Vec<String> = paths(&row.certificate, &rows, &view)
            .iter()
            .flat_map(|path| {
                let seen = Sighting {
                    path,
                    signing_time: proven,
                    at: instant("2026-01-01T00:00:00Z"),
                };
                matching_rules(&view, &seen)
            })
            .map(|rule| rule.vendor)
            .collect();
        vendors.sort();
        vendors.dedup();
        let third_party = row.vendor == "microsoft"
            && !["Microsoft Corporation", ".NET", ".NET DAC"].contains(&row.name.as_str());
        let apple = row.name.starts_with("Developer ID");
        let expected =
            if view.vendors().contains(&row.vendor) && !third_party && !apple && !row.stamps {
                anchored += 1;
                vec![row.vendor.clone()]
            } else {
                vec![]
            };
        assert_eq!(
            vendors,
            expected,
            "{} {}",
            row.name,
            row.certificate.sha256()
        );
    }
    assert!(anchored > 75, "{anchored}");
}

#[test]
fn what_a_rule_misses_is_named() {
    let Some(seed) = seed() else { return };
    let rows = rows(&seed);
    let view = shipped();
    let leaf = rows
        .iter()
        .find(|row| row.certificate.sha256().to_string().starts_with("6c03b96d"))
        .unwrap();
    let path = paths(&leaf.certificate, &rows, &view).remove(0);
    let seen = |path, ground| Sighting {
        path,
        signing_time: SigningTime { ground, at: None },
        at: instant("2026-01-01T00:00:00Z"),
    };
    assert_eq!(
        matching_rules(&view, &seen(&path, TimeGround::Proven)).len(),
        1
    );
    assert!(matching_rules(&view, &seen(&path, TimeGround::Claimed)).is_empty());
    let near = nearly_matching_rules(&view, &seen(&path, TimeGround::Claimed));
    assert_eq!(near.len(), 1);
    assert_eq!(near[0].mismatches, [Mismatch::TimestampMissing]);
    // without the PCA between leaf and root
    let short = [path[0].clone(), path.last().unwrap().clone()];
    let near = nearly_matching_rules(&view, &seen(&short, TimeGround::Proven));
    assert_eq!(near[0].mismatches, [Mismatch::Intermediate]);
    assert!(matching_rules(&view, &seen(&[], TimeGround::Proven)).is_empty());
}

#[test]
fn a_bundle_anchors_whatever_it_holds() {
    let files = shipped_files();
    let all: Vec<u8> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".pem"))
        .flat_map(|(_, bytes)| bytes.clone())
        .collect();
    let mut bundle = AnchorBundle::new();
    bundle.add(&all).unwrap();
    let blocks = pem::blocks(&all).unwrap();
    assert_eq!(bundle.len(), blocks.len());
    for block in &blocks {
        let certificate = Certificate::from_der(&block.der).unwrap();
        let id = AnchorId::X509(certificate.spki_sha256());
        for purpose in [Purpose::CodeSigning, Purpose::TimeStamping] {
            assert!(
                bundle
                    .by_subject(purpose, certificate.subject())
                    .contains(&certificate)
            );
            assert!(
                bundle
                    .by_spki(purpose, &certificate.spki_sha256())
                    .contains(&certificate)
            );
            let standing = bundle.status_at(&id, Some("anybody"), purpose, Timestamp::MIN);
            assert_eq!(standing.unwrap().record.status, Status::Active);
        }
        let mut single = AnchorBundle::new();
        single.add(&block.der).unwrap();
        assert_eq!(single.len(), 1);
    }
    assert!(bundle.is_bare() && bundle.vendors().is_empty());
    let before = bundle.len();
    for bad in [
        &b""[..],
        b"hello",
        &all[..700],
        &blocks[0].der[..50],
        b"-----BEGIN X-----\n-----END X-----\n",
    ] {
        assert!(bundle.add(bad).is_err(), "{bad:?}");
    }
    assert_eq!(bundle.len(), before);
}

/// DER: a tag, the length, the content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap().to_be_bytes();
    match content.len() {
        0..128 => [&[tag, length[1]], content].concat(),
        128..256 => [&[tag, 0x81, length[1]], content].concat(),
        _ => [&[tag, 0x82, length[0], length[1]], content].concat(),
    }
}

/// A PKCS#7 that only carries certificates, in both forms.
#[test]
fn a_bundle_reads_pkcs7() {
    use base64::Engine as _;
    let mut certificates: Vec<Vec<u8>> = shipped_files()
        .iter()
        .filter(|(path, _)| path.ends_with(".pem"))
        .flat_map(|(_, bytes)| pem::blocks(bytes).unwrap())
        .map(|block| block.der)
        .collect();
    certificates.truncate(5);
    let oid = |last| der(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, last]);
    let signed_data = [
        der(2, &[1]),
        der(0x31, &[]),
        der(0x30, &oid(1)),
        der(0xa0, &certificates.concat()),
        der(0x31, &[]),
    ]
    .concat();
    let p7b = der(
        0x30,
        &[oid(2), der(0xa0, &der(0x30, &signed_data))].concat(),
    );
    let text = base64::engine::general_purpose::STANDARD.encode(&p7b);
    let armoured = format!("-----BEGIN PKCS7-----\n{text}\n-----END PKCS7-----\n");
    for file in [p7b.as_slice(), armoured.as_bytes()] {
        let mut bundle = AnchorBundle::new();
        bundle.add(file).unwrap();
        assert_eq!(bundle.len(), 5);
        let first = Certificate::from_der(&certificates[0]).unwrap();
        let found = bundle.by_subject(Purpose::CodeSigning, first.subject());
        assert_eq!(found[0], first);
    }
    // data instead of SignedData, and cut off
    for bad in [der(0x30, &oid(1)), p7b[..p7b.len() - 9].to_vec()] {
        assert!(AnchorBundle::new().add(&bad).is_err());
    }
}

/// Replaces one text in one file and gives what the lint then says.
fn mend(path: &str, from: &str, to: &str) -> String {
    let mut files = files();
    let (_, bytes) = files.iter_mut().find(|(name, _)| name == path).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{path}: {from}");
    *bytes = text.replacen(from, to, 1).into_bytes();
    said(&files)
}

fn said(files: &Files) -> String {
    let said: Vec<String> = lint(files).iter().map(ToString::to_string).collect();
    said.join("\n")
}

#[test]
fn faults_are_found_where_they_are() {
    const NODE: &str = "vendors/nodejs/vendor.toml";
    const AZURE: &str = "vendors/nodejs/signers/authenticode-azure-trusted-signing.toml";
    const ROTATION: &str = "vendors/nodejs/rotations/2018-05-29-digicert-2015-to-2017.toml";
    const LATER: &str =
        "vendors/nodejs/rotations/2025-09-24-digicert-to-azure-trusted-signing.toml";
    const G4: &str = "vendors/nodejs/roots/x509-59df317bfa9f4f0ab7ca514d7772296aa2c765b87664d08b96e57399e364729c.toml";
    const SHARED: &str =
        "shared/roots/x509-59df317bfa9f4f0ab7ca514d7772296aa2c765b87664d08b96e57399e364729c.toml";
    let cases = [
        (
            NODE,
            "aliases",
            "alias",
            ":4: unknown key `alias`, did you mean `aliases`?",
        ),
        (NODE, "homepage =", "homepage", ":5: "),
        (
            NODE,
            "formats = [\"authenticode\"]",
            "formats = []\nroots = [\"raw-00\"]",
            "the product names raw-00, for which",
        ),
        (
            NODE,
            "schema = 1",
            "schema = 2",
            ":1: schema 2 is not known",
        ),
        (
            NODE,
            "slug = \"nodejs\"",
            "slug = \"node\"",
            "is not the folder's name",
        ),
        (
            NODE,
            "value = \"\"",
            "value = \"+49 1\"",
            ":13: the phone number",
        ),
        (
            AZURE,
            "intermediate_spki = [",
            "intermediate_spki = [] #",
            "",
        ),
        (AZURE, "subject_o", "#", ":1: the rule would match anybody"),
        (AZURE, "timestamp_required = true", "", "timestamp_required"),
        (
            AZURE,
            "root = \"x509-dedb",
            "root = \"x509-0000",
            "the rule names no known key: x509-0000",
        ),
        (
            ROTATION,
            "signers/authenticode-digicert-2015",
            "signers/x",
            ":3: no such rule: signers/x.toml",
        ),
        (
            ROTATION,
            "leaf_change",
            "renewal",
            ":2: kind renewal, but old and new differ",
        ),
        (
            LATER,
            "NODEJS-2025-01",
            "NODEJS-2018-01",
            ":1: the id NODEJS-2018-01 is also used in",
        ),
        (
            ROTATION,
            "\"signers/authenticode-digicert-2015\"",
            "\"x509-56e4\"",
            ":3: ",
        ),
        (G4, "\"active\"", "\"activ\"", ":5: `activ` is no status"),
        (G4, "2026-11-22", "2026-11-23", ":14: status retired"),
        (
            G4,
            "shared/roots/x509-59df",
            "shared/roots/x509-00df",
            "another key",
        ),
        (SHARED, "ski = \"ec", "ski = \"ed", ":4: ski says ed"),
        (
            SHARED,
            "not_before = 2013-08-01",
            "not_before = 2013-08-02",
            "not_before says 2013-08-02",
        ),
        (SHARED, "552f7bdc", "552f7bdd", "cert_sha256 says 552f7bdd"),
        (
            SHARED,
            "kind = \"x509_root\"",
            "",
            "neither `kind` nor `link`",
        ),
    ];
    for (path, from, to, expected) in cases {
        let said = mend(path, from, to);
        if expected.is_empty() {
            // still specific by its identity purpose
            assert!(said.is_empty(), "{from} -> {to}: {said}");
        } else {
            assert!(
                said.starts_with(path) && said.contains(expected),
                "{from} -> {to}: {said}"
            );
        }
    }
}

#[test]
fn missing_and_misplaced_files_are_named() {
    const PEM: &str =
        "shared/roots/x509-59df317bfa9f4f0ab7ca514d7772296aa2c765b87664d08b96e57399e364729c.pem";
    let without = |gone: &str| -> Files {
        files()
            .into_iter()
            .filter(|(path, _)| path != gone)
            .collect()
    };
    let cases = [
        (without(PEM), "no .pem beside it"),
        (
            without("vendors/qt/vendor.toml"),
            "the vendor has no vendor.toml",
        ),
        (
            without(
                "vendors/qt/roots/x509-1d75d0831b9e0885394d32c7a1bfdb3dbc1c28e2b0e8391fb135981dbc5ba936.toml",
            ),
            "the rule anchors nothing",
        ),
        (with("vendors/qt/extra.toml", b""), "no place for this file"),
        (
            with(
                "vendors/Qt_2/vendor.toml",
                b"schema = 1\nslug = \"Qt_2\"\nname = \"x\"",
            ),
            "is not the folder's name",
        ),
        (
            with("vendors/qt/roots/x509-12.toml", b"kind = \"x509_root\""),
            "no anchor id",
        ),
        (
            with(&format!("shared/roots/x509-{}.pem", "0".repeat(64)), b"x"),
            "no certificate in it",
        ),
        (
            with("vendors/qt/signers/a.toml", b"\xff"),
            "not text in UTF-8",
        ),
        (own_copy(), "keep it once in shared/roots"),
        (own_copy(), "belongs in shared/roots"),
    ];
    for (files, expected) in cases {
        let said = said(&files);
        assert!(said.contains(expected), "{expected}: {said}");
        if expected != "the rule anchors nothing" && !expected.contains("shared/roots") {
            assert!(FolderView::from_files(&files).is_err(), "{expected}");
        }
    }
}

fn with(path: &str, bytes: &[u8]) -> Files {
    let mut files = files();
    files.push((path.to_owned(), bytes.to_vec()));
    files
}

/// A vendor that keeps its own copy of a shared key.
fn own_copy() -> Files {
    const ID: &str = "x509-59df317bfa9f4f0ab7ca514d7772296aa2c765b87664d08b96e57399e364729c";
    let mut files = files();
    for ending in ["toml", "pem"] {
        let shared = format!("shared/roots/{ID}.{ending}");
        let own = format!("vendors/qt/roots/{ID}.{ending}");
        let bytes = files
            .iter()
            .find(|(path, _)| *path == shared)
            .unwrap()
            .1
            .clone();
        files.retain(|(path, _)| *path != own);
        files.push((own, bytes));
    }
    files
}

/// A global distrust condemns for every vendor; other global statuses do not speak for vendors.
#[test]
fn global_distrust_wins() {
    let id = "x509-59df317bfa9f4f0ab7ca514d7772296aa2c765b87664d08b96e57399e364729c";
    let at = instant("2025-01-01T00:00:00Z");
    for (status, expected) in [
        ("distrusted", Status::Distrusted),
        ("observed", Status::Active),
    ] {
        let mut files = files();
        let (_, bytes) = files
            .iter_mut()
            .find(|(path, _)| *path == format!("shared/roots/{id}.toml"))
            .unwrap();
        bytes.extend_from_slice(
            format!("\n[[status]]\nstatus = \"{status}\"\nvalid_from = 2024-01-01\nrecorded = 2026-11-22\nevidence = [\"a test\"]\n").as_bytes(),
        );
        let view = FolderView::from_files(&files).unwrap();
        let standing = view
            .status_at(
                &id.parse().unwrap(),
                Some("nodejs"),
                Purpose::CodeSigning,
                at,
            )
            .unwrap();
        assert_eq!(standing.record.status, expected);
    }
}

mod hostile {
    use super::*;
    use proptest::prelude::*;
    use proptest::sample::Index;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn a_damaged_folder_never_panics(which: Index, at: Index, bytes in proptest::collection::vec(any::<u8>(), 0..6)) {
            let files = shipped_files();
            let (path, mut content) = files[which.index(files.len())].clone();
            let at = at.index(content.len().max(1));
            let end = (at + bytes.len()).min(content.len());
            content.splice(at..end, bytes);
            // one file is enough to read: the others are sound
            let own = vec![(path, content)];
            let _ = lint(&own);
            let _ = FolderView::from_files(&own);
        }

        #[test]
        fn a_random_bundle_never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = AnchorBundle::new().add(&bytes);
        }
    }
}
