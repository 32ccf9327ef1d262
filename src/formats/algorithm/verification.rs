//! The check itself: one table from scheme and key to a primitive of aws-lc.
//!
//! The table stands over aws-lc-rs directly and not over webpki's list of the same primitives:
//! webpki's entries cannot take a digest, and SHA-1, short RSA keys and DSA are missing there, so
//! that two tables would have to agree.

use aws_lc_rs::digest::{self as provider, Digest};
use aws_lc_rs::signature::{self as primitive, RsaPssSaltLength, UnparsedPublicKey};

use super::digital_signature_algorithm;
use super::key::{Curve, KeyKind, ModuleLattice, PublicKey};
use super::pss::PssSalt;
use super::scheme::Scheme;
use super::{AlgorithmIdentifier, SignatureError, Weakness};
use crate::domain::HashAlgorithm;
use crate::formats::digest::digest as digest_of;

/// RSA and DSA keys below this many bits are weak.
const STRONG_BITS: u32 = 2048;

type Primitive = &'static dyn primitive::VerificationAlgorithm;

/// Checks `signature` over `message` with the key in `spki` (DER SubjectPublicKeyInfo).
///
/// # Errors
/// [`SignatureError::Mismatch`] is the only one that says "forged"; the others say "could not check".
pub fn verify(
    spki: &[u8],
    algorithm: &AlgorithmIdentifier,
    message: &[u8],
    signature: &[u8],
) -> Result<Vec<Weakness>, SignatureError> {
    let scheme = Scheme::of(algorithm)?;
    if let Some(hash) = scheme.hash() {
        return check_digest(spki, scheme, &digest_of(hash, message), signature);
    }
    let key = PublicKey::from_spki(spki)?;
    let primitive: Primitive = match (scheme, key.kind) {
        (Scheme::Ed25519, KeyKind::Ed25519) => &primitive::ED25519,
        (Scheme::MlDsa(set), KeyKind::MlDsa(of_key)) if set == of_key => match set {
            ModuleLattice::MlDsa44 => &primitive::ML_DSA_44,
            ModuleLattice::MlDsa65 => &primitive::ML_DSA_65,
            ModuleLattice::MlDsa87 => &primitive::ML_DSA_87,
        },
        _ => return Err(SignatureError::KeyKind(scheme.oid())),
    };
    UnparsedPublicKey::new(primitive, key.bytes)
        .verify(message, signature)
        .map_err(|_| SignatureError::Mismatch)?;
    Ok(vec![])
}

/// Checks `signature` over a message of which only the digest is at hand.
///
/// # Errors
/// As [`verify`]; also [`SignatureError::Hash`] when `hash` is not the algorithm's or the digest
/// has not its length, and [`SignatureError::WholeMessage`] for Ed25519 and ML-DSA.
pub fn verify_digest(
    spki: &[u8],
    algorithm: &AlgorithmIdentifier,
    hash: HashAlgorithm,
    digest: &[u8],
    signature: &[u8],
) -> Result<Vec<Weakness>, SignatureError> {
    let scheme = Scheme::of(algorithm)?;
    match scheme.hash() {
        None => Err(SignatureError::WholeMessage(scheme.oid())),
        Some(expected) if expected != hash || digest.len() != hash.length() => {
            Err(SignatureError::Hash {
                expected,
                found: hash,
            })
        }
        Some(_) => check_digest(spki, scheme, digest, signature),
    }
}

