//! Lists of files with digests, in `Release` and `.dsc`: one line a file, one list a hash.

use std::collections::BTreeMap;

use super::deb822::Paragraph;
use crate::domain::HashAlgorithm;
use crate::formats::limits;

/// One file that a signed document names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Relative, with `/` between folders.
    pub path: String,
    pub size: u64,
    /// One a list that names it, in the order of [`HashAlgorithm::ALL`].
    pub digests: Vec<(HashAlgorithm, Vec<u8>)>,
}

/// Why lists cannot be read in one way only; `number` counts a field's lines from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileListFault {
    #[error("{field}, entry {number}: not a digest, a size and a name")]
    Entry { field: &'static str, number: usize },
    #[error("{field}: {path} stands twice")]
    Duplicate { field: &'static str, path: String },
    #[error("{field}: {path} leaves the folder or has no normal form")]
    Path { field: &'static str, path: String },
    #[error("{path} has two sizes")]
    Sizes { path: String },
    /// `.dsc`: every list names every file.
    #[error("{path} is missing in {field}")]
    Missing { field: &'static str, path: String },
    #[error("more than {limit} files")]
    TooMany { limit: usize },
}

/// Gathers the lists of a paragraph, by path. With `complete`, each list that is there must name every
/// file.
pub(super) fn read(
    paragraph: &Paragraph,
    lists: &[(&'static str, HashAlgorithm)],
    folders: bool,
    complete: bool,
) -> Result<Vec<ListedFile>, FileListFault> {
    let mut files: BTreeMap<String, ListedFile> = BTreeMap::new();
    let mut present = vec![];
    for (field, algorithm) in lists {
        let Some(value) = paragraph.get(field) else {
            continue;
        };
        present.push((*field, *algorithm));
        for (index, line) in value.split('\n').enumerate().skip(1) {
            let (digest, size, path) = entry(line, *algorithm).ok_or(FileListFault::Entry {
                field,
                number: index,
            })?;
            if !is_tame(path, folders) {
                return Err(FileListFault::Path {
                    field,
                    path: path.chars().take(limits::DESCRIPTION).collect(),
                });
            }
            if files.len() >= limits::ENTRIES {
                return Err(FileListFault::TooMany {
                    limit: limits::ENTRIES,
                });
            }
            let known = files.entry(path.to_owned()).or_insert_with(|| ListedFile {
                path: path.to_owned(),
                size,
                digests: vec![],
            });
            if known.size != size {
                return Err(FileListFault::Sizes {
                    path: path.to_owned(),
                });
            }
            if known.digests.iter().any(|(of, _)| of == algorithm) {
                return Err(FileListFault::Duplicate {
                    field,
                    path: path.to_owned(),
                });
            }
            known.digests.push((*algorithm, digest));
        }
    }
    let mut files: Vec<ListedFile> = files.into_values().collect();
    for file in &mut files {
        file.digests.sort_by_key(|(algorithm, _)| *algorithm);
        if let Some((field, _)) = present
            .iter()
            .find(|(_, algorithm)| complete && !file.digests.iter().any(|(of, _)| of == algorithm))
        {
            return Err(FileListFault::Missing {
                field,
                path: file.path.clone(),
            });
        }
    }
    Ok(files)
}

fn entry(line: &str, algorithm: HashAlgorithm) -> Option<(Vec<u8>, u64, &str)> {
    let mut words = line.split_ascii_whitespace();
    let (digest, size, path) = (words.next()?, words.next()?, words.next()?);
    if words.next().is_some()
        || digest.len() != 2 * algorithm.length()
        || !size.bytes().all(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let digest = digest
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| {
            let pair = str::from_utf8(pair).ok()?;
            let hex = pair.bytes().all(|byte| byte.is_ascii_hexdigit());
            hex.then(|| u8::from_str_radix(pair, 16).ok()).flatten()
        })
        .collect::<Option<Vec<u8>>>()?;
    Some((digest, size.parse().ok()?, path))
}

/// A relative path without `.`, `..`, empty parts or backslashes.
fn is_tame(path: &str, folders: bool) -> bool {
    path.len() <= limits::NAME
        && (folders || !path.contains('/'))
        && !path.contains(['\\', '\u{fffd}'])
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
