//! What apt signs: `InRelease` and other clearsigned texts, `Release` with its signature beside it,
//! `.dsc` with the files it names.

use super::beside::Beside;
use super::openpgp::of_cleartext;
use super::read::ReadError;
use super::readers::{Candidate, size_of};
use crate::domain::{Finding, FindingKind, HashAlgorithm, hex};
use crate::formats::apt::{ListedFile, Release, ReleaseFault, SourceControl};
use crate::formats::container::Container;
use crate::formats::limits;
use crate::formats::openpgp::{Cleartext, CleartextFault};
use crate::formats::source::Source;
use crate::judge::facts::{PackageFacts, PackageFormat};
use crate::service::check::measured::Measured;
use crate::service::source::FileSource;

/// How much of a file is looked at for the beginning of a clearsigned text, in bytes: text before the
/// block must not hide it.
const PROBE: usize = 64 << 10;

/// The facts of a clearsigned file; `None` when it is none.
pub(super) fn read_cleartext(file: &Candidate<'_>) -> Result<Option<PackageFacts>, ReadError> {
    let Candidate { source, beside, .. } = *file;
    let start = source.read_range(0, PROBE.min(size_of(source)))?;
    if !Cleartext::is_one(&start) || is_quoted(&start, source)? {
        return Ok(None);
    }
    let mut facts = facts(source, PackageFormat::Cleartext, beside)?;
    let bytes = whole(source)?;
    let cleartext = match Cleartext::read(&bytes) {
        Ok(cleartext) => cleartext,
        Err(fault @ CleartextFault::TooLarge { .. }) => {
            return Err(ReadError::Unreadable(fault.to_string()));
        }
        Err(fault) => {
            facts.refused = true;
            facts.findings.push(refusing(fault.code(), &fault));
            return Ok(Some(facts));
        }
    };
    if Release::is_meant(&cleartext.text) {
        facts.format = PackageFormat::AptRelease;
        release(&cleartext.text, &mut facts);
    } else if SourceControl::is_meant(&cleartext.text) {
        facts.format = PackageFormat::SourceControl;
        match SourceControl::read(&cleartext.text) {
            Ok(control) => named_files(file, &control.files, &mut facts)?,
            Err(fault) => {
                facts.refused = true;
                facts
                    .findings
                    .push(refusing("source-control-ambiguous", &fault));
            }
        }
    }
    let objects = of_cleartext(file.name, &cleartext, beside.keys(), "the signed text");
    facts.objects.extend(objects);
    Ok(Some(facts))
}

/// Whether the text is only quoted: it lies in a file of an archive.
fn is_quoted(start: &[u8], source: &dyn Source) -> Result<bool, ReadError> {
    let text = start.trim_ascii_start();
    Ok(!text.starts_with(b"-----BEGIN PGP ") && Container::open(source)?.is_some())
}

/// The facts of a `Release` that its neighbour signs; `None` when it is none. Its content tells, since
/// apt keeps it under the whole address, and a name must not spare an old one its end.
pub(super) fn read_release(file: &Candidate<'_>) -> Result<Option<PackageFacts>, ReadError> {
    let Candidate { source, beside, .. } = *file;
    let named = file.name == "Release" || file.name.ends_with("_Release");
    if source.size() > limits::CLEARTEXT as u64
        || !(named || Release::is_meant(&source.read_range(0, PROBE.min(size_of(source)))?))
    {
        return Ok(None);
    }
    let text = whole(source)?;
    if !Release::is_meant(&text) || !named && Release::read(&text).is_err() {
        return Ok(None);
    }
    let mut facts = facts(source, PackageFormat::AptRelease, beside)?;
    release(&text, &mut facts);
    Ok(Some(facts))
}

/// The file's own digests, and what lies beside it.
fn facts(
    source: &dyn Source,
    format: PackageFormat,
    beside: &Beside<'_>,
) -> Result<PackageFacts, ReadError> {
    let measured = beside.measure(source)?;
    Ok(PackageFacts {
        format,
        sha256: measured.sha256(),
        size: source.size(),
        refused: false,
        content_differs: false,
        objects: beside.objects(&measured),
        findings: vec![],
        named_vendor: None,
    })
}

fn whole(source: &dyn Source) -> Result<Vec<u8>, ReadError> {
    // One byte more than is allowed lets the reader say that it is too much.
    let length = size_of(source).min(limits::CLEARTEXT + 1);
    Ok(source.read_range(0, length)?)
}

/// What a `Release` says of its own time; a text that two readers could take for different lists is
/// refused.
fn release(text: &[u8], facts: &mut PackageFacts) {
    match Release::read(text) {
        Ok(release) => facts
            .findings
            .push(Finding::whole(FindingKind::ReleaseWindow {
                date: release.date,
                valid_until: release.valid_until,
            })),
        Err(fault) => {
            facts.refused = true;
            let code = match fault {
                ReleaseFault::Date { .. } => "release-date-unclear",
                _ => "release-ambiguous",
            };
            facts.findings.push(refusing(code, &fault));
        }
    }
}

/// Holds the files that a `.dsc` names against those that lie beside it; what is not there is only
/// told.
fn named_files(
    control: &Candidate<'_>,
    files: &[ListedFile],
    facts: &mut PackageFacts,
) -> Result<(), ReadError> {
    // Inside a package, what holds the package together says what belongs to what.
    let Some(path) = control.path else {
        return Ok(());
    };
    let mut absent = vec![];
    for file in files {
        let there = path.with_file_name(&file.path);
        let strongest = file.digests.iter().max_by_key(|(algorithm, _)| *algorithm);
        let Some((algorithm, expected)) = strongest else {
            continue;
        };
        if !there.is_file() {
            absent.push(file.path.clone());
            continue;
        }
        let neighbour = FileSource::open(&there)?;
        if neighbour.size() != file.size {
            facts.content_differs = true;
            let (expected, found) = (file.size, neighbour.size());
            let kind = FindingKind::SizeDiffers { expected, found };
            facts.findings.push(Finding::new(kind, file.path.clone()));
            continue;
        }
        let measured = Measured::source(&neighbour, [*algorithm].into(), &[], 0)?;
        let found = measured.digests().find(|(known, _)| known == algorithm);
        let found = found.map_or_else(Vec::new, |(_, digest)| digest.to_vec());
        if found != *expected {
            facts.content_differs = true;
            let kind = FindingKind::ContentDiffers {
                algorithm: *algorithm,
                expected: hex(expected),
                found: hex(&found),
            };
            facts.findings.push(Finding::new(kind, file.path.clone()));
        } else if algorithm.is_weak() {
            weak(*algorithm, &file.path, facts);
        }
    }
    if let Some(first) = absent.first() {
        facts
            .findings
            .push(Finding::whole(FindingKind::ListedAbsent {
                count: u32::try_from(absent.len()).unwrap_or(u32::MAX),
                first: first.clone(),
            }));
    }
    Ok(())
}

fn weak(algorithm: HashAlgorithm, place: &str, facts: &mut PackageFacts) {
    let kind = FindingKind::WeakDigest { algorithm };
    facts.findings.push(Finding::new(kind, place));
}

fn refusing(code: &str, fault: &dyn std::fmt::Display) -> Finding {
    Finding::whole(FindingKind::ContainerFault {
        fault: code.to_owned(),
        detail: fault.to_string(),
    })
}
