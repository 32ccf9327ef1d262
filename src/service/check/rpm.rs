//! RPM packages: which stated digests hold, and which signatures reach how far.

use super::openpgp::{broken, object};
use super::read::ReadError;
use super::readers::Candidate;
use crate::domain::{Finding, FindingKind};
use crate::formats::rpm::{
    Coverage, DigestAlgorithm, RpmError, RpmPackage, RpmSignature, StatedDigest,
};
use crate::judge::facts::{HEADER_ALONE, ObjectKind, PackageFacts, PackageFormat};

/// The facts of a package; `None` when the file is none.
pub(super) fn read(file: &Candidate<'_>) -> Result<Option<PackageFacts>, ReadError> {
    let Candidate { source, beside, .. } = *file;
    let package = match RpmPackage::read(source) {
        Ok(package) => package,
        Err(RpmError::NotRpm) => return Ok(None),
        Err(RpmError::Io(error)) => return Err(error.into()),
        Err(error) => return Err(ReadError::Unreadable(error.to_string())),
    };
    let measured = package.measure(source)?;
    let mut facts = PackageFacts {
        format: PackageFormat::Rpm,
        sha256: measured.file,
        size: source.size(),
        refused: package.refused(),
        content_differs: false,
        objects: vec![],
        findings: faults(&package),
        named_vendor: None,
    };
    for stated in measured.broken() {
        facts.content_differs = true;
        facts.findings.push(Finding::whole(differs(stated)));
    }
    let mut through = None;
    for (signature, digest) in package.signatures.iter().zip(&measured.signed) {
        let coverage = package.coverage(signature, &measured);
        if let Coverage::Whole { through: Some(by) } = coverage {
            through = Some(by);
        }
        let object = match signature.openpgp() {
            Ok(packet) => object(
                ObjectKind::OpenPgpRpm,
                place(signature),
                &packet,
                digest.clone(),
                beside.keys(),
                covers(coverage),
            ),
            Err(fault) => broken(&place(signature), &fault.to_string(), covers(coverage)),
        };
        facts.objects.push(object);
    }
    if let Some(DigestAlgorithm::Known(algorithm)) = through.filter(|by| by.is_weak()) {
        facts
            .findings
            .push(Finding::whole(FindingKind::WeakDigest { algorithm }));
    }
    if !beside.is_empty() {
        let whole = beside.measure(source)?;
        facts.objects.extend(beside.objects(&whole));
    }
    Ok(Some(facts))
}

/// The tag, and its place where the tag holds several.
fn place(signature: &RpmSignature) -> String {
    format!("tag {} {}", signature.tag_name(), signature.index + 1)
}

fn covers(coverage: Coverage) -> &'static str {
    match coverage {
        Coverage::Whole { .. } => "header and payload",
        Coverage::HeaderOnly => HEADER_ALONE,
        // Both are told by the package: its content differs, or it is refused.
        Coverage::OtherPayload => "a header that states another payload",
        Coverage::Nothing => "a package of unclear structure",
    }
}

fn faults(package: &RpmPackage) -> Vec<Finding> {
    let refuses = package.refused();
    package
        .faults
        .iter()
        .map(|fault| {
            let (code, detail) = (fault.code().to_owned(), fault.to_string());
            Finding::whole(if refuses && package.refuses(fault) {
                FindingKind::ContainerFault {
                    fault: code,
                    detail,
                }
            } else {
                FindingKind::ContainerOddity {
                    fault: code,
                    detail,
                }
            })
        })
        .collect()
}

fn differs(stated: &StatedDigest) -> FindingKind {
    FindingKind::StatedDigestDiffers {
        digest: match stated.algorithm {
            Ok(algorithm) => format!("{algorithm} of the {}", stated.extent.words()),
            Err(number) => format!("algorithm {number} of the {}", stated.extent.words()),
        },
    }
}
