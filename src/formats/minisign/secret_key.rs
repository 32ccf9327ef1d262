//! minisign secret keys without a password (as `minisign -G -W` writes them), and signing by them.
//!
//! The file: a comment line, then base64 of signature algorithm `Ed`, key derivation (two zero bytes
//! for none), checksum algorithm `B2`, 48 bytes that only passwords need, the key number, Ed25519
//! seed and public key, and the BLAKE2b-256 over algorithm, number and both.

use std::fmt;

use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blake2::Digest as _;
use blake2::digest::consts::U32;

use crate::domain::HashAlgorithm;
use crate::formats::digest::digest;
use crate::formats::public_key::{COMMENT_PREFIX, Commented, KeyNumber};

const ALGORITHM: &[u8; 2] = b"Ed";
const PREHASHED: &[u8; 2] = b"ED";
const CHECKSUM: &[u8; 2] = b"B2";
/// Key derivation, checksum algorithm, salt and limits before the key number.
const FRONT: usize = 2 + 2 + 2 + 32 + 8 + 8;

/// An Ed25519 key pair with its number.
pub struct SecretKey {
    number: KeyNumber,
    seed: [u8; 32],
    pair: Ed25519KeyPair,
}

/// Why a file is no secret key that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretKeyError {
    #[error("not a minisign secret key")]
    Form,
    #[error("the key is under a password; only `minisign -G -W` keys are read here")]
    Password,
    #[error("the checksum does not fit: the file was damaged")]
    Checksum,
    #[error("the operating system gives no random numbers")]
    Random,
}

impl SecretKey {
    /// A new key from the operating system's random numbers.
    ///
    /// # Errors
    /// [`SecretKeyError::Random`].
    pub fn generate() -> Result<Self, SecretKeyError> {
        let (mut seed, mut number) = ([0; 32], [0; 8]);
        rand::fill(&mut seed).map_err(|_| SecretKeyError::Random)?;
        rand::fill(&mut number).map_err(|_| SecretKeyError::Random)?;
        Self::new(KeyNumber(number), seed)
    }

    /// The key of a seed (RFC 8032 5.1.5).
    ///
    /// # Errors
    /// Never for 32 bytes, as far as the library is documented.
    pub fn new(number: KeyNumber, seed: [u8; 32]) -> Result<Self, SecretKeyError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| SecretKeyError::Form)?;
        Ok(Self { number, seed, pair })
    }

    /// Reads a secret key file.
    ///
    /// # Errors
    /// [`SecretKeyError`].
    pub fn parse(file: &[u8]) -> Result<Self, SecretKeyError> {
        let commented = Commented::parse(file).map_err(|_| SecretKeyError::Form)?;
        let bytes = STANDARD
            .decode(commented.base64)
            .map_err(|_| SecretKeyError::Form)?;
        let (front, rest) = bytes
            .split_first_chunk::<FRONT>()
            .ok_or(SecretKeyError::Form)?;
        let rest = <&[u8; 104]>::try_from(rest).map_err(|_| SecretKeyError::Form)?;
        if !front.starts_with(ALGORITHM) || front.get(4..6) != Some(CHECKSUM) {
            return Err(SecretKeyError::Form);
        }
        if front.get(2..4) != Some(&[0, 0]) {
            return Err(SecretKeyError::Password);
        }
        let (number, rest) = rest.split_first_chunk::<8>().ok_or(SecretKeyError::Form)?;
        let (seed, rest) = rest.split_first_chunk::<32>().ok_or(SecretKeyError::Form)?;
        let (public_key, sum) = rest.split_first_chunk::<32>().ok_or(SecretKeyError::Form)?;
        let key = Self::new(KeyNumber(*number), *seed)?;
        if key.public_key() != *public_key || key.checksum() != *sum {
            return Err(SecretKeyError::Checksum);
        }
        Ok(key)
    }

    /// The secret key file; whoever writes it keeps others from reading it.
    #[must_use]
    pub fn to_file(&self, comment: &str) -> String {
        let mut bytes = [ALGORITHM.as_slice(), &[0, 0], CHECKSUM, &[0; 48]].concat();
        bytes.extend(self.number.0);
        bytes.extend(self.seed);
        bytes.extend(self.public_key());
        bytes.extend(self.checksum());
        format!("{COMMENT_PREFIX}{comment}\n{}\n", STANDARD.encode(bytes))
    }

    /// The public key file that belongs to it.
    #[must_use]
    pub fn public_key_file(&self) -> String {
        public_key_file(self.number, &self.public_key())
    }

    #[must_use]
    pub fn number(&self) -> KeyNumber {
        self.number
    }

    /// The 32 bytes of RFC 8032.
    #[must_use]
    pub fn public_key(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.pair.public_key().as_ref());
        bytes
    }

    /// A signature file over a message, with a trusted comment of one line.
    #[must_use]
    pub fn sign(&self, message: &[u8], trusted_comment: &str) -> String {
        let value = self.pair.sign(&digest(HashAlgorithm::Blake2b512, message));
        let global = self
            .pair
            .sign(&[value.as_ref(), trusted_comment.as_bytes()].concat());
        let first = [PREHASHED.as_slice(), &self.number.0, value.as_ref()].concat();
        format!(
            "{COMMENT_PREFIX}{}\n{}\ntrusted comment: {trusted_comment}\n{}\n",
            Self::comment(self.number),
            STANDARD.encode(first),
            STANDARD.encode(global.as_ref())
        )
    }

    /// What stands as untrusted comment over its signatures.
    #[must_use]
    pub fn comment(number: KeyNumber) -> String {
        format!("signature by key {}", number.minisign())
    }

    fn checksum(&self) -> [u8; 32] {
        let mut hasher = blake2::Blake2b::<U32>::new();
        hasher.update(ALGORITHM);
        hasher.update(self.number.0);
        hasher.update(self.seed);
        hasher.update(self.public_key());
        hasher.finalize().into()
    }
}

