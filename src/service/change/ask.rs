//! What a change would record: files of a trust folder, statuses, a withdrawal, a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{AnchorId, Purpose, RecordId, Status};
use crate::formats::digest::sha256;
use crate::formats::trust_folder::ValidFromIs;
use crate::formats::trust_folder::compile::compile;
use crate::formats::x509::Certificate;
use crate::judge::trust::{Claim, Contents, Scope};

/// The kinds of changes, as policy tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AskKind {
    /// A root or a vendor's key.
    Root,
    /// A signer rule.
    Rule,
    Distrust,
    Retire,
    /// Taking a record back.
    Withdraw,
    /// Registering a person, or taking one off.
    Person,
}

impl AskKind {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Rule => "rule",
            Self::Distrust => "distrust",
            Self::Retire => "retire",
            Self::Withdraw => "withdraw",
            Self::Person => "person",
        }
    }

    /// Whether somebody must read a fingerprint out before it counts.
    #[must_use]
    pub fn needs_fingerprint(self) -> bool {
        matches!(self, Self::Root | Self::Rule)
    }
}

/// What somebody asks for; kept as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    pub kind: AskKind,
    pub vendor: Option<String>,
    /// The anchor id that it is about.
    pub anchor: Option<String>,
    /// Paths and texts, as they would stand in a trust folder.
    #[serde(default)]
    pub files: Vec<(String, String)>,
    #[serde(default)]
    pub records: Vec<AskedRecord>,
    /// The record to take back.
    #[serde(default)]
    pub withdraws: Option<String>,
    /// Name and public key of a person to register.
    #[serde(default)]
    pub registers: Option<(String, String)>,
    /// Name of a person to take off the register.
    #[serde(default)]
    pub removes: Option<String>,
    /// Why, in the proposer's words.
    #[serde(default)]
    pub says: String,
    /// Any of these, read out in full, is the key in question: hex.
    #[serde(default)]
    pub fingerprints: Vec<String>,
    /// The anchor whose key vouches for the new one, where that is proved.
    #[serde(default)]
    pub proven_by: Option<String>,
}

/// A status to record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskedRecord {
    pub anchor: String,
    /// `None`: for everybody.
    pub vendor: Option<String>,
    pub purpose: String,
    pub status: String,
    pub valid_from: Timestamp,
    pub evidence: Vec<String>,
}

/// Why an ask makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    #[error("the proposal cannot be read: {0}")]
    Unreadable(String),
    #[error("the files of the proposal are no trust folder: {0}")]
    Files(String),
}

impl Ask {
    /// Empty, of a kind.
    #[must_use]
    pub fn new(kind: AskKind) -> Self {
        Self {
            kind,
            vendor: None,
            anchor: None,
            files: vec![],
            records: vec![],
            withdraws: None,
            registers: None,
            removes: None,
            says: String::new(),
            fingerprints: vec![],
            proven_by: None,
        }
    }

    /// # Errors
    /// [`AskError::Unreadable`].
    pub fn to_json(&self) -> Result<String, AskError> {
        serde_json::to_string(self).map_err(|error| AskError::Unreadable(error.to_string()))
    }

    /// # Errors
    /// [`AskError::Unreadable`].
    pub fn from_json(text: &str) -> Result<Self, AskError> {
        serde_json::from_str(text).map_err(|error| AskError::Unreadable(error.to_string()))
    }

    /// What its files say, compiled.
    ///
    /// # Errors
    /// [`AskError::Files`].
    pub fn contents(&self) -> Result<Contents, AskError> {
        let files: Vec<(String, Vec<u8>)> = self
            .files
            .iter()
            .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
            .collect();
        let blob = compile(&files).map_err(|error| AskError::Files(error.to_string()))?;
        Contents::of(&blob).ok_or_else(|| AskError::Files("they cannot be read back".to_owned()))
    }

    /// Its statuses, as the judge takes them.
    ///
    /// # Errors
    /// [`AskError::Unreadable`].
    pub fn claims(&self) -> Result<Vec<Claim>, AskError> {
        self.records
            .iter()
            .map(|record| {
                let wrong = |what: &str| AskError::Unreadable(what.to_owned());
                Ok(Claim {
                    anchor: record
                        .anchor
                        .parse::<AnchorId>()
                        .map_err(|error| AskError::Unreadable(error.to_string()))?,
                    scope: record.vendor.clone().map_or(Scope::Global, Scope::Vendor),
                    purpose: Purpose::from_word(&record.purpose)
                        .ok_or_else(|| wrong("a purpose"))?,
                    status: Status::from_word(&record.status).ok_or_else(|| wrong("a status"))?,
                    valid_from: record.valid_from,
                    valid_from_is: ValidFromIs::Stated,
                    recorded: None,
                    evidence: record.evidence.clone(),
                    says: self.says.clone(),
                })
            })
            .collect()
    }

    /// The record to take back.
    ///
    /// # Errors
    /// [`AskError::Unreadable`].
    pub fn withdrawn(&self) -> Result<Option<RecordId>, AskError> {
        self.withdraws
            .as_deref()
            .map(|id| id.parse())
            .transpose()
            .map_err(|error: crate::domain::RecordIdError| AskError::Unreadable(error.to_string()))
    }
}

/// What people may read out of certificates of one key: its own SHA-256 and theirs.
pub(super) fn fingerprints(certificates: &[Certificate]) -> Vec<String> {
    let mut found: Vec<String> = vec![];
    for certificate in certificates {
        found.push(certificate.sha256().to_string());
        found.push(certificate.spki_sha256().to_string());
    }
    found.sort();
    found.dedup();
    found
}

/// The digest of the ask, which every signed statement repeats.
pub(super) fn digest_of(asks: &str) -> String {
    sha256(asks.as_bytes()).to_string()
}
