//! Signatures by bare keys, from the file to the verdict.

mod consequences;
pub(crate) mod making;
mod tools;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anchorwatch::domain::Verdict;
use anchorwatch::formats::public_key::KeyNumber;
use anchorwatch::judge::context::Context;
use anchorwatch::judge::lint::lint;
use anchorwatch::judge::package::judge;
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::report::PackageReport;
use anchorwatch::judge::trust::{AnchorBundle, FolderView, View};
use anchorwatch::service::check::{CheckRequest, Grouping, Silent, check};
use anchorwatch::store::Store;
use jiff::Timestamp;

use crate::making::authority::{Key, Role, Wish};
use making::{Pair, folder};

const FILE: &[u8] = b"what the vendor released\n";

fn at() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn request(path: &Path) -> CheckRequest {
    CheckRequest {
        paths: vec![path.to_path_buf()],
        vendor: Some("acme".to_owned()),
        product: None,
        signature: None,
        manifest: None,
        keys: vec![],
        grouping: Grouping::Files,
        profile: Profile::Strict,
        at: at(),
        now: at(),
        require_signed: true,
        known_at: None,
        remember_verdicts: false,
    }
}

/// Files in a folder of their own; the first is the one that is checked.
fn write(files: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        std::fs::write(folder.path().join(name), bytes).unwrap();
    }
    let first = folder.path().join(files[0].0);
    (folder, first)
}

fn checked(request: &CheckRequest, view: &dyn View) -> PackageReport {
    check(request, view, None, &Silent).packages.remove(0)
}

/// The verdict's word, then the codes of all findings, sorted.
fn told(report: &PackageReport) -> String {
    let own = report.findings.iter();
    let mut codes: Vec<&str> = own
        .chain(report.signatures.iter().flat_map(|one| &one.findings))
        .map(|finding| finding.kind.code())
        .collect();
    codes.sort_unstable();
    format!("{} {}", report.verdict.word(), codes.join(" "))
        .trim_end()
        .to_owned()
}

fn judged(files: &[(&str, &[u8])], view: &dyn View) -> String {
    let (_folder, path) = write(files);
    told(&checked(&request(&path), view))
}

fn view(status: &str) -> FolderView {
    let key = Pair::new(1, 7);
    let other = Pair::new(2, 8);
    let files = folder(&[
        ("acme", key.public(), key.id(), status, ""),
        ("other", other.public(), other.id(), "active", ""),
    ]);
    let faults: Vec<String> = lint(&files).iter().map(ToString::to_string).collect();
    assert!(faults.is_empty(), "{faults:?}");
    FolderView::from_files(&files).unwrap()
}

#[test]
fn each_format_is_anchored_by_its_key_and_by_nothing_else() {
    let good = Pair::new(1, 7);
    let foreign = Pair::new(2, 8);
    let unknown = Pair::new(3, 9);
    let look_alike = Pair::new(3, 7);
    let time = "timestamp:1790000000\tfile:f\thashed";
    type Made<'a> = (&'a str, &'a str, Box<dyn Fn(&Pair, &[u8]) -> String>);
    let formats: [Made<'_>; 4] = [
        (
            "f.minisig",
            "time-only-claimed",
            Box::new(move |pair, m| pair.minisign(m, time, true)),
        ),
        (
            "f.minisig",
            "",
            Box::new(|pair, m| pair.minisign(m, "no time", false)),
        ),
        ("f.sig", "", Box::new(|pair, m| pair.signify(m))),
        ("f.sig", "", Box::new(|pair, m| pair.sshsig(m, "file"))),
    ];
    for (name, finding, sign) in &formats {
        let ssh = sign(&good, FILE).contains("SSH");
        let with = |word: &str| format!("{word} {finding}").trim_end().to_owned();
        let sorted = |word: &str, code: &str| {
            let mut codes = [code, finding];
            codes.sort_unstable();
            format!("{word} {}", codes.join(" ").trim())
                .trim_end()
                .to_owned()
        };
        let one = |pair: &Pair, signed: &[u8], status: &str| {
            judged(
                &[("f", FILE), (name, sign(pair, signed).as_bytes())],
                &view(status),
            )
        };
        assert_eq!(one(&good, FILE, "active"), with("anchored"));
        assert_eq!(
            one(&good, FILE, "retired"),
            sorted("anchored", "retired-key")
        );
        assert_eq!(
            one(&good, FILE, "distrusted"),
            sorted("distrusted", "condemned-key")
        );
        assert_eq!(
            one(&good, FILE, "announced"),
            sorted("unanchored", "anchor-not-active")
        );
        assert_eq!(
            one(&foreign, FILE, "active"),
            sorted("foreign", "foreign-signer")
        );
        assert_eq!(
            one(&good, b"other bytes", "active"),
            "invalid signature-bad"
        );
        let not_known = if ssh {
            sorted("unanchored", "unknown-key")
        } else {
            "unanchored key-not-at-hand".to_owned()
        };
        assert_eq!(one(&unknown, FILE, "active"), not_known);
        // Mallory's own key under the vendor's number.
        let copied = if ssh {
            not_known
        } else {
            "invalid signature-bad".to_owned()
        };
        assert_eq!(one(&look_alike, FILE, "active"), copied);

        let truncated = sign(&good, FILE);
        let truncated = &truncated[..truncated.len() - 40];
        let found = judged(
            &[("f", FILE), (name, truncated.as_bytes())],
            &view("active"),
        );
        assert_eq!(found, "invalid signature-bad", "{name}");
    }
}

