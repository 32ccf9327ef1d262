//! OpenPGP's numbers for algorithms (RFC 9580 9.1 and 9.5), by their names.

use crate::domain::HashAlgorithm;

/// A hash algorithm as a signature names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct HashId(pub u8);

/// A public-key algorithm as a key or signature names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyAlgorithmId(pub u8);

impl HashId {
    /// The algorithm, when it can be computed here.
    #[must_use]
    pub fn known(self) -> Option<HashAlgorithm> {
        Some(match self.0 {
            1 => HashAlgorithm::Md5,
            2 => HashAlgorithm::Sha1,
            8 => HashAlgorithm::Sha256,
            9 => HashAlgorithm::Sha384,
            10 => HashAlgorithm::Sha512,
            11 => HashAlgorithm::Sha224,
            _ => return None,
        })
    }
}

impl std::fmt::Display for HashId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.known(), self.0) {
            (Some(algorithm), _) => f.write_str(algorithm.name()),
            (None, 3) => f.write_str("RIPEMD-160"),
            (None, 12) => f.write_str("SHA3-256"),
            (None, 14) => f.write_str("SHA3-512"),
            (None, other) => write!(f, "hash algorithm {other}"),
        }
    }
}

impl std::fmt::Display for KeyAlgorithmId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            1..=3 => "RSA",
            16 | 20 => "Elgamal",
            17 => "DSA",
            18 => "ECDH",
            19 => "ECDSA",
            22 => "EdDSA",
            25 => "X25519",
            26 => "X448",
            27 => "Ed25519",
            28 => "Ed448",
            30 => "ML-DSA-65+Ed25519",
            31 => "ML-DSA-87+Ed448",
            other => return write!(f, "public-key algorithm {other}"),
        })
    }
}
