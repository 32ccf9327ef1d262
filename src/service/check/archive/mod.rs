//! Packages of many files: zip, tar or folder, with a signed manifest or signed members.

mod by_manifest;
mod by_members;
mod folder;
mod members;

pub(super) use folder::{is_package, read_folder};
use members::Inside;

use super::CheckRequest;
use super::beside::requested_keys;
use super::nested::{Allowance, children};
use super::read::{ReadError, Reading};
use super::readers::Candidate;
use crate::domain::{Finding, FindingKind};
use crate::formats::container::{Container, Fault, Weight};
use crate::formats::limits;
use crate::judge::facts::{PackageFacts, PackageFormat};

/// The facts of an archive: the signatures beside it, which cover all its bytes, and what is inside.
/// Anybody can put a signature beside a file, so that it never hides what the inside says.
pub(super) fn read_archive(
    file: &Candidate<'_>,
    container: &Container<'_>,
    allowance: &mut Allowance,
) -> Result<Reading, ReadError> {
    let Candidate {
        source,
        beside,
        request,
        ..
    } = *file;
    let format = format(container);
    let measured = beside.measure(source)?;
    let mut objects = beside.objects(&measured);
    // A signature that the caller named covers the file, and not a manifest in it.
    let inner = CheckRequest {
        signature: None,
        ..request.clone()
    };
    let inside = match members::read(
        container,
        requested_keys(request, beside.keys().view())?,
        &inner,
    ) {
        Ok(inside) => inside,
        Err(ReadError::Unreadable(_) | ReadError::Ambiguous { .. }) if !objects.is_empty() => {
            Inside {
                findings: structure(container)
                    .iter()
                    .take(limits::FAULTS_TOLD)
                    .map(oddity)
                    .collect(),
                ..Inside::default()
            }
        }
        Err(error) => return Err(error),
    };
    objects.extend(inside.objects);
    let mut findings = inside.findings;
    let children = if inside.refused {
        vec![]
    } else {
        children(container, &inside.signable, file, allowance, &mut findings)?
    };
    let facts = PackageFacts {
        format,
        sha256: measured.sha256(),
        size: source.size(),
        refused: inside.refused,
        content_differs: inside.content_differs,
        objects,
        findings,
        named_vendor: inside.named_vendor,
    };
    Ok(Reading { facts, children })
}

/// The faults that are known without reading the members.
fn structure<'a>(container: &'a Container<'_>) -> &'a [Fault] {
    match container {
        Container::Zip(zip) => zip.faults(),
        Container::Tar(_) | Container::Folder(_) => &[],
    }
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

/// The faults one by one, up to a limit; how many more there are.
fn told(faults: &[Fault]) -> Vec<Finding> {
    let mut heaviest: Vec<&Fault> = faults.iter().collect();
    if faults.len() > limits::FAULTS_TOLD {
        // What refuses the package is not to drown in oddities.
        heaviest.sort_by_key(|fault| std::cmp::Reverse(fault.weight()));
    }
    let mut findings: Vec<Finding> = heaviest
        .into_iter()
        .take(limits::FAULTS_TOLD)
        .map(fault)
        .collect();
    let more = faults.len().saturating_sub(limits::FAULTS_TOLD);
    if more > 0 {
        findings.push(Finding::whole(FindingKind::ContainerOddity {
            fault: "more-faults".to_owned(),
            detail: format!("{more} more faults of the container"),
        }));
    }
    findings
}
