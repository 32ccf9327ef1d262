//! Computing digests, in one piece or as bytes stream by.

use aws_lc_rs::digest as provider;
use md5::Digest as _;

use crate::domain::{HashAlgorithm, Sha256};

/// A digest in the making.
#[derive(Clone)]
pub struct Hasher {
    algorithm: HashAlgorithm,
    state: State,
}

#[derive(Clone)]
enum State {
    Provider(provider::Context),
    Md5(md5::Md5),
    // Its state is several times the others'.
    Blake2b(Box<blake2::Blake2b512>),
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Hasher({})", self.algorithm)
    }
}

impl Hasher {
    #[must_use]
    pub fn new(algorithm: HashAlgorithm) -> Self {
        let state = match algorithm {
            HashAlgorithm::Md5 => State::Md5(md5::Md5::new()),
            HashAlgorithm::Sha1 => context(&provider::SHA1_FOR_LEGACY_USE_ONLY),
            HashAlgorithm::Sha224 => context(&provider::SHA224),
            HashAlgorithm::Sha256 => context(&provider::SHA256),
            HashAlgorithm::Sha384 => context(&provider::SHA384),
            HashAlgorithm::Sha512 => context(&provider::SHA512),
            HashAlgorithm::Sha512Over256 => context(&provider::SHA512_256),
            HashAlgorithm::Blake2b512 => State::Blake2b(Box::new(blake2::Blake2b512::new())),
        };
        Self { algorithm, state }
    }

    #[must_use]
    pub fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Provider(context) => context.update(bytes),
            State::Md5(state) => state.update(bytes),
            State::Blake2b(state) => state.update(bytes),
        }
    }

    /// The digest, `algorithm().length()` bytes long.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self.state {
            State::Provider(context) => context.finish().as_ref().to_vec(),
            State::Md5(state) => state.finalize().to_vec(),
            State::Blake2b(state) => state.finalize().to_vec(),
        }
    }
}

fn context(algorithm: &'static provider::Algorithm) -> State {
    State::Provider(provider::Context::new(algorithm))
}

/// The digest of bytes in memory.
#[must_use]
pub fn digest(algorithm: HashAlgorithm, bytes: &[u8]) -> Vec<u8> {
    let mut hasher = Hasher::new(algorithm);
    hasher.update(bytes);
    hasher.finish()
}

/// The SHA-256 of bytes in memory.
#[must_use]
pub fn sha256(bytes: &[u8]) -> Sha256 {
    let mut value = [0; 32];
    value.copy_from_slice(provider::digest(&provider::SHA256, bytes).as_ref());
    Sha256(value)
}
