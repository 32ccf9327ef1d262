//! The certificate table: a list of `WIN_CERTIFICATE` structures at the end of the file.

use std::ops::Range;

use super::layout::{LayoutFault, TABLE_ALIGNMENT};
use super::{PeError, field};
use crate::formats::der;
use crate::formats::limits;
use crate::formats::source::Source;

/// `dwLength`, `wRevision`, `wCertificateType`.
const ENTRY_HEADER: u64 = 8;

/// What an entry holds, by `wCertificateType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryKind {
    /// 0002: a CMS SignedData, that is, Authenticode.
    PkcsSignedData,
    /// 0EF0: an EFI PKCS#1 v1.5 signature (UEFI specification, section 32.4).
    EfiPkcs115,
    /// 0EF1: an EFI signature of the kind that a GUID names.
    EfiGuid,
    Other(u16),
}

/// One `WIN_CERTIFICATE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateEntry {
    /// Where the entry starts in the file; its header takes the first 8 bytes.
    pub offset: u64,
    /// `wRevision`: 0100 or 0200.
    pub revision: u16,
    pub kind: EntryKind,
    /// The signature object. For CMS the DER value alone, else all that follows the header.
    pub bytes: Vec<u8>,
    /// What follows the DER value inside the entry, if it is more than alignment.
    pub padding: Option<PaddingFault>,
}

/// Bytes inside an entry, behind the signature: covered by nothing (CVE-2013-3900).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PaddingFault {
    /// Zeros, but 8 or more: alignment needs fewer.
    #[error("{bytes} zero bytes follow the signature")]
    TooLong { bytes: usize },
    #[error("{bytes} bytes that are not all zero follow the signature")]
    NotZero { bytes: usize },
    /// No value in DER was found, so nothing tells where the signature ends.
    #[error("the signature is not in DER: {0}")]
    NotDer(der::DerError),
}

impl PaddingFault {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong { .. } => "signature-padding-too-long",
            Self::NotZero { .. } => "signature-padding-not-zero",
            Self::NotDer(..) => "signature-not-der",
        }
    }

    /// Whether bytes hide behind a sound signature; otherwise there is no signature to hide behind.
    #[must_use]
    pub fn hides(self) -> bool {
        !matches!(self, Self::NotDer(_))
    }
}

/// Reads the entries of a table that lies inside the source.
pub(super) fn read(
    source: &dyn Source,
    table: &Range<u64>,
    faults: &mut Vec<LayoutFault>,
) -> Result<Vec<CertificateEntry>, PeError> {
    let mut entries = Vec::new();
    let mut at = table.start;
    while at < table.end {
        let left = table.end - at;
        if left < ENTRY_HEADER {
            faults.push(LayoutFault::TableTail { bytes: left });
            break;
        }
        let header = source.read_range(at, 8)?;
        let length = u32::from_le_bytes(field(&header, 0).unwrap_or_default());
        if u64::from(length) < ENTRY_HEADER || u64::from(length) > left {
            faults.push(LayoutFault::EntryLength {
                offset: at,
                length,
                left,
            });
            break;
        }
        within(
            "entries of the certificate table",
            entries.len() + 1,
            limits::PE_CERTIFICATES,
        )?;
        let content = u64::from(length) - ENTRY_HEADER;
        let content = usize::try_from(content).unwrap_or(usize::MAX);
        within("bytes of a signature", content, limits::SIGNATURE_OBJECT)?;
        let content = source.read_range(at + ENTRY_HEADER, content)?;
        let entry = entry(at, &header, content);
        if !matches!(entry.revision, 0x0100 | 0x0200) {
            faults.push(LayoutFault::EntryRevision {
                offset: at,
                revision: entry.revision,
            });
        }
        entries.push(entry);

        let end = at + u64::from(length);
        let next = at + u64::from(length).next_multiple_of(TABLE_ALIGNMENT);
        let gap = usize::try_from(next.min(table.end) - end).unwrap_or_default();
        if source.read_range(end, gap)?.iter().any(|byte| *byte != 0) {
            faults.push(LayoutFault::EntryAlignment { offset: at });
        }
        at = next;
    }
    Ok(entries)
}

fn within(what: &'static str, value: usize, limit: usize) -> Result<(), PeError> {
    if value > limit {
        return Err(PeError::Limit {
            what,
            value: value as u64,
            limit: limit as u64,
        });
    }
    Ok(())
}

fn entry(offset: u64, header: &[u8], mut bytes: Vec<u8>) -> CertificateEntry {
    let kind = match u16::from_le_bytes(field(header, 6).unwrap_or_default()) {
        0x0002 => EntryKind::PkcsSignedData,
        0x0ef0 => EntryKind::EfiPkcs115,
        0x0ef1 => EntryKind::EfiGuid,
        other => EntryKind::Other(other),
    };
    let padding = match kind {
        EntryKind::PkcsSignedData => cut_padding(&mut bytes),
        _ => None,
    };
    CertificateEntry {
        offset,
        revision: u16::from_le_bytes(field(header, 4).unwrap_or_default()),
        kind,
        bytes,
        padding,
    }
}

/// Leaves the DER value and says what is wrong with the rest.
fn cut_padding(bytes: &mut Vec<u8>) -> Option<PaddingFault> {
    let signature = match der::Reader::new(bytes).any() {
        Ok(value) => value.whole.len(),
        Err(error) => return Some(PaddingFault::NotDer(error)),
    };
    let rest = bytes.split_off(signature.min(bytes.len()));
    let bytes = rest.len();
    if rest.iter().any(|byte| *byte != 0) {
        Some(PaddingFault::NotZero { bytes })
    } else if bytes as u64 >= TABLE_ALIGNMENT {
        Some(PaddingFault::TooLong { bytes })
    } else {
        None
    }
}