fn check_digest(
    spki: &[u8],
    scheme: Scheme,
    digest: &[u8],
    signature: &[u8],
) -> Result<Vec<Weakness>, SignatureError> {
    let key = PublicKey::from_spki(spki)?;
    let unsupported = || SignatureError::UnsupportedAlgorithm(scheme.oid());
    let mut weaknesses = vec![];
    if let Some(hash) = scheme.hash().filter(|hash| hash.is_weak()) {
        weaknesses.push(Weakness::Digest(hash));
    }
    match (scheme, key.kind) {
        (Scheme::RsaPkcs1(hash), KeyKind::Rsa { bits }) => {
            note_size(bits, 1024..=8192, &mut weaknesses)?;
            let primitive = rsa_pkcs1(hash, bits).ok_or_else(unsupported)?;
            check(primitive, &key, hash, digest, signature)?;
        }
        (Scheme::RsaPss(hash, salt), KeyKind::Rsa { bits } | KeyKind::RsaPss { bits }) => {
            // aws-lc-rs offers no PSS below 2048 bits.
            note_size(bits, STRONG_BITS..=8192, &mut weaknesses)?;
            restriction_holds(&key, hash)?;
            let primitive = rsa_pss(hash, salt, bits)
                .ok_or_else(|| SignatureError::Parameters(scheme.oid()))?;
            check(primitive, &key, hash, digest, signature)?;
        }
        (Scheme::Ecdsa(hash), KeyKind::Ec(curve)) => {
            let (primitive, computed) = ecdsa(curve, hash).ok_or_else(unsupported)?;
            if computed == hash {
                check(primitive, &key, hash, digest, signature)?;
            } else {
                // ECDSA reads the digest as a number, so that zeros in front change nothing.
                let mut padded = vec![0; computed.length().saturating_sub(digest.len())];
                padded.extend_from_slice(digest);
                check(primitive, &key, computed, &padded, signature)?;
            }
        }
        (Scheme::Dsa(_), KeyKind::Dsa { bits }) => {
            note_size(bits, 1024..=3072, &mut weaknesses)?;
            digital_signature_algorithm::verify(&key, digest, signature)?;
        }
        _ => return Err(SignatureError::KeyKind(scheme.oid())),
    }
    Ok(weaknesses)
}

fn note_size(
    bits: u32,
    supported: std::ops::RangeInclusive<u32>,
    weaknesses: &mut Vec<Weakness>,
) -> Result<(), SignatureError> {
    if !supported.contains(&bits) {
        return Err(SignatureError::KeySize { bits });
    }
    if bits < STRONG_BITS {
        weaknesses.push(Weakness::KeyBits(bits));
    }
    Ok(())
}

/// RFC 4055 3.1: a key with PSS parameters is for that hash only.
fn restriction_holds(key: &PublicKey<'_>, hash: HashAlgorithm) -> Result<(), SignatureError> {
    if !matches!(key.kind, KeyKind::RsaPss { .. }) || key.identifier.parameters.is_none() {
        return Ok(());
    }
    match Scheme::of(&key.identifier)? {
        Scheme::RsaPss(of_key, _) if of_key == hash => Ok(()),
        _ => Err(SignatureError::KeyKind(key.identifier.oid.clone())),
    }
}

fn check(
    primitive: Primitive,
    key: &PublicKey<'_>,
    hash: HashAlgorithm,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let algorithm = match hash {
        HashAlgorithm::Sha1 => &provider::SHA1_FOR_LEGACY_USE_ONLY,
        HashAlgorithm::Sha224 => &provider::SHA224,
        HashAlgorithm::Sha256 => &provider::SHA256,
        HashAlgorithm::Sha384 => &provider::SHA384,
        HashAlgorithm::Sha512 => &provider::SHA512,
        HashAlgorithm::Md5 | HashAlgorithm::Sha512Over256 | HashAlgorithm::Blake2b512 => {
            return Err(SignatureError::Mismatch);
        }
    };
    let digest =
        Digest::import_less_safe(digest, algorithm).map_err(|_| SignatureError::Mismatch)?;
    UnparsedPublicKey::new(primitive, key.bytes)
        .verify_digest(&digest, signature)
        .map_err(|_| SignatureError::Mismatch)
}

