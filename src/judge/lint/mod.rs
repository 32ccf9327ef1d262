//! Checks over a trust folder that a reviewer would otherwise do by eye (DESIGN 9).
//!
//! What makes a folder unusable is refused when it is read; the checks here find what is usable
//! and still wrong. One file a check. Each fault names file, line and mend.

mod contacts;
mod keys;
mod openpgp;
mod products;
mod rotations;
mod rules;
mod statuses;

use crate::domain::{AnchorId, Fingerprint, Sha256};
use crate::formats::openpgp::WAIVABLE;
use crate::formats::trust_folder::{Day, Folder, FolderError, Key};

/// One thing to mend.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {fault}")]
pub struct Lint {
    /// Relative to the folder.
    pub path: String,
    /// From 1.
    pub line: usize,
    pub fault: Fault,
}

/// What is wrong, and by its words how to mend it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The folder cannot be read; see the reader's own words.
    #[error("{}", .0.problem)]
    Unreadable(FolderError),
    #[error("{field} says {}, the key beside it {}: write what the key says", or_nothing(.written), or_nothing(.computed))]
    KeyDiffers {
        field: &'static str,
        written: String,
        computed: String,
    },
    #[error("the key also stands in {other}: keep it once in shared/roots and link to it")]
    KeyTwice { other: String },
    #[error("a key marked shared belongs in shared/roots, with a link here")]
    SharedKeyAtVendor,
    #[error(
        "{written} [[copy]] entries for {held} copies in the file beside it: list each, in its order"
    )]
    CopyCount { written: usize, held: usize },
    #[error("a copy without a source: say where the bytes were read")]
    CopyWithoutSource,
    #[error("expiry seen on {seen} stands after a later one: append, never insert")]
    ExpiryOrder { seen: Day },
    #[error("expiry seen on {seen} has no evidence: say who or what shows it")]
    ExpiryWithoutEvidence { seen: Day },
    #[error("a mail address of a person: keep the name, leave the address out")]
    PersonalAddress,
    #[error("{field} belongs to OpenPGP keys only")]
    NotOpenPgp { field: &'static str },
    #[error("the key {key} is revoked by its own certificate: append status revoked or retired")]
    RevokedAndActive { key: Fingerprint },
    #[error("`{waives}` cannot be waived: one of {}", WAIVABLE.join(", "))]
    NotWaivable { waives: String },
    #[error("an exception without a reason, or that ends before it was recorded")]
    EmptyException,
    #[error("no status: append one with its evidence")]
    NoStatus,
    #[error("status {status} from {valid_from} has no evidence: say who or what shows it")]
    StatusWithoutEvidence {
        status: &'static str,
        valid_from: Day,
    },
    #[error("status {status} from {valid_from} stands after a later one: append, never insert")]
    StatusOrder {
        status: &'static str,
        valid_from: Day,
    },
    #[error("no evidence with a date: add published, signed or seen")]
    NoDatedEvidence,
    #[error("the rotation names nothing old and nothing new")]
    EmptyRotation,
    #[error("kind {kind}, but {}", if *.same {
        "old and new are the same: that is a renewal"
    } else {
        "old and new differ: that is no renewal"
    })]
    RotationKind { kind: String, same: bool },
    #[error("no such rule: signers/{0}.toml")]
    NoSuchRule(String),
    #[error("the id {id} is also used in {other}")]
    RotationIdTwice { id: String, other: String },
    #[error(
        "the phone number has no seen_at and seen_on: say where and when it was seen, or leave it empty"
    )]
    PhoneUnseen,
    #[error("the product names {root}, for which the vendor has no file in roots or signers")]
    ProductKey { root: String },
    #[error("the vendor has no status for {0}: without roots/{0}.toml the rule anchors nothing")]
    RuleWithoutStatus(AnchorId),
    #[error("an identity pin below leaves of three days needs timestamp_required = true")]
    ShortLivedWithoutTimestamp,
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}

/// Everything to mend in a folder, in order of paths and lines.
#[must_use]
pub fn lint(files: &[(String, Vec<u8>)]) -> Vec<Lint> {
    let folder = match Folder::parse(files) {
        Ok(folder) => folder,
        Err(errors) => {
            return errors
                .into_iter()
                .map(|error| Lint {
                    path: error.path.clone(),
                    line: error.line,
                    fault: Fault::Unreadable(error),
                })
                .collect();
        }
    };
    let mut report = Report {
        files,
        found: vec![],
    };
    keys::check(&folder, &mut report);
    openpgp::check(&folder, &mut report);
    statuses::check(&folder, &mut report);
    rotations::check(&folder, &mut report);
    rules::check(&folder, &mut report);
    contacts::check(&folder, &mut report);
    products::check(&folder, &mut report);
    report
        .found
        .sort_by(|left, right| (&left.path, left.line).cmp(&(&right.path, right.line)));
    report.found
}

/// Collects faults and finds their lines.
struct Report<'a> {
    files: &'a [(String, Vec<u8>)],
    found: Vec<Lint>,
}

impl Report<'_> {
    /// A fault at the `nth` (from 0) line of a file that begins with `start`; the file's first line
    /// when there is none.
    fn add(&mut self, path: String, start: &str, nth: usize, fault: Fault) {
        let line = self
            .files
            .iter()
            .find(|(name, _)| *name == path)
            .and_then(|(_, bytes)| {
                bytes
                    .split(|byte| *byte == b'\n')
                    .enumerate()
                    .filter(|(_, line)| line.trim_ascii_start().starts_with(start.as_bytes()))
                    .nth(nth)
            })
            .map_or(1, |(index, _)| index + 1);
        self.found.push(Lint { path, line, fault });
    }
}

/// Every key's file: its path, and the vendor it stands under.
fn key_files(folder: &Folder) -> impl Iterator<Item = (String, Option<&str>, &AnchorId, &Key)> {
    let shared = folder
        .shared_roots
        .iter()
        .map(|(id, key)| (format!("shared/roots/{id}.toml"), None, id, key));
    let timestamping = folder
        .timestamping
        .iter()
        .map(|(id, key)| (format!("shared/tsa/{id}.toml"), None, id, key));
    let own = folder.vendors.iter().flat_map(|(slug, vendor)| {
        vendor.roots.iter().map(move |(id, key)| {
            (
                format!("vendors/{slug}/roots/{id}.toml"),
                Some(slug.as_str()),
                id,
                key,
            )
        })
    });
    shared.chain(timestamping).chain(own)
}

fn digests(list: &[Sha256]) -> String {
    let list: Vec<String> = list.iter().map(Sha256::to_string).collect();
    list.join(", ")
}
