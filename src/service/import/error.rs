//! Why an import changed nothing.

use std::path::PathBuf;

use jiff::Timestamp;

use crate::domain::ListKind;
use crate::formats::programme::ProgrammeError;
use crate::formats::programme::tuf::TooFewSignatures;
use crate::store::StoreError;

/// Why an import was refused; nothing was written then.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImportError {
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path}: {error}")]
    File {
        path: PathBuf,
        error: ProgrammeError,
    },
    #[error("{path}: {error}")]
    Chain {
        path: PathBuf,
        error: TooFewSignatures,
    },
    /// Two files say two things where there can be one.
    #[error("{path} and {other} are both a list of kind {}", list.word())]
    TwoLists {
        path: PathBuf,
        other: PathBuf,
        list: ListKind,
    },
    #[error("{path}: another root of version {version} is known, which says something else")]
    TwoVersions { path: PathBuf, version: u64 },
    #[error(
        "{path}: version {version} cannot have been seen {seen}, {} version {other}, which was seen \
         {other_seen}",
        if version < other { "after" } else { "before" }
    )]
    Order {
        path: PathBuf,
        version: u64,
        seen: Timestamp,
        other: u64,
        other_seen: Timestamp,
    },
    #[error("{0} has not come yet; a list cannot have been seen then")]
    Future(Timestamp),
    #[error("{0:?} is no name of a programme")]
    Name(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ImportError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Io { .. } => "name a file that can be read",
            Self::File { error, .. } => match error {
                ProgrammeError::Unrecognised => "trust import --help names the forms",
                ProgrammeError::Pkcs12 { .. } => "export the certificates as PEM",
                ProgrammeError::TooLarge { .. } | ProgrammeError::TooMany { .. } => {
                    "nothing to do: larger lists are not read"
                }
                _ => "fetch the file again and compare its size and digest",
            },
            Self::Chain { .. } => {
                "give the versions in between too; if there are none, do not use this root"
            }
            Self::TwoLists { .. } => "import them one by one, each with the day it was seen",
            Self::TwoVersions { .. } => {
                "one of the two is forged or belongs to another repository: find out which"
            }
            Self::Order { .. } => "correct --seen",
            Self::Future(_) => "correct --seen",
            Self::Name(_) => "use up to 64 small letters, digits, dots and hyphens",
            Self::Store(error) => error.hint(),
        }
    }
}
