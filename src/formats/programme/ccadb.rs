//! Reports of the Common CA Database as CSV: one row a certificate, named by SHA-256 or held as PEM.
//!
//! The reports differ in their columns, so columns are known by their titles. Every column that
//! states a programme's decision becomes a statement in the report's own words; trust bits and
//! distrust dates are graded.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::csv::{Row, rows};
use super::error::ProgrammeError;
use super::{bounded, from_hex, listed};
use crate::domain::{
    KeyForm, ListEntry, ListedCertificate, ListedKey, Sha1, Sha256, Stance, Statement,
};
use crate::formats::limits;
use crate::formats::pem::blocks;
use crate::formats::x509::Certificate;

const SHA256: [&str; 4] = [
    "sha-256 fingerprint",
    "sha256 fingerprint",
    "certificate sha-256 fingerprint",
    "sha-256 hash",
];
const SHA1: [&str; 3] = ["sha-1 fingerprint", "sha1 fingerprint", "sha-1 hash"];
const PEM: [&str; 4] = [
    "pem info",
    "pem",
    "x.509 certificate (pem)",
    "certificate pem",
];
const NAME: [&str; 5] = [
    "common name or certificate name",
    "certificate name",
    "ca common name or certificate name",
    "common name",
    "root certificate name",
];

/// Whether the first line titles columns of such a report.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let first = bytes
        .split(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let head = String::from_utf8_lossy(first.get(..first.len().min(16 << 10)).unwrap_or(first))
        .to_lowercase();
    head.contains(',')
        && SHA256.iter().chain(&SHA1).chain(&PEM).any(|title| {
            head.split(',')
                .any(|column| column.trim().trim_matches('"') == *title)
        })
}

/// One entry a row.
pub(super) fn entries(bytes: &[u8]) -> Result<Vec<ListEntry>, ProgrammeError> {
    let (titles, rows) = table(bytes)?;
    rows.iter().map(|row| entry(&titles, row)).collect()
}

/// Every certificate that the report holds whole.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, ProgrammeError> {
    let (titles, rows) = table(bytes)?;
    let texts = rows
        .iter()
        .filter_map(|row| Some((column(&titles, row, &PEM)?, row.line)));
    texts.map(|(text, line)| certificate(text, line)).collect()
}

/// The titles in lower case, and the rows below them.
fn table(bytes: &[u8]) -> Result<(Vec<String>, Vec<Row>), ProgrammeError> {
    let text = str::from_utf8(bytes).map_err(|error| ProgrammeError::Offset {
        offset: error.valid_up_to(),
        what: "not UTF-8",
    })?;
    let mut rows = rows(text)?.into_iter();
    let titles: Vec<String> = rows
        .next()
        .map(|row| row.fields)
        .unwrap_or_default()
        .iter()
        .map(|title| title.trim().to_lowercase())
        .collect();
    let rows: Vec<Row> = rows.collect();
    for (number, row) in rows.iter().enumerate() {
        if row.fields.len() != titles.len() {
            return Err(ProgrammeError::Line {
                line: row.line,
                what: "a row with another number of columns than the titles: cut off or mixed up",
            });
        }
        if number == limits::ANCHORS {
            return Err(ProgrammeError::TooMany {
                what: "rows",
                limit: limits::ANCHORS,
            });
        }
    }
    Ok((titles, rows))
}

/// What a row says under one of these titles, unless nothing.
fn column<'a>(titles: &[String], row: &'a Row, names: &[&str]) -> Option<&'a str> {
    let place = titles
        .iter()
        .position(|title| names.contains(&title.as_str()))?;
    let value = row.fields.get(place)?.trim();
    (!value.is_empty()).then_some(value)
}

