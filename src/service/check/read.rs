//! Reading one package into facts: its format decides who reads.

use std::path::Path;

use super::jobs::{Job, What};
use super::{CheckRequest, archive, beside, image, listed, signed_inside};
use crate::domain::{Finding, FindingKind};
use crate::formats::container::{Container, ContainerError};
use crate::formats::{pe, source::Source as _, unread};
use crate::judge::facts::{PackageFacts, PackageFormat};
use crate::judge::trust::View;
use crate::service::source::FileSource;

/// Why a package could not be judged at all; one line for a person.
#[derive(Debug, thiserror::Error)]
pub(super) enum ReadError {
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Unreadable(String),
    #[error("several files could be meant: {}", candidates.join(", "))]
    Ambiguous { candidates: Vec<String> },
    /// It may carry a signature, and nothing here can say whether it does.
    #[error("begins like {name}, which can be signed, and cannot be read here")]
    FormatUnread { name: &'static str },
    #[error("the file is empty")]
    Empty,
}

impl From<ContainerError> for ReadError {
    fn from(error: ContainerError) -> Self {
        Self::Unreadable(error.to_string())
    }
}

/// What reading gave.
#[derive(Debug)]
pub(super) enum Read {
    Facts(Box<PackageFacts>),
    /// A file that no format can sign, and that nothing beside it signs.
    Unsignable,
}

pub(super) fn read(job: &Job, request: &CheckRequest, view: &dyn View) -> Result<Read, ReadError> {
    match &job.what {
        What::Unreadable { detail } => Err(ReadError::Unreadable(detail.clone())),
        What::Folder { files, others } => {
            archive::read_folder(&job.path, files, others, request, view)
                .map(|facts| Read::Facts(Box::new(facts)))
        }
        What::File {
            signatures,
            certificates,
        } => {
            let mut beside = beside::Beside::read(signatures, certificates, view)?;
            if job.named {
                beside.add_requested(request)?;
            }
            read_file(&job.path, &beside, request)
        }
    }
}

fn read_file(
    path: &Path,
    beside: &beside::Beside<'_>,
    request: &CheckRequest,
) -> Result<Read, ReadError> {
    let source = FileSource::open(path)?;
    if source.size() == 0 {
        return Err(ReadError::Empty);
    }
    let length = usize::try_from(source.size()).unwrap_or(unread::BEGINNING);
    let start = source.read_range(0, length.min(unread::BEGINNING))?;
    if pe::may_be_pe(&start)
        && let Some(facts) = image::read(&source, beside)?
    {
        return Ok(Read::Facts(Box::new(facts)));
    }
    if let Some(facts) = signed_inside::read(&source, path, beside)? {
        return Ok(Read::Facts(Box::new(facts)));
    }
    if let Some(container) = Container::open(&source)? {
        if beside.is_empty()
            && let Some(facts) = listed::read(&source, path, archive::format(&container), beside)?
        {
            return Ok(Read::Facts(Box::new(facts)));
        }
        let facts = archive::read_archive(&source, &container, beside, request)?;
        return Ok(Read::Facts(Box::new(facts)));
    }
    if beside.is_empty() {
        if let Some(facts) = listed::read(&source, path, PackageFormat::File, beside)? {
            return Ok(Read::Facts(Box::new(facts)));
        }
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        if let Some(name) = unread::name_of(&start, &file) {
            return Err(ReadError::FormatUnread { name });
        }
        return Ok(Read::Unsignable);
    }
    let measured = beside.measure(&source)?;
    Ok(Read::Facts(Box::new(PackageFacts {
        format: PackageFormat::File,
        sha256: measured.sha256(),
        size: source.size(),
        refused: false,
        content_differs: false,
        objects: beside.objects(&measured),
        findings: vec![],
        named_vendor: None,
    })))
}

/// The facts of a file that nothing signs and no format can sign.
pub(super) fn unsignable(path: &Path, view: &dyn View) -> Result<PackageFacts, ReadError> {
    let source = FileSource::open(path)?;
    let measured = beside::Beside::nothing(view).measure(&source)?;
    Ok(PackageFacts {
        format: PackageFormat::File,
        sha256: measured.sha256(),
        size: source.size(),
        refused: false,
        content_differs: false,
        objects: vec![],
        findings: vec![Finding::whole(FindingKind::UnknownFormat)],
        named_vendor: None,
    })
}
