//! A header: a counted index of tags over one area of data (RPM documentation, "Header Format" and
//! "Header regions"). Both headers of a package have this form.

use std::collections::BTreeMap;
use std::ops::Range;

use super::fault::{EntryFault, HeaderKind, RegionFault, RpmFault};
use super::tag::{self, Tag};
use super::{RpmError, bytes_at};
use crate::formats::limits;
use crate::formats::source::Source;

/// Magic, version 1 and four reserved bytes.
const MAGIC: [u8; 8] = [0x8e, 0xad, 0xe8, 0x01, 0, 0, 0, 0];
/// Magic, count of entries, size of data.
const INTRO: usize = 16;
/// Tag, type, offset, count.
const ENTRY: usize = 16;

const TYPE_STRING: u32 = 6;
const TYPE_BINARY: u32 = 7;
const TYPE_STRING_ARRAY: u32 = 8;
const TYPE_I18N_STRING: u32 = 9;
const TYPE_INT32: u32 = 4;
const TYPE_INT64: u32 = 5;

/// An entry whose data was found to lie within the header.
#[derive(Debug, Clone)]
struct Entry {
    kind: u32,
    count: u32,
    /// In the header's data.
    data: Range<usize>,
}

/// A header held in memory.
#[derive(Debug, Clone)]
pub(super) struct Header {
    kind: HeaderKind,
    /// In the file, from the magic on.
    pub(super) range: Range<u64>,
    /// Whether its first entry is a region.
    pub(super) has_region: bool,
    entries: BTreeMap<Tag, Entry>,
    data: Vec<u8>,
}

/// One line of the index as it stands.
#[derive(Debug, Clone, Copy)]
struct Line {
    tag: u32,
    kind: u32,
    offset: u32,
    count: u32,
}

impl Line {
    fn read(bytes: &[u8]) -> Option<Self> {
        let word = |at| bytes_at(bytes, at).map(u32::from_be_bytes);
        Some(Self {
            tag: word(0)?,
            kind: word(4)?,
            offset: word(8)?,
            count: word(12)?,
        })
    }
}

impl Header {
    /// Reads the header at `offset` and checks every entry; what is odd goes to `faults`.
    ///
    /// # Errors
    /// When there is no header, the file ends inside it, or it passes a limit.
    pub(super) fn read(
        source: &dyn Source,
        kind: HeaderKind,
        offset: u64,
        faults: &mut Vec<RpmFault>,
    ) -> Result<Self, RpmError> {
        let truncated = |end: u64| RpmError::Truncated {
            part: kind,
            end,
            size: source.size(),
        };
        let after_intro = offset.saturating_add(INTRO as u64);
        if after_intro > source.size() {
            return Err(truncated(after_intro));
        }
        let intro = source.read_range(offset, INTRO)?;
        if !intro.starts_with(&MAGIC) {
            return Err(RpmError::NoHeader { part: kind, offset });
        }
        let word = |at| bytes_at(&intro, at).map_or(0, u32::from_be_bytes);
        let (count, size) = (word(8), word(12));
        for (what, value, limit) in [
            ("entries of a header", count, limits::RPM_ENTRIES),
            ("bytes of a header", size, limits::RPM_HEADER),
        ] {
            if value > limit {
                return Err(RpmError::Limit {
                    what,
                    value: u64::from(value),
                    limit: u64::from(limit),
                });
            }
        }
        // Both numbers are below 2^27 from here on.
        let index_length = count as usize * ENTRY;
        let data_at = after_intro + index_length as u64;
        let end = data_at + u64::from(size);
        if end > source.size() {
            return Err(truncated(end));
        }
        let index = source.read_range(after_intro, index_length)?;
        let lines: Vec<Line> = index.chunks_exact(ENTRY).filter_map(Line::read).collect();
        let mut header = Self {
            kind,
            range: offset..end,
            has_region: false,
            entries: BTreeMap::new(),
            data: source.read_range(data_at, size as usize)?,
        };
        header.take_entries(&lines, faults);
        Ok(header)
    }

