//! One pass over an image: the file's SHA-256 and the image digests that signatures cover.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::ops::Range;

use super::{LayoutFault, PeImage};
use crate::domain::{HashAlgorithm, Sha256};
use crate::formats::digest::Hasher;
use crate::formats::source::{Source, for_each_chunk};

/// What a pass over the file gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// The SHA-256 of the whole file.
    pub file: Sha256,
    /// The image digest by each algorithm that was asked for. Empty when a fault of the layout makes
    /// it ambiguous what an image digest covers, so that no signature can come out good.
    pub image: BTreeMap<HashAlgorithm, Vec<u8>>,
}

impl PeImage {
    /// Reads the source once, front to back, in chunks.
    ///
    /// # Errors
    /// What the source says.
    pub fn measure(
        &self,
        source: &dyn Source,
        algorithms: &BTreeSet<HashAlgorithm>,
    ) -> io::Result<Measured> {
        let mut file = Hasher::new(HashAlgorithm::Sha256);
        let mut image: Vec<Hasher> = if self.faults.iter().any(LayoutFault::refuses) {
            Vec::new()
        } else {
            algorithms.iter().copied().map(Hasher::new).collect()
        };
        let covered = self.layout.covered();
        let mut at = 0;
        for_each_chunk(source, 0..self.layout.size, |chunk| {
            file.update(chunk);
            for piece in pieces(chunk, at, &covered) {
                image.iter_mut().for_each(|hasher| hasher.update(piece));
            }
            at += chunk.len() as u64;
        })?;
        let mut digest = [0; 32];
        for (to, from) in digest.iter_mut().zip(file.finish()) {
            *to = from;
        }
        Ok(Measured {
            file: Sha256(digest),
            image: image
                .into_iter()
                .map(|hasher| (hasher.algorithm(), hasher.finish()))
                .collect(),
        })
    }
}

impl super::Layout {
    /// The file without its unsigned ranges, in order.
    #[must_use]
    pub fn covered(&self) -> Vec<Range<u64>> {
        let mut covered = Vec::new();
        let mut at = 0;
        for gap in self.unsigned() {
            if at < gap.start {
                covered.push(at..gap.start);
            }
            at = at.max(gap.end);
        }
        if at < self.size {
            covered.push(at..self.size);
        }
        covered
    }
}

/// The parts of a chunk that starts at `at` which lie in the ranges.
fn pieces<'a>(
    chunk: &'a [u8],
    at: u64,
    ranges: &'a [Range<u64>],
) -> impl Iterator<Item = &'a [u8]> {
    ranges.iter().filter_map(move |range| {
        let from = usize::try_from(range.start.saturating_sub(at)).ok()?;
        let to = usize::try_from(range.end.saturating_sub(at)).unwrap_or(usize::MAX);
        chunk.get(from..to.min(chunk.len()))
    })
}
