//! What to judge: the paths a person named become packages, each with the files that lie beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::formats::limits;
use crate::formats::package::is_checksum_list;

/// Endings of files that sign the file whose name they extend.
const SIGNATURE_ENDINGS: [&str; 10] = [
    "p7s",
    "p7m",
    "cms",
    "sig",
    "sign",
    "signature",
    "asc",
    "gpg",
    "minisig",
    "rsa",
];
/// Endings of files that carry the key of such a signature.
const CERTIFICATE_ENDINGS: [&str; 6] = ["crt", "cer", "cert", "pem", "p7b", "der"];

/// One thing to judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Job {
    /// The path as the person named it, or as it was reached from there.
    pub(super) path: PathBuf,
    pub(super) what: What,
    /// Named by the person, not met on the way through a folder.
    pub(super) named: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    /// A file, with the signatures and certificates that lie beside it.
    File {
        signatures: Vec<PathBuf>,
        certificates: Vec<PathBuf>,
        /// The signed lists among its neighbours, which may name it.
        lists: Arc<[SignedList]>,
    },
    /// A folder that is one package: its files, relative, sorted.
    Folder {
        files: Vec<PathBuf>,
        /// What is neither file nor folder: links, devices, pipes. An installer would meet them.
        others: Vec<PathBuf>,
    },
    /// It could not be looked at.
    Unreadable { detail: String },
}

/// A list of digests, with the signatures beside it; none when it may hold its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SignedList {
    pub(super) list: PathBuf,
    pub(super) signatures: Vec<PathBuf>,
}

/// The files of one folder, by name, and the signed lists among them.
struct Neighbours {
    names: BTreeSet<OsString>,
    lists: Arc<[SignedList]>,
}

impl Neighbours {
    fn new(folder: &Path, names: BTreeSet<OsString>) -> Self {
        let lists = names
            .iter()
            .filter_map(|name| {
                let text = name.to_str()?;
                let base = text
                    .rsplit_once('.')
                    .filter(|(_, ending)| SIGNATURE_ENDINGS.contains(ending))
                    .map_or(text, |(base, _)| base);
                // A signature beside its list is no list.
                let signs = base != text && names.contains(OsStr::new(base));
                (is_checksum_list(base) && !signs).then(|| SignedList {
                    list: folder.join(name),
                    signatures: extended(name, &SIGNATURE_ENDINGS, &names)
                        .map(|name| folder.join(name))
                        .collect(),
                })
            })
            .collect();
        Self { names, lists }
    }
}

/// The names that extend `name` by one of these endings, in the order of the endings.
fn extended<'a>(
    name: &'a OsStr,
    endings: &'a [&str],
    names: &'a BTreeSet<OsString>,
) -> impl Iterator<Item = OsString> + 'a {
    endings
        .iter()
        .map(|ending| {
            let mut extended = name.to_os_string();
            extended.push(".");
            extended.push(ending);
            extended
        })
        .filter(|extended| names.contains(extended))
}

/// How folders are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// One package when its top has a signed manifest, else each file is one.
    Detect,
    Package,
    Files,
}

/// The jobs for the named paths, in order; within a folder by name.
pub(super) fn jobs(
    paths: &[PathBuf],
    grouping: Grouping,
    is_package: &dyn Fn(&[PathBuf]) -> bool,
) -> Vec<Job> {
    let mut jobs = vec![];
    for path in paths {
        match std::fs::metadata(path) {
            Err(error) => jobs.push(unreadable(path, &error, true)),
            Ok(metadata) if metadata.is_dir() => folder(path, grouping, is_package, &mut jobs),
            Ok(_) => {
                let parent = path.parent().unwrap_or(Path::new(""));
                let here = if parent.as_os_str().is_empty() {
                    Path::new(".")
                } else {
                    parent
                };
                let neighbours = Neighbours::new(parent, names(here).unwrap_or_default());
                jobs.push(file(path, &neighbours, true));
            }
        }
    }
    jobs
}

fn folder(
    top: &Path,
    grouping: Grouping,
    is_package: &dyn Fn(&[PathBuf]) -> bool,
    jobs: &mut Vec<Job>,
) {
    let mut met = Met::default();
    walk(top, Path::new(""), 0, &mut met);
    let Met {
        files,
        others,
        broken,
    } = met;
    let one = match grouping {
        Grouping::Package => true,
        Grouping::Files => false,
        Grouping::Detect => is_package(&files),
    };
    if one {
        jobs.push(Job {
            path: top.to_path_buf(),
            what: match broken.into_iter().next() {
                // A package with an unreadable corner cannot be judged as a whole.
                Some(Job {
                    what: What::Unreadable { detail },
                    ..
                }) => What::Unreadable { detail },
                _ => What::Folder { files, others },
            },
            named: true,
        });
        return;
    }
    let taken: BTreeSet<PathBuf> = files
        .iter()
        .filter(|name| attached_to(name, &files))
        .cloned()
        .collect();
    let mut by_folder: BTreeMap<&Path, BTreeSet<OsString>> = BTreeMap::new();
    for name in &files {
        let parent = name.parent().unwrap_or(Path::new(""));
        let names = by_folder.entry(parent).or_default();
        names.extend(name.file_name().map(OsString::from));
    }
    let neighbours: BTreeMap<&Path, Neighbours> = by_folder
        .into_iter()
        .map(|(folder, names)| (folder, Neighbours::new(&top.join(folder), names)))
        .collect();
    for name in files.iter().filter(|name| !taken.contains(*name)) {
        let parent = name.parent().unwrap_or(Path::new(""));
        if let Some(neighbours) = neighbours.get(parent) {
            jobs.push(file(&top.join(name), neighbours, false));
        }
    }
    jobs.extend(broken);
}

