//! Bare signature values: a file that is nothing but the signature, and a certificate or public key
//! beside it.
//!
//! Nothing says how such a value is written, so a closed list is tried: three encodings, the schemes
//! that fit the key, four hashes. A false hit needs a forged signature, whatever the number of
//! tries. What held is told, because it decides how strong the signature is.

mod encoding;
mod key_file;

use std::fmt;

pub use encoding::Encoding;
pub use key_file::{KeyFile, KeyFileError};

use crate::domain::HashAlgorithm;
use crate::formats::algorithm::{
    Curve, KeyKind, PssSalt, Scheme, SignatureError, Weakness, key_kind, verify, verify_digest,
};
use crate::formats::limits;

/// The hashes that are tried, and that a caller computes over the message.
pub const HASHES: [HashAlgorithm; 4] = [
    HashAlgorithm::Sha256,
    HashAlgorithm::Sha512,
    HashAlgorithm::Sha384,
    HashAlgorithm::Sha1,
];

/// The signed bytes, as far as they are at hand.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// Digests over them; of [`HASHES`], those that are missing are not tried.
    pub digests: &'a [(HashAlgorithm, Vec<u8>)],
    /// The bytes themselves, which Ed25519 needs; `None` above [`limits::WHOLE_MESSAGE`].
    pub whole: Option<&'a [u8]>,
}

/// How a value is formed, beneath its encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1,
    /// RSASSA-PSS with a salt as long as the hash.
    RsaPss,
    /// RSASSA-PSS with the longest salt, OpenSSL's default when asked for PSS alone.
    RsaPssLongest,
    /// ECDSA as a DER SEQUENCE of r and s.
    EcdsaDer,
    /// ECDSA as r and s of the curve's length, one behind the other (IEEE P1363).
    EcdsaFixed,
    Ed25519,
}

impl Form {
    fn name(self) -> &'static str {
        match self {
            Self::RsaPkcs1 => "RSA PKCS#1 v1.5",
            Self::RsaPss => "RSA-PSS",
            Self::RsaPssLongest => "RSA-PSS with the longest salt",
            Self::EcdsaDer => "ECDSA (DER)",
            Self::EcdsaFixed => "ECDSA (r and s)",
            Self::Ed25519 => "Ed25519",
        }
    }
}

/// One combination of the closed list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    pub encoding: Encoding,
    pub form: Form,
    /// `None` for Ed25519, which signs the message itself.
    pub hash: Option<HashAlgorithm>,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.form.name())?;
        if let Some(hash) = self.hash {
            write!(f, " with {hash}")?;
        }
        write!(f, ", {}", self.encoding.name())
    }
}

/// A value that verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub form: Attempt,
    pub weaknesses: Vec<Weakness>,
}

/// Why nothing verified.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RawSignatureError {
    /// Everything on the list that fits the key and was computable has been tried: forged, or made
    /// by another key.
    #[error("no form of the signature fits the key and the bytes ({} tried)", tried.len())]
    Mismatch { tried: Vec<Attempt> },
    /// The file's length or encoding is that of no signature by such a key.
    #[error("the file is no signature by a key of this kind")]
    NotASignature,
    /// The bytes or digests that the key's scheme needs were not given.
    #[error("the signed bytes are not at hand in the form that the signature needs")]
    MessageNotAtHand,
    #[error("the key cannot be used: {0}")]
    Key(SignatureError),
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
}

