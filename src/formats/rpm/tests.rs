//! Sound packages, and each attack on them.

use base64::Engine as _;

use super::builder::{Builder, PAYLOAD, Value};
use super::*;
use crate::formats::digest::sha256;

pub(super) fn package(file: &[u8]) -> (RpmPackage, Measured) {
    let file = file.to_vec();
    let package = RpmPackage::read(&file).unwrap();
    let measured = package.measure(&file).unwrap();
    assert_eq!(measured.file, sha256(&file));
    (package, measured)
}

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// A header-only signature in each version's way.
pub(super) fn signed_v4() -> Builder {
    Builder::v4(PAYLOAD).signed(268, Value::Binary(b"packet".to_vec()))
}

pub(super) fn signed_v6() -> Builder {
    Builder::v6(PAYLOAD).signed(278, Value::Texts(vec![base64(b"packet")]))
}

/// What the first signature covers, or why the file is not read.
fn covers(file: &[u8]) -> Result<Coverage, String> {
    let file = file.to_vec();
    let package = RpmPackage::read(&file).map_err(|error| error.to_string())?;
    let measured = package.measure(&file).unwrap();
    Ok(package.coverage(&package.signatures[0], &measured))
}

#[test]
fn sound_packages_read_whole() {
    let cases = [
        (signed_v4(), FormatVersion::V4, 4, 268, 0),
        (signed_v6(), FormatVersion::V6, 8, 278, 3),
    ];
    for (builder, version, digests, tag, other_form) in cases {
        let (package, measured) = package(&builder.build());
        assert_eq!(package.faults, []);
        assert_eq!(package.version, version);
        assert_eq!(package.identity.label(), "bosun-4:1.2-3.noarch");
        assert_eq!(package.identity.vendor.as_deref(), Some("Bosun Works"));
        assert_eq!(package.digests.len(), digests);
        assert_eq!(measured.broken(), Vec::<&StatedDigest>::new());
        let bad = |check: &&DigestCheck| check.outcome == Outcome::Bad;
        assert_eq!(measured.digests.iter().filter(bad).count(), other_form);
        let [signature] = package.signatures.as_slice() else {
            panic!("{:?}", package.signatures);
        };
        assert_eq!((signature.tag, signature.extent), (tag, Extent::Header));
        assert_eq!(signature.packet, b"packet");
        let main = builder.main.build();
        let message = signature.message(&package.layout);
        assert_eq!(message.end - message.start, main.len() as u64);
        assert!(matches!(
            package.coverage(signature, &measured),
            Coverage::Whole { through: Some(_) }
        ));
    }
}

#[test]
fn every_signature_tag_is_handed_out_with_what_it_signs() {
    let packet = |name: &str| Value::Binary(name.as_bytes().to_vec());
    let file = Builder::v4(PAYLOAD)
        .signed(267, packet("a"))
        .signed(268, packet("b"))
        .signed(278, Value::Texts(vec![base64(b"c"), base64(b"d")]))
        .signed(1002, packet("e"))
        .signed(1005, packet("f"))
        .build();
    let (package, measured) = package(&file);
    let found: Vec<_> = package
        .signatures
        .iter()
        .map(|s| (s.tag_name(), s.index, s.extent, s.packet.as_slice()))
        .collect();
    assert_eq!(
        found,
        [
            ("DSA", 0, Extent::Header, b"a".as_slice()),
            ("RSA", 0, Extent::Header, b"b"),
            ("OPENPGP", 0, Extent::Header, b"c"),
            ("OPENPGP", 1, Extent::Header, b"d"),
            ("PGP", 0, Extent::HeaderAndPayload, b"e"),
            ("GPG", 0, Extent::HeaderAndPayload, b"f"),
        ]
    );
    let whole = package.signatures.last().unwrap();
    let message = whole.message(&package.layout);
    assert_eq!(message.end, file.len() as u64);
    assert_eq!(
        package.coverage(whole, &measured),
        Coverage::Whole { through: None }
    );
}

#[test]
fn without_its_signature_tags_a_package_is_unsigned() {
    for builder in [Builder::v4(PAYLOAD), Builder::v6(PAYLOAD)] {
        let (package, measured) = package(&builder.build());
        assert!(package.signatures.is_empty() && !package.refused());
        // This is where rpmkeys says "digests OK".
        assert!(measured.broken().is_empty());
    }
}

#[test]
fn a_signature_over_the_header_alone_does_not_reach_an_unstated_payload() {
    let old = signed_v4().without(5092).without(5093);
    assert_eq!(covers(&old.build()), Ok(Coverage::HeaderOnly));
    let unknown = signed_v4().set(5093, Value::Int32(vec![99]));
    assert_eq!(covers(&unknown.build()), Ok(Coverage::HeaderOnly));
    let md5 = hex_md5(PAYLOAD);
    let weak = signed_v4()
        .set(5092, Value::Texts(vec![md5]))
        .set(5093, Value::Int32(vec![1]));
    let Ok(Coverage::Whole {
        through: Some(through),
    }) = covers(&weak.build())
    else {
        panic!("bound by MD5");
    };
    assert!(through.is_weak());
}

