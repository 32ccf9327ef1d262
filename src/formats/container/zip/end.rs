//! The end of a zip: end record, zip64 end record and its locator (APPNOTE 4.3.14 to 4.3.16).

use super::fields::Fields;
use crate::formats::container::{ContainerError, Fault};
use crate::formats::source::Source;

const END: [u8; 4] = *b"PK\x05\x06";
const END_LENGTH: u64 = 22;
const LOCATOR: [u8; 4] = *b"PK\x06\x07";
const LOCATOR_LENGTH: u64 = 20;
const END64: [u8; 4] = *b"PK\x06\x06";
const END64_LENGTH: u64 = 56;
pub(super) const CENTRAL: [u8; 4] = *b"PK\x01\x02";

/// Where the central directory lies and what is said about it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directory {
    /// The position of the first central header in the file.
    pub(super) start: u64,
    pub(super) size: u64,
    pub(super) entries: u64,
    /// What is to be added to every stated position: the length of a prefix nobody accounted for.
    pub(super) shift: u64,
}

#[derive(Debug, Clone, Copy)]
struct EndRecord {
    at: u64,
    disk: u64,
    directory_disk: u64,
    entries_here: u64,
    entries: u64,
    size: u64,
    offset: u64,
    comment: u64,
}

fn malformed(what: &'static str) -> ContainerError {
    ContainerError::Malformed {
        format: "zip",
        what,
    }
}

/// The longest tail in which an end record may begin.
fn tail(source: &dyn Source) -> Result<(u64, Vec<u8>), ContainerError> {
    let length = source.size().min(END_LENGTH + 0xffff);
    let start = source.size() - length;
    let bytes = source.read_range(start, usize::try_from(length).unwrap_or(0))?;
    Ok((start, bytes))
}

/// Every end record in the tail, first to last.
fn candidates(tail_start: u64, bytes: &[u8]) -> Vec<EndRecord> {
    let mut found = vec![];
    for (at, window) in bytes.windows(4).enumerate() {
        if window != END {
            continue;
        }
        let mut fields = Fields::new(bytes.get(at + 4..).unwrap_or_default());
        let record = (|| {
            Some(EndRecord {
                at: tail_start + at as u64,
                disk: u64::from(fields.u16()?),
                directory_disk: u64::from(fields.u16()?),
                entries_here: u64::from(fields.u16()?),
                entries: u64::from(fields.u16()?),
                size: u64::from(fields.u32()?),
                offset: u64::from(fields.u32()?),
                comment: u64::from(fields.u16()?),
            })
        })();
        found.extend(record);
    }
    found
}

impl EndRecord {
    fn end(&self) -> u64 {
        self.at + END_LENGTH + self.comment
    }
}

/// Whether an end record ends exactly where the bytes end.
pub(super) fn is_at_end(source: &dyn Source) -> Result<bool, ContainerError> {
    let (start, bytes) = tail(source)?;
    Ok(candidates(start, &bytes)
        .iter()
        .any(|record| record.end() == source.size()))
}

/// Finds the end record that a reader going backwards takes, and names everything that would lead
/// another reader elsewhere.
pub(super) fn find(
    source: &dyn Source,
    faults: &mut Vec<Fault>,
) -> Result<Directory, ContainerError> {
    let size = source.size();
    let (tail_start, bytes) = tail(source)?;
    let all = candidates(tail_start, &bytes);
    let record = *all
        .iter()
        .rev()
        .find(|record| record.end() == size)
        .or_else(|| all.iter().rev().find(|record| record.end() < size))
        .ok_or_else(|| malformed("no end record"))?;
    if record.end() < size {
        faults.push(Fault::Suffix {
            bytes: size - record.end(),
        });
    }
    if record.comment > 0 {
        faults.push(Fault::Comment {
            bytes: record.comment,
        });
    }
    let (stated, records_start) = with_zip64(source, record, faults)?;
    if stated.disk != 0 || stated.directory_disk != 0 || stated.entries_here != stated.entries {
        faults.push(Fault::MultiDisk);
    }
    let directory = locate(source, &stated, records_start, faults)?;
    for other in &all {
        // One inside a member's data is that member's business, unless it claims the file's end.
        let claims = other.end() == size || other.at >= directory.start;
        if other.at != record.at && claims {
            faults.push(Fault::SecondEndRecord { at: other.at });
        }
    }
    Ok(directory)
}