#[test]
fn a_key_at_hand_checks_and_does_not_anchor() {
    let unknown = Pair::new(3, 9);
    let look_alike = Pair::new(3, 7);
    for (pair, expected) in [
        (&unknown, "unanchored unknown-key"),
        (&look_alike, "unanchored look-alike-key unknown-key"),
    ] {
        for signature in [pair.signify(FILE), pair.minisign(FILE, "x", true)] {
            let (folder, path) = write(&[
                ("f", FILE),
                ("f.sig", signature.as_bytes()),
                ("k.pub", pair.public().as_bytes()),
            ]);
            let mut request = request(&path);
            request.keys = vec![folder.path().join("k.pub")];
            assert_eq!(told(&checked(&request, &view("active"))), expected);
        }
    }
}

#[test]
fn comments_are_told_apart() {
    let key = Pair::new(1, 7);
    let signature = key.minisign(FILE, "release 1.2", true);
    let edited = [
        (
            signature.replace("comment: signature", "comment: by Mallory"),
            "anchored",
        ),
        (
            signature.replace("release 1.2", "release 9.9"),
            "invalid signature-bad",
        ),
    ];
    for (signature, expected) in edited {
        let (_folder, path) = write(&[("f", FILE), ("f.minisig", signature.as_bytes())]);
        let report = checked(&request(&path), &view("active"));
        assert_eq!(told(&report), expected);
        if report.verdict == Verdict::Anchored {
            let key = report.signatures[0].key.as_ref().unwrap();
            assert_eq!(key.untrusted_comment, "by Mallory");
            assert_eq!(key.trusted_comment.as_deref(), Some("release 1.2"));
            assert_eq!(key.named, "0707070707070707");
        } else {
            let key = report.signatures[0].key.as_ref().unwrap();
            assert_eq!(key.trusted_comment, None, "nobody vouches for it");
        }
    }
}

#[test]
fn a_namespace_is_for_files_unless_trust_says_otherwise() {
    let key = Pair::new(1, 7);
    let view = |more: &str| {
        let id = key.id();
        let files = folder(&[("acme", key.ssh_public(), id, "active", more)]);
        FolderView::from_files(&files).unwrap()
    };
    let own = "namespaces = [\"release\", \"git\"]";
    for (namespace, more, expected) in [
        ("file", "", "anchored"),
        ("git", "", "invalid wrong-namespace"),
        ("git", own, "anchored"),
        ("file", own, "invalid wrong-namespace"),
    ] {
        let signature = key.sshsig(FILE, namespace);
        let found = judged(&[("f", FILE), ("f.sig", signature.as_bytes())], &view(more));
        assert_eq!(found, expected, "{namespace} {more}");
    }
}

