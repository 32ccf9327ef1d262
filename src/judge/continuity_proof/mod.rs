//! Proofs of continuity: the old anchor's key vouches for a new one.
//!
//! Found unasked in what comes along with a package or lies in a file: a root's key certified by an
//! anchor's key (cross-certificate, RFC 5280 3.2, or RFC 4210 4.4's "new with old"), an OpenPGP
//! certificate certified by an anchor's primary key. The mathematics alone proves little: whoever
//! stole the old key can make all of these. So a proof counts only from a vendor's own anchor, seen
//! while that anchor was in use, by somebody who can say when, and not if the anchor was condemned
//! since. What is missing is told as [`Doubt`]s, and a proof with a doubt explains nothing.
//!
//! A proof explains a key. It makes none trusted: that takes people, or a policy that says so.

mod openpgp;
mod standing;
mod telling;
mod x509;

pub(super) use telling::tell_proofs;

use jiff::Timestamp;

use super::path::{Profile, SignatureCache};
use super::trust::View;
use crate::domain::{AnchorId, Status};
use crate::formats::openpgp::OpenPgpCertificate;
use crate::formats::x509::Certificate;

/// By which means the old key vouches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProofKind {
    /// The new root's key under its own name, certified by the old anchor.
    CrossCertificate,
    /// The same, where both have one name: a CA that changes its key (RFC 4210 4.4, "new with old").
    LinkCertificate,
    /// A user id of the new key, certified by the old primary key (RFC 9580 5.2.1).
    OpenPgpCertification,
}

impl ProofKind {
    /// The stable kebab-case name.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::CrossCertificate => "cross-certificate",
            Self::LinkCertificate => "link-certificate",
            Self::OpenPgpCertification => "openpgp-certification",
        }
    }
}

/// One key's word for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub kind: ProofKind,
    pub old: AnchorId,
    pub new: AnchorId,
    /// The vendor whose anchor the old key is; `None` when it is shared, or nobody's.
    pub vendor: Option<String>,
    /// When its maker says that it was made.
    pub claimed: Timestamp,
    /// When we know that it existed.
    pub established: Option<Timestamp>,
    /// What keeps it from counting, each once.
    pub doubts: Vec<Doubt>,
}

impl Proof {
    /// Whether it explains the new key.
    #[must_use]
    pub fn counts(&self) -> bool {
        self.vendor.is_some() && self.doubts.is_empty()
    }

    /// The id by which reports name it.
    #[must_use]
    pub fn id(&self) -> String {
        format!("continuity-proof:{}", self.new)
    }
}

/// Why a word of the old key does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// Others' code is signed under the old key too: it vouches for many.
    Shared,
    /// The old key is of another vendor than the one expected.
    OtherVendor { expected: String },
    /// Nobody but its maker says when it was made.
    TimeUnestablished,
    /// The old key was no anchor in use then.
    NotActive { status: Option<Status> },
    /// The old key was condemned, whenever that was.
    Condemned { status: Status, since: Timestamp },
    /// The old key's own certificate speaks against it, or the chain of two breaks a rule.
    Broken { detail: String },
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Shared => f.write_str("others sign under the old key too"),
            Self::OtherVendor { expected } => write!(f, "the old key is not {expected}'s"),
            Self::TimeUnestablished => f.write_str("nobody but its maker says when it was made"),
            Self::NotActive { status: None } => f.write_str("the old key was not in use yet then"),
            Self::NotActive {
                status: Some(status),
            } => write!(f, "the old key was {} then", status.word()),
            Self::Condemned { status, since } => write!(
                f,
                "the old key is {} since {}",
                status.word(),
                since.strftime("%F")
            ),
            Self::Broken { detail } => f.write_str(detail),
        }
    }
}

impl Doubt {
    /// The stable kebab-case name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shared => "shared-anchor",
            Self::OtherVendor { .. } => "other-vendor",
            Self::TimeUnestablished => "time-unestablished",
            Self::NotActive { .. } => "not-active-then",
            Self::Condemned { .. } => "condemned",
            Self::Broken { .. } => "broken",
        }
    }
}

/// Where proofs are looked for, and what is known of the circumstances.
#[derive(Clone, Copy)]
pub struct Search<'a> {
    /// Certificates that came along: the new root itself and what certifies it.
    pub certificates: &'a [Certificate],
    /// OpenPGP keys that came along.
    pub openpgp: &'a [OpenPgpCertificate],
    pub view: &'a dyn View,
    /// The vendor that is expected, if any.
    pub vendor: Option<&'a str>,
    /// When we first held all of these bytes; a timestamp does not cover certificates beside it.
    pub established: Option<Timestamp>,
    pub at: Timestamp,
    pub profile: Profile,
    pub cache: Option<&'a SignatureCache>,
}

impl std::fmt::Debug for Search<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Search")
            .field("certificates", &self.certificates.len())
            .field("openpgp", &self.openpgp.len())
            .field("vendor", &self.vendor)
            .field("established", &self.established)
            .finish_non_exhaustive()
    }
}

/// Every proof there is for keys that are no anchors in use, those that count first, then by ids.
#[must_use]
pub fn proofs(search: &Search<'_>) -> Vec<Proof> {
    if search.view.is_bare() {
        return vec![];
    }
    let mut found = x509::proofs(search);
    found.extend(openpgp::proofs(search));
    found.sort_by(|one, other| {
        let order = |proof: &Proof| (!proof.counts(), proof.new.clone(), proof.old.clone());
        order(one)
            .cmp(&order(other))
            .then(one.doubts.cmp(&other.doubts))
    });
    found.dedup_by(|one, other| one.new == other.new && one.old == other.old);
    found
}
