//! PKCS#7 bundles of certificates (`.p7b`, RFC 5652 "certs-only").

use super::error::ProgrammeError;
use crate::formats::cms::{OtherCertificate, certificate_members};
use crate::formats::limits;
use crate::formats::x509::Certificate;

/// Every certificate, in encoded order.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, ProgrammeError> {
    let bundle = certificate_members(bytes)?;
    if bundle.certificates_left_out > 0 {
        return Err(ProgrammeError::TooMany {
            what: "certificates",
            limit: limits::ANCHORS,
        });
    }
    if let Some(other) = bundle.other_certificates.first() {
        return Err(ProgrammeError::BundleMember {
            why: match other {
                OtherCertificate::Choice { tag, .. } => format!("a member with tag {tag:#04x}"),
                OtherCertificate::Unreadable { bytes, why } => format!("{bytes} bytes: {why}"),
            },
        });
    }
    Ok(bundle.certificates)
}