#[test]
fn a_signature_around_its_text_covers_that_text() {
    let key = Pair::new(1, 7);
    let list = format!("SHA256 (f) = {}\n", "0".repeat(64));
    let signed = format!("{}{list}", key.signify(list.as_bytes()));
    let edited = signed.replace("(f)", "(g)");
    let view = view("active");
    type Case<'a> = (&'a [(&'a str, &'a [u8])], &'a str);
    let cases: [Case<'_>; 4] = [
        (&[("SHA256.sig", signed.as_bytes())], "anchored"),
        (
            &[("SHA256.sig", edited.as_bytes())],
            "invalid signature-bad",
        ),
        (
            &[
                ("SHA256", list.as_bytes()),
                ("SHA256.sig", signed.as_bytes()),
            ],
            "anchored",
        ),
        (
            &[
                ("SHA256", b"another list"),
                ("SHA256.sig", signed.as_bytes()),
            ],
            "invalid signature-bad",
        ),
    ];
    for (files, expected) in cases {
        assert_eq!(judged(files, &view), expected);
    }
}

#[test]
fn a_signed_list_covers_the_files_it_names() {
    let key = Pair::new(1, 7);
    let view = view("active");
    let digest = anchorwatch::formats::digest::sha256(FILE);
    let list = format!("SHA256 (f) = {digest}\nSHA256 (absent) = {digest}\n");
    let signed = format!("{}{list}", key.signify(list.as_bytes()));
    let forged = signed.replace("absent", "absinth");
    for (name, content, list, expected) in [
        ("f", FILE, &signed, "anchored"),
        ("f", b"other bytes", &signed, "invalid content-differs"),
        ("f", FILE, &forged, "invalid signature-bad"),
        ("g", FILE, &signed, "unsigned unknown-format"),
        ("absent", b"x", &signed, "invalid content-differs"),
    ] {
        let files = [(name, content), ("SHA256.sig", list.as_bytes())];
        assert_eq!(judged(&files, &view), expected, "{name}");
    }
}

#[test]
fn a_signed_gzip_holds_block_by_block() {
    let key = Pair::new(1, 7);
    let content: Vec<u8> = (0..5000u32).map(|n| n.to_le_bytes()[0]).collect();
    let view = view("active");
    let whole = key.signed_gzip(&content, 1024);
    let edit = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut file = whole.clone();
        change(&mut file);
        judged(&[("p.gz", &file)], &view)
    };
    assert_eq!(edit(&|_| {}), "anchored");
    for (name, change) in [
        (
            "last byte",
            (&|file: &mut Vec<u8>| *file.last_mut().unwrap() ^= 1) as &dyn Fn(&mut Vec<u8>),
        ),
        ("appended", &|file: &mut Vec<u8>| file.push(0)),
        ("a block appended", &|file: &mut Vec<u8>| {
            file.extend([0; 1024]);
        }),
        ("cut at a block", &|file: &mut Vec<u8>| {
            file.truncate(file.len() - 5000 % 1024);
        }),
        ("cut", &|file: &mut Vec<u8>| file.truncate(file.len() - 1)),
    ] {
        let found = edit(change);
        assert!(
            found.starts_with("invalid signature-bad"),
            "{name}: {found}"
        );
    }
    let at = whole.windows(5).position(|w| w == b"date=").unwrap();
    assert_eq!(edit(&|file| file[at + 5] = b'3'), "invalid signature-bad");
    assert!(
        edit(&|file| file[3] = 0x14).starts_with("unjudged"),
        "another field"
    );
    // Whole blocks only.
    let even = key.signed_gzip(&content[..4096], 1024);
    assert_eq!(judged(&[("p.gz", &even)], &view), "anchored");
}

#[test]
fn members_of_archives_are_covered_by_their_own_signatures() {
    let key = Pair::new(1, 7);
    let signatures = [
        ("f.minisig", key.minisign(FILE, "x", true)),
        ("f.sig", key.sshsig(FILE, "file")),
    ];
    for (name, signature) in signatures {
        let mut builder = tar::Builder::new(vec![]);
        for (name, bytes) in [("f", FILE), (name, signature.as_bytes())] {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            builder.append_data(&mut header, name, bytes).unwrap();
        }
        let archive = builder.into_inner().unwrap();
        assert_eq!(
            judged(&[("p.tar", &archive)], &view("active")),
            "anchored",
            "{name}"
        );
    }
}

