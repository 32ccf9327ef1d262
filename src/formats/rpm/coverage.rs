//! What a good signature reaches: the header, or through the header's digests the payload too.

use super::hash::DigestAlgorithm;
use super::measure::{Measured, Outcome};
use super::{Extent, RpmPackage, RpmSignature};

/// How much of a package a signature covers, if it is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Header and payload. `through` is the digest in the signed header that binds the payload; none
    /// where the signature itself is over both. A weak digest binds weakly.
    Whole { through: Option<DigestAlgorithm> },
    /// The header only: it states no digest of the payload that could be checked, and the payload
    /// may be anybody's.
    HeaderOnly,
    /// The signed header states another payload than the file has.
    OtherPayload,
    /// The structure lets readers see different content, so that nothing can be said.
    Nothing,
}

impl RpmPackage {
    /// What a signature of this package covers. Says nothing about whether it is good.
    #[must_use]
    pub fn coverage(&self, signature: &RpmSignature, measured: &Measured) -> Coverage {
        if self.refused() {
            return Coverage::Nothing;
        }
        if measured
            .broken()
            .iter()
            .any(|stated| stated.extent == Extent::Payload)
        {
            return Coverage::OtherPayload;
        }
        if signature.extent == Extent::HeaderAndPayload {
            return Coverage::Whole { through: None };
        }
        let binding = measured
            .digests
            .iter()
            .filter(|check| check.stated.extent == Extent::Payload)
            .filter(|check| check.outcome == Outcome::Good)
            .filter_map(|check| check.stated.algorithm.ok());
        // The strongest: weak ones sort before all others.
        match binding.max_by_key(|algorithm| (!algorithm.is_weak(), algorithm.length())) {
            Some(through) => Coverage::Whole {
                through: Some(through),
            },
            None => Coverage::HeaderOnly,
        }
    }
}
