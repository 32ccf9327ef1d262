//! RPM packages that rpm itself made, fetched by `tests/real/fetch_rpm.sh`.
//!
//! Looks in `rpm/` of `$ANCHORWATCH_REAL`, else of `target/real`, and says that it skips when nothing is
//! there.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anchorwatch::formats::openpgp::{self, CertificateFile, OpenPgpCertificate};
use anchorwatch::formats::rpm::{Coverage, FormatVersion, RpmPackage};

fn files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![cache().join("rpm")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rpm") {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        eprintln!("skipped: no real RPM packages; tests/real/fetch_rpm.sh fetches them");
    }
    found.sort();
    found
}

#[test]
fn packages_of_rpm_are_sound() {
    let has_rpmkeys = Command::new("rpmkeys").arg("--version").output().is_ok();
    let certificates = certificates();
    let mut answers: BTreeMap<String, u32> = BTreeMap::new();
    for path in files() {
        let name = path.display().to_string();
        let file = fs::read(&path).unwrap();
        let package = RpmPackage::read(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(package.faults, [], "{name}");
        let version = if name.contains("/v6/") {
            FormatVersion::V6
        } else {
            FormatVersion::V4
        };
        assert_eq!(package.version, version, "{name}");
        assert_eq!(package.identity.source, name.contains("/SRPMS/"), "{name}");
        let measured = package.measure(&file).unwrap();
        assert!(
            measured.broken().is_empty(),
            "{name}: {:?}",
            measured.broken()
        );
        assert_eq!(
            !package.signatures.is_empty(),
            name.contains("/signed/"),
            "{name}"
        );
        for (signature, digest) in package.signatures.iter().zip(&measured.signed) {
            let packet = signature.openpgp().unwrap();
            let check = openpgp::check(&packet, digest.as_deref(), &certificates);
            *answers
                .entry(format!("{:?}", check.mathematics))
                .or_default() += 1;
            let coverage = package.coverage(signature, &measured);
            assert!(
                matches!(coverage, Coverage::Whole { .. }),
                "{name}: {coverage:?}"
            );
        }
        if has_rpmkeys {
            let said = Command::new("rpmkeys")
                .args(["-K", "--nosignature"])
                .arg(&path)
                .output();
            assert!(said.unwrap().status.success(), "{name}");
        }
    }
    eprintln!("signatures of real packages: {answers:?}");
    assert!(answers.keys().all(|answer| answer == "Good"));
}

/// The public keys that signed them.
fn certificates() -> Vec<OpenPgpCertificate> {
    let mut found = Vec::new();
    for folder in ["v4", "v6"] {
        let folder = cache().join("rpm/signing_keys").join(folder);
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            match CertificateFile::read(&fs::read(&path).unwrap()) {
                Ok(file) => found.extend(file.certificates),
                Err(error) => eprintln!("{}: {error}", path.display()),
            }
        }
    }
    found
}

fn cache() -> PathBuf {
    std::env::var_os("ANCHORWATCH_REAL").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/real"),
        PathBuf::from,
    )
}
