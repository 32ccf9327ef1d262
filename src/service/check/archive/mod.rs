//! Packages of many files: zip, tar or folder, with a signed manifest or signed members.

mod folder;
mod members;

pub(super) use folder::{is_package, read_folder};

use std::collections::BTreeSet;

use super::CheckRequest;
use super::beside::{Beside, requested_keys};
use super::measured::Measured;
use super::read::ReadError;
use crate::domain::{Finding, FindingKind};
use crate::formats::container::{Container, Fault, Weight};
use crate::formats::source::Source as _;
use crate::judge::facts::{PackageFacts, PackageFormat};
use crate::service::source::FileSource;

/// The facts of an archive. A signature beside it covers all its bytes; otherwise what is inside
/// must cover the rest.
pub(super) fn read_archive(
    source: &FileSource,
    container: &Container<'_>,
    beside: &Beside<'_>,
    request: &CheckRequest,
) -> Result<PackageFacts, ReadError> {
    let format = format(container);
    if !beside.is_empty() {
        let measured = beside.measure(source)?;
        let structure = match container {
            Container::Zip(zip) => zip.faults(),
            Container::Tar(_) | Container::Folder(_) => &[],
        };
        return Ok(PackageFacts {
            format,
            sha256: measured.sha256(),
            size: source.size(),
            refused: false,
            content_differs: false,
            objects: beside.objects(&measured),
            findings: structure.iter().map(oddity).collect(),
            named_vendor: None,
        });
    }
    let inside = members::read(
        container,
        requested_keys(request, beside.keys().view())?,
        request,
    )?;
    let measured = Measured::source(source, BTreeSet::new(), 0)?;
    Ok(PackageFacts {
        format,
        sha256: measured.sha256(),
        size: source.size(),
        refused: inside.refused,
        content_differs: inside.content_differs,
        objects: inside.objects,
        findings: inside.findings,
        named_vendor: inside.named_vendor,
    })
}

/// The format that reports name.
pub(super) fn format(container: &Container<'_>) -> PackageFormat {
    match container {
        Container::Zip(_) => PackageFormat::Zip,
        Container::Tar(_) | Container::Folder(_) => PackageFormat::Tar,
    }
}

/// A fault where nothing depends on the container's structure.
fn oddity(fault: &Fault) -> Finding {
    Finding::whole(FindingKind::ContainerOddity {
        fault: fault.code().to_owned(),
        detail: fault.to_string(),
    })
}

/// A fault where the members are what is signed.
fn fault(fault: &Fault) -> Finding {
    if fault.weight() == Weight::Refusing {
        Finding::whole(FindingKind::ContainerFault {
            fault: fault.code().to_owned(),
            detail: fault.to_string(),
        })
    } else {
        oddity(fault)
    }
}
