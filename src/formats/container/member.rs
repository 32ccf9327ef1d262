//! One member of a container: what its headers say about it.

use jiff::{Timestamp, civil};

/// When a member was last modified, as its container states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Modified {
    Instant(Timestamp),
    /// A wall-clock time in a zone that the container does not name (the zip date field).
    Local(civil::DateTime),
}

impl Modified {
    /// The instant, a local time taken as UTC: at most 14 hours off.
    #[must_use]
    pub fn about(self) -> Option<Timestamp> {
        match self {
            Self::Instant(instant) => Some(instant),
            Self::Local(local) => local
                .to_zoned(jiff::tz::TimeZone::UTC)
                .ok()
                .map(|zoned| zoned.timestamp()),
        }
    }
}

/// What a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberKind {
    File,
    Directory,
    /// The target as written, relative to the link's folder.
    SymbolicLink {
        target: String,
    },
    /// Another name of an earlier member; the target is a path in the container.
    HardLink {
        target: String,
    },
    /// A device, pipe, socket or a kind that we do not know.
    Other,
}

/// A member's facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The normal path; as written, with a fault, when it has no normal form.
    pub path: String,
    pub kind: MemberKind,
    /// Unpacked, in bytes, as stated.
    pub size: u64,
    /// Packed, in bytes; `None` where members are not packed one by one.
    pub packed: Option<u64>,
    pub modified: Option<Modified>,
    /// Unix permission and type bits, where the container has them.
    pub mode: Option<u32>,
}

impl Member {
    #[must_use]
    pub fn is_file(&self) -> bool {
        self.kind == MemberKind::File
    }

    #[must_use]
    pub fn is_directory(&self) -> bool {
        self.kind == MemberKind::Directory
    }
}
