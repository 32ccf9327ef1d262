//! Every signature algorithm against signatures that OpenSSL made.

use anchorwatch::domain::{HashAlgorithm, Oid};
use anchorwatch::formats::algorithm::{
    AlgorithmIdentifier, Scheme, SignatureError, Weakness, for_cms, key_kind, verify, verify_digest,
};
use anchorwatch::formats::digest::digest;
use aws_lc_rs::signature::{self as provider, KeyPair as _, PqdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

const MESSAGE: &[u8] = b"anchorwatch signature fixture";

struct Fixture {
    name: &'static str,
    algorithm: AlgorithmIdentifier,
    spki: Vec<u8>,
    signature: Vec<u8>,
    expected: &'static str,
}

fn fixtures() -> Vec<Fixture> {
    include_str!("../data/signatures.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<&str> = line.split('|').collect();
            let [name, oid, parameters, spki, signature, expected] = columns[..] else {
                panic!("{line}");
            };
            Fixture {
                name,
                algorithm: AlgorithmIdentifier {
                    oid: Oid::new(oid),
                    parameters: (parameters != "-").then(|| hex(parameters)),
                },
                spki: STANDARD.decode(spki).unwrap(),
                signature: STANDARD.decode(signature).unwrap(),
                expected,
            }
        })
        .collect()
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2)
        .map(|index| u8::from_str_radix(&text[2 * index..2 * index + 2], 16).unwrap())
        .collect()
}

fn told(result: &Result<Vec<Weakness>, SignatureError>) -> String {
    match result {
        Ok(weaknesses) => {
            weaknesses
                .iter()
                .fold("good".to_owned(), |text, weakness| match weakness {
                    Weakness::Digest(HashAlgorithm::Sha1) => text + ",sha1",
                    Weakness::Digest(hash) => format!("{text},{hash}"),
                    Weakness::KeyBits(bits) => format!("{text},{bits}"),
                })
        }
        Err(error) => match error {
            SignatureError::Mismatch => "mismatch",
            SignatureError::UnsupportedAlgorithm(_) => "unsupported",
            SignatureError::KeyKind(_) => "kind",
            SignatureError::MalformedKey => "malformed",
            SignatureError::Parameters(_) => "parameters",
            SignatureError::KeySize { .. } => "size",
            SignatureError::Hash { .. } => "hash",
            SignatureError::WholeMessage(_) => "whole",
        }
        .to_owned(),
    }
}

#[test]
fn signatures_of_openssl() {
    for fixture in fixtures() {
        let Fixture {
            name,
            algorithm,
            spki,
            signature,
            expected,
        } = &fixture;
        let found = told(&verify(spki, algorithm, MESSAGE, signature));
        assert_eq!(&found, expected, "{name}");
        if let Some(hash) = Scheme::of(algorithm).ok().and_then(Scheme::hash) {
            let value = digest(hash, MESSAGE);
            let found = verify_digest(spki, algorithm, hash, &value, signature);
            assert_eq!(&told(&found), expected, "{name}, from the digest");
            for other in HashAlgorithm::ALL {
                if other != hash {
                    let value = digest(other, MESSAGE);
                    let found = verify_digest(spki, algorithm, other, &value, signature);
                    assert_eq!(told(&found), "hash", "{name} with {other}");
                }
            }
            let short = verify_digest(spki, algorithm, hash, &value[1..], signature);
            assert_eq!(told(&short), "hash", "{name}");
        } else if *expected == "good" {
            let found = verify_digest(spki, algorithm, HashAlgorithm::Sha512, &[0; 64], signature);
            assert_eq!(told(&found), "whole", "{name}");
        }
    }
}

#[test]
fn a_changed_message_or_signature_is_a_mismatch() {
    for fixture in fixtures() {
        if !fixture.expected.starts_with("good") {
            continue;
        }
        let check = |message: &[u8], signature: &[u8]| {
            told(&verify(
                &fixture.spki,
                &fixture.algorithm,
                message,
                signature,
            ))
        };
        assert_eq!(
            check(b"another message", &fixture.signature),
            "mismatch",
            "{}",
            fixture.name
        );
        for index in [0, fixture.signature.len() / 2, fixture.signature.len() - 1] {
            let mut signature = fixture.signature.clone();
            signature[index] ^= 1;
            assert_eq!(check(MESSAGE, &signature), "mismatch", "{}", fixture.name);
        }
        let mut longer = fixture.signature.clone();
        longer.push(0);
        assert_eq!(check(MESSAGE, &longer), "mismatch", "{}", fixture.name);
        assert_eq!(check(MESSAGE, &[]), "mismatch", "{}", fixture.name);
    }
}