#[test]
fn products_and_bare_anchors_limit_what_a_key_vouches_for() {
    let key = Pair::new(1, 7);
    let signature = key.signify(FILE);
    let (folder, path) = write(&[("f", FILE), ("f.sig", signature.as_bytes())]);
    let mut request = request(&path);
    for (product, expected) in [
        ("tool", "anchored"),
        ("firmware", "unanchored out-of-scope"),
    ] {
        request.product = Some(product.to_owned());
        assert_eq!(told(&checked(&request, &view("active"))), expected);
    }
    drop(folder);
    for (anchor, expected) in [
        (Pair::new(1, 7).public(), "anchored"),
        (Pair::new(1, 7).ssh_public(), "unanchored key-not-at-hand"),
        (Pair::new(2, 8).public(), "unanchored key-not-at-hand"),
    ] {
        let mut bundle = AnchorBundle::new();
        bundle.add(anchor.as_bytes()).unwrap();
        let found = judged(&[("f", FILE), ("f.sig", signature.as_bytes())], &bundle);
        assert_eq!(found, expected);
    }
}

/// What was read before the key was known is anchored afterwards without the file, where a digest
/// is enough.
#[test]
fn stored_facts_are_judged_again_by_a_new_key() {
    let key = Pair::new(1, 7);
    let blank = AnchorBundle::new();
    for (signature, first, then) in [
        (
            key.minisign(FILE, "x", true),
            "unanchored key-not-at-hand",
            "anchored",
        ),
        (
            key.sshsig(FILE, "file"),
            "unanchored unknown-key",
            "anchored",
        ),
        // Pure Ed25519 needs the bytes: the file has to be read again.
        (
            key.signify(FILE),
            "unanchored key-not-at-hand",
            "unanchored signature-unchecked",
        ),
    ] {
        let (folder, path) = write(&[("f", FILE), ("f.sig", signature.as_bytes())]);
        let database = folder.path().join("facts.sqlite");
        let open = || Store::open(&database, Duration::from_millis(50)).unwrap();
        let run = check(&request(&path), &blank, Some(open()), &Silent);
        assert!(run.store_trouble.is_none());
        assert_eq!(told(&run.packages[0]), first);
        let readings = open().readings(run.packages[0].sha256.unwrap()).unwrap();
        let view = view("active");
        let context = Context {
            view: &view,
            at: at(),
            profile: Profile::Strict,
            vendor: Some("acme"),
            product: None,
            witnessed: None,
            cache: None,
        };
        assert_eq!(told(&judge("f", &readings[0].facts, &context)), then);
    }
}

/// The vendor's certificate is public: it may lie beside what somebody else's bare key signed.
#[test]
fn a_certificate_beside_a_bare_key_is_not_its_signer() {
    let authority = Key::p256();
    let wish = Wish {
        common_name: "Acme Root",
        organisation: "Acme",
        serial: 1,
        years: (2020, 2040),
        role: Role::Authority,
    };
    let root = wish.self_signed(&authority);
    let vendors = Key::p256();
    let leaf = Wish {
        common_name: "Acme",
        serial: 2,
        role: Role::CodeSigner,
        ..wish
    }
    .issued(&vendors, &wish, &authority);
    let mut bundle = AnchorBundle::new();
    bundle.add(root.der()).unwrap();

    let mallory = Key::p256();
    let public = mallory.pair.public_key_pem();
    for (signer, expected) in [
        (&vendors, Verdict::Anchored),
        (&mallory, Verdict::Unanchored),
    ] {
        let (_folder, path) = write(&[
            ("f", FILE),
            ("f.sig", &signer.sign(FILE)),
            ("f.crt", leaf.der()),
            ("f.pem", public.as_bytes()),
        ]);
        let report = checked(&request(&path), &bundle);
        assert_eq!(report.verdict, expected, "{}", told(&report));
    }
}

/// OpenBSD signs each purpose of each release by a key of its own: a product names its keys.
#[test]
fn shipped_raw_keys_serve_the_product_that_their_name_says() {
    let view = anchorwatch::judge::trust::shipped();
    let profile = view.vendor("openbsd").unwrap();
    let mut keys = 0;
    for (product, ending) in profile
        .products
        .iter()
        .zip(["base", "pkg", "fw", "syspatch"])
    {
        for id in &product.roots {
            let anchor = view.anchor(&id.parse().unwrap()).unwrap();
            assert!(
                anchor.name.ends_with(ending),
                "{}: {}",
                product.name,
                anchor.name
            );
            assert_eq!(anchor.vendors, ["openbsd"]);
            keys += 1;
        }
    }
    assert_eq!(keys, 102);
    let number = KeyNumber::from_hex("dd54e85d939ab236").unwrap();
    assert_eq!(view.raw_keys_by_number(number).len(), 1);
}
