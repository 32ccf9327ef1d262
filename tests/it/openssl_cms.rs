//! CMS objects of another writer and for another reader: the `openssl` program, where it is there.

use std::path::Path;
use std::process::Command;

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::algorithm::Weakness;
use anchorwatch::formats::cms::{Covered, Outcome, SignedData, Trailing, check};

use crate::cms::Pair;
use crate::making::authority::{Key, Role};
use crate::making::cms;

const CONTENT: &[u8] = b"what was signed\r\nin two lines\n";

/// Runs `openssl` in a folder; `None` when there is no such program.
fn openssl(folder: &Path, arguments: &str) -> Option<bool> {
    let output = Command::new("openssl")
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .output()
        .ok()?;
    if !output.status.success() {
        eprintln!("{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Some(output.status.success())
}

#[test]
fn what_openssl_signs_is_good() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let keys = [
        ("rsa", "-newkey rsa:2048"),
        ("ec", "-newkey ec -pkeyopt ec_paramgen_curve:P-384"),
    ];
    for (name, kind) in keys {
        let made = format!(
            "req -x509 -nodes {kind} -subj /O=Test/CN={name} -days 30 -keyout {name}.key -out {name}.pem"
        );
        let Some(made) = openssl(folder, &made) else {
            eprintln!("skipped: no openssl");
            return;
        };
        assert!(made);
    }
    std::fs::write(folder.join("content"), CONTENT).unwrap();
    let cases = [
        ("rsa", "", false),
        ("rsa", "-md sha512", false),
        ("rsa", "-md sha1", false),
        ("rsa", "-keyid", false),
        ("rsa", "-noattr", false),
        ("rsa", "-cades", false),
        ("rsa", "-nodetach", false),
        ("rsa", "-nodetach -stream", true),
        ("rsa", "-stream", true),
        ("rsa", "-keyopt rsa_padding_mode:pss", false),
        ("ec", "", false),
        ("ec", "-md sha384 -cades", false),
        ("ec", "-noattr -nodetach", false),
    ];
    for (key, options, ber) in cases {
        let sign = format!(
            "cms -sign -binary -in content -signer {key}.pem -inkey {key}.key -outform DER -out signed {options}"
        );
        assert_eq!(openssl(folder, &sign), Some(true));
        let der = std::fs::read(folder.join("signed")).unwrap();
        let data = SignedData::from_der(&der, Trailing::Nothing).unwrap();
        let content = data.content.as_ref().map_or(CONTENT, |held| &held.octets);
        assert_eq!(content, CONTENT, "{key} {options}");
        assert_eq!(data.ber, ber, "{key} {options}");
        let found = check(
            &data.signers[0],
            &data.certificates,
            Covered::Bytes(content),
        );
        assert_eq!(found.outcome, Outcome::Good, "{key} {options}");
        assert_eq!(found.names_certificate, options.contains("-cades"));
        let weak = options.contains("sha1");
        assert_eq!(
            found.weaknesses == [Weakness::Digest(HashAlgorithm::Sha1)],
            weak,
            "{key} {options}"
        );
        let other = check(
            &data.signers[0],
            &data.certificates,
            Covered::Bytes(b"other"),
        );
        assert!(matches!(other.outcome, Outcome::Bad(_)), "{key} {options}");
    }
}

#[test]
fn what_the_builder_signs_openssl_takes() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for key in [Key::p256(), Key::rsa()] {
        let pair = Pair::new(key, Role::CodeSigner);
        let object = cms::detached(
            pair.signer(),
            CONTENT,
            "260301120000Z",
            &[&pair.certificate],
        );
        std::fs::write(folder.join("object"), object).unwrap();
        std::fs::write(folder.join("content"), CONTENT).unwrap();
        std::fs::write(folder.join("root"), pair.root.der()).unwrap();
        let verify = "cms -verify -binary -inform DER -in object -content content -CAfile root.pem \
                      -purpose any -out out";
        let convert = "x509 -inform DER -in root -out root.pem";
        if openssl(folder, convert).is_none() {
            eprintln!("skipped: no openssl");
            return;
        }
        assert_eq!(openssl(folder, verify), Some(true));
    }
}
