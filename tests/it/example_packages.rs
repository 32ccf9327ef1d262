//! The example packages in the repository are those that `examples/make_packages.rs` makes, and each
//! tells its part of the story.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anchorwatch::formats::cms::{Covered, Outcome, SignedData, Trailing, check};
use anchorwatch::formats::container::{Container, Fault};
use anchorwatch::formats::digest::digest;
use anchorwatch::formats::manifest::Manifest;
use anchorwatch::judge::lint::lint;

use crate::making::story::{Vendor, files};

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

#[test]
fn the_files_are_those_that_the_program_makes() {
    let made = files();
    for (path, bytes) in &made {
        let found = fs::read(examples().join(path)).unwrap_or_default();
        assert!(
            found == *bytes,
            "{path} differs: cargo run --example make_packages"
        );
    }
    let packages: BTreeSet<String> = fs::read_dir(examples().join("packages"))
        .unwrap()
        .map(|entry| format!("packages/{}", entry.unwrap().file_name().display()))
        .filter(|path| path.ends_with(".zip"))
        .collect();
    let expected = made
        .into_keys()
        .filter(|path| path.starts_with("packages/"))
        .collect();
    assert_eq!(packages, expected);
}

/// The bytes of the first member of this name.
fn member<'a>(found: &'a [(String, Vec<u8>)], name: &str) -> Option<&'a [u8]> {
    found
        .iter()
        .find(|(path, _)| path == name)
        .map(|(_, bytes)| bytes.as_slice())
}

/// Every member in archive order, and what is wrong with the archive.
fn unpacked(archive: &[u8]) -> (Vec<(String, Vec<u8>)>, Vec<Fault>) {
    let mut found = vec![];
    let source = archive.to_vec();
    let survey = Container::open(&source)
        .unwrap()
        .unwrap()
        .walk(&mut |member, data| {
            let mut bytes = vec![];
            data.read_to_end(&mut bytes).unwrap();
            found.push((member.path.clone(), bytes));
            Ok(())
        })
        .unwrap();
    (found, survey.faults)
}

#[test]
fn the_trust_folder_has_nothing_to_mend() {
    for top in ["trust/", "trust-informed/"] {
        let folder: Vec<(String, Vec<u8>)> = files()
            .into_iter()
            .filter_map(|(path, bytes)| Some((path.strip_prefix(top)?.to_owned(), bytes)))
            .collect();
        let found: Vec<String> = lint(&folder).iter().map(ToString::to_string).collect();
        assert_eq!(found, [""; 0], "{top}");
    }
}

#[test]
fn only_the_told_faults_are_there() {
    let twice = Fault::DuplicateName {
        name: "bin/harbourd.bin".to_owned(),
    };
    let cases = [
        ("known-root", vec![], 0),
        ("unknown-root", vec![], 0),
        ("rotated-cross-certificate", vec![], 0),
        ("tampered", vec![], 1),
        ("unsigned", vec![], 0),
        ("ambiguous", vec![twice], 1),
    ];
    for (name, faults, mismatches) in cases {
        let archive = fs::read(examples().join(format!("packages/{name}.zip"))).unwrap();
        let (members, found) = unpacked(&archive);
        assert_eq!(found, faults, "{name}");
        let manifest = Manifest::parse(member(&members, "manifest.json").unwrap()).unwrap();
        let differing = members.iter().filter(|(path, bytes)| {
            let named = manifest.entries.iter().find(|entry| entry.path == *path);
            named.is_some_and(|entry| entry.digests[0].1 != digest(entry.digests[0].0, bytes))
        });
        assert_eq!(differing.count(), mismatches, "{name}");
    }
}

#[test]
fn every_signature_is_good_and_names_its_chain() {
    let vendor = Vendor::new();
    let (old, new) = (
        vec![&vendor.signer_g1],
        vec![&vendor.signer_g2, &vendor.issuing_g2],
    );
    let crossed = [new.clone(), vec![&vendor.cross]].concat();
    let cases = [
        ("known-root", Some(&old)),
        ("unknown-root", Some(&new)),
        ("rotated-cross-certificate", Some(&crossed)),
        ("tampered", Some(&old)),
        ("unsigned", None),
        ("ambiguous", Some(&old)),
    ];
    for (name, chain) in cases {
        let archive = fs::read(examples().join(format!("packages/{name}.zip"))).unwrap();
        assert!(archive.len() < 8192, "{name}");
        let (members, _) = unpacked(&archive);
        let manifest = member(&members, "manifest.json").unwrap();
        let signature = member(&members, "manifest.json.p7s");
        assert_eq!(signature.is_some(), chain.is_some(), "{name}");
        let (Some(signature), Some(chain)) = (signature, chain) else {
            continue;
        };
        let data = SignedData::from_der(signature, Trailing::Nothing).unwrap();
        let found = check(
            &data.signers[0],
            &data.certificates,
            Covered::Bytes(manifest),
        );
        assert_eq!(found.outcome, Outcome::Good, "{name}");
        assert_eq!(found.certificate.as_ref(), Some(chain[0]), "{name}");
        assert_eq!(
            data.certificates.iter().collect::<Vec<_>>(),
            *chain,
            "{name}"
        );
    }
    assert_eq!(vendor.cross.spki_sha256(), vendor.root_g2.spki_sha256());
    assert_eq!(vendor.cross.issuer(), vendor.root_g1.subject());
}
