//! Who speaks: a registered person by their key, or the user of the machine.

use super::statement::Confirmation;
use crate::domain::HashAlgorithm;
use crate::formats::algorithm::{KeyKind, key_kind};
use crate::formats::digest::digest;
use crate::formats::minisign::{MinisignSignature, SecretKey, SecretKeyError};
use crate::formats::public_key::{Label, PublicKey};
use crate::formats::raw_signature::Message;
use crate::formats::sshsig::{
    SshSecretKey, SshSecretKeyError, SshSignature, is_ssh_secret_key, is_sshsig,
};
use crate::store::{Person, Word};

/// For what SSH keys sign here (`ssh-keygen -Y sign -n anchorwatch`).
const NAMESPACE: &str = "anchorwatch";

/// Somebody who says something to a proposal.
#[derive(Debug)]
pub enum Speaker<'a> {
    /// Signs here and now.
    Key(&'a SecretKey),
    /// The same, by an SSH key.
    Ssh(&'a SshSecretKey),
    /// Signed elsewhere: a minisign or SSHSIG file.
    Signature(&'a [u8]),
    /// The user of the operating system, unsigned.
    User(&'a str),
}

/// A secret key by which somebody signs here and now.
#[derive(Debug)]
pub enum SigningKey {
    Minisign(SecretKey),
    Ssh(SshSecretKey),
}

/// Why a file is no such key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    #[error(transparent)]
    Minisign(#[from] SecretKeyError),
    #[error(transparent)]
    Ssh(#[from] SshSecretKeyError),
}

impl SigningKeyError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Minisign(SecretKeyError::Password) => {
                "confirm with --print, sign that by minisign, and give the signature with --signature"
            }
            Self::Minisign(_) => "name a minisign secret key, or an OpenSSH Ed25519 private key",
            Self::Ssh(error) => error.hint(),
        }
    }
}

impl SigningKey {
    /// Reads a minisign secret key without password, or an OpenSSH private key without passphrase.
    ///
    /// # Errors
    /// [`SigningKeyError`].
    pub fn parse(file: &[u8]) -> Result<Self, SigningKeyError> {
        if is_ssh_secret_key(file) {
            return Ok(Self::Ssh(SshSecretKey::parse(file)?));
        }
        Ok(Self::Minisign(SecretKey::parse(file)?))
    }

    /// Whoever holds it, as a speaker.
    #[must_use]
    pub fn speaker(&self) -> Speaker<'_> {
        match self {
            Self::Minisign(key) => Speaker::Key(key),
            Self::Ssh(key) => Speaker::Ssh(key),
        }
    }
}

/// Why a word does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpeakerError {
    #[error("nobody is registered with this key; see `person add`")]
    Unregistered,
    #[error(
        "the signature fits nobody's key and this statement; print it with --print and sign that"
    )]
    Signature,
    #[error("the file is no minisign or SSH signature")]
    Form,
    #[error("a person's key is one Ed25519 key of minisign or SSH")]
    KeyForm,
}

impl Speaker<'_> {
    /// As the store names them, before anything is signed.
    pub(super) fn told_as(&self, people: &[Person]) -> Result<String, SpeakerError> {
        match self {
            Self::User(name) => Ok((*name).to_owned()),
            Self::Key(key) => {
                let public = key.public_key_file();
                Ok(format!("person:{}", holder(&public, people)?.name))
            }
            Self::Ssh(key) => {
                let public = key.public_key_line();
                Ok(format!("person:{}", holder(&public, people)?.name))
            }
            Self::Signature(_) => Err(SpeakerError::Signature),
        }
    }

    /// Their word on a statement, checked.
    pub(super) fn word(
        &self,
        people: &[Person],
        word: &str,
        statement: &str,
        confirmation: Option<&Confirmation>,
    ) -> Result<Word, SpeakerError> {
        let (speaker, signature) = match self {
            Self::User(name) => ((*name).to_owned(), None),
            Self::Key(key) => {
                let person = holder(&key.public_key_file(), people)?;
                let signature = key.sign(statement.as_bytes(), "anchorwatch");
                (format!("person:{}", person.name), Some(signature))
            }
            Self::Ssh(key) => {
                let person = holder(&key.public_key_line(), people)?;
                let signature = key.sign(statement.as_bytes(), NAMESPACE);
                (format!("person:{}", person.name), Some(signature))
            }
            Self::Signature(file) => {
                let person = signer(file, statement, people)?;
                let text = String::from_utf8(file.to_vec()).map_err(|_| SpeakerError::Form)?;
                (format!("person:{}", person.name), Some(text))
            }
        };
        let said = serde_json::json!({
            "statement": statement,
            "channel": confirmation.map(|c| c.channel.as_str()),
            "whom": confirmation.map(|c| c.whom.as_str()),
            "contact_from": confirmation.map(|c| c.contact_from.as_str()),
        });
        Ok(Word {
            word: word.to_owned(),
            speaker,
            said: said.to_string(),
            signature,
            // The store knows since when.
            known_from: jiff::Timestamp::UNIX_EPOCH,
        })
    }
}

/// The one Ed25519 key of a public key file.
///
/// # Errors
/// [`SpeakerError::KeyForm`].
pub fn ed25519_key(file: &[u8]) -> Result<PublicKey, SpeakerError> {
    let keys = PublicKey::read(file).map_err(|_| SpeakerError::KeyForm)?;
    let [key] = <[PublicKey; 1]>::try_from(keys).map_err(|_| SpeakerError::KeyForm)?;
    let fits = matches!(key_kind(&key.spki), Ok(KeyKind::Ed25519)) && key.label != Label::None;
    fits.then_some(key).ok_or(SpeakerError::KeyForm)
}

fn key_of(person: &Person) -> Option<PublicKey> {
    ed25519_key(person.key.as_bytes()).ok()
}

/// Who is registered with a public key, given in its own notation.
fn holder<'p>(public: &str, people: &'p [Person]) -> Result<&'p Person, SpeakerError> {
    let spki = ed25519_key(public.as_bytes())?.spki;
    people
        .iter()
        .find(|person| key_of(person).is_some_and(|known| known.spki == spki))
        .ok_or(SpeakerError::Unregistered)
}

fn signer<'p>(
    file: &[u8],
    statement: &str,
    people: &'p [Person],
) -> Result<&'p Person, SpeakerError> {
    let bytes = statement.as_bytes();
    let digests: Vec<_> = [
        HashAlgorithm::Blake2b512,
        HashAlgorithm::Sha256,
        HashAlgorithm::Sha512,
    ]
    .into_iter()
    .map(|algorithm| (algorithm, digest(algorithm, bytes)))
    .collect();
    let message = Message {
        whole: Some(bytes),
        digests: &digests,
    };
    let fits: Box<dyn Fn(&PublicKey) -> bool> = if is_sshsig(file) {
        let signature = SshSignature::parse(file).map_err(|_| SpeakerError::Form)?;
        let holds = signature.namespace == NAMESPACE && signature.check(&message).is_ok();
        Box::new(move |key: &PublicKey| holds && key.spki == signature.key.spki())
    } else {
        let signature = MinisignSignature::parse(file).map_err(|_| SpeakerError::Form)?;
        Box::new(move |key: &PublicKey| {
            key.number() == Some(signature.number) && signature.check(&key.spki, &message).is_ok()
        })
    };
    people
        .iter()
        .find(|person| key_of(person).is_some_and(|key| fits(&key)))
        .ok_or(SpeakerError::Signature)
}
