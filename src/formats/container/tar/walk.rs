//! The walk through a tar, with everything that two readers could take differently.

use std::collections::BTreeSet;
use std::io::{self, Read};

use jiff::Timestamp;

use super::compression::Unpacked;
use super::extended::Extended;
use super::header::{self, BLOCK, Block, Header};
use crate::formats::container::{
    ContainerError, Fault, Member, MemberKind, Modified, Survey, Visitor, check_name_limits, drain,
    names, normal_path,
};
use crate::formats::limits;

/// The largest size that a header's twelve octal digits can say; beyond it pax says the size.
const OCTAL_MAX: u64 = 0o777_7777_7777;

struct Walk<'s> {
    reader: Unpacked<'s>,
    at: u64,
    survey: Survey,
    names: usize,
    files: BTreeSet<String>,
}

pub(super) fn walk(
    reader: Unpacked<'_>,
    visit: &mut Visitor<'_>,
) -> Result<Survey, ContainerError> {
    let mut walk = Walk {
        reader,
        at: 0,
        survey: Survey::default(),
        names: 0,
        files: BTreeSet::new(),
    };
    match walk.all(visit) {
        Ok(()) => {}
        Err(ContainerError::Fault(fault)) => walk.survey.faults.push(fault),
        Err(error) => return Err(error),
    }
    let mut survey = walk.survey;
    survey.faults.append(&mut walk.reader.faults);
    survey.faults.extend(names::scan(&survey.members));
    Ok(survey)
}

