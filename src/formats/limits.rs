//! The table of limits on everything that comes from outside.
//!
//! Past a limit the answer is `unjudged` with the limit's name, never a guess.

/// The largest signature object (CMS, certificate table entry) that is read and stored, in bytes.
pub const SIGNATURE_OBJECT: usize = 1 << 20;
/// The largest single certificate, in bytes.
pub const CERTIFICATE: usize = 64 << 10;
/// How many certificates one bundle or signature may offer.
pub const CERTIFICATES: usize = 64;
/// How many certificates a file of anchors may hold.
pub const ANCHORS: usize = 20_000;
/// The deepest nesting of DER values.
pub const DER_DEPTH: usize = 32;
/// How many SignerInfos one CMS may hold.
pub const SIGNERS: usize = 16;
/// How many signatures may be nested below one Authenticode signature.
pub const NESTED_SIGNATURES: usize = 16;
/// The largest manifest, in bytes.
pub const MANIFEST: usize = 64 << 20;
/// How many files a container or a manifest may name.
pub const ENTRIES: usize = 200_000;
/// The longest name of an entry, in bytes.
pub const NAME: usize = 4096;
/// How deep the folders of a container may nest.
pub const PATH_DEPTH: usize = 64;
/// The largest content that a container may unfold to, in bytes.
pub const UNPACKED: u64 = 64 << 30;
/// The highest ratio of unfolded to packed bytes, once `RATIO_FLOOR` bytes have come out.
pub const RATIO: u64 = 1100;
/// Below this size a ratio says nothing.
pub const RATIO_FLOOR: u64 = 16 << 20;
/// The largest message that a signature scheme without prehash (Ed25519) is checked over, in bytes.
pub const WHOLE_MESSAGE: u64 = 32 << 20;
/// How much of a script or a text file is read for findings, in bytes.
pub const SCRIPT: usize = 256 << 10;
/// How many bytes the names of a container may take together.
pub const NAMES: usize = 24 << 20;
/// How much a decoder of xz may hold, in bytes. `xz -9` needs 65 MiB.
pub const XZ_MEMORY: u64 = 80 << 20;
/// The largest window of a zstd stream, as a power of two; 27 is what `zstd -d` accepts.
pub const ZSTD_WINDOW: u32 = 27;
/// The largest extended header of a tar member, in bytes.
pub const EXTENDED_HEADER: usize = 64 << 10;
/// How many bytes of small members (manifests, signatures, scripts) are held from one container.
pub const KEPT: usize = 80 << 20;
/// How many values one JSON manifest may have.
pub const JSON_VALUES: usize = 2_000_000;
