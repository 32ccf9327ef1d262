//! Containers: zip, tar (plain, gz, xz, zst) and folders, read as streams of members.
//!
//! Reading goes hand in hand with the strict scan: whatever would let two readers see different
//! content is a [`Fault`] with its facts. Nothing is ever extracted.

mod error;
mod fault;
mod folder;
mod format;
mod inventory;
mod member;
mod names;
mod path;
pub mod tar;
pub mod zip;

use std::io::Read;

pub use error::ContainerError;
pub use fault::{Fault, Field, Weight};
pub use folder::{Folder, FolderFile};
pub use format::ContainerFormat;
pub use inventory::{Inventory, Kept, Stock};
pub use member::{Member, MemberKind, Modified};
pub use path::{PathFault, normal_path};

use super::limits;
use super::source::Source;

/// What a visitor is handed for every member: its facts and its unpacked bytes.
///
/// The visitor may leave bytes unread; the walk reads on, so that checksums are always checked. An
/// `Err` of kind [`ContainerError::Fault`] is recorded and the walk goes on; any other ends it.
pub type Visitor<'v> = dyn FnMut(&Member, &mut dyn Read) -> Result<(), ContainerError> + 'v;

/// What a whole walk found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Survey {
    /// In the container's own order; paths are normal (see [`normal_path`]).
    pub members: Vec<Member>,
    pub faults: Vec<Fault>,
}

impl Survey {
    /// Whether two readers would see different content.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.faults
            .iter()
            .any(|fault| fault.weight() == Weight::Refusing)
    }
}

/// Any container, opened.
#[derive(Debug)]
pub enum Container<'s> {
    Zip(zip::Zip<'s>),
    Tar(tar::Tar<'s>),
    Folder(Folder<'s>),
}

impl<'s> Container<'s> {
    /// Opens the bytes as the container that they are; `None` when they are none.
    ///
    /// # Errors
    /// When they cannot be read, are over a limit, or lack what even a lenient reader needs.
    pub fn open(source: &'s dyn Source) -> Result<Option<Self>, ContainerError> {
        Ok(match ContainerFormat::detect(source)? {
            None => None,
            Some(ContainerFormat::Zip) => Some(Self::Zip(zip::Zip::open(source)?)),
            Some(ContainerFormat::Tar(compression)) => {
                Some(Self::Tar(tar::Tar::new(source, compression)))
            }
        })
    }

    /// Visits every member once, in the container's order.
    ///
    /// # Errors
    /// On IO failure, past a limit, or when the visitor says so. Faults are no errors.
    pub fn walk(&self, visit: &mut Visitor<'_>) -> Result<Survey, ContainerError> {
        match self {
            Self::Zip(zip) => zip.walk(visit),
            Self::Tar(tar) => tar.walk(visit),
            Self::Folder(folder) => folder.walk(visit),
        }
    }

    /// One member's bytes, whole. In a tar this walks from the start.
    ///
    /// # Errors
    /// When there is no such file, it is longer than `limit` bytes, or it cannot be read.
    pub fn read_member(&self, path: &str, limit: usize) -> Result<Vec<u8>, ContainerError> {
        match self {
            Self::Zip(zip) => zip.read_member(path, limit),
            Self::Tar(tar) => tar.read_member(path, limit),
            Self::Folder(folder) => folder.read_member(path, limit),
        }
    }
}

/// Reads a stream to its end, holding at most `limit` bytes.
fn read_all(reader: &mut dyn Read, path: &str, limit: usize) -> Result<Vec<u8>, ContainerError> {
    let mut bytes = vec![];
    reader.take(limit as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > limit {
        return Err(ContainerError::MemberTooLarge {
            path: path.to_owned(),
            limit,
        });
    }
    Ok(bytes)
}

/// Reads a stream to its end and forgets it, for the checksums behind it.
fn drain(reader: &mut dyn Read) -> Result<(), ContainerError> {
    let mut buffer = vec![0; 64 << 10];
    while reader.read(&mut buffer)? > 0 {}
    Ok(())
}

/// Names that are too long or too deep end the reading.
fn check_name_limits(path: &str) -> Result<(), ContainerError> {
    if path.len() > limits::NAME {
        return Err(ContainerError::limit(
            "bytes in a name",
            limits::NAME as u64,
        ));
    }
    if path.split('/').count() > limits::PATH_DEPTH {
        return Err(ContainerError::limit(
            "folders in a path",
            limits::PATH_DEPTH as u64,
        ));
    }
    Ok(())
}
