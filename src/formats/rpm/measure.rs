//! One pass over a package: the file's SHA-256, and which of the stated digests hold.

use std::collections::BTreeMap;
use std::io;

use super::hash::{DigestAlgorithm, Running};
use super::{Extent, RpmPackage, StatedDigest};
use crate::domain::{HashAlgorithm, Sha256};
use crate::formats::source::{Source, for_each_chunk};

/// How a stated digest came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Good,
    Bad,
    /// By an algorithm that is not known.
    Unchecked,
}

/// A stated digest against the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestCheck {
    pub stated: StatedDigest,
    pub outcome: Outcome,
}

/// What a pass over the file gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The SHA-256 of the whole file.
    pub file: Sha256,
    /// In the order of [`RpmPackage::digests`].
    pub digests: Vec<DigestCheck>,
}

impl RpmPackage {
    /// Reads the source once, front to back, in chunks.
    ///
    /// # Errors
    /// What the source says.
    pub fn measure(&self, source: &dyn Source) -> io::Result<Measured> {
        let mut running: BTreeMap<(Extent, DigestAlgorithm), Running> = BTreeMap::new();
        for stated in &self.digests {
            if let Ok(algorithm) = stated.algorithm {
                running
                    .entry((stated.extent, algorithm))
                    .or_insert_with(|| Running::new(algorithm));
            }
        }
        let mut file = Running::new(DigestAlgorithm::Known(HashAlgorithm::Sha256));
        let mut at = 0;
        for_each_chunk(source, 0..self.layout.payload.end, |chunk| {
            file.update(chunk);
            for ((extent, _), digest) in &mut running {
                let range = self.layout.range(*extent);
                let from = usize::try_from(range.start.saturating_sub(at)).unwrap_or(usize::MAX);
                let to = usize::try_from(range.end.saturating_sub(at)).unwrap_or(usize::MAX);
                if let Some(piece) = chunk.get(from..to.min(chunk.len())) {
                    digest.update(piece);
                }
            }
            at += chunk.len() as u64;
        })?;
        let computed: BTreeMap<(Extent, DigestAlgorithm), Vec<u8>> = running
            .into_iter()
            .map(|(key, digest)| (key, digest.finish()))
            .collect();
        let mut whole = [0; 32];
        for (to, from) in whole.iter_mut().zip(file.finish()) {
            *to = from;
        }
        let outcome = |stated: &StatedDigest| match stated.algorithm {
            Err(_) => Outcome::Unchecked,
            Ok(algorithm) => match computed.get(&(stated.extent, algorithm)) {
                Some(digest) if *digest == stated.value => Outcome::Good,
                _ => Outcome::Bad,
            },
        };
        Ok(Measured {
            file: Sha256(whole),
            digests: self
                .digests
                .iter()
                .map(|stated| DigestCheck {
                    stated: stated.clone(),
                    outcome: outcome(stated),
                })
                .collect(),
        })
    }
}

impl Measured {
    /// The digests that the file does not have, which breaks the package. A payload has two stated
    /// forms, packed and unpacked: the form that the file does not hold is no fault of it.
    #[must_use]
    pub fn broken(&self) -> Vec<&StatedDigest> {
        self.digests
            .iter()
            .filter(|check| check.outcome == Outcome::Bad && !self.other_form(&check.stated))
            .map(|check| &check.stated)
            .collect()
    }

    /// Whether the payload was found good in its other form, by the same algorithm.
    fn other_form(&self, bad: &StatedDigest) -> bool {
        bad.extent == Extent::Payload
            && self.digests.iter().any(|check| {
                check.stated.extent == Extent::Payload
                    && check.stated.alternative != bad.alternative
                    && check.stated.algorithm == bad.algorithm
                    && check.outcome == Outcome::Good
            })
    }
}
