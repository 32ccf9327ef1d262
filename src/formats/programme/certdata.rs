//! Mozilla's `certdata.txt`: objects of the builtin PKCS#11 module, one attribute a line.
//!
//! A certificate object holds the certificate and distrust-after dates; a trust object holds the
//! bits for each purpose and names its certificate by issuer and serial, usually by SHA-1 too. One
//! may stand without the other: distrust of an intermediate needs no certificate.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::error::ProgrammeError;
use super::{bounded, listed, name_of, sha1};
use crate::domain::{KeyForm, ListEntry, ListedCertificate, ListedKey, Sha1, Stance, Statement};
use crate::formats::der::{Tag, Value};
use crate::formats::digest::sha256;
use crate::formats::limits;
use crate::formats::x509::Certificate;

pub(super) fn looks_like(bytes: &[u8]) -> bool {
    bytes
        .split(|byte| *byte == b'\n')
        .map(<[u8]>::trim_ascii)
        .take(2000)
        .any(|line| line == b"BEGINDATA" || line.starts_with(b"CKA_CLASS "))
}

/// Every certificate with its trust, and trust of certificates that are not there.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<ListEntry>, ProgrammeError> {
    let objects = objects(bytes)?;
    let mut trusts = vec![];
    let mut certificates = vec![];
    for object in &objects {
        match object.word("CKA_CLASS") {
            Some("CKO_CERTIFICATE") => certificates.push(object.certificate()?),
            Some("CKO_NSS_TRUST" | "CKO_TRUST") => trusts.push(Trust::of(object)?),
            // The list object itself.
            _ => {}
        }
    }
    let mut entries = vec![];
    for (certificate, mut state, line) in certificates {
        let before = trusts.len();
        let hash = sha1(certificate.der());
        let issuer = certificate.issuer().der();
        trusts.retain(|trust| {
            let ours = trust.names(hash, issuer, certificate.serial());
            if ours {
                state.extend(trust.state.iter().cloned());
            }
            !ours
        });
        if trusts.len() == before {
            return Err(ProgrammeError::Line {
                line,
                what: "no trust object names the certificate that begins here: cut off or mixed up",
            });
        }
        state.sort();
        state.dedup();
        entries.push(ListEntry {
            form: KeyForm::X509,
            key: ListedKey::Spki(certificate.spki_sha256()),
            role: None,
            public_key: None,
            key_ids: vec![],
            name: Some(name_of(&certificate)),
            state: vec![],
            certificates: vec![listed(&certificate, state)],
        });
    }
    entries.extend(trusts.into_iter().map(Trust::alone));
    Ok(entries)
}

/// Every certificate that the file holds.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, ProgrammeError> {
    let held = |object: &&Object<'_>| object.word("CKA_CLASS") == Some("CKO_CERTIFICATE");
    let objects = objects(bytes)?;
    let certificates = objects.iter().filter(held).map(Object::certificate);
    certificates
        .map(|found| found.map(|(certificate, _, _)| certificate))
        .collect()
}

/// The bits for each purpose that a trust object states.
struct Trust {
    sha1: Option<Sha1>,
    issuer: Vec<u8>,
    /// Content octets.
    serial: Vec<u8>,
    label: Option<String>,
    state: Vec<Statement>,
}

/// Attributes of trust objects, in their old and new names, and the purpose of each.
const PURPOSES: [(&str, &str); 8] = [
    ("CKA_TRUST_SERVER_AUTH", "server-auth"),
    ("CKA_TRUST_EMAIL_PROTECTION", "email-protection"),
    ("CKA_TRUST_CODE_SIGNING", "code-signing"),
    ("CKA_TRUST_TIME_STAMPING", "time-stamping"),
    ("CKA_PKCS_TRUST_SERVER_AUTH", "server-auth"),
    ("CKA_PKCS_TRUST_EMAIL_PROTECTION", "email-protection"),
    ("CKA_PKCS_TRUST_CODE_SIGNING", "code-signing"),
    ("CKA_PKCS_TRUST_TIME_STAMPING", "time-stamping"),
];