    fn take_entries(&mut self, lines: &[Line], faults: &mut Vec<RpmFault>) {
        let header = self.kind;
        let region_tag = match header {
            HeaderKind::Signature => tag::HEADER_SIGNATURES,
            HeaderKind::Main => tag::HEADER_IMMUTABLE,
        };
        self.has_region = lines.first().is_some_and(|line| line.tag == region_tag);
        let mut limit = self.data.len();
        if let (true, Some(region)) = (self.has_region, lines.first()) {
            match self.region(*region, lines.len(), region_tag) {
                Ok(trailer) => limit = trailer,
                Err(fault) => faults.push(RpmFault::Region { header, fault }),
            }
        } else if header == HeaderKind::Signature {
            let fault = RegionFault::Absent;
            faults.push(RpmFault::Region { header, fault });
        }
        let mut end = 0;
        let mut previous = 0;
        let mut sorted = true;
        for (index, line) in (0..).zip(lines).skip(usize::from(self.has_region)) {
            let tag = line.tag;
            // Entries after a faulty one are not read: scanning strings stays linear in the data.
            let data = match self.entry_data(*line, end, limit) {
                Ok(data) => data,
                Err(fault) => {
                    faults.push(RpmFault::Entry {
                        header,
                        index,
                        tag,
                        fault,
                    });
                    return;
                }
            };
            end = data.end;
            if sorted && tag < previous {
                sorted = false;
                faults.push(RpmFault::UnsortedTags { header, tag });
            }
            previous = tag;
            let entry = Entry {
                kind: line.kind,
                count: line.count,
                data,
            };
            if self.entries.insert(tag, entry).is_some() {
                // Which of the two a reader takes is anybody's guess.
                faults.push(RpmFault::DuplicateTag { header, tag });
                return;
            }
        }
    }

    /// Checks the region, and gives the offset of its trailer in the data.
    fn region(&self, line: Line, count: usize, region_tag: Tag) -> Result<usize, RegionFault> {
        if line.kind != TYPE_BINARY || line.count as usize != ENTRY {
            return Err(RegionFault::Entry);
        }
        let start = line.offset as usize;
        let trailer = start
            .checked_add(ENTRY)
            .and_then(|end| self.data.get(start..end))
            .and_then(Line::read)
            .ok_or(RegionFault::Entry)?;
        let named = trailer.tag == region_tag
            || self.kind == HeaderKind::Signature && trailer.tag == tag::HEADER_IMAGE;
        // The offset is negative: back over the region's index entries.
        let back = trailer.offset.wrapping_neg() as usize;
        if !named
            || trailer.kind != TYPE_BINARY
            || trailer.count as usize != ENTRY
            || !back.is_multiple_of(ENTRY)
            || back == 0
            || back / ENTRY > count
        {
            return Err(RegionFault::Trailer);
        }
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        let entries_outside = count - back / ENTRY;
        if entries_outside > 0 {
            return Err(RegionFault::Entries(number(entries_outside)));
        }
        match self.data.len() - start - ENTRY {
            0 => Ok(start),
            outside => Err(RegionFault::Data(number(outside))),
        }
    }

    /// Where the data of an entry lies, which may start at `from` and must end at `limit`.
    fn entry_data(
        &self,
        line: Line,
        from: usize,
        limit: usize,
    ) -> Result<Range<usize>, EntryFault> {
        if line.tag < tag::FIRST {
            return Err(EntryFault::Tag);
        }
        let width: usize = match line.kind {
            1 | 2 | TYPE_BINARY => 1,
            3 => 2,
            TYPE_INT32 => 4,
            TYPE_INT64 => 8,
            TYPE_STRING | TYPE_STRING_ARRAY | TYPE_I18N_STRING => 0,
            unknown => return Err(EntryFault::Type(unknown)),
        };
        if line.count == 0 || line.kind == TYPE_STRING && line.count != 1 {
            return Err(EntryFault::Count(line.count));
        }
        let start = line.offset as usize;
        if width > 1 && !start.is_multiple_of(width) {
            return Err(EntryFault::Alignment);
        }
        let rest = self.data.get(start..).ok_or(EntryFault::Outside)?;
        if start < from {
            return Err(EntryFault::Overlap);
        }
        let length = if width == 0 {
            strings_length(rest, line.count)
        } else {
            // An offset that fits into the data and a 32-bit count of at most 8 bytes each.
            (line.count as usize).checked_mul(width)
        };
        let end = length
            .and_then(|length| start.checked_add(length))
            .filter(|end| *end <= self.data.len())
            .ok_or(EntryFault::Outside)?;
        if end > limit {
            return Err(EntryFault::Overlap);
        }
        Ok(start..end)
    }

