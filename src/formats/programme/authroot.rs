//! Microsoft's `authroot.stl`: a certificate trust list inside CMS.
//!
//! The list names each certificate by SHA-1, and in newer ones by SHA-256 as an attribute; the
//! certificates themselves are published beside it. Attributes are certificate properties, whose
//! numbers are the last arc of their identifiers and stand in the Windows SDK (`wincrypt.h`).

use jiff::Timestamp;

use super::bounded;
use super::error::{ProgrammeError, at};
use crate::domain::{
    KeyForm, ListEntry, ListedCertificate, ListedKey, Sha1, Sha256, Stance, Statement, hex,
};
use crate::formats::cms::{Covered, Outcome, SignedData, Trailing, check};
use crate::formats::der::{Reader, Tag, Value, single};
use crate::formats::limits;

/// `szOID_CTL`: the content type of certificate trust lists.
const TRUST_LIST: &str = "1.3.6.1.4.1.311.10.1";
/// Before the number of a certificate property.
const PROPERTY: &str = "1.3.6.1.4.1.311.10.11.";

const ALLOWED_PURPOSES: &str = "9";
const FRIENDLY_NAME: &str = "11";
const SHA256: &str = "98";
const DISABLED_AT: &str = "104";
const DENIED_PURPOSES: &str = "122";
const NOT_BEFORE: &str = "126";
const NOT_BEFORE_PURPOSES: &str = "127";

/// Whether the object holds a trust list, by its content type.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let encoded = [
        0x06, 0x09, 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x0a, 0x01,
    ];
    bytes
        .get(..bytes.len().min(512))
        .is_some_and(|head| head.windows(encoded.len()).any(|window| window == encoded))
}

/// Every subject of the list. Its signature must hold; by whom it is, is not judged.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<ListEntry>, ProgrammeError> {
    let data = SignedData::from_der(bytes, Trailing::Nothing)?;
    let content = match &data.content {
        Some(content) if data.content_type == TRUST_LIST => &content.octets,
        _ => {
            return Err(ProgrammeError::NotATrustList(
                data.content_type.as_str().to_owned(),
            ));
        }
    };
    for signer in &data.signers {
        let found = check(signer, &data.certificates, Covered::Bytes(content));
        match found.outcome {
            Outcome::Good => {}
            Outcome::Bad(why) => return Err(ProgrammeError::Signature(why.to_string())),
            Outcome::Unchecked(why) => return Err(ProgrammeError::Signature(why.to_string())),
        }
    }
    let mut subjects = at("the trust list", subjects(content))?.reader();
    let mut entries = vec![];
    while !subjects.is_empty() {
        let place = format!("subject {} of the trust list", entries.len() + 1);
        if entries.len() == limits::ANCHORS {
            return Err(ProgrammeError::TooMany {
                what: "subjects",
                limit: limits::ANCHORS,
            });
        }
        let subject = at(place.as_str(), subjects.expect(Tag::SEQUENCE))?;
        entries.push(entry(&subject, &place)?);
    }
    Ok(entries)
}

/// The keys of the signers whose signatures hold.
pub(super) fn signed_by(bytes: &[u8]) -> Vec<Sha256> {
    let Ok(data) = SignedData::from_der(bytes, Trailing::Nothing) else {
        return vec![];
    };
    let Some(content) = &data.content else {
        return vec![];
    };
    let signers = data.signers.iter().filter_map(|signer| {
        let found = check(signer, &data.certificates, Covered::Bytes(&content.octets));
        let held = found.outcome == Outcome::Good;
        held.then_some(found.certificate?.spki_sha256())
    });
    signers.collect()
}

/// The sequence of trusted subjects, past version, usage, list id, sequence number, dates and the
/// algorithm of the subjects' identifiers.
fn subjects(content: &[u8]) -> Result<Value<'_>, crate::formats::der::DerError> {
    let mut fields = Reader::new(content);
    fields.optional(Tag::INTEGER)?;
    fields.expect(Tag::SEQUENCE)?;
    fields.optional(Tag::OCTET_STRING)?;
    fields.optional(Tag::INTEGER)?;
    for _ in 0..2 {
        if matches!(
            fields.peek(),
            Some(Tag::UTC_TIME) | Some(Tag::GENERALIZED_TIME)
        ) {
            fields.any()?;
        }
    }
    fields.expect(Tag::SEQUENCE)?;
    let subjects = fields.expect(Tag::SEQUENCE)?;
    fields.optional(Tag::context(0))?;
    fields.finish()?;
    Ok(subjects)
}

fn entry(subject: &Value<'_>, place: &str) -> Result<ListEntry, ProgrammeError> {
    let mut fields = subject.reader();
    let identifier = at(place, fields.expect(Tag::OCTET_STRING))?.content;
    let sha1: [u8; 20] = identifier.try_into().map_err(|_| ProgrammeError::Field {
        path: place.to_owned(),
        what: "not named by a SHA-1",
    })?;
    let mut properties = Properties::default();
    if let Some(set) = at(place, fields.optional(Tag::SET))? {
        let mut attributes = set.reader();
        while !attributes.is_empty() {
            let attribute = at(place, attributes.expect(Tag::SEQUENCE))?;
            properties.take(&attribute, place)?;
        }
    }
    at(place, fields.finish())?;
    let sha1 = Sha1(sha1);
    Ok(ListEntry {
        form: KeyForm::X509,
        key: ListedKey::CertificateSha1(sha1),
        role: None,
        public_key: None,
        key_ids: vec![],
        name: properties.name.take(),
        state: vec![],
        certificates: vec![ListedCertificate {
            sha256: properties.sha256,
            sha1: Some(sha1),
            subject: None,
            issuer: None,
            state: properties.statements(),
        }],
    })
}