fn rsa_pkcs1(hash: HashAlgorithm, bits: u32) -> Option<Primitive> {
    Some(match (hash, bits >= STRONG_BITS) {
        (HashAlgorithm::Sha1, _) => &primitive::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
        (HashAlgorithm::Sha256, false) => {
            &primitive::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY
        }
        (HashAlgorithm::Sha512, false) => {
            &primitive::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY
        }
        (HashAlgorithm::Sha256, true) => &primitive::RSA_PKCS1_2048_8192_SHA256,
        (HashAlgorithm::Sha384, true) => &primitive::RSA_PKCS1_2048_8192_SHA384,
        (HashAlgorithm::Sha512, true) => &primitive::RSA_PKCS1_2048_8192_SHA512,
        _ => return None,
    })
}

/// PSS with the salt as long as the hash, or as long as key and hash allow.
fn rsa_pss(hash: HashAlgorithm, salt: PssSalt, bits: u32) -> Option<Primitive> {
    let hash_length = u32::try_from(hash.length()).ok()?;
    // RFC 8017 9.1.1: emLen = ceil((modBits - 1) / 8), of which the hash and two octets are taken.
    let longest = (bits - 1).div_ceil(8).checked_sub(hash_length + 2)?;
    let as_hash = match salt {
        PssSalt::Bytes(stated) if u32::from(stated) == hash_length => true,
        PssSalt::Bytes(stated) if u32::from(stated) == longest => false,
        PssSalt::Longest => false,
        PssSalt::Bytes(_) => return None,
    };
    macro_rules! longest {
        ($parameters:ident) => {
            &const { primitive::$parameters.with_pss_salt_length(RsaPssSaltLength::Max) }
        };
    }
    Some(match (hash, as_hash) {
        (HashAlgorithm::Sha256, true) => &primitive::RSA_PSS_2048_8192_SHA256,
        (HashAlgorithm::Sha384, true) => &primitive::RSA_PSS_2048_8192_SHA384,
        (HashAlgorithm::Sha512, true) => &primitive::RSA_PSS_2048_8192_SHA512,
        (HashAlgorithm::Sha256, false) => longest!(RSA_PSS_2048_8192_SHA256),
        (HashAlgorithm::Sha384, false) => longest!(RSA_PSS_2048_8192_SHA384),
        (HashAlgorithm::Sha512, false) => longest!(RSA_PSS_2048_8192_SHA512),
        _ => return None,
    })
}

/// The primitive and the hash it computes with, which is longer than the signature's where aws-lc
/// has no entry for the pair and the padded number still fits the curve.
fn ecdsa(curve: Curve, hash: HashAlgorithm) -> Option<(Primitive, HashAlgorithm)> {
    use HashAlgorithm::{Sha1, Sha256, Sha384, Sha512};
    let primitive: Primitive = match (curve, hash) {
        (Curve::P256, Sha1) => &primitive::ECDSA_P256_SHA1_ASN1,
        (Curve::P256, Sha256) => &primitive::ECDSA_P256_SHA256_ASN1,
        (Curve::P256, Sha384) => &primitive::ECDSA_P256_SHA384_ASN1,
        (Curve::P256, Sha512) => &primitive::ECDSA_P256_SHA512_ASN1,
        (Curve::P384, Sha1) => return Some((&primitive::ECDSA_P384_SHA256_ASN1, Sha256)),
        (Curve::P384, Sha256) => &primitive::ECDSA_P384_SHA256_ASN1,
        (Curve::P384, Sha384) => &primitive::ECDSA_P384_SHA384_ASN1,
        (Curve::P384, Sha512) => &primitive::ECDSA_P384_SHA512_ASN1,
        (Curve::P521, Sha1) => &primitive::ECDSA_P521_SHA1_ASN1,
        (Curve::P521, Sha256) => &primitive::ECDSA_P521_SHA256_ASN1,
        (Curve::P521, Sha384) => &primitive::ECDSA_P521_SHA384_ASN1,
        (Curve::P521, Sha512) => &primitive::ECDSA_P521_SHA512_ASN1,
        _ => return None,
    };
    Some((primitive, hash))
}
