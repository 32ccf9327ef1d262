//! Findings: one thing worth telling, with its facts. Wording lives in `render`.

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Note,
    Warning,
    High,
}

/// What a finding is about, with its facts. The kebab-case code is stable; the words are not.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind {
    /// A digest with practical collisions carries a signature.
    WeakDigest { algorithm: super::HashAlgorithm },
}

impl FindingKind {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WeakDigest { .. } => "weak-digest",
        }
    }

    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::WeakDigest { .. } => Severity::Warning,
        }
    }
}

/// One thing worth telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: FindingKind,
    /// Where: a member's name, `signature 2`, a field; empty for the package as a whole.
    pub place: String,
}
