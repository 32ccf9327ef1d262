//! Windows images: certificate table, image digests and the file's own, in one pass.

use std::collections::BTreeSet;

use super::read::ReadError;
use super::readers::Candidate;
use crate::domain::{Finding, FindingKind, HashAlgorithm};
use crate::formats::authenticode;
use crate::formats::pe::{EntryKind, PeError, PeImage};
use crate::judge::facts::{ObjectKind, PackageFacts, PackageFormat, SignatureObject};

/// The facts of an image; `None` when the file only begins like one.
pub(super) fn read(file: &Candidate<'_>) -> Result<Option<PackageFacts>, ReadError> {
    let Candidate { source, beside, .. } = *file;
    let image = match PeImage::read(source) {
        Ok(image) => image,
        Err(PeError::NotPe) => return Ok(None),
        Err(PeError::Io(error)) => return Err(error.into()),
        Err(error) => return Err(ReadError::Unreadable(error.to_string())),
    };
    let mut algorithms: BTreeSet<HashAlgorithm> = BTreeSet::new();
    for entry in signed(&image) {
        for placed in authenticode::read(&entry.bytes) {
            if let Ok(object) = placed.result {
                algorithms.extend(object.indirect.digest_algorithm);
            }
        }
    }
    let measured = image.measure(source, &algorithms)?;
    let mut objects: Vec<SignatureObject> = signed(&image)
        .enumerate()
        .map(|(index, entry)| SignatureObject {
            kind: ObjectKind::Authenticode,
            place: format!("certificate table entry {}", index + 1),
            bytes: entry.bytes.clone(),
            certificates: vec![],
            digests: measured
                .image
                .iter()
                .map(|(algorithm, digest)| (*algorithm, digest.clone()))
                .collect(),
            content_is_attributes: false,
            covers: "the image".to_owned(),
            raw: None,
        })
        .collect();
    if !beside.is_empty() {
        let whole = beside.measure(source)?;
        objects.extend(beside.objects(&whole));
    }
    Ok(Some(PackageFacts {
        format: PackageFormat::Pe,
        sha256: measured.file,
        size: source.size(),
        refused: image.refused(),
        content_differs: false,
        findings: findings(&image, !objects.is_empty()),
        objects,
        named_vendor: None,
    }))
}

fn signed(image: &PeImage) -> impl Iterator<Item = &crate::formats::pe::CertificateEntry> {
    image
        .certificates
        .iter()
        .filter(|entry| entry.kind == EntryKind::PkcsSignedData)
}

fn findings(image: &PeImage, is_signed: bool) -> Vec<Finding> {
    let mut findings = vec![];
    for fault in &image.faults {
        let (fault_code, detail) = (fault.code().to_owned(), fault.to_string());
        findings.push(Finding::whole(if fault.refuses() && image.refused() {
            FindingKind::ContainerFault {
                fault: fault_code,
                detail,
            }
        } else {
            FindingKind::ContainerOddity {
                fault: fault_code,
                detail,
            }
        }));
    }
    for (index, entry) in image.certificates.iter().enumerate() {
        let place = format!("certificate table entry {}", index + 1);
        if let Some(padding) = entry.padding {
            let (fault, detail) = (padding.code().to_owned(), padding.to_string());
            findings.push(Finding::new(
                if padding.hides() {
                    FindingKind::ContainerFault { fault, detail }
                } else {
                    FindingKind::ContainerOddity { fault, detail }
                },
                place,
            ));
        } else if entry.kind != EntryKind::PkcsSignedData {
            let detail = "an entry of a kind that carries no signature".to_owned();
            let fault = "unknown-certificate-entry".to_owned();
            findings.push(Finding::new(
                if image.is_stowed(entry) {
                    FindingKind::ContainerFault { fault, detail }
                } else {
                    FindingKind::ContainerOddity { fault, detail }
                },
                place,
            ));
        }
    }
    if is_signed {
        let ranges = image.layout.unsigned();
        findings.push(Finding::whole(FindingKind::UnsignedBytes {
            ranges: ranges
                .iter()
                .map(|range| (range.start, range.end))
                .collect(),
        }));
    }
    findings
}
