//! The hash algorithms of RPM digests: those of the field, and SHA-3.

use std::fmt;

use aws_lc_rs::digest as provider;

use crate::domain::HashAlgorithm;
use crate::formats::digest::Hasher;

/// A hash algorithm that a package may state a digest by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DigestAlgorithm {
    Known(HashAlgorithm),
    Sha3_256,
    Sha3_512,
}

impl DigestAlgorithm {
    /// By OpenPGP's number (RFC 9580 section 9.5), which RPM uses too.
    #[must_use]
    pub fn from_openpgp(number: u32) -> Option<Self> {
        Some(match number {
            1 => Self::Known(HashAlgorithm::Md5),
            2 => Self::Known(HashAlgorithm::Sha1),
            8 => Self::Known(HashAlgorithm::Sha256),
            9 => Self::Known(HashAlgorithm::Sha384),
            10 => Self::Known(HashAlgorithm::Sha512),
            11 => Self::Known(HashAlgorithm::Sha224),
            12 => Self::Sha3_256,
            14 => Self::Sha3_512,
            _ => return None,
        })
    }

    /// The name as specifications write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Known(algorithm) => algorithm.name(),
            Self::Sha3_256 => "SHA3-256",
            Self::Sha3_512 => "SHA3-512",
        }
    }

    /// The digest's length in bytes.
    #[must_use]
    pub fn length(self) -> usize {
        match self {
            Self::Known(algorithm) => algorithm.length(),
            Self::Sha3_256 => 32,
            Self::Sha3_512 => 64,
        }
    }

    /// Whether collisions are practical (MD5, SHA-1).
    #[must_use]
    pub fn is_weak(self) -> bool {
        matches!(self, Self::Known(algorithm) if algorithm.is_weak())
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A digest in the making.
pub(super) enum Running {
    Known(Hasher),
    Sha3(provider::Context),
}

impl Running {
    pub(super) fn new(algorithm: DigestAlgorithm) -> Self {
        match algorithm {
            DigestAlgorithm::Known(known) => Self::Known(Hasher::new(known)),
            DigestAlgorithm::Sha3_256 => Self::Sha3(provider::Context::new(&provider::SHA3_256)),
            DigestAlgorithm::Sha3_512 => Self::Sha3(provider::Context::new(&provider::SHA3_512)),
        }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        match self {
            Self::Known(hasher) => hasher.update(bytes),
            Self::Sha3(context) => context.update(bytes),
        }
    }

    pub(super) fn finish(self) -> Vec<u8> {
        match self {
            Self::Known(hasher) => hasher.finish(),
            Self::Sha3(context) => context.finish().as_ref().to_vec(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(algorithm: DigestAlgorithm, message: &[u8]) -> String {
        let mut running = Running::new(algorithm);
        message.chunks(2).for_each(|piece| running.update(piece));
        let digest = running.finish();
        assert_eq!(digest.len(), algorithm.length());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    #[test]
    fn digests_are_those_of_the_standards() {
        // FIPS 180-4 and FIPS 202, message "abc".
        let cases = [
            (8, "ba7816bf8f01cfea"),
            (10, "ddaf35a193617aba"),
            (12, "3a985da74fe225b2"),
            (14, "b751850b1a57168a"),
            (1, "900150983cd24fb0"),
            (2, "a9993e364706816a"),
        ];
        for (number, start) in cases {
            let algorithm = DigestAlgorithm::from_openpgp(number).unwrap();
            assert!(hex(algorithm, b"abc").starts_with(start), "{algorithm}");
        }
        assert_eq!(DigestAlgorithm::from_openpgp(3), None);
        assert_eq!(DigestAlgorithm::from_openpgp(1 << 31), None);
    }
}
