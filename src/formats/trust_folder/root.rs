//! `roots/<id>.toml`: a key with the timeline of its status.

use serde::Deserialize;

use super::openpgp_root::{Copy, Expiry, Subkey};
use super::text::{Day, parsed, parsed_if_known, parsed_list};
use crate::domain::{AnchorId, Fingerprint, Sha256, Status};

/// A key of a vendor, a shared key, a TSA's key, or a link to a shared key with one's own status.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Root {
    /// `shared/roots/<id>`: the key itself stands there.
    #[serde(default)]
    pub link: Option<String>,
    /// Absent in a link.
    #[serde(default)]
    pub kind: Option<RootKind>,
    /// What people call it: the common name, as a rule.
    #[serde(default)]
    pub name: String,
    /// SHA-256 of the DER SubjectPublicKeyInfo; the file's name repeats it.
    #[serde(default, deserialize_with = "parsed_if_known")]
    pub spki_sha256: Option<Sha256>,
    /// The subject key identifier in hex; empty when the certificates have none.
    #[serde(default)]
    pub ski: String,
    /// For a raw key of minisign or signify: the number that signatures repeat, as 16 hex digits in
    /// the order of its bytes.
    #[serde(default)]
    pub key_number: String,
    /// For a raw SSH key: the namespaces of the signatures it may vouch with; empty = `file`.
    #[serde(default)]
    pub namespaces: Vec<String>,
    /// SHA-256 of every certificate in the `.pem` beside it, in file order: self-signed first, then
    /// cross-certificates.
    #[serde(default, deserialize_with = "parsed_list")]
    pub cert_sha256: Vec<Sha256>,
    /// Earliest start over its certificates: the key's own start.
    #[serde(default)]
    pub not_before: Option<Day>,
    /// Latest end over its certificates.
    #[serde(default)]
    pub not_after: Option<Day>,
    /// Of an OpenPGP primary key; the file's name repeats it.
    #[serde(default, deserialize_with = "parsed_if_known")]
    pub fingerprint: Option<Fingerprint>,
    /// For an OpenPGP key: only the fingerprint is known, from a page that prints it. Good for
    /// recognising a key, never for verifying a signature.
    #[serde(default)]
    pub fingerprint_only: bool,
    /// For an OpenPGP key: its user ids; without mail addresses in the key of a person.
    #[serde(default)]
    pub uids: Vec<String>,
    /// For an OpenPGP key: it belongs to a person who signs the vendor's releases.
    #[serde(default)]
    pub release_team: bool,
    /// For an OpenPGP key: the primary key's algorithm, as OpenPGP names it.
    #[serde(default)]
    pub algorithm: String,
    /// For an OpenPGP key: the primary key's size, where that has a meaning.
    #[serde(default)]
    pub bits: Option<u32>,
    /// For an OpenPGP key: the primary key's own start.
    #[serde(default)]
    pub created: Option<Day>,
    /// For an OpenPGP key: when the primary key ends by all its copies together; absent = never.
    #[serde(default)]
    pub expires: Option<Day>,
    /// For an OpenPGP key: what was seen of its end over the years, append-only.
    #[serde(default)]
    pub expiry: Vec<Expiry>,
    /// For an OpenPGP key: every subkey that any copy holds.
    #[serde(default, rename = "subkey")]
    pub subkeys: Vec<Subkey>,
    /// For an OpenPGP key: the copies of the certificate in the `.asc` beside it, in file order.
    #[serde(default, rename = "copy")]
    pub copies: Vec<Copy>,
    /// For an OpenPGP key: what of the policy is waived for it.
    #[serde(default, rename = "policy_exception")]
    pub policy_exceptions: Vec<PolicyException>,
    /// A public CA, or a vendor's root under which others' code is signed: alone it vouches for
    /// nobody.
    #[serde(default)]
    pub shared: bool,
    /// Where the bytes were read.
    #[serde(default)]
    pub sources: Vec<String>,
    /// The timeline, append-only.
    #[serde(default, rename = "status")]
    pub statuses: Vec<StatusEntry>,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RootKind {
    /// Certificates in a `.pem` beside the file.
    X509Root,
    /// One public key in a `.pub` beside the file: minisign, signify, SSH or PEM.
    RawKey,
    /// Copies of one OpenPGP certificate in a `.asc` beside the file, or a fingerprint alone.
    #[serde(rename = "openpgp")]
    OpenPgp,
}

impl Root {
    /// When the key itself began, by its certificates.
    #[must_use]
    pub fn start(&self) -> Option<Day> {
        self.not_before.or(self.created)
    }

    /// The id of the shared key that this file links to; `None` when it is no link, or not a
    /// well-formed one.
    #[must_use]
    pub fn linked(&self) -> Option<AnchorId> {
        self.link
            .as_deref()?
            .strip_prefix("shared/roots/")?
            .parse()
            .ok()
    }
}

/// One entry of a timeline: so it is in the world from `valid_from` on, as recorded on `recorded`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusEntry {
    #[serde(deserialize_with = "status")]
    pub status: Status,
    pub valid_from: Day,
    #[serde(default)]
    pub valid_from_is: ValidFromIs,
    /// The folder's claim of when it was learnt.
    pub recorded: Day,
    #[serde(default)]
    pub evidence: Vec<String>,
    /// Why, in our own words; empty when nobody said.
    #[serde(default)]
    pub says: String,
}

/// A dated, reasoned exception from the OpenPGP policy for one key: a single kind of objection is
/// waived, and no other.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyException {
    /// The objection's code, as findings write it: `weak-binding`, `weak-hash`...
    pub waives: String,
    /// When somebody decided so.
    pub recorded: Day,
    /// The last day of judgement on which it counts; open when not given.
    #[serde(default)]
    pub until: Option<Day>,
    /// Why, in our own words.
    pub reason: String,
}

/// What the date of a status rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValidFromIs {
    /// The vendor's or the authority's own date.
    #[default]
    Stated,
    /// The first time that somebody saw it: the truth may lie earlier.
    Observed,
}

fn status<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Status, D::Error> {
    let Word(status) = parsed(deserializer)?;
    Ok(status)
}

struct Word(Status);

impl std::str::FromStr for Word {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        Status::from_word(word)
            .map(Self)
            .ok_or_else(|| format!("`{word}` is no status"))
    }
}
