//! Zip archives (PKWARE APPNOTE 6.3.10), by an own reader that accounts for every byte.
//!
//! Opening reads the end records, the central directory and every local header; faults of structure
//! are known then. Faults of content (CRC, sizes) show as members are read. Members may be read by
//! many threads at once.

mod central;
mod data;
mod end;
mod extra;
mod fields;
mod layout;
mod local;
mod name;

use std::fmt;

pub use data::MemberReader;

use super::{ContainerError, Fault, Member, MemberKind, Survey, Visitor, drain, names, read_all};
use crate::formats::limits;
use crate::formats::source::Source;

const STORED: u16 = 0;
const DEFLATED: u16 = 8;
const ZSTANDARD: u16 = 93;
/// Flag bits 0, 6 and 13: encrypted data, strong encryption, masked headers.
const ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;

/// One entry: the member's facts and where its bytes lie.
#[derive(Debug, Clone)]
pub struct Entry {
    pub member: Member,
    raw_name: Vec<u8>,
    method: u16,
    flags: u16,
    time: u16,
    date: u16,
    crc: u32,
    header_at: u64,
    /// `None` when the local header is missing.
    data_at: Option<u64>,
}

impl Entry {
    fn packed(&self) -> u64 {
        self.member.packed.unwrap_or(0)
    }

    /// The bytes of the container that hold the packed data; `None` when no local header leads
    /// there.
    #[must_use]
    pub fn data_range(&self) -> Option<std::ops::Range<u64>> {
        let start = self.data_at?;
        Some(start..start.checked_add(self.packed())?)
    }
}

/// An opened zip.
pub struct Zip<'s> {
    source: &'s dyn Source,
    entries: Vec<Entry>,
    faults: Vec<Fault>,
    directory_start: u64,
}

impl fmt::Debug for Zip<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zip({} entries)", self.entries.len())
    }
}

/// Whether the bytes end as a zip does, whatever they begin with.
pub(super) fn ends_archive(source: &dyn Source) -> Result<bool, ContainerError> {
    end::is_at_end(source)
}

impl<'s> Zip<'s> {
    /// Reads everything but the members' data.
    ///
    /// # Errors
    /// On IO failure, past a limit, or when no central directory can be found.
    pub fn open(source: &'s dyn Source) -> Result<Self, ContainerError> {
        let mut faults = vec![];
        let directory = end::find(source, &mut faults)?;
        let mut entries = central::read(source, &directory, &mut faults)?;
        let mut unpacked: u64 = 0;
        for entry in &mut entries {
            unpacked = unpacked.saturating_add(entry.member.size);
            if unpacked > limits::UNPACKED {
                return Err(ContainerError::limit("unpacked bytes", limits::UNPACKED));
            }
            local::compare(source, entry, &mut faults)?;
        }
        layout::check(source, &entries, directory.start, &mut faults)?;
        for entry in &mut entries {
            entry.raw_name = vec![];
            let name = entry.member.path.clone();
            if entry.flags & ENCRYPTED != 0 {
                faults.push(Fault::Encrypted { name });
            } else if !matches!(entry.method, STORED | DEFLATED | ZSTANDARD) {
                faults.push(Fault::UnsupportedMethod {
                    name,
                    method: entry.method,
                });
            }
        }
        let mut zip = Self {
            source,
            entries,
            faults,
            directory_start: directory.start,
        };
        zip.read_links();
        let members: Vec<Member> = zip.members().cloned().collect();
        zip.faults.extend(names::scan(&members));
        Ok(zip)
    }

    /// The targets of symbolic links are their data.
    fn read_links(&mut self) {
        for index in 0..self.entries.len() {
            let Some(entry) = self.entries.get(index) else {
                break;
            };
            if !matches!(entry.member.kind, MemberKind::SymbolicLink { .. }) {
                continue;
            }
            let name = entry.member.path.clone();
            let target = self
                .open_entry(entry)
                .and_then(|mut reader| read_all(&mut reader, &name, limits::NAME))
                .ok()
                .and_then(|bytes| String::from_utf8(bytes).ok());
            match (target, self.entries.get_mut(index)) {
                (Some(target), Some(entry)) => {
                    entry.member.kind = MemberKind::SymbolicLink { target };
                }
                _ => self.faults.push(Fault::Undecodable { name }),
            }
        }
    }

    /// Every entry, in the order of the central directory.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Every member, in the same order.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.entries.iter().map(|entry| &entry.member)
    }

    /// The faults of structure; those of content come with reading.
    #[must_use]
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// Where the central directory begins, in bytes; signature blocks of some formats end there.
    #[must_use]
    pub fn directory_start(&self) -> u64 {
        self.directory_start
    }

    /// A reader over one entry's unpacked bytes. Its errors carry a [`ContainerError`]. The limit
    /// on unpacked bytes of the whole archive has been checked on the stated sizes, which no reader
    /// exceeds.
    ///
    /// # Errors
    /// With the [`Fault`] that makes the entry unreadable.
    pub fn open_entry(&self, entry: &Entry) -> Result<MemberReader<'s>, ContainerError> {
        MemberReader::open(self.source, entry)
    }

    /// See [`super::Container::walk`].
    ///
    /// # Errors
    /// On IO failure, past a limit, or when the visitor says so.
    pub fn walk(&self, visit: &mut Visitor<'_>) -> Result<Survey, ContainerError> {
        let mut survey = Survey {
            members: Vec::with_capacity(self.entries.len()),
            faults: self.faults.clone(),
        };
        for entry in &self.entries {
            let outcome = if entry.member.is_file() {
                self.open_entry(entry).and_then(|mut reader| {
                    visit(&entry.member, &mut reader)?;
                    drain(&mut reader)
                })
            } else {
                visit(&entry.member, &mut std::io::empty())
            };
            match outcome {
                Ok(()) => {}
                // Known since the opening.
                Err(ContainerError::Fault(fault)) if fault.is_structural() => {}
                Err(ContainerError::Fault(fault)) => survey.faults.push(fault),
                Err(error) => return Err(error),
            }
            survey.members.push(entry.member.clone());
        }
        Ok(survey)
    }

    /// See [`super::Container::read_member`].
    ///
    /// # Errors
    /// When there is no such file, it is too long, or it cannot be read.
    pub fn read_member(&self, path: &str, limit: usize) -> Result<Vec<u8>, ContainerError> {
        let entry = self
            .entries
            .iter()
            .find(|entry| entry.member.path == path && entry.member.is_file())
            .ok_or_else(|| ContainerError::NoSuchMember {
                path: path.to_owned(),
            })?;
        read_all(&mut self.open_entry(entry)?, path, limit)
    }
}
