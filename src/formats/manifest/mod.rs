//! Manifests: lists of files with their digests, in the spellings that vendors use.
//!
//! Paths have the one normal form of [`normal_path`]; backslashes are separators, since no container
//! that we accept has one in a name. A path that climbs or is absolute is refused, as is a manifest
//! that says two things about one file.

mod coverage;
mod digest_text;
pub(in crate::formats) mod json;
mod json_facts;
mod json_files;
mod text;

use std::collections::BTreeMap;

pub use coverage::{Coverage, FileDigests, Mismatch};
pub use json_facts::{Declared, Dependency};

use super::container::{PathFault, normal_path};
use super::limits;
use crate::domain::HashAlgorithm;

/// How a manifest is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManifestKind {
    Json,
    /// `sha256sum` and relatives, GNU or BSD lines.
    Checksums,
    /// OVF 2.1.1, section 5.1: `SHA256(name)= hex`.
    Ovf,
}

impl ManifestKind {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Checksums => "checksums",
            Self::Ovf => "ovf",
        }
    }
}

/// One file that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestEntry {
    /// Normal.
    pub path: String,
    /// Every digest stated; empty when the manifest names the file and states none.
    pub digests: Vec<(HashAlgorithm, Vec<u8>)>,
    /// In bytes.
    pub size: Option<u64>,
    /// Counted from 1; `None` in JSON.
    pub line: Option<usize>,
}

/// A manifest, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    pub kind: ManifestKind,
    /// In the manifest's order.
    pub entries: Vec<ManifestEntry>,
    /// What the manifest says about the package. Nobody vouches for it before the signature does.
    pub declared: Declared,
}

/// Why a manifest cannot be used. Places are JSON pointers (RFC 6901) or line numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("more than {limit} {what}")]
    TooMany { what: &'static str, limit: usize },
    #[error("neither JSON nor a list of checksums")]
    Unrecognised,
    #[error("not well-formed JSON: {0}")]
    Json(String),
    /// Readers take the first or the last.
    #[error("the key {key:?} stands twice in one JSON object")]
    DuplicateKey { key: String },
    #[error("line {line} is no checksum line")]
    Line { line: usize },
    #[error("no files with digests in it")]
    NoEntries,
    #[error("at {place}: a file without a path")]
    NoPath { place: String },
    #[error("at {place}: {text:?} is no digest that can be told")]
    Digest { place: String, text: String },
    #[error("the path {path:?} {fault}")]
    Path { path: String, fault: PathFault },
    #[error("two different statements about {path:?}")]
    Contradiction { path: String },
}

impl Manifest {
    /// Reads a manifest by what it contains; its name says nothing.
    ///
    /// # Errors
    /// When it is none, or says something that two readers could understand differently.
    pub fn parse(bytes: &[u8]) -> Result<Self, ManifestError> {
        if bytes.len() > limits::MANIFEST {
            return Err(ManifestError::TooLarge {
                limit: limits::MANIFEST,
            });
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        match bytes.trim_ascii_start().first() {
            Some(b'{' | b'[') => {
                let value = json::parse(bytes)?;
                Ok(Self {
                    kind: ManifestKind::Json,
                    entries: joined(json_files::entries(&value)?)?,
                    declared: Declared::from_json(&value),
                })
            }
            _ => {
                let (kind, entries) = text::parse(bytes)?;
                Ok(Self {
                    kind,
                    entries: joined(entries)?,
                    declared: Declared::default(),
                })
            }
        }
    }

    /// Every algorithm that some entry states, so that one pass can compute them all.
    #[must_use]
    pub fn algorithms(&self) -> Vec<HashAlgorithm> {
        HashAlgorithm::ALL
            .into_iter()
            .filter(|algorithm| {
                self.entries
                    .iter()
                    .flat_map(|entry| &entry.digests)
                    .any(|(stated, _)| stated == algorithm)
            })
            .collect()
    }
}

/// A manifest's path in normal form.
fn path(written: &str) -> Result<String, ManifestError> {
    let refused = |fault| ManifestError::Path {
        path: written.to_owned(),
        fault,
    };
    if written.len() > limits::NAME {
        return Err(ManifestError::TooMany {
            what: "bytes in a path",
            limit: limits::NAME,
        });
    }
    // A leading backslash or a drive is absolute on Windows; as `/` and as written it is refused.
    match normal_path(&written.replace('\\', "/")) {
        Ok(path) if path.is_empty() => Err(refused(PathFault::Empty)),
        Ok(path) => Ok(path),
        Err(fault) => Err(refused(fault)),
    }
}

/// Entries of one path become one (lists with a part for each algorithm); what they say of the same
/// thing must be the same.
fn joined(entries: Vec<ManifestEntry>) -> Result<Vec<ManifestEntry>, ManifestError> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut joined: Vec<ManifestEntry> = vec![];
    for entry in entries {
        if joined.len() >= limits::ENTRIES {
            return Err(ManifestError::TooMany {
                what: "files",
                limit: limits::ENTRIES,
            });
        }
        let place = *places.entry(entry.path.clone()).or_insert_with(|| {
            joined.push(ManifestEntry {
                path: entry.path.clone(),
                digests: vec![],
                size: entry.size,
                line: entry.line,
            });
            joined.len() - 1
        });
        let Some(known) = joined.get_mut(place) else {
            continue;
        };
        let contradiction = || ManifestError::Contradiction {
            path: entry.path.clone(),
        };
        for (algorithm, digest) in &entry.digests {
            match known.digests.iter().find(|(stated, _)| stated == algorithm) {
                Some((_, stated)) if stated != digest => return Err(contradiction()),
                Some(_) => {}
                None => known.digests.push((*algorithm, digest.clone())),
            }
        }
        match (known.size, entry.size) {
            (Some(a), Some(b)) if a != b => return Err(contradiction()),
            (None, size) => known.size = size,
            _ => {}
        }
    }
    Ok(joined)
}
