//! Lists of root programmes: bytes into keys, certificates and what the list says about each.
//!
//! One file a format. Every reader takes the whole file or refuses it: a list that was cut off or
//! mixed up must not pass for one from which keys were removed.

mod authroot;
mod ccadb;
mod certdata;
mod csv;
mod error;
mod java;
mod json;
mod openpgp;
mod pem;
mod pkcs12;
mod pkcs7;
mod trusted_root;
pub mod tuf;

use jiff::Timestamp;

use super::digest::digest;
use super::limits;
use super::x509::Certificate;
use crate::domain::{
    HashAlgorithm, KeyForm, ListEntry, ListKind, ListSnapshot, ListedCertificate, ListedKey, Sha1,
    Sha256, Statement,
};

pub use error::ProgrammeError;
use tuf::TufRoot;

/// What one file of a programme holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProgrammeFile {
    /// Certificates alone. Beside a list that names certificates only by hash they say which key
    /// each hash means; else they are the list.
    Certificates(ListKind, Vec<ListEntry>),
    /// A whole list.
    List(ListSnapshot),
    /// Root metadata of TUF, to be verified against the version before it.
    Tuf(Box<TufRoot>),
}

/// Reads one file of a programme. `name` is its name without folders; it tells .NET's two lists
/// apart and nothing else. States that depend on time are those at `at`.
///
/// # Errors
/// When the file is in no known form, or any part of it cannot be read.
pub fn read(name: &str, bytes: &[u8], at: Timestamp) -> Result<ProgrammeFile, ProgrammeError> {
    if bytes.len() > limits::PROGRAMME_FILE {
        return Err(ProgrammeError::TooLarge {
            limit: limits::PROGRAMME_FILE,
        });
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let list = |kind, entries: Vec<ListEntry>| {
        if entries.is_empty() {
            return Err(ProgrammeError::Empty);
        }
        Ok(ProgrammeFile::List(ListSnapshot::new(kind, None, entries)))
    };
    let certificates = |found: Vec<Certificate>| {
        if found.is_empty() {
            return Err(ProgrammeError::Empty);
        }
        let entries = found
            .iter()
            .map(|certificate| certificate_entry(certificate, vec![]))
            .collect();
        Ok(ProgrammeFile::Certificates(kind_by_name(name), entries))
    };
    match bytes.trim_ascii_start() {
        [b'{', ..] => {
            let json = json::parse(bytes)?;
            if json::is_tuf(&json) {
                return Ok(ProgrammeFile::Tuf(Box::new(tuf::read(bytes, &json)?)));
            }
            return list(ListKind::TrustedRoot, trusted_root::entries(&json)?);
        }
        [0x30, ..] if bytes.first() == Some(&0x30) => {
            if let Ok(certificate) = Certificate::from_der(bytes) {
                return certificates(vec![certificate]);
            }
            if pkcs12::looks_like(bytes) {
                return certificates(pkcs12::certificates(bytes)?);
            }
            if authroot::looks_like(bytes) {
                return list(ListKind::AuthRoot, authroot::entries(bytes)?);
            }
            return certificates(pkcs7::certificates(bytes)?);
        }
        [0xfe, 0xed, 0xfe, 0xed, ..] => return certificates(java::certificates(bytes)?),
        _ => {}
    }
    if certdata::looks_like(bytes) {
        return list(ListKind::CertData, certdata::entries(bytes)?);
    }
    // Armour beside certificates is a mixture, which the reader of bundles refuses.
    if openpgp::looks_like(bytes) && !pem::holds_certificates(bytes) {
        return list(ListKind::OpenPgp, openpgp::entries(bytes, at)?);
    }
    if ccadb::looks_like(bytes) {
        return list(ListKind::Ccadb, ccadb::entries(bytes)?);
    }
    if super::pem::is_pem(bytes) || pem::ends_in_marker(bytes) {
        return certificates(pem::certificates(bytes)?);
    }
    Err(ProgrammeError::Unrecognised)
}

/// The certificates themselves that a file holds, in file order; none where it names them by hash
/// alone, and none of a file that [`read`] refuses.
#[must_use]
pub fn certificates(bytes: &[u8]) -> Vec<Certificate> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let found = match bytes.trim_ascii_start() {
        _ if bytes.len() > limits::PROGRAMME_FILE => return vec![],
        [0x30, ..] if bytes.first() == Some(&0x30) => {
            if let Ok(certificate) = Certificate::from_der(bytes) {
                return vec![certificate];
            }
            if pkcs12::looks_like(bytes) {
                pkcs12::certificates(bytes)
            } else if authroot::looks_like(bytes) {
                return vec![];
            } else {
                pkcs7::certificates(bytes)
            }
        }
        [0xfe, 0xed, 0xfe, 0xed, ..] => java::certificates(bytes),
        _ if certdata::looks_like(bytes) => certdata::certificates(bytes),
        _ if ccadb::looks_like(bytes) => ccadb::certificates(bytes),
        _ if super::pem::is_pem(bytes) => pem::certificates(bytes),
        _ => return vec![],
    };
    found.unwrap_or_default()
}

/// The keys (SHA-256 of the SubjectPublicKeyInfo) whose signatures over a list hold; none where a
/// list is not signed.
#[must_use]
pub fn signed_by(bytes: &[u8]) -> Vec<Sha256> {
    if authroot::looks_like(bytes) {
        return authroot::signed_by(bytes);
    }
    vec![]
}

/// .NET's SDK keeps its roots in two files, told apart by their names.
fn kind_by_name(name: &str) -> ListKind {
    let name = name.to_ascii_lowercase();
    if name.contains("codesignctl") {
        ListKind::CodeSigning
    } else if name.contains("timestampctl") {
        ListKind::TimeStamping
    } else {
        ListKind::Certificates
    }
}

/// The entry of one certificate, with what the list says about it.
fn certificate_entry(certificate: &Certificate, state: Vec<Statement>) -> ListEntry {
    ListEntry {
        form: KeyForm::X509,
        key: ListedKey::Spki(certificate.spki_sha256()),
        role: None,
        public_key: None,
        key_ids: vec![],
        name: Some(name_of(certificate)),
        state: vec![],
        certificates: vec![listed(certificate, state)],
    }
}

fn listed(certificate: &Certificate, state: Vec<Statement>) -> ListedCertificate {
    ListedCertificate {
        sha256: Some(certificate.sha256()),
        sha1: Some(sha1(certificate.der())),
        subject: Some(bounded(&certificate.subject().to_string())),
        issuer: (!certificate.is_self_issued()).then(|| bounded(&certificate.issuer().to_string())),
        state,
    }
}

/// The common name, else the last organisational unit or organisation, else the whole name.
fn name_of(certificate: &Certificate) -> String {
    let subject = certificate.subject();
    let name = subject
        .common_name()
        .or_else(|| subject.first("2.5.4.11"))
        .or_else(|| subject.organisation())
        .map_or_else(|| subject.to_string(), str::to_owned);
    bounded(&name)
}

fn sha1(bytes: &[u8]) -> Sha1 {
    let mut value = [0; 20];
    value.copy_from_slice(&digest(HashAlgorithm::Sha1, bytes));
    Sha1(value)
}

/// Text from outside, cut where it would only fill the store.
fn bounded(text: &str) -> String {
    text.chars().take(limits::DESCRIPTION).collect()
}

/// Pairs of hex digits; `None` for anything else.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}
