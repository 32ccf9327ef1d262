//! Real keys and files: the vendors' keys, this machine's own apt indices, and the fetched rows.
//!
//! Whatever is not there is skipped, and said.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anchorwatch::domain::Crypto;
use anchorwatch::formats::apt::{Release, SourceControl};
use anchorwatch::formats::openpgp::{
    CertificateFile, Cleartext, Digests, Mathematics, Objection, OpenPgpCertificate,
    OpenPgpSignature, UncheckedReason, assess, check, key_objections,
};

use super::fixtures::day;

fn cases() -> PathBuf {
    std::env::var_os("ANCHORWATCH_CASES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/cases"),
        PathBuf::from,
    )
}

fn rows(text: &str) -> impl Iterator<Item = serde_json::Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap())
}

/// What policy of a day has against the key itself, whatever its expiry, in one word.
fn refused(certificate: &OpenPgpCertificate, on: &str) -> Option<&'static str> {
    let primary = certificate.fingerprint();
    // Judged while it lived, by the standards of the day.
    let alive = certificate.keys()[0].created;
    let states = certificate.states(day(on));
    let at = states[0].expires.map_or(day(on), |end| {
        let before = end
            .checked_sub(jiff::SignedDuration::from_hours(24))
            .unwrap();
        before.min(day(on)).max(alive)
    });
    key_objections(certificate, &primary, None, day(on), at)
        .iter()
        .find_map(|objection| match objection {
            Objection::WeakBinding { .. } => Some("weak binding"),
            Objection::WeakKey { .. } => Some("weak key"),
            Objection::BindingRefused { .. } => Some("binding refused"),
            Objection::BoundLater { .. } => Some("bound later"),
            Objection::NotBound { .. } => Some("not bound"),
            _ => None,
        })
}

#[test]
fn every_vendors_key_is_read_and_policy_told() {
    let seed = cases().join("../trust-seed");
    let Ok(text) = fs::read_to_string(seed.join("roots.jsonl")) else {
        eprintln!("SKIPPED: no trust seed at {}", seed.display());
        return;
    };
    let mut vendors: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut read, mut out) = (0, vec![]);
    for row in rows(&text).filter(|row| row["kind"] == "openpgp") {
        let Some(path) = row["file"].as_str() else {
            continue;
        };
        let file = CertificateFile::read(&fs::read(seed.join(path)).unwrap()).unwrap();
        out.extend(
            file.left_out
                .iter()
                .map(|left| format!("{path}: {}", left.why)),
        );
        for certificate in &file.certificates {
            let fingerprint = certificate.fingerprint().to_string();
            assert_eq!(fingerprint, row["fingerprint"].as_str().unwrap(), "{path}");
            read += 1;
            let vendor = vendors.entry(row["vendor"].as_str().unwrap().to_owned());
            let (all, bad) = vendor.or_default();
            *all += 1;
            if let Some(why) = refused(certificate, "2026-11-22") {
                *bad += 1;
                *reasons.entry(why).or_default() += 1;
            }
        }
    }
    let bad: usize = vendors.values().map(|(_, bad)| bad).sum();
    eprintln!("{read} keys read, {bad} refused by today's policy {reasons:?}, left out: {out:#?}");
    for (vendor, (all, bad)) in vendors.iter().filter(|(_, (_, bad))| *bad > 0) {
        eprintln!("  {vendor}: {bad} of {all}");
    }
    assert!(read >= 395, "{read}");
    let weak = reasons.get("weak binding").copied().unwrap_or(0);
    assert!(
        weak * 100 / read >= 25,
        "SHA-1 binds many old keys: {weak} of {read}"
    );
}

/// Fingerprints that gpgv calls good, whatever it thinks of the key's expiry.
fn gpgv(keyring: &Path, files: &[&Path]) -> Option<BTreeSet<String>> {
    let mut command = Command::new("gpgv");
    command
        .args(["--status-fd", "1", "--keyring"])
        .arg(keyring)
        .args(files);
    let said = command.output().ok()?;
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    Some(
        said.lines()
            .filter_map(|line| line.strip_prefix("[GNUPG:] VALIDSIG "))
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect(),
    )
}

fn good_keys(document: &Cleartext, certificates: &[OpenPgpCertificate]) -> BTreeSet<String> {
    let digests = document.digests();
    document
        .signatures
        .iter()
        .filter_map(|signature| {
            let digest = digests.of(signature);
            let found = check(signature, digest.as_deref(), certificates);
            assert_ne!(found.mathematics.crypto(), Crypto::Bad);
            (found.mathematics == Mathematics::Good)
                .then(|| found.key.unwrap().fingerprint.to_string())
        })
        .collect()
}

#[test]
fn this_machines_indices_agree_with_gpgv() {
    let keyring = Path::new("/usr/share/keyrings/debian-archive-keyring.gpg");
    let (Ok(folder), Ok(keys)) = (fs::read_dir("/var/lib/apt/lists"), fs::read(keyring)) else {
        eprintln!("SKIPPED: no apt lists or keyring on this machine");
        return;
    };
    let certificates = CertificateFile::read(&keys).unwrap().certificates;
    let mut seen = 0;
    for entry in folder {
        let path = entry.unwrap().path();
        if !path.to_string_lossy().ends_with("InRelease") {
            continue;
        }
        let Ok(file) = fs::read(&path) else { continue };
        let document = Cleartext::read(&file).unwrap();
        let release = Release::read(&document.text).unwrap();
        assert!(release.date.is_some() && !release.files.is_empty());
        let ours = good_keys(&document, &certificates);
        let Some(theirs) = gpgv(keyring, &[&path]) else {
            eprintln!("SKIPPED: no gpgv to compare with");
            return;
        };
        assert_eq!(ours, theirs, "{}", path.display());
        let digests = document.digests();
        for signature in &document.signatures {
            let digest = digests.of(signature);
            let answer = assess(
                signature,
                digest.as_deref(),
                &certificates,
                day("2026-11-23"),
            );
            if answer.check.mathematics == Mathematics::Good {
                assert_eq!(answer.at_signing, vec![], "{}", path.display());
            }
        }
        seen += 1;
    }
    eprintln!("{seen} InRelease files agree with gpgv");
}

