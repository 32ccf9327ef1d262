//! SSHSIG: signatures by SSH keys over files (OpenSSH's PROTOCOL.sshsig, version 1).
//!
//! The signature carries its own public key, so it can always be checked; whose key it is, it does
//! not say. It carries a namespace too, which keeps a signature made for one purpose (a commit, a
//! mail) from passing for another (a file): the caller states which namespaces it takes.

mod armour;
mod secret_key;

pub use armour::ArmourError;
pub use secret_key::{SshSecretKey, SshSecretKeyError, is_ssh_secret_key};

use crate::domain::{Crypto, HashAlgorithm, Sha256};
use crate::formats::algorithm::{Scheme, SignatureError, Weakness, verify};
use crate::formats::digest::sha256;
use crate::formats::public_key::{
    SshError, SshKey, SshKind, SshReader, bounded_name, integer, value,
};
use crate::formats::raw_signature::Message;

/// What the blob and the signed bytes begin with.
const MAGIC: &[u8; 6] = b"SSHSIG";
/// The only version there is.
const VERSION: u32 = 1;
/// `ssh-keygen -Y sign` has no default namespace; `file` is what its manual uses for files.
pub const FILE_NAMESPACE: &str = "file";

/// A signature, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshSignature {
    pub key: SshKey,
    /// For what purpose it was signed; covered by the signature.
    pub namespace: String,
    /// The hash over the message.
    pub hash: HashAlgorithm,
    reserved: Vec<u8>,
    scheme: Scheme,
    /// In the form that [`verify`] takes.
    value: Vec<u8>,
}

