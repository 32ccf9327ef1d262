//! Trust anchors: their ids, statuses and purposes.

use std::fmt;
use std::str::FromStr;

use super::digest::{DigestTextError, Sha256};
use super::openpgp::{Fingerprint, FingerprintTextError};

/// The id of a key that may be trusted; never a certificate's hash, because one key may sit in
/// several certificates (cross-certification, reissue).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnchorId {
    /// SHA-256 of the DER SubjectPublicKeyInfo of an X.509 certificate; written `x509-<hex>`.
    X509(Sha256),
    /// SHA-256 of the DER SubjectPublicKeyInfo of a bare key; written `raw-<hex>`.
    Raw(Sha256),
    /// Fingerprint of an OpenPGP primary key; written `openpgp-<upper-case hex>`. Its subkeys are
    /// judged through it.
    OpenPgp(Fingerprint),
}

impl fmt::Display for AnchorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::X509(spki) => write!(f, "x509-{spki}"),
            Self::Raw(spki) => write!(f, "raw-{spki}"),
            Self::OpenPgp(fingerprint) => write!(f, "openpgp-{fingerprint}"),
        }
    }
}

/// Text that is no anchor id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnchorIdError {
    #[error("unknown kind of anchor id (expected `x509-`, `raw-` or `openpgp-`)")]
    Kind,
    #[error(transparent)]
    Digest(#[from] DigestTextError),
    #[error(transparent)]
    Fingerprint(#[from] FingerprintTextError),
}

impl FromStr for AnchorId {
    type Err = AnchorIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(hex) = text.strip_prefix("x509-") {
            Ok(Self::X509(hex.parse()?))
        } else if let Some(hex) = text.strip_prefix("raw-") {
            Ok(Self::Raw(hex.parse()?))
        } else if let Some(hex) = text.strip_prefix("openpgp-") {
            Ok(Self::OpenPgp(hex.parse()?))
        } else {
            Err(AnchorIdError::Kind)
        }
    }
}

/// The id of a trust record: a UUID of version 7, so that later ones sort behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordId(pub u128);

impl fmt::Display for RecordId {
    /// As RFC 9562 writes UUIDs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hex = format!("{:032x}", self.0);
        for (place, digit) in hex.chars().enumerate() {
            if matches!(place, 8 | 12 | 16 | 20) {
                f.write_str("-")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

/// Text that is no UUID.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected an id such as 01932f5c-8a40-7000-8000-000000000000")]
pub struct RecordIdError;

impl FromStr for RecordId {
    type Err = RecordIdError;

    fn from_str(text: &str) -> Result<Self, RecordIdError> {
        let hex: String = text.split('-').collect();
        let digits = hex.len() == 32 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !digits {
            return Err(RecordIdError);
        }
        u128::from_str_radix(&hex, 16)
            .map(Self)
            .map_err(|_| RecordIdError)
    }
}

/// What an anchor may vouch for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Software: packages, binaries, manifests.
    CodeSigning,
    /// RFC 3161 tokens and Authenticode countersignatures.
    TimeStamping,
}

impl Purpose {
    /// The word that records use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::CodeSigning => "code-signing",
            Self::TimeStamping => "timestamping",
        }
    }

    /// The purpose that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::CodeSigning, Self::TimeStamping]
            .into_iter()
            .find(|purpose| purpose.word() == word)
    }
}

/// Where an anchor stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Recorded, but no person or release authority has accepted it yet.
    Proposed,
    /// The vendor said it will come.
    Announced,
    Active,
    /// No longer used by the vendor. Never condemns what it signed.
    Retired,
    /// Condemned by us or by the vendor, from a date on.
    Distrusted,
    /// Revoked by its issuer, from a date on.
    Revoked,
    /// Seen in a root programme; says nothing about our trust.
    Observed,
}

impl Status {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Announced => "announced",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Distrusted => "distrusted",
            Self::Revoked => "revoked",
            Self::Observed => "observed",
        }
    }

    /// The status that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Proposed,
            Self::Announced,
            Self::Active,
            Self::Retired,
            Self::Distrusted,
            Self::Revoked,
            Self::Observed,
        ]
        .into_iter()
        .find(|status| status.word() == word)
    }

    /// Whether a path may end at an anchor of this status.
    #[must_use]
    pub fn anchors(self) -> bool {
        matches!(self, Self::Active | Self::Retired)
    }

    /// Whether this status condemns signatures.
    #[must_use]
    pub fn condemns(self) -> bool {
        matches!(self, Self::Distrusted | Self::Revoked)
    }
}
