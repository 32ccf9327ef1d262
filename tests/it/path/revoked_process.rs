//! `check --crl`: exit codes and words.

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::making::crl::{List, Listed, listed};
use crate::making::story::Vendor;

fn check(home: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_anchorwatch"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("HOME", home)
        .stdin(Stdio::null())
        .args(["check", "examples/packages/known-root.zip", "--no-store"])
        .args(["--at", "2026-11-01", "--trust", "examples/trust"])
        .args(["--vendor", "bosun"])
        .args(more)
        .output()
        .unwrap()
}

/// A list of root G1, which issued the signer itself.
fn list(vendor: &Vendor, entries: Vec<Listed>) -> Vec<u8> {
    let list = List {
        entries,
        ..List::of(vendor.root_g1.subject().der())
    };
    let key = &vendor.root_key_g1;
    list.signed(&key.algorithm, |tbs| key.sign(tbs))
}

#[test]
fn lists_by_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let vendor = Vendor::new();
    let serial = vendor.signer_g1.serial();
    let revoked = |reason| Listed {
        reason: Some(reason),
        ..listed(serial, "2026-10-05T00:00:00Z")
    };
    let later = listed(serial, "2026-11-05T00:00:00Z");
    let other = listed(&[1, 2, 3], "2026-10-05T00:00:00Z");
    let mut broken = list(&vendor, vec![]);
    *broken.last_mut().unwrap() ^= 1;
    let cases = [
        ("silent", list(&vendor, vec![other]), 0, "good"),
        ("revoked", list(&vendor, vec![revoked(4)]), 13, "revoked"),
        ("stolen", list(&vendor, vec![revoked(1)]), 13, "revoked"),
        // Judged before the revocation's date.
        ("later", list(&vendor, vec![later]), 0, "revoked-since"),
        ("forged", broken, 0, "unchecked"),
        ("no list", b"hello".to_vec(), 2, ""),
    ];
    for (name, bytes, code, word) in cases {
        let file = folder.path().join(format!("{name}.crl"));
        fs::write(&file, bytes).unwrap();
        let file = file.to_str().unwrap();
        let output = check(folder.path(), &["--crl", file, "--format", "json"]);
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(code), "{name}: {told}");
        if code != 2 {
            let report: serde_json::Value = serde_json::from_str(&told).unwrap();
            let signature = &report["packages"][0]["signatures"][0];
            assert_eq!(signature["revocation"], word, "{name}: {told}");
        }
    }
}

#[test]
fn a_revocation_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let vendor = Vendor::new();
    let file = folder.path().join("root.crl");
    let entry = Listed {
        reason: Some(1),
        invalid_since: Some("2026-09-01T00:00:00Z".to_owned()),
        ..listed(vendor.signer_g1.serial(), "2026-10-05T00:00:00Z")
    };
    fs::write(&file, list(&vendor, vec![entry])).unwrap();
    let output = check(folder.path(), &["--crl", file.to_str().unwrap()]);
    let told = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = told
        .lines()
        .skip_while(|line| !line.contains("revoked"))
        .take(2)
        .collect();
    insta::assert_snapshot!(lines.join("\n").trim(), @r"
    high [certificate-revoked] CN=Bosun Systems Release Signing, O=Bosun Systems: the certificate was revoked on 2026-10-05 (keyCompromise, its key not to be trusted since 2026-09-01); nothing proves that the signature is older
        next: do not install it; call the vendor
    ");
    assert!(
        told.starts_with("examples/packages/known-root.zip: distrusted"),
        "{told}"
    );
}
