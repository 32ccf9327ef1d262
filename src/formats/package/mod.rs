//! Which file of a package is the manifest, which sign it, and which carry the signer's key: found
//! by names alone, in the open part of the tree. A choice that names leave open is an error that
//! tells the candidates, never a guess; what a file beside the manifest really is, its content says
//! (see [`Sidecar`]).

mod sidecar;

pub use sidecar::Sidecar;

use crate::formats::limits;

/// What a name says about a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    Manifest,
    Signature,
    Certificate,
}

/// The parts of a package that are about the package. Paths as given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    pub manifest: String,
    /// At least one; all cover the manifest's bytes.
    pub signatures: Vec<String>,
    pub certificates: Vec<String>,
}

/// Why a package has no layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    #[error("no file is named like a manifest")]
    NoManifest,
    #[error("nothing is named like a signature of {manifest:?}")]
    NoSignature { manifest: String },
    #[error("several files could be the manifest: {}", candidates.join(", "))]
    SeveralManifests { candidates: Vec<String> },
    /// One signs the manifest by name, another could sign anything.
    #[error("it is not clear what these sign: {}", candidates.join(", "))]
    UnclearSignatures { candidates: Vec<String> },
}

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
/// `p7b` and `pem` may be either; they count as signatures only where they extend the manifest's
/// name and nothing else signs it.
const EITHER_ENDINGS: [&str; 2] = ["p7b", "pem"];
const CERTIFICATE_ENDINGS: [&str; 8] = ["crt", "cer", "cert", "pem", "der", "p7b", "p7c", "pub"];
/// Stems of signatures that name no file.
const LONE_STEMS: [&str; 5] = ["signature", "sign", "sig", "package", "detached"];
/// Words in the names of certificates that belong to a signature.
const CERTIFICATE_WORDS: [&str; 14] = [
    "ca",
    "cert",
    "certificate",
    "certificates",
    "certs",
    "chain",
    "intermediate",
    "issuer",
    "key",
    "public",
    "pubkey",
    "root",
    "signer",
    "signing",
];
/// Folders at the top in which vendors put signatures.
const SIDE_FOLDERS: [&str; 7] = [
    "signature",
    "signatures",
    "sig",
    "meta",
    "metadata",
    "meta-inf",
    "certs",
];

impl Layout {
    /// Finds the layout among normal paths.
    ///
    /// Considered are the top of the tree (below a single common folder, as tars have) and folders
    /// there that are named for signatures.
    ///
    /// # Errors
    /// When there is no manifest, no signature of it, or more than one way to choose.
    pub fn find(paths: &[&str]) -> Result<Self, LayoutError> {
        let top = common_folder(paths);
        let open: Vec<&str> = paths
            .iter()
            .copied()
            .filter(|path| path.strip_prefix(top).is_some_and(is_open))
            .collect();
        let manifests: Vec<&str> = open
            .iter()
            .copied()
            .filter(|path| role(path) == Some(Role::Manifest))
            .collect();
        // Each is held against every file, and nobody reads a list of a thousand candidates.
        if manifests.len() > limits::CANDIDATES {
            return Err(LayoutError::SeveralManifests {
                candidates: first_few(&manifests),
            });
        }
        let lone: Vec<&str> = open.iter().copied().filter(|path| is_lone(path)).collect();
        let signed: Vec<(&str, Vec<&str>)> = manifests
            .iter()
            .map(|manifest| {
                (
                    *manifest,
                    signatures_of(manifest, &open, manifests.len() == 1),
                )
            })
            .filter(|(_, signatures)| !signatures.is_empty())
            .collect();
        let (manifest, signatures) = match (signed.as_slice(), manifests.as_slice()) {
            (_, []) => return Err(LayoutError::NoManifest),
            ([], [only]) if lone.is_empty() => {
                return Err(LayoutError::NoSignature {
                    manifest: (*only).to_owned(),
                });
            }
            ([], [only]) => (*only, lone),
            ([(manifest, signatures)], _) if lone.iter().all(|path| signatures.contains(path)) => {
                (*manifest, signatures.clone())
            }
            ([(_, signatures)], _) => {
                return Err(LayoutError::UnclearSignatures {
                    candidates: first_few(signatures.iter().chain(&lone)),
                });
            }
            ([], _) => {
                return Err(LayoutError::SeveralManifests {
                    candidates: first_few(&manifests),
                });
            }
            (several, _) => {
                return Err(LayoutError::SeveralManifests {
                    candidates: first_few(several.iter().map(|(manifest, _)| manifest)),
                });
            }
        };
        let certificates = open
            .iter()
            .copied()
            .filter(|path| !signatures.contains(path) && *path != manifest)
            .filter(|path| is_certificate_of(path, manifest, &signatures))
            .take(limits::CERTIFICATES);
        Ok(Self {
            manifest: manifest.to_owned(),
            certificates: owned(certificates),
            signatures: owned(&signatures),
        })
    }

    /// Whether a file need not stand in the manifest.
    #[must_use]
    pub fn is_exempt(&self, path: &str) -> bool {
        let same = |known: &String| known == path;
        self.manifest == path
            || self.signatures.iter().any(same)
            || self.certificates.iter().any(same)
    }
}