/// A public key in minisign's own notation.
#[must_use]
pub fn public_key_file(number: KeyNumber, public_key: &[u8; 32]) -> String {
    let bytes = [ALGORITHM.as_slice(), &number.0, public_key].concat();
    format!(
        "{COMMENT_PREFIX}minisign public key {}\n{}\n",
        number.minisign(),
        STANDARD.encode(bytes)
    )
}

/// Never the secret.
impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::minisign::{MinisignFault, MinisignSignature};
    use crate::formats::public_key::PublicKey;
    use crate::formats::raw_signature::Message;

    fn check(file: &str, key: &SecretKey, message: &[u8]) -> Result<(), MinisignFault> {
        let public = PublicKey::read(key.public_key_file().as_bytes()).unwrap();
        let digests = [(
            HashAlgorithm::Blake2b512,
            digest(HashAlgorithm::Blake2b512, message),
        )];
        let message = Message {
            whole: None,
            digests: &digests,
        };
        MinisignSignature::parse(file.as_bytes())
            .unwrap()
            .check(&public[0].spki, &message)
    }

    #[test]
    fn what_it_signs_holds_for_that_message_and_key_alone() {
        let key = SecretKey::new(KeyNumber([1; 8]), [7; 32]).unwrap();
        let other = SecretKey::new(KeyNumber([1; 8]), [8; 32]).unwrap();
        let signature = key.sign(b"a head", "audit 7");
        assert_eq!(check(&signature, &key, b"a head"), Ok(()));
        assert!(check(&signature, &key, b"another").is_err());
        assert!(check(&signature, &other, b"a head").is_err());
        let edited = signature.replace("audit 7", "audit 8");
        assert_eq!(
            check(&edited, &key, b"a head"),
            Err(MinisignFault::TrustedComment)
        );
    }

    #[test]
    fn a_secret_key_file_comes_back_and_damage_shows() {
        let key = SecretKey::generate().unwrap();
        let file = key.to_file("instance key");
        let read = SecretKey::parse(file.as_bytes()).unwrap();
        assert_eq!(read.to_file("instance key"), file);
        let line = file.lines().nth(1).unwrap();
        let bytes = STANDARD.decode(line).unwrap();
        for place in 0..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1;
            let file = format!("{COMMENT_PREFIX}x\n{}\n", STANDARD.encode(&damaged));
            let outcome = SecretKey::parse(file.as_bytes());
            // Salt and limits belong to passwords, and there is none.
            assert_eq!(outcome.is_ok(), (6..FRONT).contains(&place), "byte {place}");
        }
    }
}
