//! What is wrong with a package's structure, short of being unreadable.

use std::fmt;

use super::tag::Tag;

/// One of the two headers of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeaderKind {
    Signature,
    Main,
}

impl fmt::Display for HeaderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Signature => "signature header",
            Self::Main => "main header",
        })
    }
}

/// What is wrong with one entry of a header's index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryFault {
    /// A region that is not the first entry, or no tag at all.
    #[error("a tag below 100 among the entries")]
    Tag,
    /// Types are 1 to 9.
    #[error("type {0}, which does not exist")]
    Type(u32),
    /// No items, or several for the type of a single string.
    #[error("a count of {0}")]
    Count(u32),
    #[error("an offset that its type's alignment forbids")]
    Alignment,
    /// Data that starts or ends outside the header's data, or a string without end.
    #[error("data that leaves the header")]
    Outside,
    /// Data that starts before the previous entry's data ends, or runs into the region's trailer.
    #[error("data that overlaps another entry's, or is out of order")]
    Overlap,
}

/// What is wrong with a header's region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RegionFault {
    /// Only in the signature header; in the main header that is RPM v3.
    #[error("has no region")]
    Absent,
    #[error("has a region entry of another type, count or offset than the format's")]
    Entry,
    #[error("has a region whose trailer is not the format's")]
    Trailer,
    /// These entries can be added to a package after it was signed.
    #[error("has {0} entries outside its region")]
    Entries(u32),
    #[error("has {0} bytes of data outside its region")]
    Data(u32),
}

/// An oddity of a package that can still be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RpmFault {
    /// Reading the index stopped here; later entries are unknown.
    #[error("entry {index} of the {header} (tag {tag}) has {fault}")]
    Entry {
        header: HeaderKind,
        index: u32,
        tag: Tag,
        fault: EntryFault,
    },
    #[error("the {header} {fault}")]
    Region {
        header: HeaderKind,
        fault: RegionFault,
    },
    #[error("the {header} has tag {tag} twice")]
    DuplicateTag { header: HeaderKind, tag: Tag },
    /// The first tag that is smaller than the one before it.
    #[error("the {header}'s tags are not in order at tag {tag}")]
    UnsortedTags { header: HeaderKind, tag: Tag },
    #[error("tag {tag} of the {header} has type {found}")]
    WrongType {
        header: HeaderKind,
        tag: Tag,
        found: u32,
    },
    #[error("tag {tag} of the {header} holds several numbers where one is meant")]
    Several { header: HeaderKind, tag: Tag },
    /// Not hex, of another length than the algorithm's, or several where one is meant.
    #[error("the digest in tag {tag} of the {header} cannot be read")]
    UnreadableDigest { header: HeaderKind, tag: Tag },
    /// Not base64, or empty.
    #[error("signature {index} in tag {tag} cannot be read")]
    UnreadableSignature { tag: Tag, index: usize },
    /// Version 6 forbids the tags of version 3 signatures and sizes.
    #[error("tag {tag} in the signature header of a version 6 package")]
    ForbiddenTag { tag: Tag },
    #[error("bytes other than zero in the padding after the signature header")]
    Padding,
    #[error("bytes other than zero in the space reserved for signatures")]
    Reserved,
    /// More bytes than the package states for header and payload, or for the payload (version 6).
    #[error("{} bytes are appended to the {stated} that the package states", actual - stated)]
    Appended { stated: u64, actual: u64 },
    #[error("{} of the {stated} bytes that the package states are missing", stated - actual)]
    CutOff { stated: u64, actual: u64 },
    /// The lead names another kind of package than the header: binary or source.
    #[error("the lead and the header disagree on whether this is a source package")]
    LeadKind,
}

impl RpmFault {
    /// The stable code by which reports name it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Entry { .. } => "rpm-header-entry",
            Self::Region { .. } => "rpm-header-region",
            Self::DuplicateTag { .. } => "rpm-duplicate-tag",
            Self::UnsortedTags { .. } => "rpm-unsorted-tags",
            Self::WrongType { .. } => "rpm-wrong-type",
            Self::Several { .. } => "rpm-several-values",
            Self::UnreadableDigest { .. } => "rpm-unreadable-digest",
            Self::UnreadableSignature { .. } => "rpm-unreadable-signature",
            Self::ForbiddenTag { .. } => "rpm-forbidden-tag",
            Self::Padding => "rpm-padding",
            Self::Reserved => "rpm-reserved-space",
            Self::Appended { .. } => "rpm-appended-bytes",
            Self::CutOff { .. } => "rpm-cut-off",
            Self::LeadKind => "rpm-lead-kind",
        }
    }

    /// Whether readers may see different content, so that the package is refused. `version6` holds a
    /// package to that format's stricter rules.
    #[must_use]
    pub fn refuses(&self, version6: bool) -> bool {
        match self {
            // Nothing of the signature header is signed; RPM itself reads old ones of any form.
            Self::Region { header, fault } => {
                *header == HeaderKind::Main
                    || version6
                    || matches!(fault, RegionFault::Entry | RegionFault::Trailer)
            }
            Self::UnsortedTags { .. } | Self::Reserved => version6,
            Self::LeadKind => false,
            _ => true,
        }
    }
}
