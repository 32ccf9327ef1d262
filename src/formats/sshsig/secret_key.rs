//! Unencrypted OpenSSH private keys of kind Ed25519 (`openssh-key-v1`, OpenSSH's PROTOCOL.key), and
//! SSHSIG signatures by them.
//!
//! A key under a passphrase is told as such and never asked for: whoever has one signs elsewhere.

use std::fmt;

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{MAGIC, VERSION, armour, fingerprint};
use crate::domain::HashAlgorithm;
use crate::formats::digest::digest;
use crate::formats::limits;
use crate::formats::public_key::{SshError, SshKey, SshKind, SshReader, bounded_name};

const BEGIN: &str = "-----BEGIN OPENSSH PRIVATE KEY-----";
const END: &str = "-----END OPENSSH PRIVATE KEY-----";
/// What the decoded file begins with, its zero included.
const FORM: &[u8] = b"openssh-key-v1\0";
/// What `ssh-keygen -Y sign` hashes messages with.
const HASH: HashAlgorithm = HashAlgorithm::Sha512;

/// An Ed25519 key pair as OpenSSH keeps it.
pub struct SshSecretKey {
    key: SshKey,
    pair: Ed25519KeyPair,
}

/// Why a file is no private key that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SshSecretKeyError {
    #[error("not an OpenSSH private key")]
    Form,
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    /// The cipher, bounded and escaped.
    #[error("the key is under a passphrase ({0})")]
    Encrypted(String),
    #[error("{0} keys in one file; there is one")]
    Number(u32),
    #[error("a key of kind {0}; only Ed25519 signs here")]
    Kind(&'static str),
    #[error(transparent)]
    Encoding(#[from] SshError),
    /// The halves of the file do not belong together.
    #[error("the file was damaged: its parts do not fit each other")]
    Damaged,
}

impl SshSecretKeyError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Encrypted(_) | Self::Kind(_) => {
                "confirm with --print, sign that by `ssh-keygen -Y sign -n anchorwatch`, and give \
                 the signature with --signature"
            }
            Self::Form | Self::TooLarge { .. } | Self::Number(_) => {
                "name a minisign secret key, or an OpenSSH Ed25519 private key"
            }
            Self::Encoding(_) | Self::Damaged => "take the key from where it was kept",
        }
    }
}

/// Whether a file means to be an OpenSSH private key.
#[must_use]
pub fn is_ssh_secret_key(file: &[u8]) -> bool {
    file.trim_ascii_start().starts_with(BEGIN.as_bytes())
}

