//! From archive to coverage: what a vendor's package is, step by step, whole and altered.

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::container::{Container, Inventory};
use anchorwatch::formats::digest::sha256;
use anchorwatch::formats::limits;
use anchorwatch::formats::manifest::{Coverage, FileDigests, Manifest};
use anchorwatch::formats::package::{Layout, role};

use crate::making_archives::{entry, gzip, tar, tar_member, zip};

fn coverage(bytes: &[u8]) -> Coverage {
    let source = bytes.to_vec();
    let container = Container::open(&source).unwrap().unwrap();
    let inventory = Inventory::take(&container, &[HashAlgorithm::Sha256], &|member| {
        role(&member.path).map(|_| limits::SIGNATURE_OBJECT)
    })
    .unwrap();
    assert!(!inventory.is_refused(), "{:?}", inventory.faults);
    let files = FileDigests::of(&inventory);
    let paths: Vec<&str> = files.iter().map(|file| file.path).collect();
    let layout = Layout::find(&paths).unwrap();
    assert_eq!(layout.manifest, "manifest.json");
    assert_eq!(layout.signatures, ["manifest.json.p7s"]);
    let kept = &inventory.kept[&layout.manifest];
    assert!(kept.complete);
    let manifest = Manifest::parse(&kept.bytes).unwrap();
    assert_eq!(manifest.algorithms(), [HashAlgorithm::Sha256]);
    Coverage::compare(&manifest, &files, &|path| layout.is_exempt(path))
}

#[test]
fn coverage_is_the_same_in_every_container_and_sees_every_change() {
    let manifest = format!(
        r#"{{"files": {{"bin/a": "{}", "bin/b": "{}", "lib.so": "{}"}}}}"#,
        sha256(b"one"),
        sha256(b"two"),
        sha256(b"two"),
    );
    type Files<'a> = Vec<(&'a str, &'a [u8])>;
    let base: Files<'_> = vec![
        ("manifest.json", manifest.as_bytes()),
        ("manifest.json.p7s", b"signature"),
        ("signer-cert.pem", b"certificate"),
        ("bin/a", b"one"),
        ("bin/b", b"two"),
        ("lib.so", b"two"),
    ];
    let altered = |index: usize, file: Option<(&'static str, &'static [u8])>| {
        let mut files = base.clone();
        files.splice(index..(index + 1).min(files.len()), file);
        files
    };
    let cases: Vec<(Files<'_>, [usize; 4])> = vec![
        (base.clone(), [3, 0, 0, 0]),
        (altered(3, Some(("bin/a", b"One"))), [2, 1, 0, 0]),
        (altered(3, None), [2, 0, 1, 0]),
        (altered(6, Some(("bin/c", b"new"))), [3, 0, 0, 1]),
        (altered(3, Some(("bin/x", b"one"))), [2, 0, 1, 1]),
    ];
    for (files, expected) in cases {
        let entries: Vec<_> = files.iter().map(|(name, data)| entry(name, data)).collect();
        let members: Vec<_> = files
            .iter()
            .map(|(name, data)| tar_member(name, b'0', "", data))
            .collect();
        for bytes in [zip(&entries), tar(&members), gzip(&tar(&members))] {
            let found = coverage(&bytes);
            let counts = [
                found.matching.len(),
                found.mismatched.len(),
                found.absent.len(),
                found.unlisted.len(),
            ];
            assert_eq!(counts, expected, "{found:?}");
            assert_eq!(found.is_whole(), expected == [3, 0, 0, 0]);
        }
    }
}

#[test]
fn a_link_counts_as_the_content_it_leads_to() {
    let manifest = format!(
        r#"{{"files": {{"lib.so.1": "{}", "lib.so": "{}"}}}}"#,
        sha256(b"two"),
        sha256(b"two"),
    );
    let with_link = |link: Vec<u8>| {
        tar(&[
            tar_member("manifest.json", b'0', "", manifest.as_bytes()),
            tar_member("manifest.json.p7s", b'0', "", b"signature"),
            tar_member("lib.so.1", b'0', "", b"two"),
            link,
        ])
    };
    for kind in [b'1', b'2'] {
        let found = coverage(&with_link(tar_member("lib.so", kind, "lib.so.1", b"")));
        assert!(found.is_whole(), "{found:?}");
        let found = coverage(&with_link(tar_member("other", kind, "lib.so.1", b"")));
        assert_eq!(found.unlisted, ["other"]);
    }
}