/// What a file's name says, wherever it lies; for choosing what to read while a container streams by.
#[must_use]
pub fn role(path: &str) -> Option<Role> {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if SIGNATURE_ENDINGS.contains(&ending) || LONE_STEMS.contains(&name.as_str()) {
        return Some(Role::Signature);
    }
    if CERTIFICATE_ENDINGS.contains(&ending) {
        return Some(Role::Certificate);
    }
    is_manifest(&name).then_some(Role::Manifest)
}

fn is_manifest(name: &str) -> bool {
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let sums = |stem: &str| {
        [
            "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "check",
        ]
        .iter()
        .any(|hash| stem.ends_with(&format!("{hash}sums")) || stem.ends_with(&format!("{hash}sum")))
    };
    match ending {
        "manifest" | "mf" => true,
        "json" | "txt" => stem.contains("manifest") || sums(stem),
        "" => stem == "manifest" || sums(stem),
        _ => sums(ending),
    }
}

/// Whether a name is one of those under which projects publish the checksums of a release:
/// `SHA256SUMS`, `SHASUMS256.txt`, `terraform_1.9.0_SHA256SUMS`, `Fedora-41-CHECKSUM`, `SHA256`...
#[must_use]
pub fn is_checksum_list(name: &str) -> bool {
    let name = name.to_lowercase();
    let stem = name.strip_suffix(".txt").unwrap_or(&name);
    let sums = ["sums", "sum"].iter().any(|word| {
        [
            "md5", "sha1", "sha224", "sha256", "sha384", "sha512", "check",
        ]
        .iter()
        .any(|hash| stem.ends_with(&format!("{hash}{word}")))
    });
    sums || stem.ends_with("checksum")
        || matches!(
            stem,
            "sha256" | "sha512" | "shasums" | "shasums256" | "shasums512" | "sums"
        )
}

/// Lone signatures: `signature.p7s` and the like.
fn is_lone(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    LONE_STEMS.contains(&stem) && (ending.is_empty() || SIGNATURE_ENDINGS.contains(&ending))
}

/// Files that extend the manifest's name, or for the only manifest its stem (`manifest.sig`).
fn signatures_of<'a>(manifest: &str, open: &[&'a str], only: bool) -> Vec<&'a str> {
    let full = file_name(manifest);
    let stem = full.rsplit_once('.').map_or(full, |(stem, _)| stem);
    let ending_of = |path: &str, stem: &str| {
        file_name(path)
            .strip_prefix(stem)
            .and_then(|rest| rest.strip_prefix('.'))
            .map(str::to_lowercase)
    };
    let with = |endings: &[&str], stem: &str| -> Vec<&'a str> {
        open.iter()
            .copied()
            .filter(|path| *path != manifest)
            .filter(|path| {
                ending_of(path, stem).is_some_and(|ending| endings.contains(&ending.as_str()))
            })
            .collect()
    };
    let mut found = with(&SIGNATURE_ENDINGS, full);
    if only && stem != full {
        found.extend(with(&SIGNATURE_ENDINGS, stem));
    }
    if found.is_empty() {
        found = with(&EITHER_ENDINGS, full);
    }
    found
}

fn is_certificate_of(path: &str, manifest: &str, signatures: &[&str]) -> bool {
    let name = file_name(path).to_lowercase();
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return false;
    };
    if !CERTIFICATE_ENDINGS.contains(&ending) {
        return false;
    }
    let beside = signatures.iter().copied().chain([manifest]).any(|known| {
        let known = file_name(known).to_lowercase();
        stem == known || Some(stem) == known.rsplit_once('.').map(|(stem, _)| stem)
    });
    let words = stem.split(|c: char| !c.is_ascii_alphanumeric());
    beside
        || words
            .into_iter()
            .any(|word| CERTIFICATE_WORDS.contains(&word))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The one folder in which everything lies, with its slash; else nothing.
fn common_folder<'a>(paths: &[&'a str]) -> &'a str {
    let folder = |path: &'a str| path.split_once('/').map(|(first, _)| first.len() + 1);
    let Some(first) = paths.iter().copied().find(|path| path.contains('/')) else {
        return "";
    };
    let prefix = folder(first).and_then(|end| first.get(..end)).unwrap_or("");
    // The folder's own entry, which tars have, does not count.
    let inside = |path: &&str| path.starts_with(prefix) || prefix.strip_suffix('/') == Some(*path);
    if paths.iter().all(inside) { prefix } else { "" }
}

/// At the top, or in a folder there that is named for signatures.
fn is_open(path: &str) -> bool {
    match path.split_once('/') {
        None => true,
        Some((folder, name)) => {
            !name.contains('/') && SIDE_FOLDERS.contains(&folder.to_lowercase().as_str())
        }
    }
}

fn first_few<'a, S: AsRef<str> + 'a + ?Sized>(
    paths: impl IntoIterator<Item = &'a S>,
) -> Vec<String> {
    owned(paths.into_iter().take(limits::CANDIDATES))
}

fn owned<'a, S: AsRef<str> + 'a + ?Sized>(paths: impl IntoIterator<Item = &'a S>) -> Vec<String> {
    paths
        .into_iter()
        .map(|path| path.as_ref().to_owned())
        .collect()
}