/// The one length octet pair or triple that DER needs for `length`.
fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut whole = vec![tag];
    match content.len() {
        short @ ..128 => whole.push(short as u8),
        long => {
            whole.push(0x82);
            whole.extend_from_slice(&(long as u16).to_be_bytes());
        }
    }
    whole.extend_from_slice(content);
    whole
}

#[test]
fn module_lattice_signatures() {
    let sets = [
        (&provider::ML_DSA_44_SIGNING, 17),
        (&provider::ML_DSA_65_SIGNING, 18),
        (&provider::ML_DSA_87_SIGNING, 19),
    ];
    for (set, arc) in sets {
        let key = PqdsaKeyPair::generate(set).unwrap();
        let mut signature = vec![0; set.signature_len()];
        key.sign(MESSAGE, &mut signature).unwrap();
        let oid = wrapped(0x06, &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, arc]);
        let bits = [&[0], key.public_key().as_ref()].concat();
        let spki = wrapped(0x30, &[wrapped(0x30, &oid), wrapped(0x03, &bits)].concat());
        for other in 17..=19 {
            let algorithm = AlgorithmIdentifier {
                oid: Oid::new(format!("2.16.840.1.101.3.4.3.{other}")),
                parameters: None,
            };
            let expected = if other == arc { "good" } else { "kind" };
            let found = verify(&spki, &algorithm, MESSAGE, &signature);
            assert_eq!(told(&found), expected);
            if other == arc {
                let found = verify(&spki, &algorithm, b"another", &signature);
                assert_eq!(told(&found), "mismatch");
                let found = verify_digest(
                    &spki,
                    &algorithm,
                    HashAlgorithm::Sha512,
                    &[0; 64],
                    &signature,
                );
                assert_eq!(told(&found), "whole");
            }
        }
    }
}

#[test]
fn dsa_keys_without_their_own_domain_or_of_odd_sizes_are_refused() {
    let fixture = fixtures()
        .into_iter()
        .find(|fixture| fixture.name == "dsa-2048-256-sha256")
        .unwrap();
    let inherited = [
        0x30, 0x10, 0x30, 0x09, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01, 0x03, 0x03,
        0x00, 0x02, 0x00,
    ];
    let found = verify(&inherited, &fixture.algorithm, MESSAGE, &fixture.signature);
    assert_eq!(told(&found), "malformed");
    // p of 2048 bits becomes even: nothing may be computed with it.
    let p = fixture
        .spki
        .windows(4)
        .position(|window| window == [0x02, 0x82, 0x01, 0x01])
        .unwrap();
    let mut even = fixture.spki.clone();
    even[p + 4 + 256] ^= 1;
    let found = verify(&even, &fixture.algorithm, MESSAGE, &fixture.signature);
    assert_eq!(told(&found), "malformed");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_bytes_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        at in any::<prop::sample::Index>(),
        to in any::<u8>(),
        which in any::<prop::sample::Index>(),
    ) {
        let fixtures = fixtures();
        let fixture = which.get(&fixtures);
        let _ = key_kind(&bytes);
        let _ = verify(&bytes, &fixture.algorithm, MESSAGE, &fixture.signature);
        let _ = verify(&fixture.spki, &fixture.algorithm, MESSAGE, &bytes);
        let parameters = AlgorithmIdentifier {
            oid: fixture.algorithm.oid.clone(),
            parameters: Some(bytes),
        };
        let _ = Scheme::of(&parameters);
        for hash in HashAlgorithm::ALL {
            let _ = for_cms(&parameters, hash);
        }
        let mut spki = fixture.spki.clone();
        let place = at.index(spki.len());
        spki[place] = to;
        let _ = verify(&spki, &fixture.algorithm, MESSAGE, &fixture.signature);
        let _ = key_kind(&fixture.spki[..place]);
    }
}