/// The central directory's place. What is stated and what the end records' own position says should
/// be the same; where they are not, bytes stand before the archive or before its end records.
fn locate(
    source: &dyn Source,
    stated: &EndRecord,
    records_start: u64,
    faults: &mut Vec<Fault>,
) -> Result<Directory, ContainerError> {
    let (offset, size) = (stated.offset, stated.size);
    let stated_end = offset
        .checked_add(size)
        .filter(|end| *end <= records_start)
        .ok_or_else(|| malformed("the central directory leaves the file"))?;
    let mut directory = Directory {
        start: offset,
        size,
        entries: stated.entries,
        shift: 0,
    };
    let slack = records_start - stated_end;
    if slack > 0 {
        if size > 0 && starts_with(source, offset + slack, CENTRAL)? {
            faults.push(Fault::Prefix { bytes: slack });
            directory.start = offset + slack;
            directory.shift = slack;
        } else if size == 0 || starts_with(source, offset, CENTRAL)? {
            faults.push(Fault::Gap {
                at: stated_end,
                bytes: slack,
            });
        } else {
            return Err(malformed("no central directory where it is stated"));
        }
    }
    Ok(directory)
}

fn starts_with(source: &dyn Source, at: u64, mark: [u8; 4]) -> Result<bool, ContainerError> {
    if at.checked_add(4).is_none_or(|end| end > source.size()) {
        return Ok(false);
    }
    Ok(source.read_range(at, 4)? == mark)
}

/// Joins the zip64 records into the end record; also says where the end records begin.
fn with_zip64(
    source: &dyn Source,
    record: EndRecord,
    faults: &mut Vec<Fault>,
) -> Result<(EndRecord, u64), ContainerError> {
    let saturated = record.entries == 0xffff
        || record.entries_here == 0xffff
        || record.size == 0xffff_ffff
        || record.offset == 0xffff_ffff;
    let locator_at = match record.at.checked_sub(LOCATOR_LENGTH) {
        Some(at) if starts_with(source, at, LOCATOR)? => at,
        _ if record.size == 0xffff_ffff || record.offset == 0xffff_ffff => {
            return Err(malformed("no zip64 locator"));
        }
        _ => return Ok((record, record.at)),
    };
    let raw = source.read_range(locator_at + 4, 16)?;
    let mut fields = Fields::new(&raw);
    let (disk, at, disks) = (|| Some((fields.u32()?, fields.u64()?, fields.u32()?)))()
        .ok_or_else(|| malformed("zip64 locator"))?;
    if disk != 0 || disks > 1 {
        faults.push(Fault::MultiDisk);
    }
    let mut inconsistent = |what| faults.push(Fault::Zip64 { what });
    // A prefix shifts the record as it shifts everything else; the place before the locator is the
    // one that is right for an archive without extensible data.
    let beside = locator_at.checked_sub(END64_LENGTH);
    let at = if starts_with(source, at, END64)? {
        if Some(at) != beside {
            inconsistent("the end record does not stand before its locator");
        }
        at
    } else {
        inconsistent("no end record where the locator says");
        match beside {
            Some(beside) if starts_with(source, beside, END64)? => beside,
            _ => return Err(malformed("no zip64 end record")),
        }
    };
    let raw = source.read_range(at + 4, 52)?;
    let mut fields = Fields::new(&raw);
    let (length, wide) = (|| {
        let length = fields.u64()?;
        fields.u32()?;
        let wide = EndRecord {
            disk: u64::from(fields.u32()?),
            directory_disk: u64::from(fields.u32()?),
            entries_here: fields.u64()?,
            entries: fields.u64()?,
            size: fields.u64()?,
            offset: fields.u64()?,
            ..record
        };
        Some((length, wide))
    })()
    .ok_or_else(|| malformed("zip64 end record"))?;
    if length != 44 {
        inconsistent("the end record has another length than 44");
    }
    let pairs = [
        (record.disk, wide.disk, 0xffff),
        (record.directory_disk, wide.directory_disk, 0xffff),
        (record.entries_here, wide.entries_here, 0xffff),
        (record.entries, wide.entries, 0xffff),
        (record.size, wide.size, 0xffff_ffff),
        (record.offset, wide.offset, 0xffff_ffff),
    ];
    if pairs
        .iter()
        .any(|(narrow, wide, mark)| narrow != mark && narrow != wide)
    {
        inconsistent("the two end records state different values");
    }
    Ok((if saturated { wide } else { record }, at))
}
