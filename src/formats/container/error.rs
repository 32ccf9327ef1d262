//! Why a container could not be read; not what is wrong with one that can (see `fault`).

use std::io;

use super::fault::Fault;

/// The container, or one member, could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContainerError {
    #[error("cannot read: {message}")]
    Io {
        kind: io::ErrorKind,
        message: String,
    },
    /// A limit of [`crate::formats::limits`] was passed.
    #[error("over the limit of {limit} {what}")]
    Limit { what: &'static str, limit: u64 },
    /// Even a lenient reader finds no container here.
    #[error("not a whole {format}: {what}")]
    Malformed {
        format: &'static str,
        what: &'static str,
    },
    /// The bytes of a member do not come out as the container states.
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("no file named {path:?}")]
    NoSuchMember { path: String },
    #[error("{path:?} is longer than {limit} bytes")]
    MemberTooLarge { path: String, limit: usize },
}

impl ContainerError {
    pub(super) fn limit(what: &'static str, limit: u64) -> Self {
        Self::Limit { what, limit }
    }

    /// For passage through [`io::Read`]; `From<io::Error>` takes it out again.
    pub(super) fn into_io(self) -> io::Error {
        io::Error::other(self)
    }
}

impl From<io::Error> for ContainerError {
    fn from(error: io::Error) -> Self {
        let kind = error.kind();
        match error.downcast::<Self>() {
            Ok(own) => own,
            Err(error) => Self::Io {
                kind,
                message: error.to_string(),
            },
        }
    }
}
