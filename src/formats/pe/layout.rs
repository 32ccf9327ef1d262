//! Where the parts of an image lie, and the faults on which two readers would disagree.
//!
//! The specification hashes headers, then each section, then what follows; most verifiers hash the
//! file from front to back. Both agree exactly when headers, sections and certificate table follow
//! each other without gap or overlap and the table ends the file. Anything else is a fault.

use std::ops::Range;

use super::header::{Headers, Section, Width};

/// A sector: the loader rounds a section's file offset down to one.
const SECTOR: u64 = 512;
/// The certificate table and its entries start at multiples of this.
pub(super) const TABLE_ALIGNMENT: u64 = 8;

/// Where the parts of an image lie; offsets count from the start of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The file's length in bytes.
    pub size: u64,
    pub width: Width,
    /// `IMAGE_FILE_MACHINE_*`.
    pub machine: u16,
    /// `IMAGE_SUBSYSTEM_*`.
    pub subsystem: u16,
    pub size_of_headers: u64,
    /// The checksum field, which no signature covers.
    pub checksum: Range<u64>,
    /// The directory entry that points to the certificate table; not covered either.
    pub certificate_directory: Option<Range<u64>>,
    /// The certificate table, if the directory entry states a size. Always inside the file.
    pub certificate_table: Option<Range<u64>>,
    /// In the order of the section table.
    pub sections: Vec<Section>,
    /// Bytes between the last section and the certificate table: signed, but not loaded.
    pub overlay: Option<Range<u64>>,
}

impl Layout {
    /// Whether the image is for firmware: EFI application, driver, runtime driver or ROM.
    #[must_use]
    pub fn is_efi(&self) -> bool {
        (10..=13).contains(&self.subsystem)
    }

    /// The bytes that no image digest covers, in order: whoever changes them breaks no signature.
    #[must_use]
    pub fn unsigned(&self) -> Vec<Range<u64>> {
        [
            Some(self.checksum.clone()),
            self.certificate_directory.clone(),
            self.certificate_table.clone(),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// A fault of the layout. Sections are named by their index in the section table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutFault {
    #[error("SizeOfHeaders is {stated}, but the section table ends at {needed}")]
    HeadersTooSmall { stated: u64, needed: u64 },
    #[error("SizeOfHeaders is {stated}, but the file has {size} bytes")]
    HeadersPastEnd { stated: u64, size: u64 },
    /// Bytes that belong to no section; a hash by sections leaves them out.
    #[error("gap before section {section}: bytes {} to {}", range.start, range.end)]
    Gap { section: usize, range: Range<u64> },
    #[error("section {section} starts at {start}, inside what ends at {end}")]
    Overlap {
        section: usize,
        start: u64,
        end: u64,
    },
    #[error("section {section} ends at {end}, but the file has {size} bytes")]
    SectionPastEnd { section: usize, end: u64, size: u64 },
    /// The loader maps such a section from an earlier byte on than the table says.
    #[error("section {section} starts at {start}, not at a multiple of 512")]
    SectionUnaligned { section: usize, start: u64 },
    #[error("the certificate table (bytes {} to {}) leaves the file of {size} bytes", table.start, table.end)]
    TablePastEnd { table: Range<u64>, size: u64 },
    #[error(
        "the certificate table starts at {start}, inside headers or sections that end at {end}"
    )]
    TableOverlap { start: u64, end: u64 },
    #[error("the certificate table starts at {start}, not at a multiple of 8")]
    TableUnaligned { start: u64 },
    #[error("{} bytes follow the certificate table", range.end - range.start)]
    DataAfterTable { range: Range<u64> },
    /// `dwLength` is below 8, or more than what is left of the table.
    #[error("certificate table entry at {offset} states {length} bytes where {left} are left")]
    EntryLength { offset: u64, length: u32, left: u64 },
    /// Neither 0100 nor 0200 (PE Format, "The Attribute Certificate Table").
    #[error("certificate table entry at {offset} has the unknown revision {revision:04x}")]
    EntryRevision { offset: u64, revision: u16 },
    #[error("the certificate table ends in {bytes} bytes that are no entry")]
    TableTail { bytes: u64 },
    #[error("bytes that align the certificate table entry at {offset} are not zero")]
    EntryAlignment { offset: u64 },
}

