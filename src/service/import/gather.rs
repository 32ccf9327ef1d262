//! From files to the lists that they make together.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::error::ImportError;
use crate::domain::{ListEntry, ListKind, ListSnapshot, Sha256};
use crate::formats::limits;
use crate::formats::programme::tuf::TufRoot;
use crate::formats::programme::{self, ProgrammeError, ProgrammeFile, read};
use crate::formats::x509::Certificate;
use crate::judge::programme::completed;

/// What the files hold together.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// Each kind once, by its word.
    pub(super) lists: Vec<ListSnapshot>,
    /// Certificates that lay beside a list of hashes.
    pub(super) beside: Vec<ListEntry>,
    /// By version, each once.
    pub(super) roots: Vec<(PathBuf, TufRoot)>,
    /// The certificates themselves of all files.
    pub(super) certificates: Vec<Certificate>,
    /// The keys whose signatures over a list hold.
    pub(super) signers: BTreeMap<ListKind, Vec<Sha256>>,
}

/// Reads every file; nothing is used when one of them cannot be read whole.
pub(super) fn gather(paths: &[PathBuf], seen: Timestamp) -> Result<Gathered, ImportError> {
    let mut certificates: BTreeMap<ListKind, Vec<ListEntry>> = BTreeMap::new();
    let mut lists: Vec<(PathBuf, ListSnapshot)> = vec![];
    let mut gathered = Gathered::default();
    for path in paths {
        let bytes = bytes_of(path)?;
        let file = one(path, &bytes, seen)?;
        gathered
            .certificates
            .extend(programme::certificates(&bytes));
        if let ProgrammeFile::List(list) = &file {
            let signers = programme::signed_by(&bytes);
            gathered.signers.insert(list.list, signers);
        }
        match file {
            ProgrammeFile::Certificates(kind, entries) => {
                certificates.entry(kind).or_default().extend(entries);
            }
            ProgrammeFile::Tuf(root) => gathered.add_root(path, *root)?,
            // Keyrings are often one file a key.
            ProgrammeFile::List(list) if list.list == ListKind::OpenPgp => {
                match lists.iter_mut().find(|(_, known)| known.list == list.list) {
                    Some((_, known)) => {
                        let mut entries = std::mem::take(&mut known.entries);
                        entries.extend(list.entries);
                        *known = ListSnapshot::new(list.list, None, entries);
                    }
                    None => lists.push((path.clone(), list)),
                }
            }
            ProgrammeFile::List(list) => {
                if let Some((other, _)) = lists.iter().find(|(_, known)| known.list == list.list) {
                    return Err(ImportError::TwoLists {
                        path: path.clone(),
                        other: other.clone(),
                        list: list.list,
                    });
                }
                lists.push((path.clone(), list));
            }
        }
    }
    gathered.roots.sort_by_key(|(_, root)| root.version);
    gathered.lists = lists.into_iter().map(|(_, list)| list).collect();
    let by_hash = gathered
        .lists
        .iter()
        .any(|list| matches!(list.list, ListKind::AuthRoot | ListKind::Ccadb));
    if by_hash {
        // Then they are no list of their own, but say what the hashes mean.
        let all = certificates.into_values().flatten().collect();
        let beside = ListSnapshot::new(ListKind::Certificates, None, all);
        for list in &mut gathered.lists {
            *list = completed(list, &beside);
        }
        gathered.beside = beside.entries;
    } else {
        let own = certificates
            .into_iter()
            .map(|(kind, entries)| ListSnapshot::new(kind, None, entries));
        gathered.lists.extend(own);
    }
    gathered.lists.sort_by_key(|list| list.list);
    Ok(gathered)
}

impl Gathered {
    fn add_root(&mut self, path: &Path, root: TufRoot) -> Result<(), ImportError> {
        let known = self
            .roots
            .iter()
            .find(|(_, known)| known.version == root.version);
        match known {
            Some((_, known)) if known.says_the_same(&root) => {}
            Some(_) => {
                return Err(ImportError::TwoVersions {
                    path: path.to_path_buf(),
                    version: root.version,
                });
            }
            None => self.roots.push((path.to_path_buf(), root)),
        }
        Ok(())
    }
}

fn bytes_of(path: &Path) -> Result<Vec<u8>, ImportError> {
    use std::io::Read as _;
    let trouble = |source| ImportError::Io {
        path: path.to_path_buf(),
        source,
    };
    let file = std::fs::File::open(path).map_err(trouble)?;
    let mut bytes = vec![];
    // One byte more than is taken, so that the reader sees that there is too much.
    file.take(limits::PROGRAMME_FILE as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(trouble)?;
    Ok(bytes)
}

fn one(path: &Path, bytes: &[u8], seen: Timestamp) -> Result<ProgrammeFile, ImportError> {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    read(&name, bytes, seen).map_err(|error: ProgrammeError| ImportError::File {
        path: path.to_path_buf(),
        error,
    })
}