/// Whether this file only signs, or certifies, another one of the list.
fn attached_to(name: &Path, files: &[PathBuf]) -> bool {
    let ending = name.extension().and_then(|ending| ending.to_str());
    let known = ending.is_some_and(|ending| {
        SIGNATURE_ENDINGS.contains(&ending) || CERTIFICATE_ENDINGS.contains(&ending)
    });
    known && files.binary_search(&name.with_extension("")).is_ok()
}

fn file(path: &Path, neighbours: &Neighbours, named: bool) -> Job {
    let beside = |endings: &[&str]| {
        let name = path.file_name().unwrap_or_default();
        extended(name, endings, &neighbours.names)
            .map(|extended| path.with_file_name(extended))
            .collect()
    };
    Job {
        path: path.to_path_buf(),
        what: What::File {
            signatures: beside(&SIGNATURE_ENDINGS),
            certificates: beside(&CERTIFICATE_ENDINGS),
            lists: Arc::clone(&neighbours.lists),
        },
        named,
    }
}

fn names(folder: &Path) -> io::Result<BTreeSet<OsString>> {
    std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.file_name()))
        .collect()
}

/// What lies below a folder, relative to it.
#[derive(Default)]
struct Met {
    files: Vec<PathBuf>,
    /// Neither files nor folders.
    others: Vec<PathBuf>,
    broken: Vec<Job>,
}

/// Collects what lies below `top`, the files sorted. Links are not followed: they would lead out of
/// the folder, or around in it.
fn walk(top: &Path, below: &Path, depth: usize, met: &mut Met) {
    let here = top.join(below);
    let names = match names(&here) {
        Ok(names) if depth <= limits::PATH_DEPTH => names,
        Ok(_) => {
            let error = io::Error::other(format!("more than {} folders deep", limits::PATH_DEPTH));
            return met.broken.push(unreadable(&here, &error, false));
        }
        Err(error) => return met.broken.push(unreadable(&here, &error, false)),
    };
    for name in names {
        if met.files.len() + met.others.len() >= limits::ENTRIES {
            let error = io::Error::other(format!("more than {} files", limits::ENTRIES));
            return met.broken.push(unreadable(&here, &error, false));
        }
        let relative = below.join(&name);
        match std::fs::symlink_metadata(here.join(&name)) {
            Ok(metadata) if metadata.is_dir() => walk(top, &relative, depth + 1, met),
            Ok(metadata) if metadata.is_file() => met.files.push(relative),
            Ok(_) => met.others.push(relative),
            Err(error) => met
                .broken
                .push(unreadable(&here.join(&name), &error, false)),
        }
    }
    if depth == 0 {
        met.files.sort();
        met.others.sort();
    }
}

fn unreadable(path: &Path, error: &io::Error, named: bool) -> Job {
    Job {
        path: path.to_path_buf(),
        what: What::Unreadable {
            detail: error.to_string(),
        },
        named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(files: &[&str], grouping: Grouping) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for name in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        let is_package = |files: &[PathBuf]| files.contains(&PathBuf::from("manifest.json.p7s"));
        jobs(&[folder.path().to_path_buf()], grouping, &is_package)
            .into_iter()
            .map(|job| {
                let name = job
                    .path
                    .strip_prefix(folder.path())
                    .unwrap()
                    .display()
                    .to_string();
                match job.what {
                    What::File {
                        signatures,
                        certificates,
                        ..
                    } => {
                        format!("{name} {}+{}", signatures.len(), certificates.len())
                    }
                    What::Folder { files, .. } => format!("{name}/ {}", files.len()),
                    What::Unreadable { detail } => format!("{name} {detail}"),
                }
            })
            .collect()
    }

    #[test]
    fn signatures_go_with_the_file_they_extend() {
        let files = [
            "b/tool.bin",
            "b/tool.bin.sig",
            "b/tool.bin.pem",
            "a.zip",
            "lone.sig",
        ];
        assert_eq!(
            listed(&files, Grouping::Detect),
            ["a.zip 0+0", "b/tool.bin 1+1", "lone.sig 0+0"]
        );
    }

    #[test]
    fn a_folder_with_a_signed_manifest_is_one_package() {
        let files = ["manifest.json", "manifest.json.p7s", "app.bin"];
        assert_eq!(listed(&files, Grouping::Detect), ["/ 3"]);
        assert_eq!(
            listed(&files, Grouping::Files),
            ["app.bin 0+0", "manifest.json 1+0"]
        );
    }
}
