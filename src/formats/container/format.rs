//! Which container some bytes are, by their own marks; names say nothing.

use super::error::ContainerError;
use super::{tar, zip};
use crate::formats::source::Source;

/// A kind of container file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContainerFormat {
    Zip,
    Tar(tar::Compression),
}

impl ContainerFormat {
    /// The word that reports use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Zip => "zip",
            Self::Tar(tar::Compression::None) => "tar",
            Self::Tar(tar::Compression::Gzip) => "tar.gz",
            Self::Tar(tar::Compression::Xz) => "tar.xz",
            Self::Tar(tar::Compression::Zstd) => "tar.zst",
        }
    }

    /// Looks at the first bytes, and for a zip behind other bytes at the last. A compressed file
    /// that holds no tar is no container.
    ///
    /// # Errors
    /// On IO failure.
    pub fn detect(source: &dyn Source) -> Result<Option<Self>, ContainerError> {
        let length = source.size().min(512);
        let head = source.read_range(0, usize::try_from(length).unwrap_or(512))?;
        if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
            return Ok(Some(Self::Zip));
        }
        let compression = match head.as_slice() {
            [0x1f, 0x8b, 0x08, ..] => tar::Compression::Gzip,
            [0xfd, b'7', b'z', b'X', b'Z', 0x00, ..] => tar::Compression::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => tar::Compression::Zstd,
            _ => tar::Compression::None,
        };
        if tar::begins_archive(source, compression)? {
            return Ok(Some(Self::Tar(compression)));
        }
        Ok(zip::ends_archive(source)?.then_some(Self::Zip))
    }
}
