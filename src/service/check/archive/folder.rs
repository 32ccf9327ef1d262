//! A folder on disk as one package.

use std::io;
use std::path::{Path, PathBuf};

use super::members;
use crate::domain::{HashAlgorithm, Sha256};
use crate::formats::container::{Container, Folder, FolderFile, Member, MemberKind, Modified};
use crate::formats::digest::Hasher;
use crate::formats::package::Layout;
use crate::formats::source::Source;
use crate::judge::facts::{PackageFacts, PackageFormat};
use crate::judge::trust::View;
use crate::service::check::CheckRequest;
use crate::service::check::beside::{Beside, requested_keys};
use crate::service::check::nested::{Allowance, children};
use crate::service::check::read::{ReadError, Reading};
use crate::service::check::readers::Candidate;
use crate::service::source::FileSource;

/// A folder has no bytes of its own.
const NOTHING: Vec<u8> = vec![];

/// Whether these files, by their names, are one package with a signed manifest.
pub(in crate::service::check) fn is_package(files: &[PathBuf]) -> bool {
    let names: Vec<String> = files.iter().map(|file| slashed(file)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    Layout::find(&names).is_ok_and(|layout| !layout.manifest.contains('/'))
}

pub(in crate::service::check) fn read_folder(
    top: &Path,
    files: &[PathBuf],
    others: &[PathBuf],
    request: &CheckRequest,
    view: &dyn View,
) -> Result<Reading, ReadError> {
    let mut sources = vec![];
    for file in files {
        let path = top.join(file);
        let metadata = std::fs::metadata(&path)?;
        let modified = metadata
            .modified()
            .ok()
            .and_then(|time| jiff::Timestamp::try_from(time).ok());
        let source = LazyFile {
            path,
            size: metadata.len(),
        };
        sources.push((slashed(file), source, modified));
    }
    let others: Vec<FolderFile<'_>> = others
        .iter()
        .map(|name| other(top, name))
        .collect::<io::Result<_>>()?;
    let members = sources
        .iter()
        .map(|(name, source, modified)| FolderFile {
            member: Member {
                path: name.clone(),
                kind: MemberKind::File,
                size: source.size,
                packed: None,
                modified: modified.map(Modified::Instant),
                mode: None,
            },
            source: Some(source),
        })
        .chain(others)
        .collect();
    let container = Container::Folder(Folder::new(members)?);
    let inside = members::read(&container, requested_keys(request, view)?, request)?;
    let beside = Beside::with(requested_keys(request, view)?);
    let mut findings = inside.findings;
    let children = if inside.refused {
        vec![]
    } else {
        let this = Candidate {
            source: &NOTHING,
            name: "",
            path: None,
            beside: &beside,
            lists: &[],
            request,
        };
        let mut allowance = Allowance::default();
        children(
            &container,
            &inside.signable,
            &this,
            &mut allowance,
            &mut findings,
        )?
    };
    let facts = PackageFacts {
        format: PackageFormat::Folder,
        sha256: identity(&inside.files),
        size: sources.iter().map(|(_, source, _)| source.size).sum(),
        refused: inside.refused,
        content_differs: inside.content_differs,
        objects: inside.objects,
        findings,
        named_vendor: inside.named_vendor,
    };
    Ok(Reading { facts, children })
}

/// A link, with where it leads, or something that no package has.
fn other<'s>(top: &Path, name: &Path) -> io::Result<FolderFile<'s>> {
    let path = top.join(name);
    let kind = if std::fs::symlink_metadata(&path)?.is_symlink() {
        MemberKind::SymbolicLink {
            target: slashed(&std::fs::read_link(&path)?),
        }
    } else {
        MemberKind::Other
    };
    Ok(FolderFile {
        member: Member {
            path: slashed(name),
            kind,
            size: 0,
            packed: None,
            modified: None,
            mode: None,
        },
        source: None,
    })
}

/// A folder has no bytes of its own: its id is the SHA-256 of its sorted names and digests.
fn identity(files: &[(String, Vec<u8>)]) -> Sha256 {
    let mut hasher = Hasher::new(HashAlgorithm::Sha256);
    for (name, digest) in files {
        hasher.update(&(name.len() as u64).to_be_bytes());
        hasher.update(name.as_bytes());
        hasher.update(digest);
    }
    let mut id = Sha256([0; 32]);
    id.0.copy_from_slice(&hasher.finish());
    id
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path
        .iter()
        .map(|part| part.to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

/// A file that is open only while it is read: a folder may hold more files than a process may open.
#[derive(Debug)]
struct LazyFile {
    path: PathBuf,
    size: u64,
}

impl Source for LazyFile {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        FileSource::open(&self.path)?.read_at(offset, buffer)
    }
}