impl Trust {
    fn of(object: &Object<'_>) -> Result<Self, ProgrammeError> {
        let mut state = vec![];
        for (attribute, purpose) in PURPOSES {
            let Some(word) = object.word(attribute) else {
                continue;
            };
            state.push(Statement {
                about: purpose.to_owned(),
                stance: match word {
                    "CKT_NSS_TRUSTED_DELEGATOR"
                    | "CKT_NSS_TRUSTED"
                    | "CKT_TRUST_ANCHOR"
                    | "CKT_TRUSTED" => Stance::Allowed,
                    "CKT_NSS_MUST_VERIFY_TRUST" | "CKT_TRUST_MUST_VERIFY_TRUST" => {
                        Stance::MustVerify
                    }
                    "CKT_NSS_NOT_TRUSTED" | "CKT_NOT_TRUSTED" => Stance::Denied,
                    "CKT_NSS_TRUST_UNKNOWN" | "CKT_TRUST_UNKNOWN" => Stance::Stated,
                    _ => {
                        return Err(ProgrammeError::Text {
                            line: object.line,
                            what: "an unknown grade of trust in the object that begins here",
                            text: bounded(word),
                        });
                    }
                },
                from: None,
                until: None,
                reason: "trust bits".to_owned(),
            });
        }
        let serial = object.octets("CKA_SERIAL_NUMBER").unwrap_or_default();
        Ok(Self {
            sha1: object
                .octets("CKA_CERT_SHA1_HASH")
                .and_then(|hash| hash.try_into().ok())
                .map(Sha1),
            issuer: object.octets("CKA_ISSUER").unwrap_or_default().to_vec(),
            serial: crate::formats::der::single(serial, Tag::INTEGER)
                .map_or(serial, |value: Value<'_>| value.content)
                .to_vec(),
            label: object.text("CKA_LABEL"),
            state,
        })
    }

    fn names(&self, sha1: Sha1, issuer: &[u8], serial: &[u8]) -> bool {
        match self.sha1 {
            Some(named) => named == sha1,
            None => self.issuer == issuer && self.serial == serial,
        }
    }

    /// The entry of trust whose certificate is not in the file.
    fn alone(self) -> ListEntry {
        let key = self.sha1.map_or_else(
            || ListedKey::IssuerAndSerial(sha256(&[&*self.issuer, &*self.serial].concat())),
            ListedKey::CertificateSha1,
        );
        ListEntry {
            form: KeyForm::X509,
            key,
            role: None,
            public_key: None,
            key_ids: vec![],
            name: self.label,
            state: vec![],
            certificates: vec![ListedCertificate {
                sha256: None,
                sha1: self.sha1,
                subject: None,
                issuer: None,
                state: self.state,
            }],
        }
    }
}

enum Attribute<'a> {
    Word(&'a str),
    Octets(Vec<u8>),
    Text(String),
}

struct Object<'a> {
    /// Where it begins.
    line: usize,
    attributes: BTreeMap<&'a str, Attribute<'a>>,
}