/// Finds the form in which `file` is a signature over `message` by the key in `spki`.
///
/// # Errors
/// [`RawSignatureError::Mismatch`] is the only one that says "forged".
pub fn check(spki: &[u8], file: &[u8], message: &Message<'_>) -> Result<Held, RawSignatureError> {
    if file.len() > limits::RAW_SIGNATURE {
        return Err(RawSignatureError::TooLarge {
            limit: limits::RAW_SIGNATURE,
        });
    }
    let kind = key_kind(spki).map_err(RawSignatureError::Key)?;
    let mut tried = vec![];
    let mut fits = false;
    for (encoding, value) in encoding::decodings(file) {
        for (form, value) in forms(kind, &value) {
            fits = true;
            let hashes: Vec<Option<HashAlgorithm>> = match form {
                Form::Ed25519 => vec![None],
                _ => HASHES.into_iter().map(Some).collect(),
            };
            for hash in hashes {
                let attempt = Attempt {
                    encoding,
                    form,
                    hash,
                };
                match attempted(spki, kind, attempt, &value, message) {
                    None => {}
                    Some(Ok(weaknesses)) => {
                        return Ok(Held {
                            form: attempt,
                            weaknesses,
                        });
                    }
                    Some(Err(SignatureError::Mismatch)) => tried.push(attempt),
                    // A pair of key and hash that nobody computes is not on the list.
                    Some(Err(
                        SignatureError::UnsupportedAlgorithm(_) | SignatureError::Parameters(_),
                    )) => {}
                    Some(Err(SignatureError::KeySize { .. } | SignatureError::KeyKind(_)))
                        if matches!(form, Form::RsaPss | Form::RsaPssLongest) => {}
                    Some(Err(error)) => return Err(RawSignatureError::Key(error)),
                }
            }
        }
    }
    Err(if !tried.is_empty() {
        RawSignatureError::Mismatch { tried }
    } else if fits {
        RawSignatureError::MessageNotAtHand
    } else {
        RawSignatureError::NotASignature
    })
}

/// Every form that a value can have under such a key, with the value as the primitives take it.
fn forms(kind: KeyKind, value: &[u8]) -> Vec<(Form, Vec<u8>)> {
    let as_is = |form| (form, value.to_vec());
    match kind {
        KeyKind::Rsa { bits } if value.len() == octets(bits) => vec![
            as_is(Form::RsaPkcs1),
            as_is(Form::RsaPss),
            as_is(Form::RsaPssLongest),
        ],
        KeyKind::RsaPss { bits } if value.len() == octets(bits) => {
            vec![as_is(Form::RsaPss), as_is(Form::RsaPssLongest)]
        }
        KeyKind::Ec(curve) => {
            let length = match curve {
                Curve::P256 => 32,
                Curve::P384 => 48,
                Curve::P521 => 66,
            };
            if value.len() == 2 * length {
                encoding::ecdsa_der(value)
                    .map(|der| (Form::EcdsaFixed, der))
                    .into_iter()
                    .collect()
            } else if value.first() == Some(&0x30) && value.len() <= 2 * length + 9 {
                vec![as_is(Form::EcdsaDer)]
            } else {
                vec![]
            }
        }
        KeyKind::Ed25519 if value.len() == 64 => vec![as_is(Form::Ed25519)],
        _ => vec![],
    }
}

fn octets(bits: u32) -> usize {
    usize::try_from(bits.div_ceil(8)).unwrap_or(usize::MAX)
}

/// `None` when what the attempt needs is not at hand.
fn attempted(
    spki: &[u8],
    kind: KeyKind,
    attempt: Attempt,
    value: &[u8],
    message: &Message<'_>,
) -> Option<Result<Vec<Weakness>, SignatureError>> {
    let Some(hash) = attempt.hash else {
        let identifier = Scheme::Ed25519.identifier()?;
        return Some(verify(spki, &identifier, message.whole?, value));
    };
    let (_, digest) = message.digests.iter().find(|(known, _)| *known == hash)?;
    let length = u16::try_from(hash.length()).ok()?;
    let scheme = match attempt.form {
        Form::RsaPkcs1 => Scheme::RsaPkcs1(hash),
        Form::RsaPss => Scheme::RsaPss(hash, PssSalt::Bytes(length)),
        Form::RsaPssLongest => {
            let (KeyKind::Rsa { bits } | KeyKind::RsaPss { bits }) = kind else {
                return None;
            };
            // RFC 8017 9.1.1: emLen less hash, salt's end mark and trailer.
            let encoded = u16::try_from(bits.checked_sub(1)?.div_ceil(8)).ok()?;
            Scheme::RsaPss(hash, PssSalt::Bytes(encoded.checked_sub(length + 2)?))
        }
        Form::EcdsaDer | Form::EcdsaFixed => Scheme::Ecdsa(hash),
        Form::Ed25519 => Scheme::Ed25519,
    };
    let identifier = scheme.identifier()?;
    Some(verify_digest(spki, &identifier, hash, digest, value))
}
