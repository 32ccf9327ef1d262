//! The use case `csaf check`: advisories on disk, judged by what was kept of their provider.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::source::FileSource;
use crate::domain::Finding;
use crate::formats::csaf::{CsafError, ProviderMetadata};
use crate::formats::limits;
use crate::formats::source::Source as _;
use crate::judge::csaf::{
    DocumentFiles, DocumentReport, KeyFile, KeyHistory, KeyRotation, Sight, document_report,
    history_findings, rotations,
};

/// The name of the metadata in a folder that was kept of a provider.
const METADATA: &str = "provider-metadata.json";
/// How deep key files may lie below it.
const DEPTH: usize = 4;

/// A folder that was kept of a provider: `provider-metadata.json`, and key files anywhere below.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub at: Timestamp,
    pub folder: PathBuf,
}

/// What to judge.
#[derive(Debug, Clone)]
pub struct CsafRequest {
    pub paths: Vec<PathBuf>,
    pub kept: Vec<Kept>,
    /// The instant of judgement, and when the documents were held.
    pub at: Timestamp,
}

/// What came of it.
#[derive(Debug, Clone)]
pub struct CsafReport {
    /// In the order of the paths.
    pub documents: Vec<DocumentReport>,
    pub rotations: Vec<KeyRotation>,
    /// About the provider's keys.
    pub findings: Vec<Finding>,
}

/// Why what was kept of a provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    #[error("{}", .path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{}", .path.display())]
    Metadata {
        path: PathBuf,
        #[source]
        source: CsafError,
    },
}

/// Judges every document.
///
/// # Errors
/// When what was kept of the provider cannot be read; a document that cannot is a finding.
pub fn check(request: &CsafRequest) -> Result<CsafReport, KeptError> {
    let sights: Result<Vec<Sight>, KeptError> = request.kept.iter().map(sight).collect();
    let history = KeyHistory::new(sights?);
    Ok(CsafReport {
        documents: request
            .paths
            .iter()
            .map(|path| document(path, &history, request.at))
            .collect(),
        rotations: rotations(&history),
        findings: history_findings(&history),
    })
}

fn document(path: &Path, history: &KeyHistory, at: Timestamp) -> DocumentReport {
    let name = path.display().to_string();
    let document = match read(path, limits::CSAF_DOCUMENT) {
        Ok(document) => document,
        Err(error) => return DocumentReport::unreadable(&name, &error.to_string()),
    };
    let beside = |ending: &str| {
        let mut beside = path.as_os_str().to_owned();
        beside.push(ending);
        PathBuf::from(beside)
    };
    let hashes: Vec<(String, Vec<u8>)> = [".sha256", ".sha512"]
        .into_iter()
        .filter_map(|ending| {
            let path = beside(ending);
            let bytes = read(&path, limits::NAME).ok()?;
            let name = path.file_name()?.to_string_lossy().into_owned();
            Some((name, bytes))
        })
        .collect();
    let signature = read(&beside(".asc"), limits::SIGNATURE_OBJECT).ok();
    let files = DocumentFiles {
        name: &name,
        document: &document,
        signature: signature.as_deref(),
        hashes: &hashes,
        at,
    };
    document_report(&files, history, at)
}

fn sight(kept: &Kept) -> Result<Sight, KeptError> {
    let path = kept.folder.join(METADATA);
    let metadata = read(&path, limits::CSAF_METADATA).map_err(|source| KeptError::Io {
        path: path.clone(),
        source,
    })?;
    let failed = |source| KeptError::Metadata {
        path: path.clone(),
        source,
    };
    let listed = ProviderMetadata::read(&metadata).map_err(failed)?.keys;
    let mut files = vec![];
    names(&kept.folder, DEPTH, &mut files).map_err(|source| KeptError::Io {
        path: kept.folder.clone(),
        source,
    })?;
    // A key file is known by the last part of its address.
    let held: Vec<(&str, Vec<u8>)> = listed
        .iter()
        .filter_map(|key| {
            let url = key.url.as_deref()?;
            let last = url.rsplit('/').next()?;
            let path = files
                .iter()
                .find(|path| path.file_name().is_some_and(|name| name == last))?;
            Some((url, read(path, limits::OPENPGP_KEYRING).ok()?))
        })
        .collect();
    let files: Vec<KeyFile<'_>> = held
        .iter()
        .map(|(url, bytes)| KeyFile { url, bytes })
        .collect();
    Sight::read(kept.at, &metadata, &files).map_err(failed)
}

/// Every regular file below a folder, in the order of names. Links are not followed.
fn names(folder: &Path, depth: usize, into: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries: Vec<fs::DirEntry> = fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type()?;
        if kind.is_file() && into.len() < limits::TRUST_FILES {
            into.push(entry.path());
        } else if kind.is_dir() && depth > 0 {
            names(&entry.path(), depth - 1, into)?;
        }
    }
    Ok(())
}

fn read(path: &Path, limit: usize) -> io::Result<Vec<u8>> {
    let source = FileSource::open(path)?;
    let size = usize::try_from(source.size()).unwrap_or(usize::MAX);
    if size > limit {
        let words = format!("larger than {limit} bytes");
        return Err(io::Error::new(io::ErrorKind::InvalidData, words));
    }
    source.read_range(0, size)
}
