//! Tar archives, plain or compressed, walked from the first byte to the last.
//!
//! A tar has no table of contents: what it holds is known after a walk, which also hands out every
//! member's bytes. The walk never goes back, so a compressed layer is unpacked once.

mod compression;
mod extended;
mod header;
mod walk;

use std::fmt;
use std::io::Read as _;

pub use compression::Compression;
use compression::Unpacked;
use header::BLOCK;

use super::{ContainerError, Survey, Visitor, read_all};
use crate::formats::source::Source;

/// A tar, not yet walked.
pub struct Tar<'s> {
    source: &'s dyn Source,
    compression: Compression,
}

impl fmt::Debug for Tar<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Tar({:?})", self.compression)
    }
}

/// Whether a whole tar header stands at the beginning, once unpacked. An empty archive (zeros
/// alone) is not recognised.
pub(super) fn begins_archive(
    source: &dyn Source,
    compression: Compression,
) -> Result<bool, ContainerError> {
    let mut block = [0; BLOCK];
    let mut unpacked = Unpacked::new(source, compression)?;
    Ok(match unpacked.read_exact(&mut block) {
        Ok(()) => block.iter().any(|byte| *byte != 0) && header::has_checksum(&block),
        Err(error) => match ContainerError::from(error) {
            // Too short, or not what its first bytes promise: no tar.
            ContainerError::Fault(_) => false,
            ContainerError::Io {
                kind: std::io::ErrorKind::UnexpectedEof,
                ..
            } => false,
            other => return Err(other),
        },
    })
}

impl<'s> Tar<'s> {
    #[must_use]
    pub fn new(source: &'s dyn Source, compression: Compression) -> Self {
        Self {
            source,
            compression,
        }
    }

    /// See [`super::Container::walk`]. A fault in the structure ends the walk, because nobody knows
    /// where the next member would begin; the survey then holds what came before.
    ///
    /// # Errors
    /// On IO failure, past a limit, or when the visitor says so.
    pub fn walk(&self, visit: &mut Visitor<'_>) -> Result<Survey, ContainerError> {
        walk::walk(Unpacked::new(self.source, self.compression)?, visit)
    }

    /// See [`super::Container::read_member`].
    ///
    /// # Errors
    /// When there is no such file, it is too long, or it cannot be read.
    pub fn read_member(&self, path: &str, limit: usize) -> Result<Vec<u8>, ContainerError> {
        let mut found = None;
        self.walk(&mut |member, reader| {
            if found.is_none() && member.is_file() && member.path == path {
                found = Some(read_all(reader, path, limit)?);
            }
            Ok(())
        })?;
        found.ok_or_else(|| ContainerError::NoSuchMember {
            path: path.to_owned(),
        })
    }
}
