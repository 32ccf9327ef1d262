//! Authenticode objects: the flat list of signatures, and what each says.

use anchorwatch::domain::{Crypto, HashAlgorithm};
use anchorwatch::formats::authenticode::{
    AuthenticodeError, AuthenticodeSignature, ImageDigest, Placed, Subject, signatures,
};
use proptest::prelude::*;

use crate::cms::Pair;
use crate::making::authenticode::{NESTED_SIGNATURE, signature};
use crate::making::authority::{Key, Role};
use crate::making::cms::attribute;
use crate::making::token::{MICROSOFT_TOKEN_ATTRIBUTE, token_attribute};

const IMAGE: [u8; 32] = [7; 32];

fn image(_: &Subject, hash: HashAlgorithm) -> Option<Vec<u8>> {
    (hash == HashAlgorithm::Sha256).then(|| IMAGE.to_vec())
}

fn vendor() -> Pair {
    Pair::new(Key::ed25519(2), Role::CodeSigner)
}

fn with_nested(outer: &[u8; 32], inner: &[Vec<u8>]) -> Vec<u8> {
    signature(vendor().signer(), outer, |_| {
        vec![attribute(NESTED_SIGNATURE, inner)]
    })
}

fn plain(image: &[u8; 32]) -> Vec<u8> {
    signature(vendor().signer(), image, |_| vec![])
}

fn told(found: &[Placed<AuthenticodeSignature>]) -> Vec<String> {
    found
        .iter()
        .map(|one| match &one.result {
            Ok(signature) => format!("{}: {}", one.place, signature.crypto().word()),
            Err(error) => format!("{}: {error}", one.place),
        })
        .collect()
}

#[test]
fn a_sound_signature_tells_everything() {
    let vendor = vendor();
    let tsa = Pair::new(Key::ed25519(5), Role::TimestampAuthority);
    let mut object = signature(vendor.signer(), &IMAGE, |value| {
        let time = "20260302080000Z";
        let kind = MICROSOFT_TOKEN_ATTRIBUTE;
        vec![token_attribute(tsa.signer(), kind, value, time)]
    });
    object.extend([0; 3]);
    let found = signatures(&object, &image);
    assert_eq!(told(&found), ["primary: good"]);
    let one = found[0].result.as_ref().unwrap();
    assert_eq!(one.image, ImageDigest::Equal);
    assert_eq!(
        one.indirect.subject,
        Subject::PeImage { page_hashes: false }
    );
    assert_eq!(one.check.certificate, Some(vendor.certificate));
    assert_eq!(one.description.program.as_deref(), Some("Hi"));
    let time = one.timestamps[0].as_ref().unwrap();
    assert_eq!(time.outcome.crypto(), Crypto::Good);
    assert_eq!(time.time.to_string(), "2026-03-02T08:00:00Z");
}

#[test]
fn every_nested_signature_is_listed_with_its_own_answer() {
    let other = [8; 32];
    let deep = with_nested(&IMAGE, &[plain(&other)]);
    let cases: Vec<(&str, Vec<u8>, Vec<&str>)> = vec![
        ("another image", plain(&other), vec!["primary: bad"]),
        (
            "a broken primary beside a sound nested one",
            with_nested(&other, &[plain(&IMAGE)]),
            vec!["primary: bad", "primary, nested 1: good"],
        ),
        (
            "two, one of which has one itself",
            with_nested(&IMAGE, &[deep, plain(&IMAGE)]),
            vec![
                "primary: good",
                "primary, nested 1: good",
                "primary, nested 1, nested 1: bad",
                "primary, nested 2: good",
            ],
        ),
        (
            "something else nested",
            with_nested(&IMAGE, &[vec![5, 0]]),
            vec![
                "primary: good",
                "primary, nested 1: not well formed in the ContentInfo: expected tag 0x30, found 0x05",
            ],
        ),
    ];
    for (what, object, expected) in cases {
        assert_eq!(told(&signatures(&object, &image)), expected, "{what}");
    }
}

#[test]
fn an_image_that_nobody_can_hash_is_unchecked() {
    let found = signatures(&plain(&IMAGE), &|_, _| None);
    assert_eq!(told(&found), ["primary: unchecked"]);
}

#[test]
fn nesting_without_end_stops() {
    let many = with_nested(&IMAGE, &vec![plain(&IMAGE); 40]);
    let found = signatures(&many, &image);
    assert_eq!(found.len(), 18);
    assert!(matches!(
        found[17].result,
        Err(AuthenticodeError::TooManyNested { limit: 16 })
    ));
}

#[test]
fn no_flipped_byte_vouches_for_another_image() {
    let object = plain(&IMAGE);
    for at in 0..object.len() {
        for flip in [0x01, 0x20, 0xff] {
            let mut flipped = object.clone();
            flipped[at] ^= flip;
            let found = signatures(&flipped, &|_, _| Some(vec![8; 32]));
            assert!(
                found.iter().all(|one| one
                    .result
                    .as_ref()
                    .map_or(true, |one| one.crypto() != Crypto::Good)),
                "byte {at}"
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn random_and_mutated_objects_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let _ = signatures(&bytes, &image);
        let mut object = with_nested(&IMAGE, &[plain(&IMAGE)]);
        for (at, byte) in edits {
            let at = at.index(object.len());
            object[at] = byte;
        }
        let _ = signatures(&object, &image);
    }
}
