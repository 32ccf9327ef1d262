//! Every byte of a zip belongs to exactly one thing: overlaps, gaps and what stands before.

use super::local::{self, DESCRIPTOR};
use super::{Entry, STORED};
use crate::formats::container::{ContainerError, Fault};
use crate::formats::source::Source;

/// Walks the entries in file order up to the central directory.
pub(super) fn check(
    source: &dyn Source,
    entries: &[Entry],
    directory_start: u64,
    faults: &mut Vec<Fault>,
) -> Result<(), ContainerError> {
    let mut spans: Vec<(u64, u64, &Entry)> = entries
        .iter()
        .filter_map(|entry| {
            let end = entry.data_at?.checked_add(entry.packed())?;
            Some((entry.header_at, end, entry))
        })
        .collect();
    spans.sort_by_key(|(start, end, _)| (*start, *end));
    let mut covered = 0;
    let mut previous: Option<&Entry> = None;
    for (index, (start, end, entry)) in spans.iter().enumerate() {
        match previous {
            Some(previous) if *start < covered => faults.push(Fault::Overlap {
                first: previous.member.path.clone(),
                second: entry.member.path.clone(),
            }),
            _ if *start > covered => faults.push(unowned(covered, *start)),
            _ => {}
        }
        let next = spans
            .get(index + 1)
            .map_or(directory_start, |(start, _, _)| *start);
        let mut end = *end;
        if entry.flags & DESCRIPTOR != 0 {
            end += descriptor_length(source, entry, end, next.saturating_sub(end), faults)?;
        }
        if end > covered {
            covered = end;
            previous = Some(entry);
        }
    }
    match previous {
        Some(last) if covered > directory_start => faults.push(Fault::Overlap {
            first: last.member.path.clone(),
            second: "the central directory".to_owned(),
        }),
        _ if covered < directory_start => faults.push(unowned(covered, directory_start)),
        _ => {}
    }
    Ok(())
}

fn unowned(from: u64, to: u64) -> Fault {
    let bytes = to - from;
    if from == 0 {
        Fault::Prefix { bytes }
    } else {
        Fault::Gap { at: from, bytes }
    }
}

fn descriptor_length(
    source: &dyn Source,
    entry: &Entry,
    at: u64,
    room: u64,
    faults: &mut Vec<Fault>,
) -> Result<u64, ContainerError> {
    let name = || entry.member.path.clone();
    if entry.method == STORED && entry.packed() > 0 {
        faults.push(Fault::StoredWithDescriptor { name: name() });
    }
    if let Some(length) = local::descriptor(source, entry, at, room)? {
        return Ok(length);
    }
    faults.push(Fault::DescriptorDiffers { name: name() });
    // What has a descriptor's length is a wrong descriptor, not also a gap.
    Ok(if matches!(room, 12 | 16 | 20 | 24) {
        room
    } else {
        0
    })
}
