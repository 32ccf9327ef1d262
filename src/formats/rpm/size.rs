//! The sizes that a package states of itself, and the space that it reserves.

use super::fault::RpmFault;
use super::header::Header;
use super::tag::{main, signature};
use super::{Layout, taken};

/// The size of header and payload together, as the unsigned signature header states it.
pub(super) struct SignatureSizes([Option<u64>; 2]);

impl SignatureSizes {
    pub(super) fn read(header: &Header, faults: &mut Vec<RpmFault>) -> Self {
        let short = taken(header.int32(signature::SIZE), faults).map(u64::from);
        let long = taken(header.int64(signature::LONG_SIZE), faults);
        Self([short, long])
    }

    /// A reader that goes by the size and one that goes by the file's end see different payloads.
    pub(super) fn check(self, layout: &Layout, faults: &mut Vec<RpmFault>) {
        let actual = layout.payload.end - layout.main_header.start;
        let wrong = self.0.into_iter().flatten();
        faults.extend(wrong.filter_map(|stated| difference(stated, actual)));
    }
}

/// Checks the payload's size as a version 6 main header states it: as packed, or as unpacked for a
/// file whose payload was stored unpacked.
pub(super) fn check_payload(header: &Header, layout: &Layout, faults: &mut Vec<RpmFault>) {
    let actual = layout.payload.end - layout.payload.start;
    let packed = taken(header.int64(main::PAYLOAD_SIZE), faults);
    let unpacked = taken(header.int64(main::PAYLOAD_SIZE_ALT), faults);
    if let Some(stated) = packed
        && unpacked != Some(actual)
    {
        faults.extend(difference(stated, actual));
    }
}

fn difference(stated: u64, actual: u64) -> Option<RpmFault> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    match actual.cmp(&stated) {
        Equal => None,
        Greater => Some(RpmFault::Appended { stated, actual }),
        Less => Some(RpmFault::CutOff { stated, actual }),
    }
}

/// The space reserved for signatures holds zeros only.
pub(super) fn check_reserved(header: &Header, faults: &mut Vec<RpmFault>) {
    for tag in [signature::RESERVED, signature::RESERVED_SPACE] {
        if let Some(space) = taken(header.binary(tag), faults)
            && space.iter().any(|byte| *byte != 0)
        {
            faults.push(RpmFault::Reserved);
        }
    }
}
