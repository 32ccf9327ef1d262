//! Random and mutated images: always an answer, and never a digest where the layout is ambiguous.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::builder::{Builder, NEW_HEADER, put};
use super::tests::{cms, oracle};
use super::{LayoutFault, PeImage};
use crate::domain::HashAlgorithm;
use crate::formats::digest::sha256;

/// Whatever the bytes: an answer, and no image digest where the layout is ambiguous.
fn reads(file: &[u8]) -> Result<(), TestCaseError> {
    let file = &file.to_vec();
    let Ok(image) = PeImage::read(file) else {
        return Ok(());
    };
    let algorithms = BTreeSet::from([HashAlgorithm::Sha256]);
    let measured = image.measure(file, &algorithms).unwrap();
    prop_assert_eq!(measured.file, sha256(file));
    let ambiguous = image.faults.iter().any(LayoutFault::refuses);
    prop_assert_eq!(measured.image.is_empty(), ambiguous);
    let left_out: u64 = image
        .layout
        .unsigned()
        .iter()
        .map(|r| r.end - r.start)
        .sum();
    let covered: u64 = image.layout.covered().iter().map(|r| r.end - r.start).sum();
    if !ambiguous {
        prop_assert_eq!(left_out + covered, file.len() as u64);
        // The crate leaves out the directory entry even where the file has none.
        if let (Some(expected), Some(_)) = (oracle(file), &image.layout.certificate_directory) {
            prop_assert_eq!(&measured.image[&HashAlgorithm::Sha256], &expected);
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn random_bytes_never_panic(mut file in proptest::collection::vec(any::<u8>(), 0..600), magic: bool) {
        if magic && file.len() > NEW_HEADER + 4 {
            file[..2].copy_from_slice(b"MZ");
            put(&mut file, 0x3c, u32::try_from(NEW_HEADER).unwrap());
            file[NEW_HEADER..NEW_HEADER + 4].copy_from_slice(b"PE\0\0");
        }
        reads(&file)?;
    }

    #[test]
    fn mutated_images_never_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        keep in 0u8..4,
        plus: bool,
    ) {
        let builder = Builder { plus, sections: vec![vec![1; 10], vec![2; 40]], alignment: 32, ..Builder::signed(&cms(11)) };
        let mut file = builder.build();
        for (index, value) in changes {
            let at = index.index(file.len());
            file[at] = value;
        }
        if keep == 0 {
            file.truncate(cut.index(file.len()));
        }
        reads(&file)?;
    }
}
