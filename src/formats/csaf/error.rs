//! Why bytes are no CSAF file of the kind they should be.

/// Facts about what could not be read. A broken rule of the standard is never one of these.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CsafError {
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("more than {limit} {what}")]
    TooMany { what: &'static str, limit: usize },
    #[error("values nest deeper than {limit}")]
    TooDeep { limit: usize },
    /// One reader would take the first, another the last.
    #[error("the key {key} stands twice in one object")]
    DuplicateKey { key: String },
    #[error("not JSON: {0}")]
    Json(String),
    #[error("not UTF-8 text")]
    NotText,
    #[error("no object where {what} should be")]
    NotObject { what: &'static str },
    #[error("no digest in it")]
    NoDigest,
}
