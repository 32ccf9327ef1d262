//! What can be wrong with a trust folder, and where.

use crate::domain::{AnchorId, AnchorIdError, Fingerprint, Sha256};
use crate::formats::algorithm::SignatureError;
use crate::formats::openpgp::{LeftOutReason, OpenPgpError};
use crate::formats::pem::PemError;
use crate::formats::public_key::PublicKeyError;
use crate::formats::x509::CertificateError;

/// One fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}:{line}: {problem}")]
pub struct FolderError {
    /// Relative to the folder.
    pub path: String,
    /// From 1; 1 also when the fault is the whole file's.
    pub line: usize,
    pub problem: Problem,
}

/// The fault itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("not text in UTF-8")]
    NotText,
    #[error("{0}")]
    Toml(String),
    #[error("unknown key `{key}`{}", meant(.nearest.as_deref()))]
    UnknownKey {
        key: String,
        /// The known key that differs by a letter or two.
        nearest: Option<String>,
    },
    #[error(
        "no place for this file: expected vendors/<slug>/{{vendor.toml, roots, signers, rotations}} or shared/{{roots, tsa}}"
    )]
    Misplaced,
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("more than {limit} files")]
    TooManyFiles { limit: usize },
    #[error("the file's name is no anchor id: {0}")]
    FileName(AnchorIdError),
    #[error("the file's name is not written as ids are: {0}")]
    FileNameForm(AnchorId),
    #[error("the slug `{slug}` is not the folder's name in lower-case letters, digits and hyphens")]
    Slug { slug: String },
    #[error("schema {schema} is not known here")]
    Schema { schema: u32 },
    #[error("the vendor has no vendor.toml")]
    NoProfile,
    #[error("neither `kind` nor `link`, or both")]
    KindOrLink,
    #[error("`link` names no shared key: {link}")]
    DanglingLink { link: String },
    #[error("a link to {link} in a file named for another key")]
    LinkName { link: AnchorId },
    #[error("no {ending} beside it")]
    NoKeyFile { ending: &'static str },
    #[error("no .toml beside it")]
    NoRootFile,
    #[error(transparent)]
    Pem(PemError),
    #[error("certificate {number}: {error}")]
    Certificate {
        /// From 1, in file order.
        number: usize,
        error: CertificateError,
    },
    #[error("no certificate in it")]
    NoCertificate,
    #[error("{0}")]
    PublicKey(PublicKeyError),
    #[error("{found} keys in it instead of one")]
    KeyCount { found: usize },
    #[error("the key is not well formed: {0}")]
    MalformedKey(SignatureError),
    #[error("the key has another id: SPKI {found}")]
    OtherRawKey { found: Sha256 },
    #[error(
        "`kind` and the file beside it do not belong together: x509_root has a .pem, raw_key a .pub, openpgp an .asc, or none with fingerprint_only"
    )]
    KindOfKey,
    #[error("{0}")]
    OpenPgp(OpenPgpError),
    #[error("copy {number} of the key cannot be used: {why}")]
    CopyLeftOut {
        /// From 1, in file order.
        number: usize,
        why: LeftOutReason,
    },
    #[error("copy {number} is of another key: {found}")]
    OtherOpenPgpKey { number: usize, found: Fingerprint },
    #[error("`fingerprint` does not repeat the file's name")]
    StatedFingerprint,
    #[error("the key's subkey {0} is not listed: add it as [[subkey]]")]
    SubkeyNotListed(Fingerprint),
    #[error("a [[subkey]] that the key does not have: {0}")]
    NoSuchSubkey(Fingerprint),
    #[error("certificate {number} carries another key: SPKI {found}")]
    OtherKey { number: usize, found: Sha256 },
    #[error("the rule names no known key: {0}")]
    UnknownRoot(AnchorId),
    #[error(
        "the rule would match anybody: a leaf pin needs leaf_sha256 or leaf_spki_sha256, an identity pin subject_o and one of intermediate_spki, eku_identity"
    )]
    VagueRule,
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| {
        format!(", did you mean `{nearest}`?")
    })
}

impl FolderError {
    pub(super) fn whole(path: &str, problem: Problem) -> Self {
        Self {
            path: path.to_owned(),
            line: 1,
            problem,
        }
    }

    /// From the TOML reader's error, with the line of its span.
    pub(super) fn toml(path: &str, text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().map_or(0, |span| span.start);
        let line = text
            .bytes()
            .take(before)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1;
        Self {
            path: path.to_owned(),
            line,
            problem: unknown_key(error.message())
                .unwrap_or_else(|| Problem::Toml(error.message().to_owned())),
        }
    }
}

/// Reads serde's message about an unknown field, which names the known ones between backticks.
fn unknown_key(message: &str) -> Option<Problem> {
    let mut quoted = message
        .strip_prefix("unknown field ")?
        .split('`')
        .skip(1)
        .step_by(2);
    let key = quoted.next()?;
    let nearest = quoted
        .map(|known| (edit_distance(key, known), known))
        .min()
        .filter(|(distance, _)| *distance <= 2)
        .map(|(_, known)| known.to_owned());
    Some(Problem::UnknownKey {
        key: key.to_owned(),
        nearest,
    })
}

/// Levenshtein's distance.
fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut diagonal = index;
        let mut last = index + 1;
        for (other, cell) in right.iter().zip(row.iter_mut().skip(1)) {
            let substituted = diagonal + usize::from(letter != *other);
            diagonal = *cell;
            *cell = substituted.min(diagonal + 1).min(last + 1);
            last = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (left, right, distance) in [
            ("", "", 0),
            ("abc", "", 3),
            ("statsu", "status", 2),
            ("valid_form", "valid_from", 2),
            ("kind", "link", 2),
        ] {
            assert_eq!(edit_distance(left, right), distance, "{left} {right}");
        }
    }
}
