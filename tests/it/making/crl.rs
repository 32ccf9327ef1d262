//! Revocation lists of every kind, also such as nobody should issue.

use super::der::{integer, oid, sequence, tlv};

/// A list, or what it should say.
#[derive(Clone)]
pub struct List {
    /// The whole DER of the issuer's name.
    pub issuer: Vec<u8>,
    pub this_update: String,
    pub next_update: Option<String>,
    pub number: Option<u64>,
    /// For a list of changes: the number of the whole list.
    pub base: Option<u64>,
    /// The content of the issuing distribution point.
    pub scope: Option<Vec<Vec<u8>>>,
    /// Further extensions, whole.
    pub extensions: Vec<Vec<u8>>,
    pub entries: Vec<Listed>,
}

/// An entry.
#[derive(Clone)]
pub struct Listed {
    /// Content octets.
    pub serial: Vec<u8>,
    /// As RFC 3339.
    pub revoked: String,
    pub reason: Option<u8>,
    pub invalid_since: Option<String>,
    /// The whole DER of the certificate's issuer, where it is another than the entry's before.
    pub issuer: Option<Vec<u8>>,
    /// Further extensions, whole.
    pub extensions: Vec<Vec<u8>>,
}

pub fn listed(serial: &[u8], revoked: &str) -> Listed {
    Listed {
        serial: serial.to_vec(),
        revoked: revoked.to_owned(),
        reason: None,
        invalid_since: None,
        issuer: None,
        extensions: vec![],
    }
}

/// An extension with the value's DER.
pub fn extension(dotted: &str, critical: bool, value: &[u8]) -> Vec<u8> {
    let mut parts = vec![oid(dotted)];
    if critical {
        parts.push(vec![1, 1, 0xff]);
    }
    parts.push(tlv(4, value));
    sequence(&parts)
}

fn time(rfc3339: &str) -> Vec<u8> {
    let digits: String = rfc3339.chars().filter(char::is_ascii_digit).collect();
    tlv(0x18, format!("{digits}Z").as_bytes())
}

impl List {
    /// In force in 2026, and silent.
    pub fn of(issuer: &[u8]) -> Self {
        Self {
            issuer: issuer.to_vec(),
            this_update: "2025-12-01T00:00:00Z".to_owned(),
            next_update: Some("2027-01-01T00:00:00Z".to_owned()),
            number: Some(5),
            base: None,
            scope: None,
            extensions: vec![],
            entries: vec![],
        }
    }

    /// The list's DER; `algorithm` is the signature's AlgorithmIdentifier.
    pub fn signed(&self, algorithm: &[u8], sign: impl Fn(&[u8]) -> Vec<u8>) -> Vec<u8> {
        let mut parts = vec![
            integer(1),
            algorithm.to_vec(),
            self.issuer.clone(),
            time(&self.this_update),
        ];
        parts.extend(self.next_update.as_deref().map(time));
        if !self.entries.is_empty() {
            parts.push(sequence(
                &self.entries.iter().map(entry).collect::<Vec<_>>(),
            ));
        }
        let mut extensions = self.extensions.clone();
        let number = |number: &u64| integer(*number);
        if let Some(value) = self.number.as_ref().map(number) {
            extensions.push(extension("2.5.29.20", false, &value));
        }
        if let Some(value) = self.base.as_ref().map(number) {
            extensions.push(extension("2.5.29.27", true, &value));
        }
        if let Some(scope) = &self.scope {
            extensions.push(extension("2.5.29.28", true, &sequence(scope)));
        }
        if !extensions.is_empty() {
            parts.push(tlv(0xa0, &sequence(&extensions)));
        }
        let tbs = sequence(&parts);
        let mut signature = vec![0];
        signature.extend(sign(&tbs));
        sequence(&[tbs, algorithm.to_vec(), tlv(3, &signature)])
    }
}

fn entry(listed: &Listed) -> Vec<u8> {
    let mut parts = vec![tlv(2, &listed.serial), time(&listed.revoked)];
    let mut extensions = listed.extensions.clone();
    if let Some(reason) = listed.reason {
        extensions.push(extension("2.5.29.21", false, &tlv(10, &[reason])));
    }
    if let Some(since) = &listed.invalid_since {
        extensions.push(extension("2.5.29.24", false, &time(since)));
    }
    if let Some(issuer) = &listed.issuer {
        let names = sequence(&[tlv(0xa4, issuer)]);
        extensions.push(extension("2.5.29.29", true, &names));
    }
    if !extensions.is_empty() {
        parts.push(sequence(&extensions));
    }
    sequence(&parts)
}
