//! How a key stands at an instant, by its own certificate: what it may do, until when, revoked or not.
//!
//! Facts of the copy at hand, with every hash algorithm honoured; what policy thinks is in `policy`.

use jiff::Timestamp;
use sequoia_openpgp as sequoia;
use sequoia_openpgp::cert::amalgamation::ValidateAmalgamation as _;
use sequoia_openpgp::cert::amalgamation::key::{
    ErasedKeyAmalgamation, PrimaryKey as _, SubordinateKeyAmalgamation,
};
use sequoia_openpgp::packet::key::PublicParts;
use sequoia_openpgp::types::{ReasonForRevocation, RevocationStatus, RevocationType};

use super::certificate::OpenPgpCertificate;
use super::library::{self, EveryAlgorithm, system_time, timestamp};
use crate::domain::Fingerprint;
use crate::formats::limits;

/// A revocation by the key's own certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    pub at: Timestamp,
    /// A hard one (compromised, or without a reason) voids everything that the key ever signed; a
    /// soft one (superseded, retired) only what was signed later.
    pub hard: bool,
    /// The reason's code in words.
    pub reason: &'static str,
    /// The owner's text, cut at [`limits::DESCRIPTION`] characters; hostile until escaped.
    pub text: String,
}

impl std::fmt::Display for Revocation {
    /// Without the owner's text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {}", self.reason, self.at)
    }
}

impl Revocation {
    /// The weightiest revocation of one key that counts at `at`: hard before soft, then the first.
    pub(super) fn of(held: &ErasedKeyAmalgamation<'_, PublicParts>, at: Timestamp) -> Option<Self> {
        if held.primary() {
            return Self::weightiest(
                held.cert()
                    .revocation_status(&EveryAlgorithm, system_time(at)),
            );
        }
        let subkey = SubordinateKeyAmalgamation::<PublicParts>::try_from(held.clone()).ok()?;
        Self::weightiest(subkey.revocation_status(&EveryAlgorithm, system_time(at)))
    }

    fn weightiest(status: RevocationStatus<'_>) -> Option<Self> {
        let RevocationStatus::Revoked(signatures) = status else {
            return None;
        };
        signatures
            .into_iter()
            .map(Self::read)
            .min_by_key(|one| (!one.hard, one.at))
    }

    fn read(signature: &sequoia::packet::Signature) -> Self {
        let (code, text) = signature
            .reason_for_revocation()
            .unwrap_or((ReasonForRevocation::Unspecified, b""));
        Self {
            at: signature
                .signature_creation_time()
                .map_or(Timestamp::UNIX_EPOCH, timestamp),
            hard: code.revocation_type() == RevocationType::Hard,
            reason: match code {
                ReasonForRevocation::KeySuperseded => "superseded",
                ReasonForRevocation::KeyCompromised => "compromised",
                ReasonForRevocation::KeyRetired => "retired",
                ReasonForRevocation::UIDRetired => "user id retired",
                _ => "no reason given",
            },
            text: String::from_utf8_lossy(text)
                .chars()
                .take(limits::DESCRIPTION)
                .collect(),
        }
    }
}

/// One key of a certificate at an instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyState {
    pub key: Fingerprint,
    pub primary: bool,
    /// A self-signature that holds binds it at that instant. Without, the rest says nothing.
    pub bound: bool,
    pub may_sign: bool,
    pub may_certify: bool,
    /// In transport or at rest.
    pub may_encrypt: bool,
    pub may_authenticate: bool,
    pub expires: Option<Timestamp>,
    pub revocation: Option<Revocation>,
}

impl OpenPgpCertificate {
    /// How each key stands at `at`; the primary key first.
    #[must_use]
    pub fn states(&self, at: Timestamp) -> Vec<KeyState> {
        self.cert
            .keys()
            .filter_map(|held| {
                let valid = held.with_policy(&EveryAlgorithm, system_time(at)).ok();
                let valid = valid.as_ref();
                Some(KeyState {
                    key: library::fingerprint(&held.key().fingerprint())?,
                    primary: held.primary(),
                    bound: valid.is_some(),
                    may_sign: valid.is_some_and(|valid| valid.for_signing()),
                    may_certify: valid.is_some_and(|valid| valid.for_certification()),
                    may_encrypt: valid.is_some_and(|valid| {
                        valid.for_transport_encryption() || valid.for_storage_encryption()
                    }),
                    may_authenticate: valid.is_some_and(|valid| valid.for_authentication()),
                    expires: valid
                        .and_then(|valid| valid.key_expiration_time())
                        .map(timestamp),
                    revocation: Revocation::of(&held, at),
                })
            })
            .collect()
    }
}
