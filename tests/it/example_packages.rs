//! The example packages in the repository are those that `examples/make_packages.rs` makes, and each
//! tells its part of the story.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anchorwatch::formats::cms::{Covered, Outcome, SignedData, Trailing, check};

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

/// The bytes of the first entry of this name; the archives store everything as it is.
fn member<'a>(archive: &'a [u8], name: &str) -> Option<&'a [u8]> {
    let header = [
        &(name.len() as u16).to_le_bytes(),
        &[0, 0][..],
        name.as_bytes(),
    ]
    .concat();
    let at = archive
        .windows(header.len())
        .position(|window| window == header)?;
    let size = u32::from_le_bytes(archive[at - 4..at].try_into().unwrap()) as usize;
    archive.get(at + header.len()..at + header.len() + size)
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
        let manifest = member(&archive, "manifest.json").unwrap();
        let signature = member(&archive, "manifest.json.p7s");
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
