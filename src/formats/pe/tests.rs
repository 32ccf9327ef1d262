//! Made-up images: sound ones against the `authenticode` crate, and one fault each.

use std::collections::BTreeSet;

use authenticode::{PeTrait, authenticode_digest};
use object::read::pe::{PeFile32, PeFile64};
use sha2::Digest as _;

use super::builder::{Builder, NEW_HEADER, OPTIONAL, put, put16};
use super::{EntryKind, LayoutFault, Measured, PaddingFault, PeError, PeImage, Width};
use crate::domain::HashAlgorithm;
use crate::formats::digest::sha256;
use crate::formats::{der, limits};

/// A DER value of `length` content bytes, in place of a CMS.
pub(super) fn cms(length: u8) -> Vec<u8> {
    let mut value = vec![0x30, length];
    value.resize(usize::from(length) + 2, 0x05);
    value
}

fn measure(file: &[u8]) -> Measured {
    let image = PeImage::read(&file.to_vec()).unwrap();
    let all = BTreeSet::from(HashAlgorithm::ALL);
    image.measure(&file.to_vec(), &all).unwrap()
}

/// What the `authenticode` crate computes, where it and the `object` crate take the file.
pub(super) fn oracle(file: &[u8]) -> Option<Vec<u8>> {
    let pe: Box<dyn PeTrait + '_> = match PeFile64::parse(file) {
        Ok(pe) => Box::new(pe),
        Err(_) => Box::new(PeFile32::parse(file).ok()?),
    };
    let mut hasher = sha2::Sha256::new();
    authenticode_digest(&*pe, &mut hasher).ok()?;
    Some(hasher.finalize().to_vec())
}

fn sound() -> Vec<(&'static str, Builder)> {
    let plain = Builder::default();
    let signed = Builder::signed(&cms(20));
    vec![
        ("unsigned PE32+", plain.clone()),
        ("signed PE32+", signed.clone()),
        (
            "signed PE32",
            Builder {
                plus: false,
                ..signed.clone()
            },
        ),
        (
            "EFI with low alignment",
            Builder {
                subsystem: 10,
                alignment: 32,
                ..signed.clone()
            },
        ),
        (
            "without sections",
            Builder {
                sections: Vec::new(),
                ..signed.clone()
            },
        ),
        (
            "an empty section",
            Builder {
                sections: vec![vec![1; 40], Vec::new(), vec![2; 40]],
                ..signed.clone()
            },
        ),
        (
            "an overlay",
            Builder {
                overlay: vec![7; 4096],
                ..signed.clone()
            },
        ),
        (
            "longer than a chunk",
            Builder {
                sections: vec![vec![9; 700_001], vec![8; 300_000]],
                ..signed
            },
        ),
    ]
}

#[test]
fn sound_images_have_the_digest_of_the_authenticode_crate() {
    for (name, builder) in sound() {
        let file = builder.build();
        let image = PeImage::read(&file).unwrap();
        assert_eq!(image.faults, [], "{name}");
        assert!(!image.refused(), "{name}");
        let measured = measure(&file);
        assert_eq!(measured.file, sha256(&file), "{name}");
        assert_eq!(measured.image.len(), HashAlgorithm::ALL.len(), "{name}");
        assert_eq!(
            measured.image.get(&HashAlgorithm::Sha256),
            oracle(&file).as_ref(),
            "{name}"
        );
    }
}

#[test]
fn layout_tells_where_things_are() {
    let builder = Builder {
        overlay: vec![7; 16],
        subsystem: 11,
        ..Builder::signed(&cms(20))
    };
    let file = builder.build();
    let image = PeImage::read(&file).unwrap();
    let layout = &image.layout;
    assert_eq!(layout.width, Width::Pe32Plus);
    assert_eq!(layout.machine, 0x8664);
    assert!(layout.is_efi());
    assert_eq!(layout.size, file.len() as u64);
    let table = layout.certificate_table.clone().unwrap();
    assert_eq!(layout.overlay, Some(table.start - 16..table.start));
    assert_eq!(layout.sections[0].name, b".text");
    let directory = builder.directory() as u64;
    let checksum = OPTIONAL as u64 + 64;
    assert_eq!(
        layout.unsigned(),
        [
            checksum..checksum + 4,
            directory..directory + 8,
            table.clone()
        ]
    );
    let entry = &image.certificates[0];
    assert_eq!((entry.offset, entry.revision), (table.start, 0x200));
    assert_eq!(entry.kind, EntryKind::PkcsSignedData);
    assert_eq!(entry.bytes, cms(20));
    assert_eq!(entry.padding, None);
}

#[test]
fn every_covered_byte_changes_the_digest_and_no_other_does() {
    let file = Builder {
        sections: vec![vec![1; 40]],
        alignment: 32,
        ..Builder::signed(&cms(6))
    }
    .build();
    let image = PeImage::read(&file).unwrap();
    let sha256 = BTreeSet::from([HashAlgorithm::Sha256]);
    let before = image.measure(&file, &sha256).unwrap();
    let unsigned = image.layout.unsigned();
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 0x40;
        let after = image.measure(&changed, &sha256).unwrap();
        let free = unsigned.iter().any(|range| range.contains(&(at as u64)));
        assert_eq!(before.image == after.image, free, "byte {at}");
        assert_ne!(before.file, after.file, "byte {at}");
    }
}

