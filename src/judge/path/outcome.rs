//! What a walk answers.

use super::failure::{Defect, Failure};
use super::gap::Gap;
use crate::domain::Sha256;
use crate::formats::algorithm::Weakness;
use crate::formats::x509::Certificate;

/// Everything a walk found.
#[derive(Debug, Clone)]
pub struct Walk {
    /// Complete paths without any failure, at most [`crate::formats::limits::PATHS`]: first the
    /// shortest to each anchor, then others.
    pub paths: Vec<Path>,
    /// Whether there are more complete paths than told.
    pub more_paths: bool,
    /// When there is no complete path: chains that verify but lack something, nearest first.
    pub near: Vec<NearPath>,
    /// When there is no complete path: the issuer that is missing at the best dead end.
    pub gap: Option<Gap>,
    /// Every failure met, in the order of the walk.
    pub failures: Vec<Failure>,
    /// How many failures were not kept.
    pub failures_dropped: usize,
    /// How many offered certificates were not looked at, because there were too many.
    pub offered_dropped: usize,
    pub spent: Spent,
}

/// A complete path without failures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// From the leaf to the anchor's certificate; only the leaf when it is an anchor itself.
    pub certificates: Vec<Certificate>,
    /// The anchor: SHA-256 of its DER SubjectPublicKeyInfo.
    pub anchor: Sha256,
    /// What is weak about the signature on a certificate (by its SHA-256).
    pub weaknesses: Vec<(Sha256, Weakness)>,
    /// What the field profile lets pass and the strict one would refuse, below the anchor.
    pub deviations: Vec<Failure>,
}

/// A chain whose signatures verify and that lacks something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearPath {
    /// From the leaf upwards, as far as it goes.
    pub certificates: Vec<Certificate>,
    /// The anchor it reaches; `None` at a dead end.
    pub anchor: Option<Sha256>,
    /// What is wrong on it, from the leaf upwards.
    pub lacks: Vec<Failure>,
    /// As in [`Path::weaknesses`].
    pub weaknesses: Vec<(Sha256, Weakness)>,
}

impl NearPath {
    /// Whether an anchor is reached and only the clock is in the way.
    #[must_use]
    pub fn lacks_only_validity(&self) -> bool {
        self.anchor.is_some()
            && self
                .lacks
                .iter()
                .all(|failure| failure.defect.is_validity())
    }
}

/// The work that a walk did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Spent {
    /// In the unit of [`super::Budget::signature_checks`].
    pub signature_checks: u32,
    pub steps: u32,
    /// Whether something was left untried because the budget ran out. Without a complete path the
    /// answer is then "could not judge", not "no path".
    pub exhausted: bool,
}

impl Walk {
    /// Whether a complete path exists.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.paths.is_empty()
    }

    /// Whether some failure is of this kind.
    #[must_use]
    pub fn has_failure(&self, kind: impl Fn(&Defect) -> bool) -> bool {
        self.failures.iter().any(|failure| kind(&failure.defect))
    }
}
