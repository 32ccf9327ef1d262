//! The central directory: one header an entry (APPNOTE 4.3.12), read as a stream.

use std::io::{BufReader, Read};

use jiff::civil;

use super::end::{CENTRAL, Directory};
use super::extra::{Extra, Sizes};
use super::fields::Fields;
use super::{Entry, name};
use crate::formats::container::{
    ContainerError, Fault, Member, MemberKind, Modified, check_name_limits, normal_path,
};
use crate::formats::limits;
use crate::formats::source::{RangeReader, Source};

const HEADER: usize = 46;
const FORMAT: u32 = 0o170_000;
const LINK: u32 = 0o120_000;
const DIRECTORY: u32 = 0o040_000;
const REGULAR: u32 = 0o100_000;

/// Reads every header up to the directory's end; the stated count is only compared.
pub(super) fn read(
    source: &dyn Source,
    directory: &Directory,
    faults: &mut Vec<Fault>,
) -> Result<Vec<Entry>, ContainerError> {
    let end = directory.start + directory.size;
    let mut reader =
        BufReader::with_capacity(64 << 10, RangeReader::new(source, directory.start..end));
    let mut left = directory.size;
    let mut names = 0;
    let mut entries: Vec<Entry> = vec![];
    while left > 0 {
        let mut fixed = [0; HEADER];
        if left < HEADER as u64 {
            break;
        }
        reader.read_exact(&mut fixed)?;
        let Some((entry, length)) = header(&fixed, &mut reader, left, directory, faults)? else {
            break;
        };
        left -= length;
        names += entry.member.path.len();
        if entries.len() >= limits::ENTRIES {
            return Err(ContainerError::limit("entries", limits::ENTRIES as u64));
        }
        if names > limits::NAMES {
            return Err(ContainerError::limit(
                "bytes of names",
                limits::NAMES as u64,
            ));
        }
        entries.push(entry);
    }
    if left > 0 {
        faults.push(Fault::Gap {
            at: end - left,
            bytes: left,
        });
    }
    if entries.len() as u64 != directory.entries {
        faults.push(Fault::EntryCount {
            stated: directory.entries,
            found: entries.len() as u64,
        });
    }
    Ok(entries)
}

/// One header and its whole length; `None` when none stands here.
fn header(
    fixed: &[u8],
    reader: &mut dyn Read,
    left: u64,
    directory: &Directory,
    faults: &mut Vec<Fault>,
) -> Result<Option<(Entry, u64)>, ContainerError> {
    let mut fields = Fields::new(fixed);
    let parsed = (|| {
        (fields.bytes(4)? == CENTRAL).then_some(())?;
        let made_by = fields.u16()?;
        fields.u16()?;
        let (flags, method) = (fields.u16()?, fields.u16()?);
        let (time, date) = (fields.u16()?, fields.u16()?);
        let (crc, packed, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let lengths = [fields.u16()?, fields.u16()?, fields.u16()?];
        let disk = fields.u16()?;
        fields.u16()?;
        let attributes = fields.u32()?;
        let sizes = Sizes {
            size: u64::from(size),
            packed: u64::from(packed),
            position: Some(u64::from(fields.u32()?)),
        };
        Some((
            made_by, flags, method, time, date, crc, lengths, disk, attributes, sizes,
        ))
    })();
    let Some((made_by, flags, method, time, date, crc, lengths, disk, attributes, sizes)) = parsed
    else {
        return Ok(None);
    };
    let [name_length, extra_length, comment_length] = lengths.map(usize::from);
    let length = (HEADER + name_length + extra_length + comment_length) as u64;
    if length > left {
        return Ok(None);
    }
    let mut variable = vec![0; name_length + extra_length + comment_length];
    reader.read_exact(&mut variable)?;
    let mut fields = Fields::new(&variable);
    let raw_name = fields.bytes(name_length).unwrap_or_default();
    let extra = Extra::read(fields.bytes(extra_length).unwrap_or_default());
    let written = name::decode(raw_name, flags, faults);
    check_name_limits(&written)?;
    if disk != 0 && disk != 0xffff {
        faults.push(Fault::MultiDisk);
    }
    if extra.ragged {
        faults.push(Fault::ExtraField {
            name: written.clone(),
        });
    }
    let mut inconsistent = |what| {
        faults.push(Fault::Zip64Entry {
            name: written.clone(),
            what,
        });
    };
    if extra.duplicate {
        inconsistent("an extra field stands twice");
    }
    let sizes = sizes.widen(extra.zip64).unwrap_or_else(|what| {
        inconsistent(what);
        sizes
    });
    if let Some(path) = extra.unicode_path {
        name::check_unicode_path(&written, path, faults);
    }
    let path = normal_path(&written).unwrap_or_else(|fault| {
        faults.push(fault.into_fault(&written));
        written.clone()
    });
    // Attributes are Unix ones only where the writer says so (APPNOTE 4.4.2: 3 Unix, 19 macOS).
    let mode = matches!(made_by >> 8, 3 | 19)
        .then_some(attributes >> 16)
        .filter(|mode| *mode != 0);
    let slash = written.ends_with('/');
    let kind = match mode.map_or(0, |mode| mode & FORMAT) {
        LINK => MemberKind::SymbolicLink {
            target: String::new(),
        },
        DIRECTORY => MemberKind::Directory,
        0 | REGULAR if slash => MemberKind::Directory,
        0 | REGULAR => MemberKind::File,
        _ => {
            faults.push(Fault::Device {
                name: written.clone(),
            });
            MemberKind::Other
        }
    };
    if slash != (kind == MemberKind::Directory) || slash && mode.is_some_and(is_regular) {
        faults.push(Fault::KindContradicts {
            name: written.clone(),
        });
    }
    if kind == MemberKind::Directory && sizes.size > 0 {
        faults.push(Fault::UnexpectedData {
            name: written.clone(),
        });
    }
    if path.is_empty() && kind != MemberKind::Directory {
        faults.push(Fault::EmptyName);
    }
    let modified = match extra.modified {
        Some(instant) => Some(Modified::Instant(instant)),
        None => local_time(time, date).map(Modified::Local),
    };
    let entry = Entry {
        member: Member {
            path,
            kind,
            size: sizes.size,
            packed: Some(sizes.packed),
            modified,
            mode,
        },
        raw_name: raw_name.to_vec(),
        method,
        flags,
        time,
        date,
        crc,
        header_at: sizes
            .position
            .and_then(|position| position.checked_add(directory.shift))
            .unwrap_or(u64::MAX),
        data_at: None,
    };
    Ok(Some((entry, length)))
}

fn is_regular(mode: u32) -> bool {
    mode & FORMAT == REGULAR
}

/// The MS-DOS date and time: two-second steps from 1980 on.
fn local_time(time: u16, date: u16) -> Option<civil::DateTime> {
    let part = |value: u16, shift: u16, mask: u16| i8::try_from(value >> shift & mask).ok();
    civil::DateTime::new(
        1980 + i16::try_from(date >> 9).ok()?,
        part(date, 5, 15)?,
        part(date, 0, 31)?,
        part(time, 11, 31)?,
        part(time, 5, 63)?,
        part(time, 0, 31)? * 2,
        0,
    )
    .ok()
}