type Change = fn(&Builder, &mut Vec<u8>);

#[test]
fn faults_of_the_layout_are_named_and_leave_no_digest() {
    let signed = Builder::signed(&cms(20));
    let gap = Builder {
        gap: 512,
        ..signed.clone()
    };
    let tail = Builder {
        tail: vec![0; 8],
        ..signed.clone()
    };
    let nothing: Change = |_, _| ();
    let cases: [(&str, &Builder, Change, &str); 16] = [
        ("gap", &gap, nothing, "gap before section 0"),
        ("data after the table", &tail, nothing, "8 bytes follow"),
        (
            "cut in the table",
            &signed,
            |_, file| file.truncate(file.len() - 1),
            "leaves the file",
        ),
        (
            "headers too small",
            &signed,
            |_, file| put(file, OPTIONAL + 60, 64),
            "SizeOfHeaders is 64",
        ),
        (
            "headers past the end",
            &signed,
            |_, file| put(file, OPTIONAL + 60, 1 << 30),
            "SizeOfHeaders is 1073741824",
        ),
        (
            "section in the headers",
            &signed,
            |b, file| put(file, b.section_line(0) + 20, 0),
            "section 0 starts at 0",
        ),
        (
            "sections overlap",
            &signed,
            |b, file| put(file, b.section_line(0) + 16, 1536),
            "section 1 starts at 1536",
        ),
        (
            "section past the end",
            &signed,
            |b, file| put(file, b.section_line(1) + 16, 1 << 20),
            "section 1 ends at",
        ),
        (
            "table over a section",
            &signed,
            |b, file| {
                let (at, size) = (file.len() - 544, 544);
                put(file, b.directory(), u32::try_from(at).unwrap());
                put(file, b.directory() + 4, size);
            },
            "the certificate table starts at",
        ),
        (
            "table over the headers",
            &signed,
            |b, file| {
                let size = u32::try_from(file.len()).unwrap();
                put(file, b.directory(), 0);
                put(file, b.directory() + 4, size);
            },
            "the certificate table starts at 0",
        ),
        (
            "table not aligned",
            &signed,
            |b, file| {
                let at = file.len() - 28;
                put(file, b.directory(), u32::try_from(at).unwrap());
                put(file, b.directory() + 4, 28);
            },
            "not at a multiple of 8",
        ),
        (
            "entry too short",
            &signed,
            |_, file| {
                let at = file.len() - 32;
                put(file, at, 7);
            },
            "states 7 bytes where 32 are left",
        ),
        (
            "entry too long",
            &signed,
            |_, file| {
                let at = file.len() - 32;
                put(file, at, 33);
            },
            "states 33 bytes where 32 are left",
        ),
        (
            "zeros behind the entries",
            &signed,
            |b, file| {
                file.extend([0; 8]);
                put(file, b.directory() + 4, 40);
            },
            "states 0 bytes where 8 are left",
        ),
        (
            "entry of no known revision",
            &signed,
            |_, file| {
                let at = file.len() - 28;
                put(file, at, 0x0002_0300);
            },
            "unknown revision 0300",
        ),
        (
            "alignment that is not zero",
            &signed,
            |_, file| *file.last_mut().unwrap() = 1,
            "not zero",
        ),
    ];
    for (name, builder, change, expected) in cases {
        let mut file = builder.build();
        change(builder, &mut file);
        let image = PeImage::read(&file).unwrap();
        let told: Vec<String> = image.faults.iter().map(ToString::to_string).collect();
        assert!(
            told.iter().any(|fault| fault.contains(expected)),
            "{name}: {told:?}"
        );
        assert!(image.refused(), "{name}");
        assert!(measure(&file).image.is_empty(), "{name}");
        assert_eq!(measure(&file).file, sha256(&file), "{name}");
    }
}

#[test]
fn an_unaligned_section_is_told_but_not_refused() {
    let mut file = Builder {
        alignment: 32,
        ..Builder::signed(&cms(20))
    }
    .build();
    put(&mut file, OPTIONAL + 36, 512);
    let image = PeImage::read(&file).unwrap();
    assert!(matches!(
        image.faults[..],
        [LayoutFault::SectionUnaligned { section: 0, .. }, ..]
    ));
    assert!(!image.refused());
    assert_eq!(
        measure(&file).image.get(&HashAlgorithm::Sha256),
        oracle(&file).as_ref()
    );
}