impl SshSecretKey {
    /// Reads a private key file.
    ///
    /// # Errors
    /// [`SshSecretKeyError`].
    pub fn parse(file: &[u8]) -> Result<Self, SshSecretKeyError> {
        let bytes = decode(file)?;
        let rest = bytes.strip_prefix(FORM).ok_or(SshSecretKeyError::Form)?;
        let mut outer = SshReader::new(rest);
        let (cipher, derivation, options) = (outer.string()?, outer.string()?, outer.string()?);
        if cipher != b"none" || derivation != b"none" || !options.is_empty() {
            return Err(SshSecretKeyError::Encrypted(bounded_name(cipher)));
        }
        match outer.number()? {
            1 => {}
            other => return Err(SshSecretKeyError::Number(other)),
        }
        let key = SshKey::from_wire(outer.string()?)?;
        let private = outer.string()?;
        outer.finish()?;
        if key.kind != SshKind::Ed25519 {
            return Err(SshSecretKeyError::Kind(key.kind.name()));
        }
        let pair = pair_of(&key, private)?;
        Ok(Self { key, pair })
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> &SshKey {
        &self.key
    }

    /// The line of a `.pub` file that belongs to it.
    #[must_use]
    pub fn public_key_line(&self) -> String {
        format!(
            "{} {}\n",
            self.key.kind.name(),
            STANDARD.encode(&self.key.wire)
        )
    }

    /// A signature file over a message, for one purpose.
    #[must_use]
    pub fn sign(&self, message: &[u8], namespace: &str) -> String {
        let hash: &[u8] = b"sha512";
        let digest = digest(HASH, message);
        let mut signed = MAGIC.to_vec();
        for part in [namespace.as_bytes(), b"", hash, &digest] {
            put(&mut signed, part);
        }
        let mut value = vec![];
        put(&mut value, self.key.kind.name().as_bytes());
        put(&mut value, self.pair.sign(&signed).as_ref());
        let mut blob = MAGIC.to_vec();
        blob.extend(VERSION.to_be_bytes());
        for part in [&self.key.wire, namespace.as_bytes(), b"", hash, &value] {
            put(&mut blob, part);
        }
        armour::encode(&blob)
    }
}

/// The pair in the private part: two equal numbers, the key again with its seed, a comment, padding.
fn pair_of(key: &SshKey, private: &[u8]) -> Result<Ed25519KeyPair, SshSecretKeyError> {
    let damaged = SshSecretKeyError::Damaged;
    // The padding counts up from 1 to the cipher's block, which is 8 bytes without one.
    if !private.len().is_multiple_of(8) {
        return Err(damaged);
    }
    let mut inner = SshReader::new(private);
    if inner.number()? != inner.number()? || inner.string()? != key.kind.name().as_bytes() {
        return Err(damaged);
    }
    let public = inner.string()?;
    let secret = inner.string()?;
    inner.string()?;
    let padding = inner.rest();
    let counts_up = padding.iter().copied().eq((1..=255).take(padding.len()));
    if padding.len() >= 8 || !counts_up {
        return Err(damaged);
    }
    let (seed, again) = secret
        .split_at_checked(32)
        .ok_or(SshSecretKeyError::Damaged)?;
    let mut wire = vec![];
    put(&mut wire, key.kind.name().as_bytes());
    put(&mut wire, public);
    if again != public || wire != key.wire {
        return Err(damaged);
    }
    Ed25519KeyPair::from_seed_and_public_key(seed, public).map_err(|_| SshSecretKeyError::Damaged)
}

/// A `string` of SSH's encoding (RFC 4251 5); every part here is short.
fn put(bytes: &mut Vec<u8>, part: &[u8]) {
    bytes.extend(u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend_from_slice(part);
}

fn decode(file: &[u8]) -> Result<Vec<u8>, SshSecretKeyError> {
    if file.len() > limits::PUBLIC_KEYS {
        return Err(SshSecretKeyError::TooLarge {
            limit: limits::PUBLIC_KEYS,
        });
    }
    let text = str::from_utf8(file).map_err(|_| SshSecretKeyError::Form)?;
    let body = text
        .trim()
        .strip_prefix(BEGIN)
        .and_then(|rest| rest.strip_suffix(END))
        .ok_or(SshSecretKeyError::Form)?;
    let base64: String = body.lines().collect();
    STANDARD.decode(base64).map_err(|_| SshSecretKeyError::Form)
}

/// Never the secret.
impl fmt::Debug for SshSecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SshSecretKey({})", fingerprint(&self.key.wire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::public_key::PublicKey;
    use crate::formats::raw_signature::Message;
    use crate::formats::sshsig::SshSignature;

    /// The file of a seed, as `ssh-keygen -t ed25519 -N ''` writes it; `edit` sees the private part.
    fn file(seed: [u8; 32], cipher: &[u8], keys: u32, edit: impl Fn(&mut Vec<u8>)) -> String {
        use aws_lc_rs::signature::KeyPair as _;
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
        let public = pair.public_key().as_ref().to_vec();
        let mut wire = vec![];
        put(&mut wire, b"ssh-ed25519");
        put(&mut wire, &public);
        let mut private = vec![7, 7, 7, 7, 7, 7, 7, 7];
        put(&mut private, b"ssh-ed25519");
        put(&mut private, &public);
        put(&mut private, &[&seed[..], &public].concat());
        put(&mut private, b"a comment");
        for count in 1..8 {
            if !private.len().is_multiple_of(8) {
                private.push(count);
            }
        }
        edit(&mut private);
        let mut bytes = FORM.to_vec();
        for part in [cipher, b"none", b""] {
            put(&mut bytes, part);
        }
        bytes.extend(keys.to_be_bytes());
        put(&mut bytes, &wire);
        put(&mut bytes, &private);
        format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(bytes))
    }

    #[test]
    fn what_it_signs_holds_for_that_message_and_purpose() {
        let key = SshSecretKey::parse(file([5; 32], b"none", 1, |_| {}).as_bytes()).unwrap();
        let signature = SshSignature::parse(key.sign(b"words", "anchorwatch").as_bytes()).unwrap();
        assert_eq!(signature.namespace, "anchorwatch");
        let public = PublicKey::read(key.public_key_line().as_bytes()).unwrap();
        assert_eq!(public[0].spki, signature.key.spki());
        for (message, holds) in [(b"words", true), (b"wards", false)] {
            let digests = [(HASH, digest(HASH, message))];
            let message = Message {
                whole: None,
                digests: &digests,
            };
            assert_eq!(signature.check(&message).is_ok(), holds);
        }
    }

    #[test]
    fn what_cannot_be_used_says_why() {
        let refused = |text: String| SshSecretKey::parse(text.as_bytes()).unwrap_err();
        let encrypted = refused(file([5; 32], b"aes256-ctr", 1, |_| {}));
        assert_eq!(
            encrypted,
            SshSecretKeyError::Encrypted("aes256-ctr".to_owned())
        );
        assert!(encrypted.hint().contains("--print"));
        assert_eq!(
            refused(file([5; 32], b"none", 2, |_| {})),
            SshSecretKeyError::Number(2)
        );
        assert_eq!(refused("-----BEGIN".to_owned()), SshSecretKeyError::Form);
        let whole = file([5; 32], b"none", 1, |_| {});
        assert_eq!(
            refused(whole.replace("END", "ENDE")),
            SshSecretKeyError::Form
        );
    }

    #[test]
    fn a_changed_byte_of_the_private_part_is_noticed() {
        let comment = std::cell::Cell::new(0..0);
        let length = std::cell::Cell::new(0);
        file([5; 32], b"none", 1, |bytes| {
            let at = bytes.windows(9).position(|w| w == b"a comment").unwrap();
            comment.set(at..at + 9);
            length.set(bytes.len());
        });
        let comment = comment.take();
        for place in 0..length.get() {
            let changed = file([5; 32], b"none", 1, |bytes| bytes[place] ^= 1);
            let read = SshSecretKey::parse(changed.as_bytes());
            // Nothing vouches for the comment.
            assert_eq!(read.is_ok(), comment.contains(&place), "byte {place}");
        }
    }
}
