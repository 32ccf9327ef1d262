//! Certification paths (RFC 5280 section 6): from a leaf over offered certificates to trust anchors.
//!
//! The walk happens in two steps, so that no offered mesh costs more than polynomial work:
//! `exploration` follows verified signatures upwards from the leaf and notes what is wrong with each
//! certificate, every pair of certificate and key checked once; `search` then looks for paths in
//! what was found. Everything that was wrong is kept as a typed value, and a certificate that fails
//! is still followed, because the near path through it explains more than the failure alone.
//!
//! Revocation is not looked at here: see [`super::revocation`].

mod anchors;
mod cache;
mod candidates;
mod checks;
mod code;
mod detour;
mod exploration;
mod failure;
mod gap;
mod graph;
mod mandates;
mod name_constraints;
mod near;
mod others;
mod outcome;
mod policies;
mod policy_graph;
mod remembered;
mod search;
mod subtree;

use jiff::Timestamp;

use crate::domain::Oid;
use crate::formats::limits;
use crate::formats::x509::Certificate;

pub use anchors::{AnchorSet, Anchors};
pub use cache::SignatureCache;
pub(crate) use cache::check_list;
pub use failure::{Breach, Defect, Failure, Issuer, KeyUse, Mandate};
pub use gap::{Gap, SameName};
pub use outcome::{NearPath, Path, Spent, Walk};
pub use remembered::{Walks, WalksByPurpose};

/// What the leaf must be allowed to do, by its extended key usages (RFC 5280 4.2.1.12).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyPurpose {
    /// Extended key usages are not looked at.
    Any,
    /// The leaf must name code signing (Authenticode).
    CodeSigningRequired,
    /// A leaf without the extension is acceptable, a list without code signing is not.
    CodeSigningIfPresent,
    /// The leaf must name time stamping alone, and critically (RFC 3161 2.3).
    TimeStamping,
    /// As [`KeyPurpose::CodeSigningIfPresent`], for another purpose.
    Oid(Oid),
}

/// How much a certificate may err.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// RFC 5280 as written: every MUST is held against every certificate; SHA-1 and short keys are
    /// refused where issued after their end.
    Strict,
    /// What real CAs issue: what can change no path (serial numbers, marks of criticality, missing
    /// identifiers, malformed extensions that nobody asks about) is told as a deviation, and weak
    /// algorithms as a weakness.
    Field,
}

/// Which certificate policies a path must hold (RFC 5280 6.1.1 (c) to (g)).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyDemand {
    /// The policies that count; none, or anyPolicy among them, for all.
    pub acceptable: Vec<Oid>,
    /// Whether one of them must hold, even where no certificate asks for it.
    pub explicit: bool,
    /// No mapping counts from the anchor on.
    pub inhibit_mapping: bool,
    /// anyPolicy stands for none from the anchor on.
    pub inhibit_any: bool,
}

/// How much work a walk may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// In checks of an RSA or elliptic-curve signature; a remembered check counts all the same, so
    /// that a verdict never depends on what was judged before.
    pub signature_checks: u32,
    /// In candidates and branches looked at.
    pub steps: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            signature_checks: limits::PATH_SIGNATURE_CHECKS,
            steps: limits::PATH_STEPS,
        }
    }
}

/// What a walk is asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub leaf: &'a Certificate,
    /// Untrusted, in any order; duplicates, decoys, cycles and the root itself do no harm.
    pub offered: &'a [Certificate],
    pub anchors: &'a dyn Anchors,
    /// The instant at which every certificate of a path must be valid.
    pub at: Timestamp,
    pub purpose: &'a KeyPurpose,
    pub profile: Profile,
    /// `None` when any policy will do, and none.
    pub policies: Option<&'a PolicyDemand>,
    /// The most intermediates that are not self-issued; `None` leaves it to the certificates.
    pub intermediates: Option<u32>,
    pub budget: Budget,
    /// Signature checks remembered across walks.
    pub cache: Option<&'a SignatureCache>,
}

impl std::fmt::Debug for Question<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question")
            .field("leaf", self.leaf)
            .field("offered", &self.offered.len())
            .field("at", &self.at)
            .field("purpose", self.purpose)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// Walks from the leaf to every anchor it can reach. The answer depends on nothing but the question,
/// and not on the order of `offered`.
#[must_use]
pub fn walk(question: &Question<'_>) -> Walk {
    let mut exploration = exploration::Exploration::begin(question);
    exploration.run();
    search::conclude(exploration)
}
