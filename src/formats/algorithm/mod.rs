//! Signature algorithms: which identifier means what, and the check itself.
//!
//! The only place that knows object identifiers of algorithms. An identifier becomes a [`Scheme`], a
//! SubjectPublicKeyInfo becomes a key of one [`KeyKind`], and only a scheme that fits the kind is
//! ever computed. Weak but computable algorithms verify and say so; grading them is for others.

mod digital_signature_algorithm;
mod key;
mod pss;
mod scheme;
mod verification;

use super::der::{DerError, Reader, Tag};
use crate::domain::{HashAlgorithm, Oid};

pub use key::{Curve, KeyKind, ModuleLattice, key_kind};
pub use pss::PssSalt;
pub use scheme::{Scheme, for_cms, hash_algorithm, hash_oid};
pub use verification::{verify, verify_digest};

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

    /// Whether both name one algorithm, absent and NULL parameters being the same.
    #[must_use]
    pub fn means(&self, other: &Self) -> bool {
        self.oid == other.oid
            && (self.parameters == other.parameters
                || self.is_without_parameters() && other.is_without_parameters())
    }

    /// Whether the parameters are absent or NULL, which writers of most algorithms confuse.
    #[must_use]
    pub fn is_without_parameters(&self) -> bool {
        matches!(self.parameters.as_deref(), None | Some([0x05, 0x00]))
    }
}

/// What is weak about a signature that verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weakness {
    /// The digest has practical collisions.
    Digest(HashAlgorithm),
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
    /// The algorithm is known, its parameters are not acceptable (wrong, or a combination that
    /// nothing computes).
    #[error("unsupported parameters of algorithm {0}")]
    Parameters(Oid),
    /// RSA beyond 1024..=8192 bits, DSA beyond its standard sizes.
    #[error("a key of {bits} bits is outside the supported sizes")]
    KeySize { bits: u32 },
    /// Two statements about one signature name different digests.
    #[error("the signature algorithm digests with {expected}, but {found} was given")]
    Hash {
        expected: HashAlgorithm,
        found: HashAlgorithm,
    },
    /// A digest was given, but the algorithm signs the message itself (Ed25519, ML-DSA).
    #[error("signature algorithm {0} can only be checked over the whole message")]
    WholeMessage(Oid),
}
