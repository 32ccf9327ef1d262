//! Files that a signed list beside them names: `SHA256SUMS` and its signature, a clearsigned
//! `SHASUMS256.txt.asc`, or `SHA256.sig` as `signify -C` takes it, each for every file of a release.

use std::path::Path;

use super::beside::{Beside, bounded};
use super::detached::Detached;
use super::jobs::SignedList;
use super::measured::Measured;
use super::openpgp::of_cleartext;
use super::read::ReadError;
use super::readers::Candidate;
use super::signed_inside::{embedded, object};
use crate::domain::{Finding, FindingKind, HashAlgorithm, hex};
use crate::formats::limits;
use crate::formats::manifest::Manifest;
use crate::formats::openpgp::Cleartext;
use crate::judge::facts::{PackageFacts, PackageFormat, SignatureObject};

/// A list that names the file.
struct Named {
    algorithm: HashAlgorithm,
    digest: Vec<u8>,
    /// The signatures over the list.
    objects: Vec<SignatureObject>,
}

/// The facts of a file that such lists name; `None` when none does. What a list says of other files,
/// present or absent, is not asked.
pub(super) fn read(
    file: &Candidate<'_>,
    format: PackageFormat,
) -> Result<Option<PackageFacts>, ReadError> {
    let mut named = vec![];
    for list in file.lists.iter().take(limits::CANDIDATES) {
        // A file of that name that is no such list, or cannot be read, says nothing.
        named.extend(named_in(list, file.name, file.beside));
    }
    if named.is_empty() {
        return Ok(None);
    }
    let algorithms = named.iter().map(|one| one.algorithm).collect();
    let measured = Measured::source(file.source, algorithms, &[], 0)?;
    let mut facts = PackageFacts {
        format,
        sha256: measured.sha256(),
        size: file.source.size(),
        refused: false,
        content_differs: false,
        objects: vec![],
        findings: vec![],
        named_vendor: None,
    };
    for Named {
        algorithm,
        digest,
        objects,
    } in named
    {
        let found = measured.digests().find(|(known, _)| *known == algorithm);
        let found = found.map_or_else(Vec::new, |(_, digest)| digest.to_vec());
        if found != digest {
            facts.content_differs = true;
            facts
                .findings
                .push(Finding::whole(FindingKind::ContentDiffers {
                    algorithm,
                    expected: hex(&digest),
                    found: hex(&found),
                }));
        }
        if algorithm.is_weak() {
            facts
                .findings
                .push(Finding::whole(FindingKind::WeakDigest { algorithm }));
        }
        facts.objects.extend(objects);
    }
    Ok(Some(facts))
}

/// What a list says of a file, when it names it and is signed.
fn named_in(list: &SignedList, name: &str, beside: &Beside<'_>) -> Option<Named> {
    let bytes = bounded(&list.list, limits::LIST).ok()?;
    let place = file_name(&list.list);
    let covers = format!("{place} and this file");
    if let Some(text) = embedded(&bytes) {
        let (algorithm, digest) = digest_of(&text, name)?;
        return Some(Named {
            algorithm,
            digest,
            objects: vec![object(place, bytes, beside, &covers)],
        });
    }
    if let Ok(cleartext) = Cleartext::read(&bytes) {
        let (algorithm, digest) = digest_of(&cleartext.text, name)?;
        return Some(Named {
            algorithm,
            digest,
            objects: of_cleartext(&place, &cleartext, beside.keys(), &covers),
        });
    }
    let (algorithm, digest) = digest_of(&bytes, name)?;
    let signatures: Vec<Detached> = list
        .signatures
        .iter()
        .filter_map(|path| {
            let bytes = bounded(path, limits::SIGNATURE_OBJECT).ok()?;
            Some(Detached::of(file_name(path), bytes))
        })
        .collect();
    let algorithms = signatures.iter().flat_map(Detached::algorithms).collect();
    let openpgp: Vec<_> = signatures
        .iter()
        .flat_map(|signature| signature.openpgp_signatures().iter().cloned())
        .collect();
    let measured = Measured::bytes(&bytes, algorithms, &openpgp);
    let objects: Vec<SignatureObject> = signatures
        .iter()
        .flat_map(|signature| signature.objects(&measured, beside.keys(), &covers))
        .collect();
    (!objects.is_empty()).then_some(Named {
        algorithm,
        digest,
        objects,
    })
}

/// The strongest digest that a list states for a file; `None` when it is no list or does not name it.
fn digest_of(list: &[u8], name: &str) -> Option<(HashAlgorithm, Vec<u8>)> {
    let manifest = Manifest::parse(list).ok()?;
    let stated: Vec<&(HashAlgorithm, Vec<u8>)> = manifest
        .entries
        .iter()
        .filter(|entry| entry.path == name)
        .flat_map(|entry| &entry.digests)
        .collect();
    let (algorithm, digest) = stated.iter().max_by_key(|(algorithm, _)| *algorithm)?;
    // A list that names a file twice, with two digests, fits no file.
    let one = stated
        .iter()
        .all(|(other, value)| other != algorithm || value == digest);
    Some((*algorithm, if one { digest.clone() } else { vec![] }))
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
