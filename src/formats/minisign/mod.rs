//! minisign signatures: two signatures by one Ed25519 key, over the file and over the first
//! signature with the trusted comment.
//!
//! Form: `untrusted comment: …`, base64 of algorithm, key number and signature, `trusted comment: …`,
//! base64 of the global signature; four lines and nothing behind them. Algorithm `ED` signs the
//! BLAKE2b-512 of the file, the older `Ed` the file itself (minisign's own description of its
//! format). Public keys are read by [`public_key`](crate::formats::public_key).

mod secret_key;

pub use secret_key::{SecretKey, SecretKeyError, public_key_file};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::domain::{Crypto, HashAlgorithm};
use crate::formats::algorithm::{Scheme, SignatureError, verify};
use crate::formats::limits;
use crate::formats::public_key::{
    Commented, KeyNumber, NumberedBytes, NumberedError, comment_line, line,
};
use crate::formats::raw_signature::Message;

/// How the third line begins.
const TRUSTED_PREFIX: &str = "trusted comment: ";

/// What the first signature is made over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// `Ed`: the file itself.
    Legacy,
    /// `ED`: the file's BLAKE2b-512.
    Prehashed,
}

/// A signature file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MinisignSignature {
    pub algorithm: Algorithm,
    pub number: KeyNumber,
    /// Anybody may have edited it.
    pub untrusted_comment: String,
    /// Vouched for by the key once [`MinisignSignature::check`] is content.
    pub trusted_comment: String,
    value: [u8; 64],
    global: [u8; 64],
}

/// Why a file is no minisign signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MinisignError {
    #[error(transparent)]
    Numbered(#[from] NumberedError),
    #[error("the third line is no trusted comment")]
    TrustedComment,
    #[error("the global signature is cut off")]
    Global,
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MinisignFault {
    #[error("the signature does not fit key {} and the bytes", .0.minisign())]
    Mismatch(KeyNumber),
    #[error("the global signature does not fit: the trusted comment was edited")]
    TrustedComment,
    #[error("the signed bytes are not at hand in the form that the signature needs")]
    MessageNotAtHand,
    #[error("the key cannot be used: {0}")]
    Key(SignatureError),
}

impl MinisignFault {
    /// Whether the mathematics failed or could not be done.
    #[must_use]
    pub fn crypto(&self) -> Crypto {
        match self {
            Self::Mismatch(_) | Self::TrustedComment => Crypto::Bad,
            Self::MessageNotAtHand | Self::Key(_) => Crypto::Unchecked,
        }
    }
}

/// Whether a file means to be a minisign signature: it has a third line that begins as its trusted
/// comment does, or names the algorithm that only minisign has.
#[must_use]
pub fn is_minisign(file: &[u8]) -> bool {
    Commented::parse(file).is_ok_and(|commented| {
        commented
            .rest
            .starts_with(TRUSTED_PREFIX.trim_end().as_bytes())
            || NumberedBytes::<64>::parse(&commented.base64, &[*b"ED"]).is_ok()
    })
}

impl MinisignSignature {
    /// Reads a signature file.
    ///
    /// # Errors
    /// [`MinisignError`].
    pub fn parse(file: &[u8]) -> Result<Self, MinisignError> {
        let commented = Commented::parse(file)?;
        let (algorithm, numbered) =
            NumberedBytes::<64>::parse(&commented.base64, &[*b"Ed", *b"ED"])?;
        let (trusted_comment, rest) =
            comment_line(commented.rest, TRUSTED_PREFIX, limits::TRUSTED_COMMENT)?
                .ok_or(MinisignError::TrustedComment)?;
        let (global, rest) = line(rest).ok_or(MinisignError::Global)?;
        let global = STANDARD
            .decode(global)
            .map_err(|_| NumberedError::NotBase64)?;
        let global = <[u8; 64]>::try_from(global).map_err(|global| NumberedError::Length {
            expected: 64,
            found: global.len(),
        })?;
        if !rest.is_empty() {
            return Err(NumberedError::Trailing.into());
        }
        Ok(Self {
            algorithm: if algorithm == *b"ED" {
                Algorithm::Prehashed
            } else {
                Algorithm::Legacy
            },
            number: numbered.number,
            untrusted_comment: commented.comment,
            trusted_comment,
            value: numbered.bytes,
            global,
        })
    }

    /// Checks both signatures with the key in `spki`.
    ///
    /// # Errors
    /// [`MinisignFault`]; its [`MinisignFault::crypto`] tells forged from unchecked.
    pub fn check(&self, spki: &[u8], message: &Message<'_>) -> Result<(), MinisignFault> {
        let signed = match self.algorithm {
            Algorithm::Legacy => message.whole,
            Algorithm::Prehashed => message
                .digests
                .iter()
                .find(|(algorithm, _)| *algorithm == HashAlgorithm::Blake2b512)
                .map(|(_, digest)| digest.as_slice()),
        };
        let commented = [&self.value, self.trusted_comment.as_bytes()].concat();
        ed25519(spki, &commented, &self.global).map_err(|error| match error {
            // Which of the two it was, the first signature tells.
            SignatureError::Mismatch => match signed.map(|m| ed25519(spki, m, &self.value)) {
                Some(Ok(())) => MinisignFault::TrustedComment,
                _ => MinisignFault::Mismatch(self.number),
            },
            error => MinisignFault::Key(error),
        })?;
        let signed = signed.ok_or(MinisignFault::MessageNotAtHand)?;
        ed25519(spki, signed, &self.value).map_err(|error| match error {
            SignatureError::Mismatch => MinisignFault::Mismatch(self.number),
            error => MinisignFault::Key(error),
        })
    }

    /// The time that minisign writes into the trusted comment (`timestamp:` and seconds), when it
    /// stands there as minisign writes it: at the beginning, before a tab or the end.
    #[must_use]
    pub fn claimed_time(&self) -> Option<Timestamp> {
        let first = self.trusted_comment.split('\t').next()?;
        let digits = first.strip_prefix("timestamp:")?;
        let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        plain
            .then(|| digits.parse().ok())
            .flatten()
            .and_then(|seconds| Timestamp::from_second(seconds).ok())
    }
}

fn ed25519(spki: &[u8], message: &[u8], value: &[u8]) -> Result<(), SignatureError> {
    let identifier = Scheme::Ed25519
        .identifier()
        .ok_or(SignatureError::MalformedKey)?;
    verify(spki, &identifier, message, value).map(|_| ())
}

#[cfg(test)]
mod tests;
