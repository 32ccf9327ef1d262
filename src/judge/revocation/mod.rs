//! Whether certificates of a path were revoked, by the lists at hand (RFC 5280 6.3).
//!
//! A list speaks of a certificate only when it was signed by the certificate's issuer, or by somebody
//! whom the certificate itself names, and when the signer's own path ends at the same anchor. What no
//! list speaks of is unknown, never good.

mod condemned;
mod lists;
mod scope;
mod signer;
mod status;

use jiff::Timestamp;

use super::path::{Profile, SignatureCache};
use crate::domain::Sha256;
use crate::formats::crl::RevocationReason;
use crate::formats::x509::{Certificate, Name};

pub use condemned::{condemns, condemns_timestamps};
pub use lists::RevocationLists;
pub use status::path_revocation;

/// What revocation is asked about a path.
#[derive(Debug, Clone, Copy)]
pub struct RevocationQuestion<'a> {
    /// Leaf first, anchor last.
    pub path: &'a [Certificate],
    /// Where other certificates of list signers may be found; untrusted.
    pub offered: &'a [Certificate],
    pub lists: &'a RevocationLists,
    /// The instant at which the path was judged: list signers are judged at it too.
    pub path_at: Timestamp,
    /// The instant at which a list must be in force.
    pub at: Timestamp,
    pub profile: Profile,
    pub cache: Option<&'a SignatureCache>,
}

/// What is known about the certificates of a path below its anchor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PathRevocation {
    pub revoked: Vec<Revocation>,
    /// Of which nobody can say it, and why.
    pub unknown: Vec<(Name, Unknown)>,
}

impl PathRevocation {
    /// Whether every certificate is known not to be revoked.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.revoked.is_empty() && self.unknown.is_empty()
    }
}

/// A certificate that a list names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revocation {
    /// The certificate's subject.
    pub subject: Name,
    /// The certificate's key.
    pub spki_sha256: Sha256,
    pub revoked: Timestamp,
    pub reason: Option<RevocationReason>,
    /// The invalidity date.
    pub invalid_since: Option<Timestamp>,
}

/// What one certificate's lists say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Good,
    Revoked(Revocation),
    Unknown(Unknown),
}

/// Why nothing can be said about a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    #[error("no revocation list speaks of it")]
    NoList,
    #[error("its revocation list ran out on {next_update}")]
    ListExpired { next_update: Timestamp },
    #[error("its revocation list does not say until when it counts")]
    ListWithoutEnd,
    #[error("its revocation list begins on {this_update}")]
    ListNotYet { this_update: Timestamp },
    #[error("its revocation list is not signed by anybody who may")]
    Signer,
    #[error("its revocation list {0}")]
    Fault(crate::formats::crl::ListFault),
    #[error("it ran out before its revocation list was made, and such lists forget")]
    Forgotten,
    #[error("its revocation lists do not speak of all reasons")]
    Reasons,
    #[error("where its revocation lists are is not well formed")]
    DistributionPoint,
    #[error("only a list of changes speaks of it, and the list that it changes is not at hand")]
    DeltaAlone,
}
