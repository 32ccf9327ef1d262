//! The digests of covered bytes, and the bytes themselves where a scheme needs them.

use std::collections::BTreeSet;

use crate::domain::{HashAlgorithm, Sha256};
use crate::formats::digest::Hasher;
use crate::formats::openpgp::{Digests, OpenPgpSignature};
use crate::formats::source::{Source, for_each_chunk};

/// What one pass over some bytes gave. SHA-256 is always there.
#[derive(Debug)]
pub(super) struct Measured {
    sha256: Sha256,
    digests: Vec<(HashAlgorithm, Vec<u8>)>,
    whole: Option<Vec<u8>>,
    openpgp: Digests,
}

impl Measured {
    /// Reads the source once; its bytes are held when there are at most `hold` of them.
    pub(super) fn source(
        source: &dyn Source,
        mut algorithms: BTreeSet<HashAlgorithm>,
        openpgp: &[OpenPgpSignature],
        hold: u64,
    ) -> std::io::Result<Self> {
        algorithms.insert(HashAlgorithm::Sha256);
        let mut hashers: Vec<Hasher> = algorithms.into_iter().map(Hasher::new).collect();
        let mut openpgp = Digests::new(openpgp);
        let mut whole = (hold > 0 && source.size() <= hold).then(Vec::new);
        for_each_chunk(source, 0..source.size(), |chunk| {
            hashers.iter_mut().for_each(|hasher| hasher.update(chunk));
            openpgp.update(chunk);
            if let Some(whole) = &mut whole {
                whole.extend_from_slice(chunk);
            }
        })?;
        Ok(Self {
            openpgp,
            ..Self::of(hashers, whole)
        })
    }

    /// Of bytes in memory.
    pub(super) fn bytes(
        bytes: &[u8],
        mut algorithms: BTreeSet<HashAlgorithm>,
        openpgp: &[OpenPgpSignature],
    ) -> Self {
        algorithms.insert(HashAlgorithm::Sha256);
        let mut hashers: Vec<Hasher> = algorithms.into_iter().map(Hasher::new).collect();
        hashers.iter_mut().for_each(|hasher| hasher.update(bytes));
        let mut digests = Digests::new(openpgp);
        digests.update(bytes);
        Self {
            openpgp: digests,
            ..Self::of(hashers, Some(bytes.to_vec()))
        }
    }

    /// Of bytes that streamed by: their digests as computed on the way, SHA-256 among them, and the
    /// bytes when they were few.
    pub(super) fn given(
        digests: &[(HashAlgorithm, Vec<u8>)],
        openpgp: Digests,
        whole: Option<&[u8]>,
    ) -> Self {
        Self {
            openpgp,
            ..Self::from_digests(digests.to_vec(), whole.map(<[u8]>::to_vec))
        }
    }

    fn of(hashers: Vec<Hasher>, whole: Option<Vec<u8>>) -> Self {
        let digests: Vec<_> = hashers
            .into_iter()
            .map(|hasher| (hasher.algorithm(), hasher.finish()))
            .collect();
        Self::from_digests(digests, whole)
    }

    fn from_digests(digests: Vec<(HashAlgorithm, Vec<u8>)>, whole: Option<Vec<u8>>) -> Self {
        let mut sha256 = Sha256([0; 32]);
        for (algorithm, digest) in &digests {
            if *algorithm == HashAlgorithm::Sha256 {
                sha256.0.copy_from_slice(digest);
            }
        }
        Self {
            sha256,
            digests,
            whole,
            openpgp: Digests::new(&[]),
        }
    }

    pub(super) fn sha256(&self) -> Sha256 {
        self.sha256
    }

    pub(super) fn digests(&self) -> impl Iterator<Item = (HashAlgorithm, &[u8])> {
        self.digests
            .iter()
            .map(|(algorithm, digest)| (*algorithm, digest.as_slice()))
    }

    /// The final digest that an OpenPGP signature is over; `None` when it was not asked for.
    pub(super) fn openpgp(&self, signature: &OpenPgpSignature) -> Option<Vec<u8>> {
        self.openpgp.of(signature)
    }

    pub(super) fn whole(&self) -> Option<&[u8]> {
        self.whole.as_deref()
    }
}