impl Object<'_> {
    fn word(&self, name: &str) -> Option<&str> {
        match self.attributes.get(name) {
            Some(Attribute::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn octets(&self, name: &str) -> Option<&[u8]> {
        match self.attributes.get(name) {
            Some(Attribute::Octets(octets)) => Some(octets),
            _ => None,
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        match self.attributes.get(name) {
            Some(Attribute::Text(text)) => Some(bounded(text)),
            _ => None,
        }
    }

    fn certificate(&self) -> Result<(Certificate, Vec<Statement>, usize), ProgrammeError> {
        let line = self.line;
        let der = self.octets("CKA_VALUE").ok_or(ProgrammeError::Line {
            line,
            what: "the certificate object that begins here has no value",
        })?;
        let certificate = Certificate::from_der(der)
            .map_err(|error| ProgrammeError::LineCertificate { line, error })?;
        let mut state = vec![];
        for (attribute, purpose) in [
            ("CKA_NSS_SERVER_DISTRUST_AFTER", "server-auth"),
            ("CKA_NSS_EMAIL_DISTRUST_AFTER", "email-protection"),
        ] {
            // CK_FALSE says that there is no such date.
            let Some(octets) = self.octets(attribute) else {
                continue;
            };
            state.push(Statement {
                about: purpose.to_owned(),
                stance: Stance::NoNewIssuance,
                from: Some(distrust_after(octets).ok_or(ProgrammeError::Line {
                    line,
                    what: "a distrust-after of the object that begins here is no time",
                })?),
                until: None,
                reason: "distrust-after".to_owned(),
            });
        }
        Ok((certificate, state, line))
    }
}

/// The text of a UTCTime.
fn distrust_after(octets: &[u8]) -> Option<Timestamp> {
    let value = Value {
        tag: if octets.len() == 13 {
            Tag::UTC_TIME
        } else {
            Tag::GENERALIZED_TIME
        },
        content: octets,
        whole: octets,
    };
    value.time().ok()
}

/// The objects after BEGINDATA; each begins with its class.
fn objects(bytes: &[u8]) -> Result<Vec<Object<'_>>, ProgrammeError> {
    let text = str::from_utf8(bytes).map_err(|error| ProgrammeError::Offset {
        offset: error.valid_up_to(),
        what: "not UTF-8",
    })?;
    let mut objects: Vec<Object<'_>> = vec![];
    let mut lines = (1..).zip(text.lines());
    let complete = text.ends_with('\n');
    let last = text.lines().count();
    while let Some((number, line)) = lines.next() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line == "BEGINDATA" {
            continue;
        }
        let wrong = |what| ProgrammeError::Line { line: number, what };
        let mut words = line.splitn(3, ' ');
        let name = words.next().unwrap_or_default();
        if name == "CVS_ID" {
            continue;
        }
        if !name.starts_with("CKA_") {
            return Err(wrong("neither an attribute nor a comment"));
        }
        let kind = words
            .next()
            .ok_or_else(|| wrong("an attribute without a type"))?;
        let rest = words.next().unwrap_or_default().trim();
        let attribute = match kind {
            "MULTILINE_OCTAL" => Attribute::Octets(octal(number, &mut lines)?),
            "UTF8" => Attribute::Text(quoted(rest).ok_or_else(|| wrong("an unclosed text"))?),
            _ if rest.is_empty() => return Err(wrong("an attribute without a value")),
            _ => Attribute::Word(rest),
        };
        if number == last && !complete && matches!(attribute, Attribute::Word(_)) {
            // A word that lost its end would be read as another word.
            return Err(ProgrammeError::CutOff {
                of: "an attribute",
                line: number,
            });
        }
        if name == "CKA_CLASS" {
            if objects.len() >= 2 * limits::ANCHORS {
                return Err(ProgrammeError::TooMany {
                    what: "objects",
                    limit: 2 * limits::ANCHORS,
                });
            }
            objects.push(Object {
                line: number,
                attributes: BTreeMap::new(),
            });
        }
        let object = objects
            .last_mut()
            .ok_or_else(|| wrong("an attribute before the first class"))?;
        if object.attributes.insert(name, attribute).is_some() {
            return Err(wrong("the attribute stands twice in its object"));
        }
    }
    complete_objects(&objects)?;
    Ok(objects)
}

/// An object that lost its end is a file that was cut off.
fn complete_objects(objects: &[Object<'_>]) -> Result<(), ProgrammeError> {
    for object in objects {
        let whole = match object.word("CKA_CLASS") {
            Some("CKO_CERTIFICATE") => object.octets("CKA_VALUE").is_some(),
            Some("CKO_NSS_TRUST" | "CKO_TRUST") => {
                ["CKA_TRUST_SERVER_AUTH", "CKA_PKCS_TRUST_SERVER_AUTH"]
                    .iter()
                    .any(|name| object.word(name).is_some())
                    && ["CKA_TRUST_CODE_SIGNING", "CKA_PKCS_TRUST_CODE_SIGNING"]
                        .iter()
                        .any(|name| object.word(name).is_some())
            }
            _ => true,
        };
        if !whole {
            return Err(ProgrammeError::CutOff {
                of: "an object",
                line: object.line,
            });
        }
    }
    Ok(())
}

/// Lines of `\ooo` up to END.
fn octal<'a>(
    begun: usize,
    lines: &mut impl Iterator<Item = (usize, &'a str)>,
) -> Result<Vec<u8>, ProgrammeError> {
    let mut octets = vec![];
    for (number, line) in lines {
        let line = line.trim();
        if line == "END" {
            return Ok(octets);
        }
        for digits in line.as_bytes().chunks(4) {
            let value = match digits {
                [b'\\', a @ b'0'..=b'3', b @ b'0'..=b'7', c @ b'0'..=b'7'] => {
                    (a - b'0') << 6 | (b - b'0') << 3 | (c - b'0')
                }
                _ => {
                    return Err(ProgrammeError::Line {
                        line: number,
                        what: "not octal digits",
                    });
                }
            };
            octets.push(value);
        }
        if octets.len() > limits::CERTIFICATE {
            return Err(ProgrammeError::Line {
                line: begun,
                what: "a value longer than any certificate",
            });
        }
    }
    Err(ProgrammeError::CutOff {
        of: "a value",
        line: begun,
    })
}

fn quoted(text: &str) -> Option<String> {
    let text = text.strip_prefix('"')?.strip_suffix('"')?;
    // Non-ASCII letters are written as \xHH.
    let mut bytes = vec![];
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if let (b'\\', [b'x', high, low, tail @ ..]) = (*first, after)
            && let Some(byte) = str::from_utf8(&[*high, *low])
                .ok()
                .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        {
            bytes.push(byte);
            rest = tail;
        } else {
            bytes.push(*first);
        }
    }
    Some(String::from_utf8_lossy(&bytes).into_owned())
}
