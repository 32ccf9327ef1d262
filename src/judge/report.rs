//! What judging says about a package: plain results, without wording.

use jiff::Timestamp;

use super::facts::KeyFacts;
use super::openpgp::OpenPgpReport;
use crate::domain::{AnchorId, Crypto, Finding, FindingKind, Sha256, SigningTime, Verdict};
use crate::formats::x509::Certificate;

/// One line of the list of formats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatLine {
    pub name: &'static str,
    /// What signs it; `None` where this version cannot say whether it is signed.
    pub signatures: Option<&'static str>,
    /// Endings of files that must be of this format; empty where none says so.
    pub endings: &'static [&'static str],
}

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

impl PackageReport {
    /// The verdicts that decide the exit code: its own, and those of what is signed inside it. What a
    /// good signature of the package covers counts only where it is condemned, refused or forged.
    #[must_use]
    pub fn deciding(&self) -> Vec<Verdict> {
        self.deciding_below(false)
    }

    /// `covered`: a good signature around the package covers all that is in it, at whatever depth.
    fn deciding_below(&self, covered: bool) -> Vec<Verdict> {
        let own = self.signatures.iter().any(|s| s.crypto == Crypto::Good)
            && !matches!(self.verdict, Verdict::Invalid | Verdict::Refused);
        let covered = covered || own;
        let inside = self.children.iter().flat_map(|child| {
            let bad = child.signatures.iter().any(|s| s.crypto == Crypto::Bad);
            let counts =
                !covered || bad || matches!(child.verdict, Verdict::Refused | Verdict::Distrusted);
            let own = counts.then_some(child.verdict);
            own.into_iter()
                .chain(child.deciding_below(covered).into_iter().skip(1))
        });
        std::iter::once(self.verdict).chain(inside).collect()
    }

    /// Takes back that nobody said whose package this should be, where nobody could.
    pub fn forget_expectation(&mut self) {
        for signature in &mut self.signatures {
            let asked = |kind: &FindingKind| matches!(kind, FindingKind::VendorNotStated { .. });
            signature.findings.retain(|finding| !asked(&finding.kind));
        }
    }
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
    /// What is told of an OpenPGP signature.
    pub openpgp: Option<OpenPgpReport>,
    /// Every certificate that came along, each once: the signature's, then its timestamps'.
    pub shipped: Vec<Certificate>,
    /// Leaf first, anchor last; empty when no path was found.
    pub path: Vec<Certificate>,
    /// Without a path: the signer, and the certificates whose signatures lead to it.
    pub linked: Vec<Certificate>,
    pub anchor: Option<AnchorReport>,
    pub time: SigningTime,
    pub timestamp: Option<TimestampReport>,
    /// What revocation lists say of the path.
    pub revocation: RevocationWord,
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

/// What revocation lists say of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevocationWord {
    /// Of some certificate nobody can say it.
    Unchecked,
    /// No certificate is revoked.
    Good,
    /// A revocation condemns the signature.
    Revoked,
    /// Revoked after the signature was made.
    RevokedSince,
}

impl RevocationWord {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Unchecked => "unchecked",
            Self::Good => "good",
            Self::Revoked => "revoked",
            Self::RevokedSince => "revoked-since",
        }
    }
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