/// From when on; an empty property names no date and means always.
type Since = Option<Timestamp>;

#[derive(Default)]
struct Properties {
    name: Option<String>,
    sha256: Option<Sha256>,
    allowed: Option<Vec<String>>,
    denied: Vec<String>,
    disabled: Option<Since>,
    not_before: Option<Since>,
    not_before_purposes: Vec<String>,
}

impl Properties {
    fn take(&mut self, attribute: &Value<'_>, place: &str) -> Result<(), ProgrammeError> {
        let mut fields = attribute.reader();
        let oid = at(place, fields.expect(Tag::OID).and_then(|value| value.oid()))?;
        let mut values = at(place, fields.expect(Tag::SET))?.reader();
        at(place, fields.finish())?;
        let Some(number) = oid.as_str().strip_prefix(PROPERTY) else {
            return Ok(());
        };
        let value = at(place, values.expect(Tag::OCTET_STRING))?.content;
        let wrong = |what| ProgrammeError::Field {
            path: place.to_owned(),
            what,
        };
        match number {
            ALLOWED_PURPOSES => self.allowed = Some(purposes(value, place)?),
            DENIED_PURPOSES => self.denied = purposes(value, place)?,
            NOT_BEFORE_PURPOSES => self.not_before_purposes = purposes(value, place)?,
            DISABLED_AT => {
                self.disabled =
                    Some(filetime(value).ok_or_else(|| wrong("a disabled-at that is no time"))?);
            }
            NOT_BEFORE => {
                self.not_before =
                    Some(filetime(value).ok_or_else(|| wrong("a not-before that is no time"))?);
            }
            SHA256 => {
                let hash = value.try_into().map_err(|_| wrong("a wrong SHA-256"))?;
                self.sha256 = Some(Sha256(hash));
            }
            FRIENDLY_NAME => self.name = utf16(value),
            _ => {}
        }
        Ok(())
    }

    /// Without a list of purposes every purpose is allowed; what is denied or dated narrows it.
    fn statements(&self) -> Vec<Statement> {
        let one = |about: &str, stance, from, reason: &str| Statement {
            about: about.to_owned(),
            stance,
            from,
            until: None,
            reason: reason.to_owned(),
        };
        let mut found = vec![];
        match &self.allowed {
            None => found.push(one("any", Stance::Allowed, None, "no purposes named")),
            Some(purposes) => {
                found.extend(
                    purposes
                        .iter()
                        .map(|purpose| one(purpose, Stance::Allowed, None, "allowed purpose")),
                );
            }
        }
        found.extend(
            self.denied
                .iter()
                .map(|purpose| one(purpose, Stance::Denied, None, "denied purpose")),
        );
        if let Some(since) = self.disabled {
            found.push(one("any", Stance::Denied, since, "disabled-at"));
        }
        if self.not_before_purposes.is_empty() {
            if let Some(since) = self.not_before {
                found.push(one("any", Stance::NoNewIssuance, since, "not-before"));
            }
        } else {
            let since = self.not_before.flatten();
            found.extend(
                self.not_before_purposes
                    .iter()
                    .map(|purpose| one(purpose, Stance::NoNewIssuance, since, "not-before")),
            );
        }
        found.sort();
        found
    }
}

fn purposes(value: &[u8], place: &str) -> Result<Vec<String>, ProgrammeError> {
    let mut list = at(place, single(value, Tag::SEQUENCE))?.reader();
    let mut found = vec![];
    while !list.is_empty() {
        let oid = at(place, list.any().and_then(|value| value.oid()))?;
        found.push(purpose(oid.as_str()).to_owned());
    }
    Ok(found)
}

/// A purpose by the name that all lists share, else its OID.
pub(super) fn purpose(oid: &str) -> &str {
    match oid {
        "1.3.6.1.5.5.7.3.1" => "server-auth",
        "1.3.6.1.5.5.7.3.2" => "client-auth",
        "1.3.6.1.5.5.7.3.3" => "code-signing",
        "1.3.6.1.5.5.7.3.4" => "email-protection",
        "1.3.6.1.5.5.7.3.8" => "time-stamping",
        "1.3.6.1.5.5.7.3.9" => "ocsp-signing",
        other => other,
    }
}

/// A Windows FILETIME: 100-nanosecond steps since 1601-01-01, little-endian; empty for none.
fn filetime(value: &[u8]) -> Option<Since> {
    if value.is_empty() {
        return Some(None);
    }
    let steps = u64::from_le_bytes(value.try_into().ok()?);
    let seconds = i64::try_from(steps / 10_000_000).ok()?;
    // From 1601-01-01 to 1970-01-01.
    let since_1970 = seconds.checked_sub(11_644_473_600)?;
    Timestamp::from_second(since_1970).ok().map(Some)
}

/// UTF-16LE with a final zero.
fn utf16(value: &[u8]) -> Option<String> {
    let units: Vec<u16> = value
        .chunks_exact(2)
        .filter_map(|pair| pair.try_into().ok().map(u16::from_le_bytes))
        .collect();
    let text = String::from_utf16(&units).unwrap_or_else(|_| hex(value));
    let text = text.trim_end_matches('\0');
    (!text.is_empty()).then(|| bounded(text))
}
