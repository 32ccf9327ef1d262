//! Reading one package into facts: its format decides who reads.

use std::path::Path;

use super::jobs::{Job, SignedList, What};
use super::nested::{Allowance, Child};
use super::readers::{Candidate, KNOWN, promised, size_of};
use super::{CheckRequest, archive, beside, listed};
use crate::domain::{Finding, FindingKind};
use crate::formats::container::ContainerError;
use crate::formats::{source::Source, unread};
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

/// What was read from a file, and from the signed things inside it.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) facts: PackageFacts,
    pub(super) children: Vec<Child>,
}

impl From<PackageFacts> for Reading {
    fn from(facts: PackageFacts) -> Self {
        Self {
            facts,
            children: vec![],
        }
    }
}

/// What reading gave.
#[derive(Debug)]
pub(super) enum Read {
    Reading(Box<Reading>),
    /// A file that no format can sign, and that nothing beside it signs.
    Unsignable,
}

pub(super) fn read(job: &Job, request: &CheckRequest, view: &dyn View) -> Result<Read, ReadError> {
    match &job.what {
        What::Unreadable { detail } => Err(ReadError::Unreadable(detail.clone())),
        What::Folder { files, others } => {
            archive::read_folder(&job.path, files, others, request, view)
                .map(|reading| Read::Reading(Box::new(reading)))
        }
        What::File {
            signatures,
            certificates,
            lists,
        } => {
            let mut beside = beside::Beside::read(signatures, certificates, view)?;
            if job.named {
                beside.add_requested(request)?;
            }
            read_file(&job.path, &beside, lists, request)
        }
    }
}

fn read_file(
    path: &Path,
    beside: &beside::Beside<'_>,
    lists: &[SignedList],
    request: &CheckRequest,
) -> Result<Read, ReadError> {
    let source = FileSource::open(path)?;
    if source.size() == 0 {
        return Err(ReadError::Empty);
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let candidate = Candidate {
        source: &source,
        name: &name,
        path: Some(path),
        beside,
        lists,
        request,
    };
    let found = match read_candidate(&candidate, &mut Allowance::default())? {
        None if beside.is_empty() => listed::read(&candidate, PackageFormat::File)?,
        None => Some(whole_file(&source, beside)?),
        Some(reading) => return Ok(Read::Reading(Box::new(reading))),
    };
    if let Some(facts) = found {
        return Ok(Read::Reading(Box::new(facts.into())));
    }
    let length = unread::BEGINNING.min(size_of(&source));
    let start = source.read_range(0, length)?;
    if let Some(name) = unread::name_of(&start, &name) {
        return Err(ReadError::FormatUnread { name });
    }
    if promised(&name).is_some() {
        // Its name says that it can be signed: nobody is to take that for a file like any other.
        let mut facts = unsigned(&source, beside.view())?;
        facts.findings.extend(lying_extension(&name, None));
        return Ok(Read::Reading(Box::new(facts.into())));
    }
    Ok(Read::Unsignable)
}

/// Reads a file, or a member of a package, by the first format that it has; `None` when it has none.
pub(super) fn read_candidate(
    candidate: &Candidate<'_>,
    allowance: &mut Allowance,
) -> Result<Option<Reading>, ReadError> {
    for known in KNOWN {
        if let Some(mut reading) = (known.read)(candidate, allowance)? {
            let told = lying_extension(candidate.name, Some(reading.facts.format));
            reading.facts.findings.extend(told);
            return Ok(Some(reading));
        }
    }
    Ok(None)
}

/// The file's name promises another format than its content has.
fn lying_extension(name: &str, format: Option<PackageFormat>) -> Option<Finding> {
    let (ending, allowed) = promised(name)?;
    if format.is_some_and(|format| allowed.contains(&format)) {
        return None;
    }
    Some(Finding::whole(FindingKind::ExtensionDiffers {
        ending: ending.to_owned(),
        format: format.map(|format| format.word().to_owned()),
    }))
}

/// A file of no format, signed as a whole by what lies beside it.
fn whole_file(source: &dyn Source, beside: &beside::Beside<'_>) -> Result<PackageFacts, ReadError> {
    let measured = beside.measure(source)?;
    Ok(PackageFacts {
        format: PackageFormat::File,
        sha256: measured.sha256(),
        size: source.size(),
        refused: false,
        content_differs: false,
        objects: beside.objects(&measured),
        findings: vec![],
        named_vendor: None,
    })
}

/// The facts of a file that nothing signs and no format can sign.
pub(super) fn unsignable(path: &Path, view: &dyn View) -> Result<PackageFacts, ReadError> {
    let mut facts = unsigned(&FileSource::open(path)?, view)?;
    facts
        .findings
        .push(Finding::whole(FindingKind::UnknownFormat));
    Ok(facts)
}

fn unsigned(source: &dyn Source, view: &dyn View) -> Result<PackageFacts, ReadError> {
    whole_file(source, &beside::Beside::nothing(view))
}
