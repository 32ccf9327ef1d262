//! DOS header, COFF header, optional header and section table.

use std::ops::Range;

use super::{PeError, field};
use crate::formats::limits;
use crate::formats::source::Source;

const DOS_HEADER: usize = 64;
/// Where the DOS header says at which offset the PE signature lies.
const NEW_HEADER_FIELD: usize = 0x3c;
const PE_AND_COFF_HEADER: usize = 24;
const SECTION_HEADER: usize = 40;
const SIZE_OF_HEADERS_FIELD: usize = 60;
const CHECKSUM_FIELD: usize = 64;
const SUBSYSTEM_FIELD: usize = 68;
/// The index of the certificate table among the data directories.
const CERTIFICATE_DIRECTORY: u32 = 4;
const DIRECTORY_ENTRY: usize = 8;

/// PE32 or PE32+.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Width {
    Pe32,
    Pe32Plus,
}

impl Width {
    /// Where the data directories start in the optional header.
    fn directories(self) -> usize {
        match self {
            Self::Pe32 => 96,
            Self::Pe32Plus => 112,
        }
    }
}

/// One line of the section table, as far as it concerns the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Up to 8 bytes, unchecked, without the trailing zeros.
    pub name: Vec<u8>,
    /// `PointerToRawData` and as many bytes as `SizeOfRawData` says; may leave the file.
    pub data: Range<u64>,
}

/// What the headers say, unjudged. Offsets count from the start of the file.
#[derive(Debug)]
pub(super) struct Headers {
    pub(super) width: Width,
    pub(super) machine: u16,
    pub(super) subsystem: u16,
    pub(super) file_alignment: u32,
    pub(super) size_of_headers: u64,
    /// Where the section table ends: all that a loader needs lies before.
    pub(super) end: u64,
    pub(super) checksum: Range<u64>,
    /// The directory entry of the certificate table, if the file has that many entries.
    pub(super) certificate_directory: Option<Range<u64>>,
    /// What the entry points to: a file offset and a size.
    pub(super) certificate_table: Option<(u32, u32)>,
    pub(super) sections: Vec<Section>,
}

pub(super) fn read(source: &dyn Source) -> Result<Headers, PeError> {
    if source.size() < 2 || !super::may_be_pe(&source.read_range(0, 2)?) {
        return Err(PeError::NotPe);
    }
    let dos = part(source, 0, DOS_HEADER, "DOS header")?;
    let new_header = u64::from(u32_at(&dos, NEW_HEADER_FIELD)?);
    let coff = part(source, new_header, PE_AND_COFF_HEADER, "COFF header")?;
    if !coff.starts_with(b"PE\0\0") {
        return Err(PeError::NotPe);
    }
    let machine = u16_at(&coff, 4)?;
    let section_count = u16_at(&coff, 6)?;
    let optional_size = u16_at(&coff, 20)?;
    let optional_start = new_header + PE_AND_COFF_HEADER as u64;
    let optional = part(
        source,
        optional_start,
        usize::from(optional_size),
        "optional header",
    )?;
    let sections_start = optional_start + u64::from(optional_size);
    let sections = read_sections(source, sections_start, section_count)?;

    let width = match u16_at(&optional, 0)? {
        0x10b => Width::Pe32,
        0x20b => Width::Pe32Plus,
        magic => return Err(PeError::Magic { magic }),
    };
    let directory = width.directories() + DIRECTORY_ENTRY * CERTIFICATE_DIRECTORY as usize;
    let has_directory = u32_at(&optional, width.directories() - 4)? > CERTIFICATE_DIRECTORY;
    let (certificate_directory, certificate_table) = if has_directory {
        let table = (
            u32_at(&optional, directory)?,
            u32_at(&optional, directory + 4)?,
        );
        let start = optional_start + directory as u64;
        (Some(start..start + DIRECTORY_ENTRY as u64), Some(table))
    } else {
        (None, None)
    };
    let checksum = optional_start + CHECKSUM_FIELD as u64;
    Ok(Headers {
        width,
        machine,
        subsystem: u16_at(&optional, SUBSYSTEM_FIELD)?,
        file_alignment: u32_at(&optional, 36)?,
        size_of_headers: u64::from(u32_at(&optional, SIZE_OF_HEADERS_FIELD)?),
        end: sections_start + u64::from(section_count) * SECTION_HEADER as u64,
        checksum: checksum..checksum + 4,
        certificate_directory,
        certificate_table,
        sections,
    })
}

fn read_sections(source: &dyn Source, start: u64, count: u16) -> Result<Vec<Section>, PeError> {
    if count > limits::PE_SECTIONS {
        return Err(PeError::Limit {
            what: "sections",
            value: u64::from(count),
            limit: u64::from(limits::PE_SECTIONS),
        });
    }
    let length = usize::from(count) * SECTION_HEADER;
    let table = part(source, start, length, "section table")?;
    table
        .chunks_exact(SECTION_HEADER)
        .map(|line| {
            let name: [u8; 8] = field(line, 0).unwrap_or_default();
            let used = name
                .iter()
                .rposition(|byte| *byte != 0)
                .map_or(0, |n| n + 1);
            let size = u64::from(u32_at(line, 16)?);
            let data = u64::from(u32_at(line, 20)?);
            Ok(Section {
                name: name.iter().copied().take(used).collect(),
                data: data..data + size,
            })
        })
        .collect()
}

/// A part of known length, or a complaint that names it.
fn part(
    source: &dyn Source,
    start: u64,
    length: usize,
    part: &'static str,
) -> Result<Vec<u8>, PeError> {
    let end = start + length as u64;
    let size = source.size();
    if end > size {
        return Err(PeError::Truncated { part, end, size });
    }
    Ok(source.read_range(start, length)?)
}

/// The only header of variable length is the optional one, so a missing field is its fault.
fn u16_at(bytes: &[u8], offset: usize) -> Result<u16, PeError> {
    field(bytes, offset)
        .map(u16::from_le_bytes)
        .ok_or_else(|| too_small(bytes, offset + 2))
}

fn u32_at(bytes: &[u8], offset: usize) -> Result<u32, PeError> {
    field(bytes, offset)
        .map(u32::from_le_bytes)
        .ok_or_else(|| too_small(bytes, offset + 4))
}

fn too_small(bytes: &[u8], needed: usize) -> PeError {
    PeError::OptionalHeader {
        size: u16::try_from(bytes.len()).unwrap_or(u16::MAX),
        needed: needed as u64,
    }
}
