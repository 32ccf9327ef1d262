//! signify signatures (OpenBSD): pure Ed25519 beside a file, around a text, or in a gzip header.
//!
//! Form: `untrusted comment: …`, base64 of `Ed`, key number and signature (signify(1)). What follows
//! the second line is the signed text itself (`signify -e`, as `SHA256.sig` of every release).
//! Public keys are read by [`public_key`](crate::formats::public_key).

mod gzip;

pub use gzip::{GzipError, SignedGzip};

use crate::domain::Crypto;
use crate::formats::algorithm::{Scheme, SignatureError, verify};
use crate::formats::public_key::{
    COMMENT_PREFIX as PREFIX, Commented, KeyNumber, NumberedBytes, NumberedError,
};

/// A signature file, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignifySignature {
    pub number: KeyNumber,
    /// Anybody may have edited it.
    pub untrusted_comment: String,
    /// The signed text, where the file holds it; `None` when the signature lies beside what it
    /// signs.
    pub embedded: Option<Vec<u8>>,
    value: [u8; 64],
}

/// Why a signature does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignifyFault {
    #[error("the signature does not fit key {0} and the bytes")]
    Mismatch(KeyNumber),
    #[error("the signed bytes are not at hand, and Ed25519 needs them whole")]
    MessageNotAtHand,
    #[error("the key cannot be used: {0}")]
    Key(SignatureError),
}

impl SignifyFault {
    /// Whether the mathematics failed or could not be done.
    #[must_use]
    pub fn crypto(&self) -> Crypto {
        match self {
            Self::Mismatch(_) => Crypto::Bad,
            Self::MessageNotAtHand | Self::Key(_) => Crypto::Unchecked,
        }
    }
}

/// Whether a file means to be a signify signature.
#[must_use]
pub fn is_signify(file: &[u8]) -> bool {
    // A key has 42 bytes, so that its base64 is shorter than any signature's.
    Commented::parse(file).is_ok_and(|commented| {
        commented.base64.starts_with("RW")
            && NumberedBytes::<32>::parse(&commented.base64, &[*b"Ed"]).is_err()
    })
}

impl SignifySignature {
    /// Reads a signature file, with its text when it holds one.
    ///
    /// # Errors
    /// [`NumberedError`].
    pub fn parse(file: &[u8]) -> Result<Self, NumberedError> {
        let commented = Commented::parse(file)?;
        let (_, numbered) = NumberedBytes::<64>::parse(&commented.base64, &[*b"Ed"])?;
        Ok(Self {
            number: numbered.number,
            untrusted_comment: commented.comment,
            embedded: (!commented.rest.is_empty()).then(|| commented.rest.to_vec()),
            value: numbered.bytes,
        })
    }

    /// Checks the signature over the text inside, or else over `whole`, with the key in `spki`.
    ///
    /// # Errors
    /// [`SignifyFault`]; its [`SignifyFault::crypto`] tells forged from unchecked.
    pub fn check(&self, spki: &[u8], whole: Option<&[u8]>) -> Result<(), SignifyFault> {
        let signed = self.embedded.as_deref().or(whole);
        let signed = signed.ok_or(SignifyFault::MessageNotAtHand)?;
        let identifier = Scheme::Ed25519
            .identifier()
            .ok_or(SignifyFault::Key(SignatureError::MalformedKey))?;
        match verify(spki, &identifier, signed, &self.value) {
            Ok(_) => Ok(()),
            Err(SignatureError::Mismatch) => Err(SignifyFault::Mismatch(self.number)),
            Err(error) => Err(SignifyFault::Key(error)),
        }
    }
}

#[cfg(test)]
mod tests;