/// Why bytes are no SSHSIG signature that can be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SshSignatureError {
    #[error(transparent)]
    Armour(#[from] ArmourError),
    #[error("does not begin as an SSHSIG blob")]
    Magic,
    #[error("version {0} is not known")]
    Version(u32),
    #[error(transparent)]
    Encoding(#[from] SshError),
    #[error("the namespace is empty or not plain text")]
    Namespace,
    #[error("hash algorithm {0} is not one that SSHSIG allows")]
    Hash(String),
    /// Among them `ssh-rsa`, which would sign with SHA-1.
    #[error("signature algorithm {found} does not fit key type {key}")]
    Algorithm { key: &'static str, found: String },
    #[error("the signature value has not the form of its algorithm")]
    Value,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SshSignatureFault {
    #[error("the signature does not fit its key and the bytes")]
    Mismatch,
    #[error("the message's {0} is not at hand")]
    MessageNotAtHand(HashAlgorithm),
    #[error("the key cannot be used: {0}")]
    Key(SignatureError),
}

impl SshSignatureFault {
    /// Whether the mathematics failed or could not be done.
    #[must_use]
    pub fn crypto(&self) -> Crypto {
        match self {
            Self::Mismatch => Crypto::Bad,
            Self::MessageNotAtHand(_) | Self::Key(_) => Crypto::Unchecked,
        }
    }
}

/// Whether a file means to be an SSHSIG signature.
#[must_use]
pub fn is_sshsig(file: &[u8]) -> bool {
    file.trim_ascii_start()
        .starts_with(armour::BEGIN.as_bytes())
}

impl SshSignature {
    /// Reads an armoured signature file.
    ///
    /// # Errors
    /// [`SshSignatureError`]; certificates, security keys and old algorithms are told by name.
    pub fn parse(file: &[u8]) -> Result<Self, SshSignatureError> {
        Self::from_blob(&armour::decode(file)?)
    }

    /// Reads the binary form.
    ///
    /// # Errors
    /// As [`SshSignature::parse`].
    pub fn from_blob(blob: &[u8]) -> Result<Self, SshSignatureError> {
        let rest = blob.strip_prefix(MAGIC).ok_or(SshSignatureError::Magic)?;
        let mut reader = SshReader::new(rest);
        match reader.number()? {
            VERSION => {}
            other => return Err(SshSignatureError::Version(other)),
        }
        let key = SshKey::from_wire(reader.string()?)?;
        let namespace = str::from_utf8(reader.string()?)
            .ok()
            .filter(|text| !text.is_empty() && !text.chars().any(char::is_control))
            .ok_or(SshSignatureError::Namespace)?
            .to_owned();
        let reserved = reader.string()?.to_vec();
        let hash = match reader.string()? {
            b"sha256" => HashAlgorithm::Sha256,
            b"sha512" => HashAlgorithm::Sha512,
            other => return Err(SshSignatureError::Hash(bounded_name(other))),
        };
        let (scheme, value) = signature(&key, reader.string()?)?;
        reader.finish()?;
        Ok(Self {
            key,
            namespace,
            hash,
            reserved,
            scheme,
            value,
        })
    }

    /// Checks the signature with the key that it carries.
    ///
    /// # Errors
    /// [`SshSignatureFault`]; its [`SshSignatureFault::crypto`] tells forged from unchecked.
    pub fn check(&self, message: &Message<'_>) -> Result<Vec<Weakness>, SshSignatureFault> {
        let digest = message
            .digests
            .iter()
            .find(|(algorithm, _)| *algorithm == self.hash)
            .map(|(_, digest)| digest.as_slice())
            .ok_or(SshSignatureFault::MessageNotAtHand(self.hash))?;
        let identifier = self
            .scheme
            .identifier()
            .ok_or(SshSignatureFault::Key(SignatureError::MalformedKey))?;
        let signed = self.signed(digest);
        verify(&self.key.spki(), &identifier, &signed, &self.value).map_err(|error| match error {
            SignatureError::Mismatch => SshSignatureFault::Mismatch,
            error => SshSignatureFault::Key(error),
        })
    }

    /// The key's fingerprint as SSH writes it: `SHA256:` and base64 without padding.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        fingerprint(&self.key.wire)
    }

    /// The bytes that the key signed (PROTOCOL.sshsig, "Signed data").
    fn signed(&self, digest: &[u8]) -> Vec<u8> {
        let hash: &[u8] = match self.hash {
            HashAlgorithm::Sha256 => b"sha256",
            _ => b"sha512",
        };
        let mut signed = MAGIC.to_vec();
        for part in [self.namespace.as_bytes(), &self.reserved, hash, digest] {
            // Every part came out of a string of this encoding, or is a digest.
            signed.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            signed.extend_from_slice(part);
        }
        signed
    }
}

/// The fingerprint of a key's wire form as SSH writes it.
#[must_use]
pub fn fingerprint(wire: &[u8]) -> String {
    use base64::Engine as _;
    let Sha256(digest) = sha256(wire);
    let text = base64::engine::general_purpose::STANDARD_NO_PAD.encode(digest);
    format!("SHA256:{text}")
}

/// The `string signature` within: its algorithm's name and its value.
fn signature(key: &SshKey, bytes: &[u8]) -> Result<(Scheme, Vec<u8>), SshSignatureError> {
    let mut reader = SshReader::new(bytes);
    let name = reader.string()?;
    let content = reader.string()?;
    reader.finish()?;
    let differs = || SshSignatureError::Algorithm {
        key: key.kind.name(),
        found: bounded_name(name),
    };
    let own = name == key.kind.name().as_bytes();
    let scheme = match (key.kind, name) {
        (SshKind::Ed25519, _) if own => Scheme::Ed25519,
        (SshKind::EcdsaP256, _) if own => Scheme::Ecdsa(HashAlgorithm::Sha256),
        (SshKind::EcdsaP384, _) if own => Scheme::Ecdsa(HashAlgorithm::Sha384),
        (SshKind::EcdsaP521, _) if own => Scheme::Ecdsa(HashAlgorithm::Sha512),
        // RFC 8332: SHA-1 under the key's own name is not taken.
        (SshKind::Rsa, b"rsa-sha2-256") => Scheme::RsaPkcs1(HashAlgorithm::Sha256),
        (SshKind::Rsa, b"rsa-sha2-512") => Scheme::RsaPkcs1(HashAlgorithm::Sha512),
        _ => return Err(differs()),
    };
    let form = || SshSignatureError::Value;
    let value = match scheme {
        Scheme::Ed25519 if content.len() == 64 => content.to_vec(),
        Scheme::Ed25519 => return Err(form()),
        Scheme::Ecdsa(_) => {
            // RFC 5656 3.1.2: two mpints, where X9.62 has a SEQUENCE.
            let mut numbers = SshReader::new(content);
            let r = integer(numbers.positive().map_err(|_| form())?);
            let s = integer(numbers.positive().map_err(|_| form())?);
            numbers.finish().map_err(|_| form())?;
            value(0x30, &[r, s].concat())
        }
        _ => padded(key, content).ok_or_else(form)?,
    };
    Ok((scheme, value))
}

/// An RSA value with the zeros that some signers leave out in front.
fn padded(key: &SshKey, content: &[u8]) -> Option<Vec<u8>> {
    let mut reader = SshReader::new(&key.wire);
    reader.string().ok()?;
    reader.positive().ok()?;
    let modulus = reader.positive().ok()?;
    let missing = modulus.len().checked_sub(content.len())?;
    let mut whole = vec![0; missing];
    whole.extend_from_slice(content);
    Some(whole)
}

#[cfg(test)]
mod tests;