#[test]
fn bytes_behind_the_signature_are_refused() {
    let with = |after: &[u8]| [cms(20), after.to_vec()].concat();
    let cases: [(Vec<u8>, Option<PaddingFault>); 6] = [
        (with(&[]), None),
        (with(&[0; 7]), None),
        (with(&[0; 8]), Some(PaddingFault::TooLong { bytes: 8 })),
        (with(&[1]), Some(PaddingFault::NotZero { bytes: 1 })),
        (
            with(&[0, 0, 0, 0, 0, 9]),
            Some(PaddingFault::NotZero { bytes: 6 }),
        ),
        (
            vec![0x30, 0x80, 0, 0],
            Some(PaddingFault::NotDer(der::DerError::IndefiniteLength)),
        ),
    ];
    for (content, expected) in cases {
        let image = PeImage::read(&Builder::signed(&content).build()).unwrap();
        assert_eq!(image.faults, [], "{content:x?}");
        assert_eq!(image.certificates[0].padding, expected, "{content:x?}");
        let hides = expected.is_some_and(PaddingFault::hides);
        assert_eq!(image.refused(), hides, "{content:x?}");
        if hides {
            assert_eq!(image.certificates[0].bytes, cms(20));
        }
    }
}

#[test]
fn several_entries_of_several_kinds() {
    let file = Builder {
        certificates: vec![(2, cms(3)), (0x0ef1, vec![1; 9]), (9, vec![2]), (2, cms(8))],
        ..Builder::default()
    }
    .build();
    let image = PeImage::read(&file).unwrap();
    assert_eq!(image.faults, []);
    let kinds: Vec<EntryKind> = image.certificates.iter().map(|entry| entry.kind).collect();
    assert_eq!(
        kinds,
        [
            EntryKind::PkcsSignedData,
            EntryKind::EfiGuid,
            EntryKind::Other(9),
            EntryKind::PkcsSignedData
        ]
    );
    assert_eq!(image.certificates[1].bytes, [1; 9]);
    let stowed: Vec<bool> = image
        .certificates
        .iter()
        .map(|entry| image.is_stowed(entry))
        .collect();
    assert_eq!(stowed, [false, true, true, false]);
    assert!(image.refused(), "bytes ride on a signed file");
    assert_eq!(image.certificates[3].bytes, cms(8));
}

#[test]
fn an_unsigned_image_with_a_gap_is_told_but_not_refused() {
    let file = Builder {
        gap: 512,
        ..Builder::default()
    }
    .build();
    let image = PeImage::read(&file).unwrap();
    assert!(!image.faults.is_empty());
    assert!(!image.claims_signature() && !image.refused());
    assert!(measure(&file).image.is_empty());
}

#[test]
fn without_a_directory_entry_nothing_is_left_out_but_the_checksum() {
    let file = Builder {
        directories: 4,
        ..Builder::default()
    }
    .build();
    let image = PeImage::read(&file).unwrap();
    assert_eq!(image.layout.certificate_directory, None);
    assert_eq!(image.layout.unsigned().len(), 1);
    assert!(image.certificates.is_empty());
}

#[test]
fn what_is_no_image_is_an_error_with_facts() {
    let sound = Builder::signed(&cms(20));
    let cases: [(&str, Change, &str); 10] = [
        ("empty", |_, file| file.clear(), "not a PE image"),
        ("other magic", |_, file| file[0] = b'P', "not a PE image"),
        (
            "only a DOS header",
            |_, file| file.truncate(40),
            "inside the DOS header that ends at byte 64",
        ),
        (
            "an old DOS program",
            |_, file| file[NEW_HEADER] = b'N',
            "not a PE image",
        ),
        (
            "headers elsewhere",
            |_, file| put(file, 0x3c, u32::MAX),
            "inside the COFF header",
        ),
        (
            "cut in the optional header",
            |_, file| file.truncate(OPTIONAL + 20),
            "inside the optional header",
        ),
        (
            "a ROM image",
            |_, file| put16(file, OPTIONAL, 0x107),
            "optional header of kind 107",
        ),
        (
            "an optional header that lies",
            |_, file| put16(file, NEW_HEADER + 20, 140),
            "optional header of 140 bytes, where its fields need 148",
        ),
        (
            "an optional header of nothing",
            |_, file| put16(file, NEW_HEADER + 20, 0),
            "optional header of 0 bytes",
        ),
        (
            "too many sections",
            |_, file| put16(file, NEW_HEADER + 6, 0xffff),
            "sections: 65535 is over the limit",
        ),
    ];
    for (name, change, expected) in cases {
        let mut file = sound.build();
        change(&sound, &mut file);
        let error = PeImage::read(&file).unwrap_err().to_string();
        assert!(error.contains(expected), "{name}: {error}");
    }
}

#[test]
fn limits_hold() {
    let large = Builder::signed(&vec![0; limits::SIGNATURE_OBJECT + 1]);
    let many = Builder {
        certificates: vec![(2, cms(1)); limits::PE_CERTIFICATES + 1],
        ..Builder::default()
    };
    for builder in [large, many] {
        let error = PeImage::read(&builder.build()).unwrap_err();
        assert!(matches!(error, PeError::Limit { .. }), "{error}");
    }
}
