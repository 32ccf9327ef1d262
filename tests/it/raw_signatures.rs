//! Bare signatures in every encoding and form of the closed list, made by aws-lc and judged by us.

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::digest::digest;
use anchorwatch::formats::raw_signature::{
    Encoding, Form, HASHES, KeyFile, KeyFileError, Message, RawSignatureError, check,
};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self as aws, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

const TEXT: &[u8] = b"the bytes that somebody signed";

fn digests(message: &[u8]) -> Vec<(HashAlgorithm, Vec<u8>)> {
    HASHES.map(|hash| (hash, digest(hash, message))).to_vec()
}

fn rsa() -> (RsaKeyPair, Vec<u8>) {
    let pair = RsaKeyPair::generate(aws_lc_rs::rsa::KeySize::Rsa2048).unwrap();
    let spki = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(
        pair.public_key(),
    )
    .unwrap();
    let spki = spki.as_ref().to_vec();
    (pair, spki)
}

fn rsa_signature(pair: &RsaKeyPair, how: &'static dyn aws::RsaEncoding) -> Vec<u8> {
    let mut value = vec![0; pair.public_modulus_len()];
    pair.sign(how, &SystemRandom::new(), TEXT, &mut value)
        .unwrap();
    value
}

fn ecdsa(how: &'static aws::EcdsaSigningAlgorithm) -> (Vec<u8>, Vec<u8>) {
    let pair = EcdsaKeyPair::generate(how).unwrap();
    let value = pair.sign(&SystemRandom::new(), TEXT).unwrap();
    let spki = aws_lc_rs::encoding::AsDer::<aws_lc_rs::encoding::PublicKeyX509Der<'_>>::as_der(
        pair.public_key(),
    )
    .unwrap();
    (spki.as_ref().to_vec(), value.as_ref().to_vec())
}

fn held(spki: &[u8], file: &[u8]) -> Result<(Form, Option<HashAlgorithm>, Encoding), String> {
    let digests = digests(TEXT);
    let message = Message {
        digests: &digests,
        whole: Some(TEXT),
    };
    check(spki, file, &message)
        .map(|held| (held.form.form, held.form.hash, held.form.encoding))
        .map_err(|error| error.to_string())
}

fn encodings(value: &[u8]) -> Vec<(Encoding, Vec<u8>)> {
    let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
    let base64 = STANDARD.encode(value);
    let lines = base64
        .as_bytes()
        .chunks(64)
        .map(|line| format!("{}\n", str::from_utf8(line).unwrap()))
        .collect::<String>();
    vec![
        (Encoding::Binary, value.to_vec()),
        (Encoding::Hex, hex.clone().into_bytes()),
        (
            Encoding::Hex,
            format!("{}\n", hex.to_uppercase()).into_bytes(),
        ),
        (Encoding::Base64, base64.into_bytes()),
        (Encoding::Base64, lines.into_bytes()),
    ]
}

#[test]
fn every_form_in_every_encoding_is_found_and_named() {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    let (pair, spki) = rsa();
    let ed = Ed25519KeyPair::generate().unwrap();
    let ed_spki = [
        &[
            0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
        ][..],
        ed.public_key().as_ref(),
    ]
    .concat();
    let (p256, p256_value) = ecdsa(&aws::ECDSA_P256_SHA256_ASN1_SIGNING);
    let (p256_fixed, p256_fixed_value) = ecdsa(&aws::ECDSA_P256_SHA256_FIXED_SIGNING);
    let (p384, p384_value) = ecdsa(&aws::ECDSA_P384_SHA384_FIXED_SIGNING);
    let (p521, p521_value) = ecdsa(&aws::ECDSA_P521_SHA512_ASN1_SIGNING);
    let (p521_fixed, p521_fixed_value) = ecdsa(&aws::ECDSA_P521_SHA512_FIXED_SIGNING);
    let cases = [
        (
            &spki,
            rsa_signature(&pair, &aws::RSA_PKCS1_SHA256),
            Form::RsaPkcs1,
            Some(Sha256),
        ),
        (
            &spki,
            rsa_signature(&pair, &aws::RSA_PKCS1_SHA512),
            Form::RsaPkcs1,
            Some(Sha512),
        ),
        (
            &spki,
            rsa_signature(&pair, &aws::RSA_PSS_SHA384),
            Form::RsaPss,
            Some(Sha384),
        ),
        (&p256, p256_value, Form::EcdsaDer, Some(Sha256)),
        (
            &p256_fixed,
            p256_fixed_value,
            Form::EcdsaFixed,
            Some(Sha256),
        ),
        (&p384, p384_value, Form::EcdsaFixed, Some(Sha384)),
        (&p521, p521_value, Form::EcdsaDer, Some(Sha512)),
        (
            &p521_fixed,
            p521_fixed_value,
            Form::EcdsaFixed,
            Some(Sha512),
        ),
        (
            &ed_spki,
            ed.sign(TEXT).as_ref().to_vec(),
            Form::Ed25519,
            None,
        ),
    ];
    for (spki, value, form, hash) in cases {
        for (encoding, file) in encodings(&value) {
            assert_eq!(held(spki, &file), Ok((form, hash, encoding)));
            for at in [0, value.len() / 2, value.len() - 1] {
                let mut broken = value.clone();
                broken[at] ^= 1;
                let (_, file) = encodings(&broken).remove(0);
                assert!(held(spki, &file).is_err(), "{form:?} {encoding:?} {at}");
            }
        }
        let other = rsa().1;
        assert!(held(&other, &value).is_err());
    }
}