fn cache() -> PathBuf {
    std::env::var_os("ANCHORWATCH_REAL").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/real"),
        PathBuf::from,
    )
}

fn fetched() -> Vec<(serde_json::Value, Vec<u8>)> {
    let Ok(index) = fs::read_to_string(cache().join("index.jsonl")) else {
        eprintln!("SKIPPED: no real files; tests/real/fetch.py fetches them");
        return vec![];
    };
    rows(&index)
        .filter(|row| {
            matches!(
                row["format"].as_str(),
                Some("openpgp" | "dsc" | "inrelease")
            )
        })
        .map(|row| {
            let file = fs::read(cache().join(row["path"].as_str().unwrap())).unwrap();
            (row, file)
        })
        .collect()
}

/// The signatures that gpgv called valid, with its times, are all read; a version 3 one is refused.
#[test]
fn fetched_documents_are_read_as_gpgv_read_them() {
    let mut seen = 0;
    for (row, file) in fetched() {
        let format = row["format"].as_str().unwrap();
        if format == "openpgp" {
            continue;
        }
        let document = Cleartext::read(&file).unwrap();
        if format == "dsc" {
            let control = SourceControl::read(&document.text).unwrap();
            assert_eq!(control.source, row["source"]["package"].as_str().unwrap());
        } else {
            assert!(!Release::read(&document.text).unwrap().files.is_empty());
        }
        let told: Vec<i64> = row["truth"]["gpgv"]["valid"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one[2].as_str().unwrap().parse().unwrap())
            .collect();
        let times: Vec<i64> = document
            .signatures
            .iter()
            .map(|signature| signature.created.unwrap().as_second())
            .collect();
        assert!(told.iter().all(|at| times.contains(at)), "{row}");
        seen += 1;
    }
    eprintln!("{seen} clearsigned documents");
}

/// Uploaders' signatures against Debian's keyring of 2022, which lacks some and knows others expired.
#[test]
fn fetched_source_packages_agree_with_gpgv() {
    let keyring = cache().join("debian-keyring.gpg");
    let Ok(keys) = fs::read(&keyring) else {
        eprintln!("SKIPPED: no Debian keyring; tests/real/fetch.py fetches it");
        return;
    };
    let file = CertificateFile::read(&keys).unwrap();
    let (mut seen, mut known) = (0, 0);
    for (row, bytes) in fetched() {
        if row["format"] != "dsc" {
            continue;
        }
        let path = cache().join(row["path"].as_str().unwrap());
        let ours = good_keys(&Cleartext::read(&bytes).unwrap(), &file.certificates);
        let Some(theirs) = gpgv(&keyring, &[&path]) else {
            eprintln!("SKIPPED: no gpgv to compare with");
            return;
        };
        assert_eq!(ours, theirs, "{row}");
        seen += 1;
        known += ours.len();
    }
    assert_eq!(file.left_out, vec![]);
    let all = file.certificates.len();
    eprintln!(
        "{seen} source packages, {known} by one of {all} keys, {:?}",
        file.left_out
    );
}

#[test]
fn fetched_releases_verify_with_their_signers_keys() {
    let files = fetched();
    let role = |package: &str, role: &str| {
        files
            .iter()
            .find(|(row, _)| row["role"] == role && row["source"]["package"] == package)
    };
    let mut seen = 0;
    for (row, signature) in files.iter().filter(|(row, _)| row["role"] == "signature") {
        let package = row["source"]["package"].as_str().unwrap();
        let (Some((_, data)), Some((_, keys))) =
            (role(package, "signed_data"), role(package, "signer_keys"))
        else {
            continue;
        };
        let keys = CertificateFile::read(keys).unwrap().certificates;
        let signatures = OpenPgpSignature::read_all(signature).unwrap();
        let mut digests = Digests::new(&signatures);
        digests.read(&mut &data[..]).unwrap();
        for signature in &signatures {
            let digest = digests.of(signature);
            let answer = assess(signature, digest.as_deref(), &keys, day("2026-11-23"));
            let told = &row["truth"]["sqv"]["verdict"];
            if signature.version == 3 {
                assert_eq!(told, "invalid");
                let refused = Mathematics::Unchecked(UncheckedReason::Version(3));
                assert_eq!(answer.check.mathematics, refused, "{package}");
            } else {
                assert_eq!(told, "valid");
                assert_eq!(answer.check.mathematics, Mathematics::Good, "{package}");
                assert_eq!(answer.at_signing, vec![], "{package}");
                let theirs = &row["truth"]["gpgv"]["valid"][0][0];
                assert_eq!(
                    answer.check.key.unwrap().fingerprint.to_string(),
                    theirs.as_str().unwrap()
                );
            }
        }
        seen += 1;
    }
    eprintln!("{seen} signed releases");
}
