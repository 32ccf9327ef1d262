//! The lead: 96 bytes at the start, by which a package is known (RPM documentation, "Lead Format").
//! Nothing in it is signed, and no reader believes more of it than the magic and the version.

/// The length of the lead in bytes.
pub(super) const LENGTH: usize = 96;

const MAGIC: [u8; 4] = [0xed, 0xab, 0xee, 0xdb];

/// What is kept of the lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lead {
    /// 3 in version 4 packages, 3 or 4 in version 6 packages.
    pub major: u8,
    /// 0 for binary packages, 1 for source packages.
    pub kind: u16,
    /// 5: a signature header follows.
    pub signature_type: u16,
}

/// Whether a file that starts with these bytes may be an RPM package; four bytes are enough to tell.
#[must_use]
pub fn may_be_rpm(start: &[u8]) -> bool {
    start.starts_with(&MAGIC)
}

impl Lead {
    /// `None` when the magic is another.
    pub(super) fn read(bytes: &[u8; LENGTH]) -> Option<Self> {
        let [m0, m1, m2, m3, major, _, kind0, kind1, rest @ ..] = bytes;
        if [*m0, *m1, *m2, *m3] != MAGIC {
            return None;
        }
        // archnum, name and osnum (2 + 66 + 2 bytes) come between.
        let signature_type = rest.get(70..72)?.first_chunk()?;
        Some(Self {
            major: *major,
            kind: u16::from_be_bytes([*kind0, *kind1]),
            signature_type: u16::from_be_bytes(*signature_type),
        })
    }
}
