//! PEM bundles of certificates, read whole or not at all.

use super::error::ProgrammeError;
use super::pkcs7;
use crate::formats::pem::blocks;
use crate::formats::x509::Certificate;

const MARKER: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// Every certificate, in file order; text between the blocks is passed over.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, ProgrammeError> {
    let found = blocks(bytes)?;
    broken_marker(bytes)?;
    let mut certificates = vec![];
    for (number, block) in (1..).zip(found) {
        match block.label.as_str() {
            "CERTIFICATE" | "X509 CERTIFICATE" => {
                let certificate = Certificate::from_der(&block.der)
                    .map_err(|error| ProgrammeError::Certificate { number, error })?;
                certificates.push(certificate);
            }
            "PKCS7" | "CMS" => certificates.extend(pkcs7::certificates(&block.der)?),
            _ => {
                let label = super::bounded(&block.label);
                return Err(ProgrammeError::Label { number, label });
            }
        }
    }
    Ok(certificates)
}

/// Whether a block of a certificate begins anywhere.
pub(super) fn holds_certificates(bytes: &[u8]) -> bool {
    bytes
        .split(|byte| *byte == b'\n')
        .any(|line| line.starts_with(MARKER))
}

/// Whether the last line is the beginning of a marker: a bundle cut off within its first one.
pub(super) fn ends_in_marker(bytes: &[u8]) -> bool {
    let last = bytes.rsplit(|byte| *byte == b'\n').next();
    last.is_some_and(|last| last.len() > 4 && MARKER.starts_with(last))
}

/// A reader that passes over text would pass over a marker that lost its end.
pub(super) fn broken_marker(bytes: &[u8]) -> Result<(), ProgrammeError> {
    let whole = |line: &[u8]| {
        (line.starts_with(b"-----BEGIN ") || line.starts_with(b"-----END "))
            && line.len() > 15
            && line.ends_with(b"-----")
    };
    let lines = bytes.split(|byte| *byte == b'\n').count();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.trim_ascii();
        let dashes = line.starts_with(b"-----");
        let ruler = line.iter().all(|byte| *byte == b'-') && number < lines;
        let begun = number == lines && !line.is_empty() && MARKER.starts_with(line);
        if line.starts_with(b"CKA_CLASS ") {
            return Err(ProgrammeError::Line {
                line: number,
                what: "an object of certdata.txt among certificates: mixed up",
            });
        }
        if dashes && !ruler && !whole(line) || begun && !whole(line) {
            return Err(ProgrammeError::Marker { line: number });
        }
    }
    Ok(())
}
