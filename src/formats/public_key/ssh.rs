//! SSH's own encoding of keys (RFC 4251 5, RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4) and the line form
//! of `.pub` files.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::spki;
use crate::formats::limits;

/// The key's family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SshKind {
    Ed25519,
    Rsa,
    EcdsaP256,
    EcdsaP384,
    EcdsaP521,
}

impl SshKind {
    /// The name that the wire form begins with.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ssh-ed25519",
            Self::Rsa => "ssh-rsa",
            Self::EcdsaP256 => "ecdsa-sha2-nistp256",
            Self::EcdsaP384 => "ecdsa-sha2-nistp384",
            Self::EcdsaP521 => "ecdsa-sha2-nistp521",
        }
    }

    fn from_name(name: &[u8]) -> Option<Self> {
        [
            Self::Ed25519,
            Self::Rsa,
            Self::EcdsaP256,
            Self::EcdsaP384,
            Self::EcdsaP521,
        ]
        .into_iter()
        .find(|kind| kind.name().as_bytes() == name)
    }
}

/// A key in SSH's encoding, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshKey {
    pub kind: SshKind,
    /// The whole wire form.
    pub wire: Vec<u8>,
    spki: Vec<u8>,
}

/// Why bytes are no SSH key that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SshError {
    #[error("not a line of an SSH public key: type, base64, comment")]
    NotALine,
    #[error("cut off or longer than it says")]
    Framing,
    #[error("a number is not in its shortest form")]
    Number,
    #[error("the key has not the form of its type")]
    Key,
    #[error("an SSH certificate; only plain keys are read")]
    Certificate,
    #[error("unsupported key type {name}")]
    Unsupported {
        /// Bounded and escaped.
        name: String,
    },
    #[error("the line says {line}, the key {key}")]
    TypesDiffer { line: String, key: &'static str },
    #[error("a comment longer than {limit} bytes")]
    Comment { limit: usize },
}

/// Reads the strings and numbers of SSH's encoding one after the other.
#[derive(Debug, Clone, Copy)]
pub struct SshReader<'a> {
    rest: &'a [u8],
}

impl<'a> SshReader<'a> {
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// A `uint32`.
    ///
    /// # Errors
    /// [`SshError::Framing`].
    pub fn number(&mut self) -> Result<u32, SshError> {
        let (number, rest) = self.rest.split_first_chunk().ok_or(SshError::Framing)?;
        self.rest = rest;
        Ok(u32::from_be_bytes(*number))
    }

    /// A `string`.
    ///
    /// # Errors
    /// [`SshError::Framing`].
    pub fn string(&mut self) -> Result<&'a [u8], SshError> {
        let length = usize::try_from(self.number()?).map_err(|_| SshError::Framing)?;
        let (value, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(SshError::Framing)?;
        self.rest = rest;
        Ok(value)
    }

    /// A positive `mpint` in its shortest form, without the sign's zero octet.
    ///
    /// # Errors
    /// [`SshError::Framing`] or [`SshError::Number`].
    pub fn positive(&mut self) -> Result<&'a [u8], SshError> {
        match self.string()? {
            [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => Ok(rest),
            value @ [1..0x80, ..] => Ok(value),
            _ => Err(SshError::Number),
        }
    }

    /// What is left.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// [`SshError::Framing`].
    pub fn finish(self) -> Result<(), SshError> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(SshError::Framing)
        }
    }
}

impl SshKey {
    /// Reads a key's wire form.
    ///
    /// # Errors
    /// [`SshError`]; certificates and unsupported types are told by name.
    pub fn from_wire(wire: &[u8]) -> Result<Self, SshError> {
        let mut reader = SshReader::new(wire);
        let name = reader.string()?;
        let kind = SshKind::from_name(name).ok_or_else(|| unsupported(name))?;
        let spki = match kind {
            SshKind::Ed25519 => {
                let key = reader.string()?.try_into().map_err(|_| SshError::Key)?;
                spki::ed25519(key)
            }
            SshKind::Rsa => {
                let exponent = reader.positive()?;
                spki::rsa(reader.positive()?, exponent)
            }
            SshKind::EcdsaP256 => spki::p256(point(&mut reader, b"nistp256", 32)?),
            SshKind::EcdsaP384 => spki::p384(point(&mut reader, b"nistp384", 48)?),
            SshKind::EcdsaP521 => spki::p521(point(&mut reader, b"nistp521", 66)?),
        };
        reader.finish()?;
        Ok(Self {
            kind,
            wire: wire.to_vec(),
            spki,
        })
    }

    /// Reads a line of a `.pub` file: type, base64 and, if any, a comment. Options before the type,
    /// as `authorized_keys` and `allowed_signers` have them, are not read.
    ///
    /// # Errors
    /// [`SshError`].
    pub fn from_line(line: &str) -> Result<(Self, String), SshError> {
        let (name, rest) = line.split_once(' ').ok_or(SshError::NotALine)?;
        let (base64, comment) = rest.split_once(' ').unwrap_or((rest, ""));
        let looks_like_a_type = name.starts_with("ssh-")
            || name.starts_with("ecdsa-sha2-")
            || name.starts_with("sk-")
            || name.contains("-cert-v01@openssh.com");
        if !looks_like_a_type {
            return Err(SshError::NotALine);
        }
        if comment.len() > limits::COMMENT {
            return Err(SshError::Comment {
                limit: limits::COMMENT,
            });
        }
        let wire = STANDARD.decode(base64).map_err(|_| SshError::NotALine)?;
        let key = Self::from_wire(&wire)?;
        if key.kind.name() != name {
            return Err(SshError::TypesDiffer {
                line: bounded_name(name.as_bytes()),
                key: key.kind.name(),
            });
        }
        Ok((key, comment.trim().to_owned()))
    }

    /// The same key as DER SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki(&self) -> Vec<u8> {
        self.spki.clone()
    }
}

fn point<'a>(reader: &mut SshReader<'a>, curve: &[u8], field: usize) -> Result<&'a [u8], SshError> {
    if reader.string()? != curve {
        return Err(SshError::Key);
    }
    match reader.string()? {
        point @ [0x04, rest @ ..] if rest.len() == 2 * field => Ok(point),
        _ => Err(SshError::Key),
    }
}

fn unsupported(name: &[u8]) -> SshError {
    if name.ends_with(b"-cert-v01@openssh.com") {
        SshError::Certificate
    } else {
        SshError::Unsupported {
            name: bounded_name(name),
        }
    }
}

/// A name from outside, short and without control characters.
pub(in crate::formats) fn bounded_name(name: &[u8]) -> String {
    name.get(..64).unwrap_or(name).escape_ascii().to_string()
}