fn hex_md5(bytes: &[u8]) -> String {
    use md5::Digest as _;
    let digest = md5::Md5::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn another_payload_under_a_good_header_is_told() {
    for builder in [signed_v4(), signed_v6()] {
        let other = vec![b'x'; PAYLOAD.len()];
        // The attacker writes an unsigned header that fits the payload.
        let signature = Builder {
            payload: other.clone(),
            ..builder.clone()
        }
        .signature_header();
        let file = builder.assemble(&signature, &builder.main.build(), &other);
        assert_eq!(covers(&file), Ok(Coverage::OtherPayload));
        let (_, measured) = package(&file);
        let broken = measured.broken();
        assert!(broken.iter().all(|d| d.stated_in == HeaderKind::Main));
        assert!(!broken.is_empty());
    }
}

#[test]
fn a_payload_stored_unpacked_is_the_stated_one() {
    let builder = signed_v6();
    let unpacked = [PAYLOAD, b", unpacked"].concat();
    let file = builder.assemble(
        &builder.signature_header(),
        &builder.main.build(),
        &unpacked,
    );
    let (package, measured) = package(&file);
    assert_eq!(package.faults, []);
    assert!(measured.broken().is_empty());
    assert!(matches!(covers(&file), Ok(Coverage::Whole { .. })));
}

#[test]
fn appended_and_missing_bytes_are_told() {
    for builder in [signed_v4(), signed_v6()] {
        let file = builder.build();
        let longer = [file.as_slice(), b"more"].concat();
        let shorter = &file[..file.len() - 3];
        let (appended, measured) = package(&longer);
        assert!(
            matches!(appended.faults[..], [RpmFault::Appended { stated, actual }] if actual - stated == 4)
        );
        assert!(appended.refused() && !measured.broken().is_empty());
        let (cut, _) = package(shorter);
        assert!(matches!(cut.faults[..], [RpmFault::CutOff { .. }]));
        assert!(cut.refused());
    }
    // The attacker corrects size and digest of the unsigned header too.
    let builder = signed_v4();
    let longer = [PAYLOAD, b"more"].concat();
    let signature = Builder {
        payload: longer.clone(),
        ..builder.clone()
    }
    .signature_header();
    let file = builder.assemble(&signature, &builder.main.build(), &longer);
    assert_eq!(covers(&file), Ok(Coverage::OtherPayload));
}

#[test]
fn a_changed_header_breaks_its_digests() {
    let builder = signed_v4();
    let text = Value::Text("bosuN".to_owned());
    let main = builder.clone().set(1000, text).main.build();
    let file = builder.assemble(&builder.signature_header(), &main, PAYLOAD);
    let (_, measured) = package(&file);
    let broken: Vec<u32> = measured.broken().iter().map(|d| d.tag).collect();
    assert_eq!(broken, [269, 273], "MD5 over all is not asked beside them");
}

#[test]
fn what_cannot_be_read_is_an_error_by_name() {
    let whole = signed_v4().build();
    let main_at = {
        let (package, _) = package(&whole);
        usize::try_from(package.layout.main_header.start).unwrap()
    };
    let with = |at: usize, bytes: &[u8]| {
        let mut file = whole.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    let cases = [
        (Vec::new(), "not an RPM package"),
        (b"\xed\xab\xee".to_vec(), "not an RPM package"),
        (
            whole[..40].to_vec(),
            "the file ends at byte 40, inside the lead",
        ),
        (whole[..96].to_vec(), "inside the signature header"),
        (whole[..300].to_vec(), "inside the signature header"),
        (whole[..main_at].to_vec(), "inside the main header"),
        (whole[..main_at + 30].to_vec(), "inside the main header"),
        (with(4, &[2]), "an RPM package of version 2"),
        (with(4, &[6]), "an RPM package of version 6; 4 and 6"),
        (with(78, &[0, 1]), "a signature of type 1"),
        (with(96, &[0]), "no signature header at byte 96"),
        (with(100, &[1]), "no signature header at byte 96"),
        (with(main_at, &[0]), "no main header at byte"),
        (
            with(104, &[0xff; 4]),
            "entries of a header: 4294967295 is over",
        ),
        (
            with(108, &[0xff; 4]),
            "bytes of a header: 4294967295 is over",
        ),
        (
            with(main_at + 8, &[0, 1, 0, 0]),
            "entries of a header: 65536 is over",
        ),
        (with(main_at + 12, &[3, 0, 0, 0]), "inside the main header"),
    ];
    for (file, expected) in cases {
        let error = RpmPackage::read(&file).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}, not {expected}");
    }
    let future = signed_v6().set(5114, Value::Int32(vec![7]));
    let error = RpmPackage::read(&future.build()).unwrap_err().to_string();
    assert!(error.contains("version 7"), "{error}");
}

#[test]
fn signatures_past_the_limits_are_an_error() {
    let many = Builder::v6(PAYLOAD).signed(278, Value::Texts(vec![base64(b"packet"); 65]));
    let error = RpmPackage::read(&many.build()).unwrap_err().to_string();
    assert!(error.contains("65 is over the limit of 64"), "{error}");
    let large = Builder::v4(PAYLOAD).signed(268, Value::Binary(vec![0; (1 << 20) + 1]));
    let error = RpmPackage::read(&large.build()).unwrap_err().to_string();
    assert!(error.contains("bytes of a signature"), "{error}");
}

#[test]
fn text_of_the_packager_is_bounded() {
    let long = "é".repeat(70_000);
    let builder = signed_v4().set(1011, Value::Text(long));
    let (package, _) = package(&builder.build());
    let vendor = package.identity.vendor.unwrap();
    assert_eq!(vendor.chars().count(), crate::formats::limits::DESCRIPTION);
    assert!(vendor.chars().all(|c| c == 'é'));
}