    pub(super) fn tags(&self) -> impl Iterator<Item = Tag> + '_ {
        self.entries.keys().copied()
    }

    pub(super) fn has(&self, tag: Tag) -> bool {
        self.entries.contains_key(&tag)
    }

    /// The data of a tag that must be of this type, and how many items it has.
    fn typed(&self, tag: Tag, kind: u32) -> Result<Option<(u32, &[u8])>, RpmFault> {
        let Some(entry) = self.entries.get(&tag) else {
            return Ok(None);
        };
        if entry.kind != kind {
            return Err(RpmFault::WrongType {
                header: self.kind,
                tag,
                found: entry.kind,
            });
        }
        Ok(self
            .data
            .get(entry.data.clone())
            .map(|data| (entry.count, data)))
    }

    /// A string without its closing zero byte.
    pub(super) fn string(&self, tag: Tag) -> Result<Option<&[u8]>, RpmFault> {
        let typed = self.typed(tag, TYPE_STRING)?;
        Ok(typed.map(|(_, data)| data.strip_suffix(b"\0").unwrap_or(data)))
    }

    /// The strings of an array, and how many there are.
    pub(super) fn strings(
        &self,
        tag: Tag,
    ) -> Result<Option<(u32, impl Iterator<Item = &[u8]>)>, RpmFault> {
        let typed = self.typed(tag, TYPE_STRING_ARRAY)?;
        Ok(typed.map(|(count, data)| {
            let data = data.strip_suffix(b"\0").unwrap_or(data);
            (count, data.split(|byte| *byte == 0))
        }))
    }

    pub(super) fn binary(&self, tag: Tag) -> Result<Option<&[u8]>, RpmFault> {
        Ok(self.typed(tag, TYPE_BINARY)?.map(|(_, data)| data))
    }

    /// One number of 32 bits.
    pub(super) fn int32(&self, tag: Tag) -> Result<Option<u32>, RpmFault> {
        let typed = self.typed(tag, TYPE_INT32)?;
        self.single(tag, typed.map(|(_, data)| data), u32::from_be_bytes)
    }

    /// One number of 64 bits.
    pub(super) fn int64(&self, tag: Tag) -> Result<Option<u64>, RpmFault> {
        let typed = self.typed(tag, TYPE_INT64)?;
        self.single(tag, typed.map(|(_, data)| data), u64::from_be_bytes)
    }

    fn single<const N: usize, T>(
        &self,
        tag: Tag,
        data: Option<&[u8]>,
        read: fn([u8; N]) -> T,
    ) -> Result<Option<T>, RpmFault> {
        let Some(data) = data else { return Ok(None) };
        match data.try_into() {
            Ok(bytes) => Ok(Some(read(bytes))),
            Err(_) => Err(RpmFault::Several {
                header: self.kind,
                tag,
            }),
        }
    }
}

/// How many bytes `count` strings take, closing zeros included.
fn strings_length(data: &[u8], count: u32) -> Option<usize> {
    let is_end = |byte: &u8| *byte == 0;
    let mut left = count as usize;
    let mut at = 0;
    // Counting whole blocks is many times faster than looking at each byte.
    for block in data.chunks(256) {
        let ends = block.iter().copied().filter(|byte| is_end(byte)).count();
        if left <= ends {
            let nth = left.checked_sub(1)?;
            let (last, _) = block
                .iter()
                .enumerate()
                .filter(|(_, b)| is_end(b))
                .nth(nth)?;
            return Some(at + last + 1);
        }
        left -= ends;
        at += block.len();
    }
    None
}
