//! Really signed files, fetched by `tests/real/fetch.py`: signatures, signers and times are those
//! that independent verifiers saw.
//!
//! Looks in `$ANCHORWATCH_REAL`, else `target/real`, and says that it skips when nothing is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anchorwatch::domain::{Crypto, HashAlgorithm};
use anchorwatch::formats::authenticode::{AuthenticodeSignature, read, signatures};
use anchorwatch::formats::pe::PeImage;

fn cache() -> PathBuf {
    std::env::var_os("ANCHORWATCH_REAL").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/real"),
        PathBuf::from,
    )
}

/// `leaf time`, to the second, of one signature; the best time when there are several.
fn told(signature: &AuthenticodeSignature) -> String {
    let leaf = signature
        .check
        .certificate
        .as_ref()
        .map_or("no certificate".to_owned(), |leaf| {
            leaf.sha256().to_string()
        });
    let time = signature
        .timestamps
        .iter()
        .flatten()
        .find(|facts| facts.outcome.crypto() == Crypto::Good)
        .map(|facts| facts.time.to_string().replace('T', " ")[..19].to_owned());
    format!("{leaf} {}", time.unwrap_or_default())
}

#[test]
fn real_signatures_are_what_others_saw() {
    let Ok(index) = fs::read_to_string(cache().join("index.jsonl")) else {
        eprintln!("skipped: no real files; tests/real/fetch.py fetches them");
        return;
    };
    let mut wrong = vec![];
    let mut seen = 0;
    for line in index.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        if row["format"] != "pe" {
            continue;
        }
        let path = row["path"].as_str().unwrap();
        let file = fs::read(cache().join(path)).unwrap();
        let image = PeImage::read(&file).unwrap();
        let algorithms: BTreeSet<HashAlgorithm> = image
            .certificates
            .iter()
            .flat_map(|entry| read(&entry.bytes))
            .filter_map(|one| one.result.ok()?.indirect.digest_algorithm)
            .collect();
        let digests = image.measure(&file, &algorithms).unwrap().image;
        let mut found = vec![];
        for entry in &image.certificates {
            for one in signatures(&entry.bytes, &|_, hash| digests.get(&hash).cloned()) {
                seen += 1;
                match one.result {
                    Err(error) => wrong.push(format!("{path} {}: {error}", one.place)),
                    Ok(signature) => {
                        if signature.crypto() != Crypto::Good {
                            wrong.push(format!("{path} {}: {:?}", one.place, signature.outcome()));
                        }
                        for time in &signature.timestamps {
                            match time {
                                Err(error) => wrong.push(format!("{path} {}: {error}", one.place)),
                                Ok(facts) if facts.outcome.crypto() == Crypto::Good => {}
                                Ok(facts) => {
                                    wrong.push(format!("{path}: time {:?}", facts.outcome));
                                }
                            }
                        }
                        found.push(told(&signature));
                    }
                }
            }
        }
        let Some(expected) = row["truth"]["signatures"].as_array() else {
            continue;
        };
        let mut expected: Vec<String> = expected
            .iter()
            .map(|signature| {
                let time = signature["timestamp"].as_str().unwrap_or_default();
                let leaf = signature["leaf_sha256"].as_str().unwrap_or_default();
                format!("{leaf} {}", time.get(..19).unwrap_or_default())
            })
            .collect();
        expected.sort();
        found.sort();
        if found != expected {
            wrong.push(format!("{path}: {found:?}, others saw {expected:?}"));
        }
    }
    eprintln!("{seen} real signatures");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Digest, signer's key and good times of every good signature.
fn vouched(pkcs7: &[u8]) -> BTreeSet<String> {
    // Whatever is signed is what the file has: only the signatures themselves decide.
    signatures_over_their_own(pkcs7)
        .into_iter()
        .filter(|signature| signature.check.outcome.crypto() == Crypto::Good)
        .flat_map(|signature| {
            let key = signature
                .check
                .certificate
                .as_ref()
                .map(|leaf| leaf.spki_sha256());
            let what = format!("{:?} {key:?}", signature.indirect);
            let times: Vec<String> = signature
                .timestamps
                .iter()
                .flatten()
                .filter(|facts| facts.outcome.crypto() == Crypto::Good)
                .map(|facts| format!("{what} {}", facts.time))
                .collect();
            times.into_iter().chain([what])
        })
        .collect()
}

fn signatures_over_their_own(pkcs7: &[u8]) -> Vec<AuthenticodeSignature> {
    read(pkcs7)
        .into_iter()
        .filter_map(|one| one.result.ok())
        .map(|object| {
            let own = object.indirect.digest.clone();
            object.check(Some(own))
        })
        .collect()
}

#[test]
fn no_flipped_byte_of_a_real_signature_vouches_for_more() {
    let Ok(index) = fs::read_to_string(cache().join("index.jsonl")) else {
        eprintln!("skipped: no real files; tests/real/fetch.py fetches them");
        return;
    };
    // One with an old countersignature and a nested signature, one with tokens only.
    for name in ["WinDivert64.sys", "msvcp140_1.dll"] {
        let row = index
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .find(|row| row["path"].as_str().unwrap().ends_with(name))
            .unwrap();
        let file = fs::read(cache().join(row["path"].as_str().unwrap())).unwrap();
        let object = &PeImage::read(&file).unwrap().certificates[0].bytes;
        let sound = vouched(object);
        assert!(sound.len() >= 4, "{name}: {sound:?}");
        let (mut at, mut broken) = (7, 0);
        while at < object.len() {
            let mut flipped = object.clone();
            flipped[at] ^= 1 << (at % 8);
            let found = vouched(&flipped);
            assert!(found.is_subset(&sound), "{name}, byte {at}: {found:?}");
            broken += usize::from(found != sound);
            at += 13;
        }
        assert!(broken > 100, "{name}: {broken}");
    }
}
