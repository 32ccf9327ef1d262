//! Files that a signed list beside them names: `SHA256.sig` and every file of a release, as
//! `signify -C` takes them.

use std::path::{Path, PathBuf};

use super::beside::bounded;
use super::measured::Measured;
use super::read::ReadError;
use super::readers::Candidate;
use super::signed_inside::{embedded, object};
use crate::domain::{Finding, FindingKind, HashAlgorithm};
use crate::formats::limits;
use crate::formats::manifest::Manifest;
use crate::judge::facts::{PackageFacts, PackageFormat};

/// The lists' names; the signature is part of them, so that no other file tells what they sign.
const LISTS: [&str; 2] = ["SHA256.sig", "SHA512.sig"];

/// The facts of a file that such a list names; `None` when none does. What the list says of other
/// files, present or absent, is not asked.
pub(super) fn read(
    file: &Candidate<'_>,
    format: PackageFormat,
) -> Result<Option<PackageFacts>, ReadError> {
    let Candidate {
        source,
        name,
        beside,
        ..
    } = *file;
    let Some(path) = file.path else {
        return Ok(None);
    };
    for list in lists(path) {
        // A file of that name that is no such list says nothing.
        let Ok(bytes) = bounded(&list, limits::SIGNATURE_OBJECT) else {
            continue;
        };
        let Some((algorithm, digest)) = digest_of(&bytes, name) else {
            continue;
        };
        let measured = Measured::source(source, [algorithm].into(), &[], 0)?;
        let found = measured.digests().find(|(known, _)| *known == algorithm);
        let found = found.map_or_else(Vec::new, |(_, digest)| digest.to_vec());
        let list_name = list
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let covers = format!("{list_name} and this file");
        let mut findings = vec![];
        if found != digest {
            findings.push(Finding::whole(FindingKind::ContentDiffers {
                algorithm,
                expected: hex(&digest),
                found: hex(&found),
            }));
        }
        if algorithm.is_weak() {
            findings.push(Finding::whole(FindingKind::WeakDigest { algorithm }));
        }
        return Ok(Some(PackageFacts {
            format,
            sha256: measured.sha256(),
            size: source.size(),
            refused: false,
            content_differs: found != digest,
            objects: vec![object(list_name, bytes, beside, &covers)],
            findings,
            named_vendor: None,
        }));
    }
    Ok(None)
}

fn lists(path: &Path) -> Vec<PathBuf> {
    LISTS
        .iter()
        .map(|name| path.with_file_name(name))
        .filter(|list| list != path && list.is_file())
        .collect()
}

/// The strongest digest that the list inside a signature states for a file; `None` when it is no such
/// list or does not name the file.
fn digest_of(signature: &[u8], name: &str) -> Option<(HashAlgorithm, Vec<u8>)> {
    let manifest = Manifest::parse(&embedded(signature)?).ok()?;
    let entry = manifest.entries.iter().find(|entry| entry.path == name)?;
    entry
        .digests
        .iter()
        .max_by_key(|(algorithm, _)| *algorithm)
        .cloned()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
