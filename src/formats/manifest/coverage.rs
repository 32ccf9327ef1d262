//! Holding a manifest against what is there.

use std::collections::{BTreeMap, BTreeSet};

use super::Manifest;
use crate::domain::HashAlgorithm;
use crate::formats::container::Inventory;

/// One file that is there: its normal path and computed digests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileDigests<'a> {
    pub path: &'a str,
    /// In bytes; `None` for links, whose own size says nothing about their content.
    pub size: Option<u64>,
    pub digests: &'a [(HashAlgorithm, Vec<u8>)],
}

impl<'a> FileDigests<'a> {
    /// Everything in a container that a manifest has to name: all but directories.
    #[must_use]
    pub fn of(inventory: &'a Inventory) -> Vec<Self> {
        inventory
            .stock
            .iter()
            .filter(|stock| !stock.member.is_directory())
            .map(|stock| Self {
                path: &stock.member.path,
                size: stock.member.is_file().then_some(stock.member.size),
                digests: &stock.digests,
            })
            .collect()
    }
}

/// A file that is not what the manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mismatch {
    Digest {
        path: String,
        algorithm: HashAlgorithm,
        expected: Vec<u8>,
        found: Vec<u8>,
    },
    Size {
        path: String,
        expected: u64,
        found: u64,
    },
}

/// What a manifest covers of what is there. All lists are in the order of the manifest, or for
/// [`Coverage::unlisted`] of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// There, with every stated digest that was computed, at least one.
    pub matching: Vec<String>,
    pub mismatched: Vec<Mismatch>,
    /// Named and not there.
    pub absent: Vec<String>,
    /// There and not named, without the exempt ones.
    pub unlisted: Vec<String>,
    /// Named and there, but no stated digest could be compared: nothing is proven about them.
    pub uncompared: Vec<String>,
    /// Matching, but by nothing better than MD5 or SHA-1.
    pub weakly: Vec<String>,
}

impl Coverage {
    /// Compares. `exempt` says which files need not be listed: the manifest itself, its signature
    /// and certificate. A file that is exempt and listed is compared all the same.
    #[must_use]
    pub fn compare(
        manifest: &Manifest,
        files: &[FileDigests<'_>],
        exempt: &dyn Fn(&str) -> bool,
    ) -> Self {
        let there: BTreeMap<&str, &FileDigests<'_>> =
            files.iter().map(|file| (file.path, file)).collect();
        let mut coverage = Self::default();
        let mut named: BTreeSet<&str> = BTreeSet::new();
        for entry in &manifest.entries {
            named.insert(&entry.path);
            let Some(file) = there.get(entry.path.as_str()) else {
                coverage.absent.push(entry.path.clone());
                continue;
            };
            let before = coverage.mismatched.len();
            let mut compared = vec![];
            if let Some((expected, found)) = entry.size.zip(file.size).filter(|(a, b)| a != b) {
                coverage.mismatched.push(Mismatch::Size {
                    path: entry.path.clone(),
                    expected,
                    found,
                });
            }
            for (algorithm, expected) in &entry.digests {
                let found = file
                    .digests
                    .iter()
                    .find(|(computed, _)| computed == algorithm);
                let Some((_, found)) = found else {
                    continue;
                };
                compared.push(*algorithm);
                if found != expected {
                    coverage.mismatched.push(Mismatch::Digest {
                        path: entry.path.clone(),
                        algorithm: *algorithm,
                        expected: expected.clone(),
                        found: found.clone(),
                    });
                }
            }
            if coverage.mismatched.len() > before {
                continue;
            }
            if compared.is_empty() {
                coverage.uncompared.push(entry.path.clone());
                continue;
            }
            if compared.iter().all(|algorithm| algorithm.is_weak()) {
                coverage.weakly.push(entry.path.clone());
            }
            coverage.matching.push(entry.path.clone());
        }
        coverage.unlisted = files
            .iter()
            .filter(|file| !named.contains(file.path) && !exempt(file.path))
            .map(|file| file.path.to_owned())
            .collect();
        coverage
    }

    /// Whether everything there is named and as stated, and everything named is there.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.mismatched.is_empty()
            && self.absent.is_empty()
            && self.unlisted.is_empty()
            && self.uncompared.is_empty()
    }
}
