//! The tags that are read, by number (RPM documentation, "V4 Package format", "V6 Package format",
//! and the tag list). The two headers number their tags independently: 1000 is a size in one and the
//! package's name in the other.

/// A tag's number.
pub type Tag = u32;

/// The region of the signature header.
pub(super) const HEADER_SIGNATURES: Tag = 62;
/// The region of the main header.
pub(super) const HEADER_IMMUTABLE: Tag = 63;
/// What some old packages write into the trailer of their signature region.
pub(super) const HEADER_IMAGE: Tag = 61;
/// Below this number lie regions; entries start here.
pub(super) const FIRST: Tag = 100;

/// Tags of the signature header.
pub mod signature {
    use super::Tag;

    pub const DSA: Tag = 267;
    pub const RSA: Tag = 268;
    pub const SHA1: Tag = 269;
    pub const LONG_SIZE: Tag = 270;
    /// 273 in every file; the format's pages print 272.
    pub const SHA256: Tag = 273;
    pub const OPENPGP: Tag = 278;
    pub const SHA3_256: Tag = 279;
    pub const RESERVED: Tag = 999;
    pub const SIZE: Tag = 1000;
    pub const PGP: Tag = 1002;
    pub const MD5: Tag = 1004;
    pub const GPG: Tag = 1005;
    pub const RESERVED_SPACE: Tag = 1008;
}

/// Tags of the main header.
pub mod main {
    use super::Tag;

    pub const NAME: Tag = 1000;
    pub const VERSION: Tag = 1001;
    pub const RELEASE: Tag = 1002;
    pub const EPOCH: Tag = 1003;
    pub const VENDOR: Tag = 1011;
    pub const ARCH: Tag = 1022;
    pub const SOURCE_RPM: Tag = 1044;
    pub const PAYLOAD_DIGEST: Tag = 5092;
    pub const PAYLOAD_DIGEST_ALGORITHM: Tag = 5093;
    pub const PAYLOAD_DIGEST_ALT: Tag = 5097;
    pub const PAYLOAD_SIZE: Tag = 5112;
    pub const PAYLOAD_SIZE_ALT: Tag = 5113;
    pub const RPM_FORMAT: Tag = 5114;
    pub const PAYLOAD_SHA512: Tag = 5121;
    pub const PAYLOAD_SHA512_ALT: Tag = 5122;
    pub const PAYLOAD_SHA3_256: Tag = 5123;
    pub const PAYLOAD_SHA3_256_ALT: Tag = 5124;
}