impl Walk<'_> {
    fn all(&mut self, visit: &mut Visitor<'_>) -> Result<(), ContainerError> {
        let mut extended = Extended::default();
        loop {
            let at = self.at;
            let Some(block) = self.block()? else {
                self.survey.faults.push(Fault::NoEnd { at });
                return Ok(());
            };
            let header = match header::read(&block, at) {
                Block::Zero => {
                    if extended != Extended::default() {
                        self.survey.faults.push(Fault::ExtendedHeader { at });
                    }
                    return self.end(at);
                }
                Block::Broken(fault) => return Err(fault.into()),
                Block::Header(header) => header,
            };
            match header.kind {
                b'x' | b'X' => extended.take_pax(&self.small(header.size)?),
                b'L' => extended.take_long(&self.small(header.size)?, false),
                b'K' => extended.take_long(&self.small(header.size)?, true),
                b'g' => {
                    let mut global = Extended::default();
                    global.take_pax(&self.small(header.size)?);
                    self.survey.faults.extend(global.faults("", at));
                    if global.names_a_member() {
                        self.survey.faults.push(Fault::ExtendedHeader { at });
                    }
                }
                _ => {
                    self.member(header, &std::mem::take(&mut extended), at, visit)?;
                    continue;
                }
            }
            if header.kind == b'g' && extended != Extended::default() {
                // An extended header belongs to the member right behind it.
                self.survey.faults.push(Fault::ExtendedHeader { at });
            }
        }
    }

    /// One block; `None` at a clean end of the bytes.
    fn block(&mut self) -> Result<Option<[u8; BLOCK]>, ContainerError> {
        let mut block = [0; BLOCK];
        let mut filled = 0;
        while let Some(free) = block.get_mut(filled..).filter(|free| !free.is_empty()) {
            match self.reader.read(free)? {
                0 => break,
                length => filled += length,
            }
        }
        self.at += filled as u64;
        match filled {
            0 => Ok(None),
            BLOCK => Ok(Some(block)),
            _ => Err(Fault::Truncated { at: self.at }.into()),
        }
    }

    /// The data of an extended header.
    fn small(&mut self, size: u64) -> Result<Vec<u8>, ContainerError> {
        let length = usize::try_from(size)
            .ok()
            .filter(|length| *length <= limits::EXTENDED_HEADER)
            .ok_or_else(|| {
                ContainerError::limit("bytes of extended header", limits::EXTENDED_HEADER as u64)
            })?;
        let mut data = vec![];
        let mut reader = Content::new(&mut self.reader, self.at, size);
        reader.read_to_end(&mut data)?;
        self.at += length as u64;
        self.padding(size, "")?;
        Ok(data)
    }

    /// The zeros that fill the last block.
    fn padding(&mut self, size: u64, name: &str) -> Result<(), ContainerError> {
        let length = size.next_multiple_of(BLOCK as u64) - size;
        let mut padding = vec![];
        let mut reader = Content::new(&mut self.reader, self.at, length);
        reader.read_to_end(&mut padding)?;
        self.at += length;
        if padding.iter().any(|byte| *byte != 0) {
            self.survey.faults.push(Fault::Padding {
                name: name.to_owned(),
            });
        }
        Ok(())
    }

    fn member(
        &mut self,
        header: Header,
        extended: &Extended,
        at: u64,
        visit: &mut Visitor<'_>,
    ) -> Result<(), ContainerError> {
        let mut faults = vec![];
        let raw = extended.path.clone().unwrap_or(header.name);
        let written = unicode(&raw, &mut faults);
        check_name_limits(&written)?;
        self.names += written.len();
        if self.survey.members.len() >= limits::ENTRIES {
            return Err(ContainerError::limit("entries", limits::ENTRIES as u64));
        }
        if self.names > limits::NAMES {
            return Err(ContainerError::limit(
                "bytes of names",
                limits::NAMES as u64,
            ));
        }
        faults.extend(extended.faults(&written, at));
        let path = normal_path(&written).unwrap_or_else(|fault| {
            faults.push(fault.into_fault(&written));
            written.clone()
        });
        let raw_link = extended.link.clone().unwrap_or(header.link);
        let link = unicode(&raw_link, &mut faults);
        let kind = self.kind(header.kind, &path, &written, link, &mut faults);
        if extended.sparse || header.kind == b'S' {
            faults.push(Fault::Sparse {
                name: written.clone(),
            });
        }
        // A reader that ignores pax would go on at the header's size and meet other members.
        let size = extended.size.unwrap_or(header.size);
        if size != header.size && size <= OCTAL_MAX {
            faults.push(Fault::ExtendedContradicts {
                name: written.clone(),
                key: "size".to_owned(),
            });
        }
        if size > limits::UNPACKED {
            return Err(ContainerError::limit("unpacked bytes", limits::UNPACKED));
        }
        if kind != MemberKind::File && size > 0 {
            // Some readers skip such data, others take it for the next header.
            faults.push(Fault::UnexpectedData {
                name: written.clone(),
            });
        }
        if path.is_empty() && kind != MemberKind::Directory {
            faults.push(Fault::EmptyName);
        }
        let modified = extended
            .modified
            .or_else(|| Timestamp::from_second(header.modified?).ok());
        let member = Member {
            path,
            kind,
            size,
            packed: None,
            modified: modified.map(Modified::Instant),
            mode: Some(header.mode),
        };
        self.survey.faults.append(&mut faults);
        if member.is_file() {
            self.files.insert(member.path.clone());
        }
        self.survey.members.push(member.clone());
        let mut content = Content::new(&mut self.reader, self.at, size);
        let visited = visit(&member, &mut content);
        // What the stream itself lacks ends the walk; what else the visitor met is recorded.
        drain(&mut content)?;
        match visited {
            Err(ContainerError::Fault(fault)) => self.survey.faults.push(fault),
            outcome => outcome?,
        }
        self.at += size;
        self.padding(size, &member.path)
    }

    fn kind(
        &self,
        kind: u8,
        path: &str,
        written: &str,
        link: String,
        faults: &mut Vec<Fault>,
    ) -> MemberKind {
        let name = written.to_owned();
        match kind {
            // Before POSIX, a name that ends in a slash was a directory.
            b'0' | 0 if written.ends_with('/') => MemberKind::Directory,
            b'0' | 0 | b'7' | b'S' => MemberKind::File,
            b'5' => MemberKind::Directory,
            b'2' => MemberKind::SymbolicLink { target: link },
            b'1' => match normal_path(&link) {
                Ok(target) if self.files.contains(&target) && target != path => {
                    MemberKind::HardLink { target }
                }
                Ok(target) => {
                    faults.push(Fault::LinkWithoutTarget {
                        name,
                        target: target.clone(),
                    });
                    MemberKind::HardLink { target }
                }
                Err(_) => {
                    faults.push(Fault::LinkLeaves {
                        name,
                        target: link.clone(),
                    });
                    MemberKind::HardLink { target: link }
                }
            },
            b'3' | b'4' | b'6' => {
                faults.push(Fault::Device { name });
                MemberKind::Other
            }
            kind => {
                faults.push(Fault::UnknownKind { name, kind });
                MemberKind::Other
            }
        }
    }

    /// A zero block has been read at `at`: another, then nothing but zeros.
    fn end(&mut self, at: u64) -> Result<(), ContainerError> {
        let Some(second) = self.block()? else {
            self.survey.faults.push(Fault::NoEnd { at });
            return Ok(());
        };
        if header::read(&second, self.at) != Block::Zero {
            self.survey.faults.push(Fault::LoneZeroBlock { at });
            return drain(&mut self.reader);
        }
        loop {
            let at = self.at;
            let block = match self.block() {
                // Padding to a tape record need not end at a block.
                Err(ContainerError::Fault(Fault::Truncated { .. })) => return Ok(()),
                block => block?,
            };
            let Some(block) = block else {
                return Ok(());
            };
            match header::read(&block, at) {
                Block::Zero => {}
                Block::Header(_) => self.survey.faults.push(Fault::SecondArchive { at }),
                Block::Broken(_) => self.survey.faults.push(Fault::DataAfterEnd { at }),
            }
            if block.iter().any(|byte| *byte != 0) {
                return drain(&mut self.reader);
            }
        }
    }
}

fn unicode(raw: &[u8], faults: &mut Vec<Fault>) -> String {
    str::from_utf8(raw).map(str::to_owned).unwrap_or_else(|_| {
        let name = String::from_utf8_lossy(raw).into_owned();
        faults.push(Fault::NameNotUnicode { name: name.clone() });
        name
    })
}

/// Exactly so many bytes of the archive; fewer are a truncation.
struct Content<'a, 's> {
    reader: &'a mut Unpacked<'s>,
    at: u64,
    left: u64,
}

impl<'a, 's> Content<'a, 's> {
    fn new(reader: &'a mut Unpacked<'s>, at: u64, size: u64) -> Self {
        Self {
            reader,
            at,
            left: size,
        }
    }
}

impl Read for Content<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let Some(buffer) = buffer.get_mut(..length).filter(|buffer| !buffer.is_empty()) else {
            return Ok(0);
        };
        let length = self.reader.read(buffer)?;
        if length == 0 {
            return Err(ContainerError::from(Fault::Truncated { at: self.at }).into_io());
        }
        self.left -= length as u64;
        self.at += length as u64;
        Ok(length)
    }
}