impl LayoutFault {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::HeadersTooSmall { .. } => "headers-too-small",
            Self::HeadersPastEnd { .. } => "headers-past-end",
            Self::Gap { .. } => "image-gap",
            Self::Overlap { .. } => "image-overlap",
            Self::SectionPastEnd { .. } => "section-past-end",
            Self::SectionUnaligned { .. } => "section-unaligned",
            Self::TablePastEnd { .. } => "certificate-table-past-end",
            Self::TableOverlap { .. } => "certificate-table-overlap",
            Self::TableUnaligned { .. } => "certificate-table-unaligned",
            Self::DataAfterTable { .. } => "data-after-certificate-table",
            Self::EntryLength { .. } => "certificate-entry-length",
            Self::EntryRevision { .. } => "certificate-entry-revision",
            Self::TableTail { .. } => "certificate-table-tail",
            Self::EntryAlignment { .. } => "certificate-entry-alignment",
        }
    }

    /// Whether readers would see different content, or content that no signature covers.
    #[must_use]
    pub fn refuses(&self) -> bool {
        !matches!(self, Self::SectionUnaligned { .. })
    }
}

pub(super) fn lay_out(headers: Headers, size: u64) -> (Layout, Vec<LayoutFault>) {
    let mut faults = Vec::new();
    let end = follow(&headers, size, &mut faults);
    let certificate_table = place_table(&headers, end, size, &mut faults);
    let overlay = end..certificate_table.as_ref().map_or(size, |table| table.start);
    let layout = Layout {
        size,
        width: headers.width,
        machine: headers.machine,
        subsystem: headers.subsystem,
        size_of_headers: headers.size_of_headers,
        checksum: headers.checksum,
        certificate_directory: headers.certificate_directory,
        certificate_table,
        sections: headers.sections,
        overlay: (!overlay.is_empty()).then_some(overlay),
    };
    (layout, faults)
}

/// Walks headers and sections in the order of the file; where they end.
fn follow(headers: &Headers, size: u64, faults: &mut Vec<LayoutFault>) -> u64 {
    let stated = headers.size_of_headers;
    if stated < headers.end {
        faults.push(LayoutFault::HeadersTooSmall {
            stated,
            needed: headers.end,
        });
    }
    if stated > size {
        faults.push(LayoutFault::HeadersPastEnd { stated, size });
    }
    let mut sections: Vec<(usize, &Range<u64>)> = headers
        .sections
        .iter()
        .map(|section| &section.data)
        .enumerate()
        .filter(|(_, data)| !data.is_empty())
        .collect();
    sections.sort_by_key(|(_, data)| data.start);
    let mut end = stated.max(headers.end);
    for (section, data) in sections {
        if data.start > end {
            faults.push(LayoutFault::Gap {
                section,
                range: end..data.start,
            });
        } else if data.start < end {
            faults.push(LayoutFault::Overlap {
                section,
                start: data.start,
                end,
            });
        }
        if data.end > size {
            faults.push(LayoutFault::SectionPastEnd {
                section,
                end: data.end,
                size,
            });
        }
        if u64::from(headers.file_alignment) >= SECTOR && !data.start.is_multiple_of(SECTOR) {
            faults.push(LayoutFault::SectionUnaligned {
                section,
                start: data.start,
            });
        }
        end = end.max(data.end);
    }
    end
}

fn place_table(
    headers: &Headers,
    end: u64,
    size: u64,
    faults: &mut Vec<LayoutFault>,
) -> Option<Range<u64>> {
    let (offset, length) = headers
        .certificate_table
        .filter(|(_, length)| *length > 0)?;
    let start = u64::from(offset);
    let table = start..start + u64::from(length);
    if table.end > size {
        faults.push(LayoutFault::TablePastEnd { table, size });
        return None;
    }
    if start < end {
        faults.push(LayoutFault::TableOverlap { start, end });
    }
    if !start.is_multiple_of(TABLE_ALIGNMENT) {
        faults.push(LayoutFault::TableUnaligned { start });
    }
    if table.end < size {
        faults.push(LayoutFault::DataAfterTable {
            range: table.end..size,
        });
    }
    Some(table)
}
