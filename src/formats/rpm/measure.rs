//! One pass over a package: the file's SHA-256, which of the stated digests hold, and the digests that
//! its signatures are over.

use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

use super::hash::{DigestAlgorithm, Running};
use super::{Extent, HeaderKind, RpmPackage, StatedDigest};
use crate::domain::{HashAlgorithm, Sha256};
use crate::formats::openpgp::{Digests, OpenPgpSignature};
use crate::formats::source::{Source, for_each_chunk};

/// How a stated digest came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Good,
    Bad,
    /// By an algorithm that is not known; or a weak digest of what a strong one covers already.
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
    /// In the order of [`RpmPackage::signatures`]: the digest that each signature is over, for
    /// [`crate::formats::openpgp::check`]; none for a packet that cannot be read or computed.
    pub signed: Vec<Option<Vec<u8>>>,
}

impl RpmPackage {
    /// Reads the source once, front to back, in chunks.
    ///
    /// # Errors
    /// What the source says.
    pub fn measure(&self, source: &dyn Source) -> io::Result<Measured> {
        let mut running: BTreeMap<(Extent, DigestAlgorithm), Running> = BTreeMap::new();
        for stated in self.digests.iter().filter(|one| !self.is_redundant(one)) {
            if let Ok(algorithm) = stated.algorithm {
                running
                    .entry((stated.extent, algorithm))
                    .or_insert_with(|| Running::new(algorithm));
            }
        }
        let packets: Vec<Option<OpenPgpSignature>> = self
            .signatures
            .iter()
            .map(|signature| signature.openpgp().ok())
            .collect();
        let over = |extent: Extent| {
            let mine = self.signatures.iter().zip(&packets);
            let wanted = mine.filter(|(signature, _)| signature.extent == extent);
            let wanted: Vec<_> = wanted.filter_map(|(_, packet)| packet.clone()).collect();
            (extent, Digests::new(&wanted))
        };
        let mut signed = [over(Extent::Header), over(Extent::HeaderAndPayload)];
        let mut file = Running::new(DigestAlgorithm::Known(HashAlgorithm::Sha256));
        let mut at = 0;
        for_each_chunk(source, 0..self.layout.payload.end, |chunk| {
            file.update(chunk);
            for ((extent, _), digest) in &mut running {
                digest.update(piece(chunk, at, &self.layout.range(*extent)));
            }
            for (extent, digests) in &mut signed {
                digests.update(piece(chunk, at, &self.layout.range(*extent)));
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
            Ok(_) if self.is_redundant(stated) => Outcome::Unchecked,
            Ok(algorithm) => match computed.get(&(stated.extent, algorithm)) {
                Some(digest) if *digest == stated.value => Outcome::Good,
                _ => Outcome::Bad,
            },
        };
        Ok(Measured {
            file: Sha256(whole),
            signed: self
                .signatures
                .iter()
                .zip(&packets)
                .map(|(signature, packet)| {
                    let mut places = signed.iter();
                    let (_, digests) = places.find(|(extent, _)| *extent == signature.extent)?;
                    digests.of(packet.as_ref()?)
                })
                .collect(),
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

impl RpmPackage {
    /// Whether a digest says nothing that a better one does not say: MD5 over the whole package, in the
    /// header that nobody signs, where the main header states a strong digest of the payload. It costs
    /// more than all the rest, and whoever changes the payload changes it too.
    fn is_redundant(&self, stated: &StatedDigest) -> bool {
        let weak = |one: &StatedDigest| one.algorithm.is_ok_and(DigestAlgorithm::is_weak);
        stated.extent == Extent::HeaderAndPayload
            && weak(stated)
            && self.digests.iter().any(|other| {
                other.stated_in == HeaderKind::Main
                    && other.extent == Extent::Payload
                    && other.algorithm.is_ok()
                    && !weak(other)
            })
    }
}

/// The part of a chunk that starts at `at` which lies in a range.
fn piece<'a>(chunk: &'a [u8], at: u64, range: &Range<u64>) -> &'a [u8] {
    let place = |end: u64| usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX);
    let to = place(range.end).min(chunk.len());
    chunk.get(place(range.start)..to).unwrap_or_default()
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
