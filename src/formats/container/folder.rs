//! A plain folder as a container. The caller walks the disk; nothing here does IO of its own.

use std::fmt;

use super::error::ContainerError;
use super::fault::Fault;
use super::member::{Member, MemberKind};
use super::path::normal_path;
use super::{Survey, Visitor, drain, names, read_all};
use crate::formats::limits;
use crate::formats::source::{RangeReader, Source};

/// One file of a folder.
pub struct FolderFile<'s> {
    /// The path below the folder, parts joined by `/`. Facts as the file system states them.
    pub member: Member,
    /// The content; `None` for everything but files.
    pub source: Option<&'s dyn Source>,
}

impl fmt::Debug for FolderFile<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FolderFile({:?})", self.member)
    }
}

/// A folder whose files the caller has listed.
#[derive(Debug)]
pub struct Folder<'s> {
    files: Vec<FolderFile<'s>>,
    faults: Vec<Fault>,
}

impl<'s> Folder<'s> {
    /// Takes the list, in any order.
    ///
    /// # Errors
    /// When there are more files, longer or deeper names than the limits allow.
    pub fn new(mut files: Vec<FolderFile<'s>>) -> Result<Self, ContainerError> {
        if files.len() > limits::ENTRIES {
            return Err(ContainerError::limit(
                "files in a folder",
                limits::ENTRIES as u64,
            ));
        }
        files.sort_by(|a, b| a.member.path.cmp(&b.member.path));
        let mut faults = vec![];
        for file in &mut files {
            match normal_path(&file.member.path) {
                Ok(path) => file.member.path = path,
                Err(fault) => faults.push(fault.into_fault(&file.member.path)),
            }
            if file.member.kind == MemberKind::Other {
                faults.push(Fault::Device {
                    name: file.member.path.clone(),
                });
            }
            super::check_name_limits(&file.member.path)?;
        }
        let members: Vec<Member> = files.iter().map(|file| file.member.clone()).collect();
        faults.extend(names::scan(&members));
        Ok(Self { files, faults })
    }

    /// The files, by path.
    #[must_use]
    pub fn files(&self) -> &[FolderFile<'s>] {
        &self.files
    }

    /// See [`super::Container::walk`].
    ///
    /// # Errors
    /// On IO failure, or when the visitor says so.
    pub fn walk(&self, visit: &mut Visitor<'_>) -> Result<Survey, ContainerError> {
        let mut survey = Survey {
            members: Vec::with_capacity(self.files.len()),
            faults: self.faults.clone(),
        };
        for file in &self.files {
            let outcome = match file.source {
                Some(source) => {
                    let mut reader = RangeReader::new(source, 0..source.size());
                    visit(&file.member, &mut reader).and_then(|()| drain(&mut reader))
                }
                None => visit(&file.member, &mut std::io::empty()),
            };
            match outcome {
                Ok(()) => {}
                Err(ContainerError::Fault(fault)) => survey.faults.push(fault),
                Err(error) => return Err(error),
            }
            survey.members.push(file.member.clone());
        }
        Ok(survey)
    }

    /// See [`super::Container::read_member`].
    ///
    /// # Errors
    /// When there is no such file, it is too long, or it cannot be read.
    pub fn read_member(&self, path: &str, limit: usize) -> Result<Vec<u8>, ContainerError> {
        let source = self
            .files
            .iter()
            .find(|file| file.member.path == path)
            .and_then(|file| file.source)
            .ok_or_else(|| ContainerError::NoSuchMember {
                path: path.to_owned(),
            })?;
        read_all(&mut RangeReader::new(source, 0..source.size()), path, limit)
    }
}
