//! What is wrong with a container that can be read, and how much it weighs.

/// What a fault means for the verdict where the signature covers the members. Where a signature
/// covers the whole file's bytes, every fault is only a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Unusual; every reader sees the same content.
    Odd,
    /// A part cannot be read by us, so nothing can be said about it.
    Unreadable,
    /// Two readers would see different content, or unpacking would leave the tree.
    Refusing,
}

/// A field that stands both in a local and in the central header of a zip.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    Name,
    Method,
    Flags,
    PackedSize,
    Size,
    Crc,
    /// Only a listing sees it.
    Modified,
    /// Bits 1 and 2: how hard the writer tried.
    CompressionLevel,
}

/// One fault with its facts. Names are as the container wrote them (decoded), positions and
/// lengths are in bytes of the (unpacked) container.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    // names
    #[error("two members are named {name:?}")]
    DuplicateName { name: String },
    #[error("{name:?} and {other:?} are one name where case or Unicode composition is ignored")]
    FoldedDuplicate { name: String, other: String },
    #[error("{name:?} climbs out of its folder")]
    Traversal { name: String },
    #[error("{name:?} is an absolute path")]
    AbsolutePath { name: String },
    #[error("{name:?} has a backslash, a folder on one system and a letter on another")]
    Backslash { name: String },
    #[error("{name:?} has a NUL, control or text-direction character")]
    ControlCharacter { name: String },
    #[error("a member without a name")]
    EmptyName,
    #[error("{name:?} is not Unicode where it says or must be")]
    NameNotUnicode { name: String },
    #[error("{name:?} is not ASCII and does not say in which encoding it is")]
    NameEncoding { name: String },
    #[error("{name:?} names itself {other:?} in an extra field")]
    UnicodePath { name: String, other: String },
    #[error("{name:?} is a file, and {inside:?} lies in it as in a folder")]
    FileAsFolder { name: String, inside: String },
    #[error("{name:?} is a folder by its name or by its mode, and not by the other")]
    KindContradicts { name: String },
    // links and special files
    #[error("the link {name:?} leaves the tree to {target:?}")]
    LinkLeaves { name: String, target: String },
    #[error("{name:?} lies behind the link {link:?}")]
    ThroughLink { name: String, link: String },
    #[error("the hard link {name:?} names {target:?}, which no earlier file is")]
    LinkWithoutTarget { name: String, target: String },
    #[error("{name:?} carries data where its kind has none")]
    UnexpectedData { name: String },
    #[error("{name:?} is a device, pipe or socket")]
    Device { name: String },
    #[error("{name:?} is of the unknown kind {kind:#04x}")]
    UnknownKind { name: String, kind: u8 },
    // zip
    #[error("{name:?}: local and central header differ in {field:?}: {local} and {central}")]
    LocalDiffers {
        name: String,
        field: Field,
        local: String,
        central: String,
    },
    #[error("{name:?}: no local header at byte {at}")]
    LocalMissing { name: String, at: u64 },
    #[error("{name:?}: the data descriptor differs from the central header")]
    DescriptorDiffers { name: String },
    #[error("{name:?} is stored, its length known only behind its data")]
    StoredWithDescriptor { name: String },
    #[error("{first:?} and {second:?} share bytes")]
    Overlap { first: String, second: String },
    #[error("{bytes} bytes stand before the archive")]
    Prefix { bytes: u64 },
    #[error("{bytes} bytes follow the archive")]
    Suffix { bytes: u64 },
    #[error("{bytes} bytes at {at} belong to no member")]
    Gap { at: u64, bytes: u64 },
    #[error("a second end record at byte {at}")]
    SecondEndRecord { at: u64 },
    #[error("the archive has a comment of {bytes} bytes")]
    Comment { bytes: u64 },
    #[error("{name:?} is encrypted")]
    Encrypted { name: String },
    #[error("zip64 records: {what}")]
    Zip64 { what: &'static str },
    #[error("zip64 field of {name:?}: {what}")]
    Zip64Entry { name: String, what: &'static str },
    #[error("the archive is one of several disks")]
    MultiDisk,
    #[error("{stated} entries are stated, {found} are there")]
    EntryCount { stated: u64, found: u64 },
    #[error("the extra fields of {name:?} are not well formed")]
    ExtraField { name: String },
    #[error("{name:?} is packed by the unsupported method {method}")]
    UnsupportedMethod { name: String, method: u16 },
    #[error("{name:?} cannot be unpacked")]
    Undecodable { name: String },
    #[error("{name:?}: {stated} bytes are stated, {found} or more come out")]
    Size {
        name: String,
        stated: u64,
        found: u64,
    },
    #[error("{name:?}: the checksum is {found:08x}, {stated:08x} is stated")]
    Crc {
        name: String,
        stated: u32,
        found: u32,
    },
    #[error("{bytes} packed bytes of {name:?} follow the end of its data")]
    TrailingData { name: String, bytes: u64 },
    // tar
    #[error("the header at byte {at} has a wrong checksum")]
    HeaderChecksum { at: u64 },
    #[error("the header at byte {at} has a field that is no number")]
    HeaderNumber { at: u64 },
    #[error("data follows the end of the archive at byte {at}")]
    DataAfterEnd { at: u64 },
    #[error("a second archive begins at byte {at}")]
    SecondArchive { at: u64 },
    #[error("one zero block alone at byte {at}, where two end an archive")]
    LoneZeroBlock { at: u64 },
    #[error("the archive ends without its end mark at byte {at}")]
    NoEnd { at: u64 },
    #[error("the archive is cut off at byte {at}")]
    Truncated { at: u64 },
    #[error("the extended header at byte {at} is not well formed")]
    ExtendedHeader { at: u64 },
    #[error("{name:?}: extended headers contradict in {key:?}")]
    ExtendedContradicts { name: String, key: String },
    #[error("{name:?} is a sparse file")]
    Sparse { name: String },
    #[error("the padding behind {name:?} is not zero")]
    Padding { name: String },
    // compression around a tar
    #[error("the compressed stream is cut off or broken")]
    BrokenStream,
    #[error("{streams} compressed streams, one behind the other")]
    SeveralStreams { streams: u64 },
    #[error("{bytes} zero bytes follow the compressed stream")]
    ZeroPadding { bytes: u64 },
}

impl Fault {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::DuplicateName { .. } => "duplicate-name",
            Self::FoldedDuplicate { .. } => "folded-duplicate",
            Self::Traversal { .. } => "path-traversal",
            Self::AbsolutePath { .. } => "absolute-path",
            Self::Backslash { .. } => "backslash-in-name",
            Self::ControlCharacter { .. } => "control-character-in-name",
            Self::EmptyName => "empty-name",
            Self::NameNotUnicode { .. } => "name-not-unicode",
            Self::NameEncoding { .. } => "name-encoding",
            Self::UnicodePath { .. } => "unicode-path",
            Self::FileAsFolder { .. } => "file-as-folder",
            Self::KindContradicts { .. } => "kind-contradicts",
            Self::LinkLeaves { .. } => "link-leaves",
            Self::ThroughLink { .. } => "through-link",
            Self::LinkWithoutTarget { .. } => "link-without-target",
            Self::UnexpectedData { .. } => "unexpected-data",
            Self::Device { .. } => "device-node",
            Self::UnknownKind { .. } => "unknown-kind",
            Self::LocalDiffers { .. } => "local-differs",
            Self::LocalMissing { .. } => "local-missing",
            Self::DescriptorDiffers { .. } => "descriptor-differs",
            Self::StoredWithDescriptor { .. } => "stored-with-descriptor",
            Self::Overlap { .. } => "members-overlap",
            Self::Prefix { .. } => "prefix-bytes",
            Self::Suffix { .. } => "suffix-bytes",
            Self::Gap { .. } => "gap-between-members",
            Self::SecondEndRecord { .. } => "second-end-record",
            Self::Comment { .. } => "archive-comment",
            Self::Encrypted { .. } => "encrypted-member",
            Self::Zip64 { .. } => "zip64-inconsistent",
            Self::Zip64Entry { .. } => "zip64-field",
            Self::MultiDisk => "multi-disk",
            Self::EntryCount { .. } => "entry-count-differs",
            Self::ExtraField { .. } => "extra-field",
            Self::UnsupportedMethod { .. } => "unsupported-method",
            Self::Undecodable { .. } => "undecodable",
            Self::Size { .. } => "size-differs",
            Self::Crc { .. } => "crc-differs",
            Self::TrailingData { .. } => "trailing-data",
            Self::HeaderChecksum { .. } => "header-checksum",
            Self::HeaderNumber { .. } => "header-number",
            Self::DataAfterEnd { .. } => "data-after-end",
            Self::SecondArchive { .. } => "second-archive",
            Self::LoneZeroBlock { .. } => "lone-zero-block",
            Self::NoEnd { .. } => "no-end",
            Self::Truncated { .. } => "archive-truncated",
            Self::ExtendedHeader { .. } => "extended-header",
            Self::ExtendedContradicts { .. } => "extended-contradicts",
            Self::Sparse { .. } => "sparse-file",
            Self::Padding { .. } => "padding-not-zero",
            Self::BrokenStream => "broken-stream",
            Self::SeveralStreams { .. } => "several-streams",
            Self::ZeroPadding { .. } => "zero-padding",
        }
    }

    /// How much it weighs.
    #[must_use]
    pub fn weight(&self) -> Weight {
        match self {
            Self::NameEncoding { .. }
            | Self::StoredWithDescriptor { .. }
            | Self::Comment { .. }
            | Self::ExtraField { .. }
            | Self::NoEnd { .. }
            | Self::Padding { .. }
            | Self::SeveralStreams { .. }
            | Self::ZeroPadding { .. }
            | Self::LocalDiffers {
                field: Field::Modified | Field::CompressionLevel,
                ..
            } => Weight::Odd,
            Self::Encrypted { .. } | Self::UnsupportedMethod { .. } | Self::Sparse { .. } => {
                Weight::Unreadable
            }
            _ => Weight::Refusing,
        }
    }

    /// Whether opening a zip already tells this about an entry that cannot be read.
    pub(super) fn is_structural(&self) -> bool {
        matches!(
            self,
            Self::Encrypted { .. } | Self::UnsupportedMethod { .. } | Self::LocalMissing { .. }
        )
    }
}
