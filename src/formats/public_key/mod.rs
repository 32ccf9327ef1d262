//! Public keys that come without a certificate, in the notations of minisign, signify and SSH, or
//! as PEM.
//!
//! Whatever the notation, the key itself is a DER SubjectPublicKeyInfo, so that one key has one id
//! however it was written down. What a notation adds (a key number, a comment) is a label: anybody
//! may write any label onto any key, so labels choose candidates and signatures decide.
//!
//! The build script includes this module to compile `roots/raw-<id>.pub` of the trust folder.

mod numbered;
mod spki;
mod ssh;

pub use numbered::{COMMENT_PREFIX, Commented, KeyNumber, NumberedBytes, NumberedError};
pub(super) use numbered::{comment_line, line};
pub(super) use spki::{ed25519, integer, p256, p384, value};
pub(super) use ssh::bounded_name;
pub use ssh::{SshError, SshKey, SshKind, SshReader};

use super::limits;
use super::pem;

/// A public key and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// DER SubjectPublicKeyInfo.
    pub spki: Vec<u8>,
    pub label: Label,
    /// What the file says about the key; nobody vouches for it.
    pub comment: String,
}

/// What a notation attaches to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Label {
    /// minisign and signify: the number that signatures repeat.
    Number(KeyNumber),
    /// SSH: the key in its own wire form (RFC 4253 6.6), which is what SSH fingerprints hash.
    Ssh(Vec<u8>),
    /// PEM: nothing.
    None,
}

/// Why bytes are no public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PublicKeyError {
    #[error("neither a minisign, signify or SSH public key nor PEM")]
    Unrecognised,
    #[error(transparent)]
    Numbered(#[from] NumberedError),
    #[error("line {line}: {error}")]
    Ssh {
        /// From 1.
        line: usize,
        error: SshError,
    },
    #[error(transparent)]
    Pem(#[from] pem::PemError),
    #[error("more than {limit} keys")]
    TooMany { limit: usize },
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
}

impl PublicKey {
    /// The key number of minisign and signify.
    #[must_use]
    pub fn number(&self) -> Option<KeyNumber> {
        match self.label {
            Label::Number(number) => Some(number),
            Label::Ssh(_) | Label::None => None,
        }
    }

    /// Reads every key of a file: one minisign or signify key (with its comment line, or the bare
    /// base64 that `minisign -P` takes), SSH keys one a line, or PEM blocks `PUBLIC KEY`.
    ///
    /// A PEM key is taken as it stands; whether it is well formed is for
    /// [`algorithm`](super::algorithm) to say.
    ///
    /// # Errors
    /// When the file is none of these or one key in it is not well formed.
    pub fn read(file: &[u8]) -> Result<Vec<Self>, PublicKeyError> {
        if file.len() > limits::PUBLIC_KEYS {
            return Err(PublicKeyError::TooLarge {
                limit: limits::PUBLIC_KEYS,
            });
        }
        if pem::is_pem(file) {
            return from_pem(file);
        }
        let text = str::from_utf8(file).map_err(|_| PublicKeyError::Unrecognised)?;
        if text.starts_with(COMMENT_PREFIX) {
            let commented = Commented::parse(file)?;
            if !commented.rest.trim_ascii().is_empty() {
                return Err(NumberedError::Trailing.into());
            }
            return Ok(vec![numbered(&commented.base64, commented.comment)?]);
        }
        let trimmed = text.trim();
        if trimmed.starts_with("RW") && !trimmed.contains(char::is_whitespace) {
            return Ok(vec![numbered(trimmed, String::new())?]);
        }
        from_ssh_lines(text)
    }
}

fn numbered(base64: &str, comment: String) -> Result<PublicKey, NumberedError> {
    let NumberedBytes { number, bytes } = NumberedBytes::<32>::parse(base64, &[*b"Ed"])?.1;
    Ok(PublicKey {
        spki: ed25519(&bytes),
        label: Label::Number(number),
        comment,
    })
}

fn from_pem(file: &[u8]) -> Result<Vec<PublicKey>, PublicKeyError> {
    let blocks = pem::blocks(file)?;
    let only_keys = blocks.iter().all(|block| block.label == "PUBLIC KEY");
    if blocks.is_empty() || !only_keys {
        return Err(PublicKeyError::Unrecognised);
    }
    bounded(
        blocks
            .into_iter()
            .map(|block| PublicKey {
                spki: block.der,
                label: Label::None,
                comment: String::new(),
            })
            .collect(),
    )
}

fn from_ssh_lines(text: &str) -> Result<Vec<PublicKey>, PublicKeyError> {
    let mut keys = vec![];
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match SshKey::from_line(line) {
            Ok((key, comment)) => keys.push(PublicKey {
                spki: key.spki(),
                label: Label::Ssh(key.wire),
                comment,
            }),
            // The first line decides whether this is a file of SSH keys at all.
            Err(SshError::NotALine) if keys.is_empty() => {
                return Err(PublicKeyError::Unrecognised);
            }
            Err(error) => {
                return Err(PublicKeyError::Ssh {
                    line: index + 1,
                    error,
                });
            }
        }
    }
    if keys.is_empty() {
        return Err(PublicKeyError::Unrecognised);
    }
    bounded(keys)
}

fn bounded(keys: Vec<PublicKey>) -> Result<Vec<PublicKey>, PublicKeyError> {
    if keys.len() > limits::CERTIFICATES {
        return Err(PublicKeyError::TooMany {
            limit: limits::CERTIFICATES,
        });
    }
    Ok(keys)
}

#[cfg(test)]
mod tests;
