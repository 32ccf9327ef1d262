//! SubjectPublicKeyInfo: which kind of key it holds, and the key's own bytes.

use super::{AlgorithmIdentifier, SignatureError};
use crate::domain::Oid;
use crate::formats::der::{self, Reader, Tag, Value};

/// An elliptic curve for ECDSA (FIPS 186-5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Curve {
    P256,
    P384,
    P521,
}

/// A parameter set of ML-DSA (FIPS 204).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModuleLattice {
    MlDsa44,
    MlDsa65,
    MlDsa87,
}

/// What a public key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Rsa {
        /// The length of the modulus.
        bits: u32,
    },
    /// An RSA key that its identifier restricts to PSS (RFC 4055 1.2).
    RsaPss {
        bits: u32,
    },
    Ec(Curve),
    Ed25519,
    MlDsa(ModuleLattice),
    Dsa {
        /// The length of the prime p.
        bits: u32,
    },
}

/// A key in the form that the primitives take.
pub(super) struct PublicKey<'a> {
    pub(super) kind: KeyKind,
    /// The content of the BIT STRING: `RSAPublicKey`, point, raw key, or DSA's y.
    pub(super) bytes: &'a [u8],
    pub(super) identifier: AlgorithmIdentifier,
}

/// The kind of the key in a DER SubjectPublicKeyInfo.
///
/// # Errors
/// [`SignatureError::MalformedKey`], or [`SignatureError::UnsupportedAlgorithm`] with the key's
/// algorithm or curve.
pub fn key_kind(spki: &[u8]) -> Result<KeyKind, SignatureError> {
    PublicKey::from_spki(spki).map(|key| key.kind)
}

impl<'a> PublicKey<'a> {
    pub(super) fn from_spki(spki: &'a [u8]) -> Result<Self, SignatureError> {
        let (identifier, bytes) = parts(spki).ok_or(SignatureError::MalformedKey)?;
        let kind = match identifier.oid.as_str() {
            "1.2.840.113549.1.1.1" if identifier.is_without_parameters() => KeyKind::Rsa {
                bits: modulus_bits(bytes).ok_or(SignatureError::MalformedKey)?,
            },
            "1.2.840.113549.1.1.10" => KeyKind::RsaPss {
                bits: modulus_bits(bytes).ok_or(SignatureError::MalformedKey)?,
            },
            "1.2.840.10045.2.1" => KeyKind::Ec(curve(&identifier, bytes)?),
            "1.3.101.112" if raw(&identifier, bytes, 32) => KeyKind::Ed25519,
            "2.16.840.1.101.3.4.3.17" if raw(&identifier, bytes, 1312) => {
                KeyKind::MlDsa(ModuleLattice::MlDsa44)
            }
            "2.16.840.1.101.3.4.3.18" if raw(&identifier, bytes, 1952) => {
                KeyKind::MlDsa(ModuleLattice::MlDsa65)
            }
            "2.16.840.1.101.3.4.3.19" if raw(&identifier, bytes, 2592) => {
                KeyKind::MlDsa(ModuleLattice::MlDsa87)
            }
            "1.2.840.10040.4.1" => KeyKind::Dsa {
                bits: domain_bits(&identifier).ok_or(SignatureError::MalformedKey)?,
            },
            "1.2.840.113549.1.1.1"
            | "1.3.101.112"
            | "2.16.840.1.101.3.4.3.17"
            | "2.16.840.1.101.3.4.3.18"
            | "2.16.840.1.101.3.4.3.19" => return Err(SignatureError::MalformedKey),
            _ => return Err(SignatureError::UnsupportedAlgorithm(identifier.oid)),
        };
        Ok(Self {
            kind,
            bytes,
            identifier,
        })
    }
}

/// The identifier and the content of the BIT STRING, which must have no unused bits.
fn parts(spki: &[u8]) -> Option<(AlgorithmIdentifier, &[u8])> {
    let mut fields = der::single(spki, Tag::SEQUENCE).ok()?.reader();
    let identifier = fields.expect(Tag::SEQUENCE).ok()?;
    let key = fields.expect(Tag::BIT_STRING).ok()?;
    fields.finish().ok()?;
    let (0, bytes) = key
        .content
        .split_first()
        .map(|(first, rest)| (*first, rest))?
    else {
        return None;
    };
    Some((
        AlgorithmIdentifier::from_content(identifier.content).ok()?,
        bytes,
    ))
}

fn raw(identifier: &AlgorithmIdentifier, bytes: &[u8], length: usize) -> bool {
    identifier.parameters.is_none() && bytes.len() == length
}

/// RFC 5480 2.1.1 and 2.2: a named curve, and a point in uncompressed or compressed form.
fn curve(identifier: &AlgorithmIdentifier, point: &[u8]) -> Result<Curve, SignatureError> {
    let parameters = identifier
        .parameters
        .as_deref()
        .ok_or(SignatureError::MalformedKey)?;
    let Ok(name) = der::single(parameters, Tag::OID) else {
        // Explicit curve parameters, which RFC 5480 forbids and CVE-2020-0601 abused.
        return Err(SignatureError::Parameters(identifier.oid.clone()));
    };
    let name = Oid::from_der_content(name.content).ok_or(SignatureError::MalformedKey)?;
    let (curve, field) = match name.as_str() {
        "1.2.840.10045.3.1.7" => (Curve::P256, 32),
        "1.3.132.0.34" => (Curve::P384, 48),
        "1.3.132.0.35" => (Curve::P521, 66),
        _ => return Err(SignatureError::UnsupportedAlgorithm(name)),
    };
    match point.first() {
        Some(0x04) if point.len() == 1 + 2 * field => Ok(curve),
        Some(0x02 | 0x03) if point.len() == 1 + field => Ok(curve),
        _ => Err(SignatureError::MalformedKey),
    }
}

fn modulus_bits(key: &[u8]) -> Option<u32> {
    let mut fields = der::single(key, Tag::SEQUENCE).ok()?.reader();
    let modulus = fields.expect(Tag::INTEGER).ok()?;
    fields.expect(Tag::INTEGER).ok()?;
    fields.finish().ok()?;
    integer_bits(&modulus)
}

fn domain_bits(identifier: &AlgorithmIdentifier) -> Option<u32> {
    let domain = der::single(identifier.parameters.as_deref()?, Tag::SEQUENCE).ok()?;
    integer_bits(&Reader::new(domain.content).expect(Tag::INTEGER).ok()?)
}

/// The bits of a positive INTEGER.
pub(super) fn integer_bits(value: &Value<'_>) -> Option<u32> {
    let digits = positive(value)?;
    let first = digits.first()?;
    u32::try_from(digits.len() * 8)
        .ok()
        .map(|bits| bits - first.leading_zeros())
}

/// The digits of a positive INTEGER in its shortest form, without the sign octet.
pub(super) fn positive<'a>(value: &Value<'a>) -> Option<&'a [u8]> {
    match value.content.split_first() {
        Some((0, rest)) if rest.first().is_some_and(|high| *high >= 0x80) => Some(rest),
        Some((1..0x80, _)) => Some(value.content),
        _ => None,
    }
}
