//! What judging says about a package: plain results, without wording.

use jiff::Timestamp;

use super::facts::KeyFacts;
use crate::domain::{AnchorId, Crypto, Finding, Sha256, SigningTime, Verdict};
use crate::formats::x509::Certificate;

/// How far something recorded explains an unknown key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExplainedLevel {
    None,
    /// Shown and ranked, and still unknown.
    Candidate,
    Explained,
}

impl ExplainedLevel {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Candidate => "candidate",
            Self::Explained => "explained",
        }
    }
}

/// What explains a key, and how far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    pub level: ExplainedLevel,
    /// Ids of rotations and announcements.
    pub by: Vec<String>,
}

impl Explained {
    #[must_use]
    pub fn none() -> Self {
        Self {
            level: ExplainedLevel::None,
            by: vec![],
        }
    }
}

/// The answer about one package.
#[derive(Debug, Clone)]
pub struct PackageReport {
    /// As the caller named it.
    pub path: String,
    /// `None` when the bytes could not be read to their end.
    pub sha256: Option<Sha256>,
    pub size: u64,
    pub format: &'static str,
    pub verdict: Verdict,
    pub explained: Explained,
    /// The vendor whose anchor or rule decided.
    pub vendor: Option<String>,
    pub findings: Vec<Finding>,
    pub signatures: Vec<SignatureReport>,
    pub children: Vec<Self>,
}

/// The answer about one signature.
#[derive(Debug, Clone)]
pub struct SignatureReport {
    pub kind: &'static str,
    pub place: String,
    pub covers: String,
    pub crypto: Crypto,
    pub verdict: Verdict,
    pub signer: Option<Certificate>,
    /// The signer where it is a bare key.
    pub key: Option<KeyFacts>,
    /// Every certificate that came along, each once: the signature's, then its timestamps'.
    pub shipped: Vec<Certificate>,
    /// Leaf first, anchor last; empty when no path was found.
    pub path: Vec<Certificate>,
    pub anchor: Option<AnchorReport>,
    pub time: SigningTime,
    pub timestamp: Option<TimestampReport>,
    pub missing_issuer: Option<MissingIssuer>,
    /// Paths that nearly stood, with what each lacks.
    pub near_paths: Vec<NearPath>,
    pub findings: Vec<Finding>,
    /// The vendor whose anchor or rule this signature met.
    pub vendor: Option<String>,
    pub explained: Explained,
    /// The program name that the signer wrote.
    pub program: Option<String>,
}

/// The anchor at which a path ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorReport {
    pub id: AnchorId,
    pub vendor: Option<String>,
    /// `vendor`, `shared` or `given` (by `--anchors`).
    pub kind: &'static str,
}

/// A good timestamp under a known authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampReport {
    pub time: Timestamp,
    /// The subject of the timestamping certificate.
    pub authority: String,
    /// Leaf first, anchor last.
    pub path: Vec<Certificate>,
}

/// The issuer that is missing at the end of the best path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingIssuer {
    pub subject: String,
    /// The key identifier that the last certificate asks for, in hex.
    pub key_identifier: Option<String>,
    /// An anchor or a shipped certificate has that name with another key: its SPKI's SHA-256.
    pub known_name_with_other_key: Option<Sha256>,
}

/// A path that did not stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearPath {
    /// Subjects, leaf first.
    pub subjects: Vec<String>,
    /// What it lacks, in facts.
    pub lacks: String,
}