#[test]
fn what_was_tried_is_said_and_what_could_not_be_is_no_forgery() {
    let (pair, spki) = rsa();
    let value = rsa_signature(&pair, &aws::RSA_PKCS1_SHA256);
    let other = digests(b"other bytes");
    let wrong = Message {
        digests: &other,
        whole: None,
    };
    match check(&spki, &value, &wrong) {
        Err(RawSignatureError::Mismatch { tried }) => {
            let told: Vec<String> = tried.iter().map(ToString::to_string).collect();
            assert!(
                told.contains(&"RSA PKCS#1 v1.5 with SHA-256, binary".to_owned()),
                "{told:?}"
            );
        }
        outcome => panic!("{outcome:?}"),
    }
    let nothing = Message {
        digests: &[],
        whole: None,
    };
    assert_eq!(
        check(&spki, &value, &nothing),
        Err(RawSignatureError::MessageNotAtHand)
    );
    assert_eq!(
        check(&spki, b"short", &nothing),
        Err(RawSignatureError::NotASignature)
    );
    assert!(matches!(
        check(b"no key", &value, &nothing),
        Err(RawSignatureError::Key(_))
    ));
}

#[test]
fn key_files_hold_certificates_or_public_keys() {
    let (_, spki) = rsa();
    let pem = |label: &str, der: &[u8]| {
        format!(
            "-----BEGIN {label}-----\n{}\n-----END {label}-----\n",
            STANDARD.encode(der)
        )
    };
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["signer.example".to_owned()])
        .unwrap()
        .self_signed(&key)
        .unwrap();
    // The RSAPublicKey inside: behind the identifier and the bit string's head.
    let bare = spki[24..].to_vec();
    let cases: Vec<(Vec<u8>, usize, usize)> = vec![
        (pem("PUBLIC KEY", &spki).into_bytes(), 0, 1),
        (pem("RSA PUBLIC KEY", &bare).into_bytes(), 0, 1),
        (spki.clone(), 0, 1),
        (certificate.pem().into_bytes(), 1, 0),
        (certificate.der().to_vec(), 1, 0),
        (
            (certificate.pem() + &pem("PUBLIC KEY", &spki)).into_bytes(),
            1,
            1,
        ),
    ];
    for (file, certificates, keys) in cases {
        let found = KeyFile::parse(&file).unwrap();
        assert_eq!(
            (found.certificates.len(), found.keys.len()),
            (certificates, keys)
        );
        if keys == 1 {
            assert_eq!(found.keys[0], spki);
        }
    }
    assert_eq!(
        KeyFile::parse(key.serialize_pem().as_bytes()),
        Err(KeyFileError::PrivateKey)
    );
    assert_eq!(KeyFile::parse(b"hello"), Err(KeyFileError::Unrecognised));
}

proptest! {
    #[test]
    fn random_files_never_stop_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = KeyFile::parse(&bytes);
        let message = Message { digests: &[], whole: None };
        let spki = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        let spki = [&spki[..], &[9; 32]].concat();
        prop_assert!(check(&spki, &bytes, &message).is_err());
        prop_assert!(check(&bytes, &bytes, &message).is_err());
    }
}
