//! OpenPGP signatures that lie beside what they cover, and the objects made from them.
//!
//! One object a packet, with the final digest of the covered bytes: a key that turns up later judges
//! it without the file.

use super::detached::Keys;
use super::measured::Measured;
use crate::domain::{Crypto, HashAlgorithm};
use crate::formats::limits;
use crate::formats::openpgp::{Cleartext, Digests, OpenPgpSignature};
use crate::formats::package::Sidecar;
use crate::judge::facts::{ObjectKind, RawOutcome, SignatureObject};

/// What a file beside another says in OpenPGP.
#[derive(Debug)]
pub(super) enum Said {
    /// Signatures over the bytes they lie beside.
    Signatures(Vec<OpenPgpSignature>),
    /// A signed text, which should be that of the file it lies beside.
    Text(Box<Cleartext>),
    /// It cannot be read; why.
    Broken(String),
}

impl Said {
    /// `None` for everything that is not OpenPGP, and for keys.
    pub(super) fn of(content: &Sidecar, bytes: &[u8]) -> Option<Self> {
        match content {
            Sidecar::OpenPgp => Some(match OpenPgpSignature::read_all(bytes) {
                Ok(signatures) => Self::Signatures(signatures),
                Err(error) => Self::Broken(error.to_string()),
            }),
            Sidecar::OpenPgpCleartext => Some(match Cleartext::read(bytes) {
                Ok(cleartext) => Self::Text(Box::new(cleartext)),
                Err(fault) => Self::Broken(fault.to_string()),
            }),
            _ => None,
        }
    }

    /// The signatures that the covered bytes must be hashed for.
    pub(super) fn signatures(&self) -> &[OpenPgpSignature] {
        match self {
            Self::Signatures(signatures) => signatures,
            Self::Text(_) | Self::Broken(_) => &[],
        }
    }

    /// How many of the covered bytes must be held.
    pub(super) fn wants_whole(&self) -> u64 {
        match self {
            Self::Text(_) => limits::CLEARTEXT as u64,
            Self::Signatures(_) | Self::Broken(_) => 0,
        }
    }

    /// The objects, one a signature, or one for all that cannot be read.
    pub(super) fn objects(
        &self,
        place: &str,
        measured: &Measured,
        keys: &Keys<'_>,
        covers: &str,
    ) -> Vec<SignatureObject> {
        match self {
            Self::Signatures(signatures) => signatures
                .iter()
                .enumerate()
                .map(|(index, signature)| {
                    let place = numbered(place, index, signatures.len());
                    let digest = measured.openpgp(signature);
                    object(ObjectKind::OpenPgp, place, signature, digest, keys, covers)
                })
                .collect(),
            Self::Text(cleartext) => {
                let raw = match measured.whole().map(|file| likeness(cleartext, file)) {
                    Some(Likeness::Same) => None,
                    Some(Likeness::ButForBlanks) => Some(outcome(
                        Crypto::Unchecked,
                        "the file has blanks at line ends or empty lines at its end that no clearsigned text covers",
                    )),
                    Some(Likeness::Other) => Some(outcome(
                        Crypto::Bad,
                        "the signed text is another than the file's",
                    )),
                    None => Some(outcome(
                        Crypto::Unchecked,
                        "the file is too large to be compared with the signed text",
                    )),
                };
                let mut objects = of_cleartext(place, cleartext, keys, covers);
                for object in &mut objects {
                    object.raw.clone_from(&raw);
                }
                objects
            }
            Self::Broken(why) => vec![broken(place, why, covers)],
        }
    }
}

/// The objects of a clearsigned document.
pub(super) fn of_cleartext(
    place: &str,
    cleartext: &Cleartext,
    keys: &Keys<'_>,
    covers: &str,
) -> Vec<SignatureObject> {
    let digests: Digests = cleartext.digests();
    let count = cleartext.signatures.len();
    cleartext
        .signatures
        .iter()
        .enumerate()
        .map(|(index, signature)| {
            let kind = ObjectKind::OpenPgpCleartext;
            let place = numbered(place, index, count);
            object(kind, place, signature, digests.of(signature), keys, covers)
        })
        .collect()
}

/// `InRelease, signature 2` where there are several.
pub(super) fn numbered(place: &str, index: usize, count: usize) -> String {
    if count > 1 {
        format!("{place}, signature {}", index + 1)
    } else {
        place.to_owned()
    }
}

/// The object of one packet.
pub(super) fn object(
    kind: ObjectKind,
    place: String,
    signature: &OpenPgpSignature,
    digest: Option<Vec<u8>>,
    keys: &Keys<'_>,
    covers: &str,
) -> SignatureObject {
    let algorithm = signature.hash.known().unwrap_or(HashAlgorithm::Sha256);
    SignatureObject {
        kind,
        place,
        bytes: signature.packet.clone(),
        certificates: keys.openpgp(&signature.issuers),
        digests: digest
            .map(|digest| (algorithm, digest))
            .into_iter()
            .collect(),
        content_is_attributes: false,
        covers: covers.to_owned(),
        raw: None,
    }
}

/// The object of something that should be a signature and cannot be read.
pub(super) fn broken(place: &str, why: &str, covers: &str) -> SignatureObject {
    SignatureObject {
        kind: ObjectKind::OpenPgp,
        place: place.to_owned(),
        bytes: vec![],
        certificates: vec![],
        digests: vec![],
        content_is_attributes: false,
        covers: covers.to_owned(),
        raw: Some(outcome(Crypto::Bad, why)),
    }
}

fn outcome(crypto: Crypto, form: &str) -> RawOutcome {
    RawOutcome {
        crypto,
        form: form.to_owned(),
        weaknesses: vec![],
    }
}

/// How a file stands to the signed text, whatever ends its lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    Same,
    /// But for blanks at line ends and empty lines at its end, which the format does not sign (RFC 9580
    /// 7.2): in a script they can change what a line means.
    ButForBlanks,
    Other,
}

/// Compares line by line, holding neither.
fn likeness(cleartext: &Cleartext, file: &[u8]) -> Likeness {
    let mut same = Likeness::Same;
    let mut signed = lines(&cleartext.text);
    let mut lines = lines(file);
    loop {
        let (text, line) = match (signed.next(), lines.next()) {
            (None, None) => return same,
            (text, line) => (text, line),
        };
        if text != line {
            same = Likeness::ButForBlanks;
        }
        if without_blanks(text.unwrap_or_default()) != without_blanks(line.unwrap_or_default()) {
            return Likeness::Other;
        }
    }
}

/// Lines without their ends. Whether the last one is ended makes no difference: it depends on the
/// program whether the signed text has that end.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.strip_suffix(b"\n")
        .unwrap_or(text)
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
}

fn without_blanks(line: &[u8]) -> &[u8] {
    let last = line
        .iter()
        .rposition(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
    line.get(..last.map_or(0, |last| last + 1))
        .unwrap_or_default()
}
