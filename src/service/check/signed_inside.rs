//! Files that carry a signify signature themselves: around a text (`SHA256.sig`), or in the header of
//! a gzip (OpenBSD's packages).

use super::beside::Beside;
use super::detached::Detached;
use super::measured::Measured;
use super::read::ReadError;
use super::readers::Candidate;
use crate::domain::{Finding, FindingKind, HashAlgorithm};
use crate::formats::container::Container;
use crate::formats::limits;
use crate::formats::public_key::COMMENT_PREFIX;
use crate::formats::signify::{GzipError, SignedGzip, SignifySignature};
use crate::formats::source::Source;
use crate::judge::facts::{PackageFacts, PackageFormat, SignatureObject};

/// The facts of such a file; `None` when it is none.
pub(super) fn read(file: &Candidate<'_>) -> Result<Option<PackageFacts>, ReadError> {
    let Candidate { source, beside, .. } = *file;
    let name = file.name.to_owned();
    if let Some(bytes) = around_text(source)? {
        let object = object(name, bytes, beside, "the text inside");
        return facts(source, PackageFormat::File, object, beside).map(Some);
    }
    let gzip = match SignedGzip::read(source) {
        Ok(Some(gzip)) => gzip,
        Ok(None) => return Ok(None),
        Err(GzipError::Io(error)) => return Err(error.into()),
        Err(error) => return Err(ReadError::Unreadable(error.to_string())),
    };
    let place = format!("{name}, gzip header");
    let object = object(place, gzip.signature.clone(), beside, "every block");
    let format = match Container::open(source) {
        Ok(Some(Container::Tar(_))) => PackageFormat::Tar,
        _ => PackageFormat::File,
    };
    let mut facts = facts(source, format, object, beside)?;
    match gzip.check_blocks(source) {
        Ok(()) => {}
        Err(GzipError::Io(error)) => return Err(error.into()),
        Err(error) => {
            facts.content_differs = true;
            facts
                .findings
                .push(Finding::whole(FindingKind::SignatureBad {
                    detail: error.to_string(),
                }));
        }
    }
    Ok(Some(facts))
}

/// A signature file that holds what it signs.
fn around_text(source: &dyn Source) -> Result<Option<Vec<u8>>, ReadError> {
    let probe = COMMENT_PREFIX.len();
    let size = usize::try_from(source.size()).unwrap_or(usize::MAX);
    if !(probe..=limits::SIGNATURE_OBJECT).contains(&size)
        || source.read_range(0, probe)? != COMMENT_PREFIX.as_bytes()
    {
        return Ok(None);
    }
    let bytes = source.read_range(0, size)?;
    Ok(embedded(&bytes).map(|_| bytes))
}

/// The text inside a signature.
pub(super) fn embedded(signature: &[u8]) -> Option<Vec<u8>> {
    SignifySignature::parse(signature).ok()?.embedded
}

/// The object of a signature that holds its text.
pub(super) fn object(
    place: String,
    bytes: Vec<u8>,
    beside: &Beside<'_>,
    covers: &str,
) -> SignatureObject {
    let text = embedded(&bytes).unwrap_or_default();
    let detached = Detached::of(place, bytes);
    let measured = Measured::bytes(&text, [HashAlgorithm::Sha256].into(), &[]);
    detached.object(&measured, beside.keys(), covers)
}

fn facts(
    source: &dyn Source,
    format: PackageFormat,
    object: SignatureObject,
    beside: &Beside<'_>,
) -> Result<PackageFacts, ReadError> {
    let measured = beside.measure(source)?;
    let mut objects = vec![object];
    objects.extend(beside.objects(&measured));
    Ok(PackageFacts {
        format,
        sha256: measured.sha256(),
        size: source.size(),
        refused: false,
        content_differs: false,
        objects,
        findings: vec![],
        named_vendor: None,
    })
}
