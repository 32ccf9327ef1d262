//! Signature algorithms: which identifier means what, and the check itself.
//!
//! STUB: to be written.

use super::der::{DerError, Reader, Tag};
use crate::domain::Oid;

/// An AlgorithmIdentifier (RFC 5280 4.1.1.2): the algorithm and its parameters as they were encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlgorithmIdentifier {
    pub oid: Oid,
    /// The whole DER of the parameters; `None` when absent.
    pub parameters: Option<Vec<u8>>,
}

impl AlgorithmIdentifier {
    /// Reads the content of the SEQUENCE.
    ///
    /// # Errors
    /// When it is not well formed.
    pub fn from_content(content: &[u8]) -> Result<Self, DerError> {
        let mut reader = Reader::new(content);
        let oid =
            Oid::from_der_content(reader.expect(Tag::OID)?.content).ok_or(DerError::Content)?;
        let parameters = if reader.is_empty() {
            None
        } else {
            Some(reader.any()?.whole.to_vec())
        };
        reader.finish()?;
        Ok(Self { oid, parameters })
    }
}

/// What is weak about a signature that verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// The digest has practical collisions.
    Digest(crate::domain::HashAlgorithm),
    /// An RSA or DSA key below 2048 bits.
    KeyBits(u32),
}

/// Why a signature did not verify.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The mathematics fails.
    #[error("the signature does not fit the key and the bytes")]
    Mismatch,
    #[error("unsupported signature algorithm {0}")]
    UnsupportedAlgorithm(Oid),
    #[error("the key is of another kind than signature algorithm {0} needs")]
    KeyKind(Oid),
    #[error("the public key is not well formed")]
    MalformedKey,
}

/// Checks `signature` over `message` with the key in `spki` (DER SubjectPublicKeyInfo).
///
/// # Errors
/// [`SignatureError::Mismatch`] is the only one that says "forged"; the others say "could not check".
pub fn verify(
    _spki: &[u8],
    algorithm: &AlgorithmIdentifier,
    _message: &[u8],
    _signature: &[u8],
) -> Result<Vec<Weakness>, SignatureError> {
    Err(SignatureError::UnsupportedAlgorithm(algorithm.oid.clone()))
}
