//! Really signed images, fetched by `tests/real/fetch.py`: our image digest is the one that was signed.
//!
//! Looks in `$ANCHORWATCH_REAL`, else `target/real`, and says that it skips when nothing is there.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::pe::PeImage;
use authenticode::authenticode_digest;
use object::read::pe::{PeFile32, PeFile64};
use sha2::Digest as _;

fn cache() -> PathBuf {
    std::env::var_os("ANCHORWATCH_REAL").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("target/real"),
        PathBuf::from,
    )
}

fn rows() -> Vec<serde_json::Value> {
    let Ok(index) = fs::read_to_string(cache().join("index.jsonl")) else {
        eprintln!("skipped: no real files; tests/real/fetch.py fetches them");
        return Vec::new();
    };
    index
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|row: &serde_json::Value| row["format"] == "pe" || row["format"] == "uefi")
        .collect()
}

fn oracle(file: &[u8]) -> Vec<u8> {
    let mut hasher = sha2::Sha256::new();
    match PeFile64::parse(file) {
        Ok(pe) => authenticode_digest(&pe, &mut hasher).unwrap(),
        Err(_) => authenticode_digest(&PeFile32::parse(file).unwrap(), &mut hasher).unwrap(),
    }
    hasher.finalize().to_vec()
}

#[test]
fn image_digests_are_those_that_were_signed() {
    let mut signed = 0;
    for row in rows() {
        let path = row["path"].as_str().unwrap();
        let file = fs::read(cache().join(path)).unwrap();
        let image = PeImage::read(&file).unwrap();
        assert_eq!(image.faults, [], "{path}");
        assert!(!image.refused(), "{path}");
        let algorithms = BTreeSet::from([HashAlgorithm::Sha1, HashAlgorithm::Sha256]);
        let measured = image.measure(&file, &algorithms).unwrap();
        assert_eq!(measured.file.to_string(), row["sha256"].as_str().unwrap());
        assert_eq!(
            measured.image[&HashAlgorithm::Sha256],
            oracle(&file),
            "{path}"
        );
        let told = &row["truth"]["osslsigncode"]["verdict"];
        assert_eq!(image.certificates.is_empty(), told == "unsigned", "{path}");
        for entry in &image.certificates {
            let names = |digest: &Vec<u8>| entry.bytes.windows(digest.len()).any(|w| w == digest);
            assert!(measured.image.values().any(names), "{path}");
            signed += 1;
        }
    }
    eprintln!("{signed} signatures over real images");
}
