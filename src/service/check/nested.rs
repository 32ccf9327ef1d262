//! Signed things inside a package: an RPM in a signed zip, an image in a tar. Each is read like a file
//! of its own, to a bounded depth, and told as a child of the package.
//!
//! Nothing is unpacked to disk, so that a member is held in memory while it is read; what is too large
//! for that, or too much, is counted and told.

use std::collections::BTreeSet;
use std::io::{self, Read};

use super::beside::Beside;
use super::read::{ReadError, Reading, read_candidate};
use super::readers::Candidate;
use crate::domain::{Finding, FindingKind};
use crate::formats::container::{Container, ContainerError};
use crate::formats::limits;

/// A signed member, read.
#[derive(Debug)]
pub(super) struct Child {
    /// Its name inside the package.
    pub(super) name: String,
    pub(super) reading: Result<Reading, ReadError>,
}

/// What may still be read inside one package, whatever the depth.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowance {
    pub(super) depth: usize,
    pub(super) members: usize,
    pub(super) bytes: usize,
}

impl Allowance {
    /// How many bytes the next member may have; `None` when no more may be read.
    fn room(&self) -> Option<usize> {
        let limit = limits::NESTED_MEMBER.min(self.bytes);
        (self.depth > 0 && self.members > 0 && limit > 0).then_some(limit)
    }
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            depth: limits::NESTED_DEPTH,
            members: limits::NESTED_MEMBERS,
            bytes: limits::NESTED_BYTES,
        }
    }
}

/// Reads the members of these names; tells in `findings` how many were left out.
pub(super) fn children(
    container: &Container<'_>,
    names: &[String],
    parent: &Candidate<'_>,
    allowance: &mut Allowance,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Child>, ReadError> {
    let mut found = vec![];
    let mut left_out: Vec<String> = vec![];
    let mut take = |name: &str, bytes: Option<Vec<u8>>, allowance: &mut Allowance| {
        // What lay inside the member before it may have used up what was left.
        let room = allowance.room();
        match bytes.filter(|bytes| room.is_some_and(|room| bytes.len() <= room)) {
            Some(bytes) => {
                allowance.members -= 1;
                allowance.bytes = allowance.bytes.saturating_sub(bytes.len());
                found.extend(child(name, &bytes, parent, allowance));
            }
            None => left_out.push(name.to_owned()),
        }
    };
    if let Container::Zip(zip) = container {
        for name in names {
            let bytes = match allowance.room() {
                None => None,
                Some(limit) => match zip.read_member(name, limit) {
                    Err(ContainerError::MemberTooLarge { .. }) => None,
                    read => Some(read?),
                },
            };
            take(name, bytes, allowance);
        }
    } else {
        let mut wanted: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        while !wanted.is_empty() {
            let batch = batch(container, &mut wanted, allowance)?;
            if batch.is_empty() {
                break;
            }
            for (name, bytes) in batch {
                take(&name, bytes, allowance);
            }
        }
    }
    if let Some(first) = left_out.first() {
        findings.push(Finding::whole(FindingKind::NestedUnread {
            count: u32::try_from(left_out.len()).unwrap_or(u32::MAX),
            first: first.clone(),
        }));
    }
    Ok(found)
}

/// Members by name; without bytes where one is too large.
type Batch = Vec<(String, Option<Vec<u8>>)>;

/// The next members of a tar, which is walked from its start for them, as many as may be held together. They are judged once the walk is over: a decoder holds more
/// than they do, and must not wait while those of the archives inside are at work.
fn batch(
    container: &Container<'_>,
    wanted: &mut BTreeSet<&str>,
    allowance: &Allowance,
) -> Result<Batch, ReadError> {
    let mut batch = vec![];
    let mut together = 0;
    container.walk(&mut |member, reader| {
        let name = member.path.as_str();
        let free = limits::NESTED_MEMBER.saturating_sub(together);
        let fits = usize::try_from(member.size).is_ok_and(|size| size <= free);
        if !wanted.contains(name) || !(fits || batch.is_empty()) {
            return Ok(());
        }
        wanted.remove(name);
        let bytes = match allowance.room() {
            Some(limit) => held(reader, limit)?,
            None => None,
        };
        together += bytes.as_ref().map_or(0, Vec::len);
        batch.push((member.path.clone(), bytes));
        Ok(())
    })?;
    Ok(batch)
}

/// A stream's bytes; `None` when there are more than `limit`.
fn held(reader: &mut dyn Read, limit: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![];
    reader.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() <= limit).then_some(bytes))
}

/// One member as a package; `None` when nothing in it is signed.
fn child(
    name: &str,
    bytes: &Vec<u8>,
    parent: &Candidate<'_>,
    allowance: &mut Allowance,
) -> Option<Child> {
    // Keys that the caller named serve here too; what lay beside the package signs the package.
    let beside = Beside::keys_of(parent.beside);
    let candidate = Candidate {
        source: bytes,
        name: name.rsplit('/').next().unwrap_or(name),
        path: None,
        beside: &beside,
        lists: &[],
        request: parent.request,
    };
    allowance.depth -= 1;
    let reading = read_candidate(&candidate, allowance);
    allowance.depth += 1;
    let reading = match reading {
        Ok(None) => return None,
        Ok(Some(reading)) if reading.facts.objects.is_empty() && reading.children.is_empty() => {
            return None;
        }
        Ok(Some(reading)) => Ok(reading),
        Err(error) => Err(error),
    };
    Some(Child {
        name: name.to_owned(),
        reading,
    })
}