fn entry(titles: &[String], row: &Row) -> Result<ListEntry, ProgrammeError> {
    let column = |names: &[&str]| column(titles, row, names);
    let wrong = |what| ProgrammeError::Line {
        line: row.line,
        what,
    };
    let digest = |value: &str| from_hex(&value.replace([':', ' '], ""));
    let sha256 = match column(&SHA256) {
        None => None,
        Some(value) => Some(Sha256(
            digest(value)
                .and_then(|hash| hash.try_into().ok())
                .ok_or_else(|| wrong("the SHA-256 fingerprint is not 64 hex digits"))?,
        )),
    };
    let sha1 = match column(&SHA1) {
        None => None,
        Some(value) => Some(Sha1(
            digest(value)
                .and_then(|hash| hash.try_into().ok())
                .ok_or_else(|| wrong("the SHA-1 fingerprint is not 40 hex digits"))?,
        )),
    };
    let held = match column(&PEM) {
        None => None,
        Some(text) => Some(certificate(text, row.line)?),
    };
    let state = statements(titles, row)?;
    let (key, certificate) = match (&held, sha256, sha1) {
        (Some(certificate), _, _) => {
            if sha256.is_some_and(|stated| stated != certificate.sha256()) {
                return Err(wrong(
                    "the fingerprint is not that of the certificate beside it",
                ));
            }
            let key = ListedKey::Spki(certificate.spki_sha256());
            (key, listed(certificate, state))
        }
        (None, Some(hash), _) => (
            ListedKey::CertificateSha256(hash),
            by_hash(sha256, sha1, state),
        ),
        (None, None, Some(hash)) => (
            ListedKey::CertificateSha1(hash),
            by_hash(sha256, sha1, state),
        ),
        (None, None, None) => return Err(wrong("neither a fingerprint nor a certificate")),
    };
    Ok(ListEntry {
        form: KeyForm::X509,
        key,
        role: None,
        public_key: None,
        key_ids: vec![],
        name: column(&NAME)
            .map(bounded)
            .or_else(|| held.as_ref().map(super::name_of)),
        state: vec![],
        certificates: vec![certificate],
    })
}

fn by_hash(sha256: Option<Sha256>, sha1: Option<Sha1>, state: Vec<Statement>) -> ListedCertificate {
    ListedCertificate {
        sha256,
        sha1,
        subject: None,
        issuer: None,
        state,
    }
}

/// The reports wrap PEM in apostrophes, so that spreadsheets leave it alone.
fn certificate(text: &str, line: usize) -> Result<Certificate, ProgrammeError> {
    let text = text.trim_matches(['\'', ' ', '\r', '\n']);
    let wrong = |what| ProgrammeError::Line { line, what };
    let found = blocks(text.as_bytes()).map_err(|_| wrong("the PEM is broken"))?;
    match found.as_slice() {
        [block] if block.label == "CERTIFICATE" => Certificate::from_der(&block.der)
            .map_err(|error| ProgrammeError::LineCertificate { line, error }),
        _ => Err(wrong("the PEM does not hold one certificate")),
    }
}

fn statements(titles: &[String], row: &Row) -> Result<Vec<Statement>, ProgrammeError> {
    let mut state = vec![];
    for (title, value) in titles.iter().zip(&row.fields) {
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        let one = |about: &str, stance, from, reason: &str| Statement {
            about: about.to_owned(),
            stance,
            from,
            until: None,
            reason: bounded(reason),
        };
        if title.contains("trust bits") {
            let bits = value
                .split(';')
                .map(str::trim)
                .filter(|bit| !bit.is_empty());
            state.extend(bits.map(|bit| {
                let about = purpose(bit);
                one(&about, Stance::Allowed, None, title)
            }));
        } else if title.contains("distrust") && title.contains("after") {
            let at = date(value).ok_or(ProgrammeError::Line {
                line: row.line,
                what: "a distrust date that is no date",
            })?;
            let about = if title.contains("s/mime") || title.contains("email") {
                "email-protection"
            } else if title.contains("tls") || title.contains("server") {
                "server-auth"
            } else {
                "any"
            };
            state.push(one(about, Stance::NoNewIssuance, Some(at), title));
        } else if title.contains("status") || title == "revocation reason" {
            state.push(one(title, Stance::Stated, None, value));
        }
    }
    state.sort();
    state.dedup();
    Ok(state)
}

/// The reports' names of trust bits, as all lists here write purposes.
fn purpose(bit: &str) -> String {
    match bit.to_lowercase().as_str() {
        "websites" | "server authentication" | "ssl/tls" => "server-auth".to_owned(),
        "email" | "secure email" => "email-protection".to_owned(),
        "code" | "code signing" => "code-signing".to_owned(),
        "time stamping" => "time-stamping".to_owned(),
        "client authentication" => "client-auth".to_owned(),
        other => bounded(other),
    }
}

/// The spellings of a day in the reports, year first or in the American order.
fn date(text: &str) -> Option<Timestamp> {
    let spellings = ["%Y-%m-%d", "%Y %b %d", "%b %d, %Y", "%B %d, %Y", "%m/%d/%Y"];
    let text = text.replace('.', "-");
    let date = spellings
        .iter()
        .find_map(|spelling| Date::strptime(spelling, &text).ok())?;
    Some(date.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_read_in_every_spelling() {
        for text in [
            "2024.11.30",
            "2024-11-30",
            "2024 Nov 30",
            "Nov 30, 2024",
            "November 30, 2024",
            "11/30/2024",
        ] {
            let found = date(text).map(|at| at.to_string());
            assert_eq!(found.as_deref(), Some("2024-11-30T00:00:00Z"), "{text}");
        }
        for text in ["", "30/11/2024", "2024.13.01", "soon"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
