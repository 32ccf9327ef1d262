//! What people sign, and the fingerprint that they type as it was read out.

use super::ChangeError;
use super::ask::{Ask, digest_of};
use crate::domain::Sha256;
use crate::store::Proposal;

/// How somebody convinced themselves, out of band.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Confirmation {
    /// As typed, in any grouping; empty where none is needed.
    pub fingerprint: String,
    /// `phone`, `meeting`, `letter`...
    pub channel: String,
    pub whom: String,
    /// Where the contact came from: a contract, an earlier call; never the package in doubt.
    pub contact_from: String,
}

/// Why a fingerprint is not the one in question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FingerprintError {
    #[error("type the fingerprint as it was read out; {digits} hexadecimal digits are none")]
    Length { digits: usize },
    #[error("`{0}` is no hexadecimal digit")]
    Digit(char),
    #[error("{wrong} digits differ, the first at place {first}: have it read out again")]
    Near { wrong: usize, first: usize },
    #[error("that is the fingerprint of another key")]
    Other,
}

/// From this many wrong digits on, two fingerprints are simply different.
const NEAR: usize = 12;

impl Confirmation {
    /// Whether it may count for what is asked.
    pub(super) fn fits(&self, ask: &Ask) -> Result<(), ChangeError> {
        if !ask.kind.needs_fingerprint() {
            return Ok(());
        }
        compare_fingerprint(&self.fingerprint, &ask.fingerprints)?;
        let told = [&self.channel, &self.whom, &self.contact_from];
        if told.iter().any(|text| text.trim().is_empty()) {
            return Err(ChangeError::NoChannel);
        }
        Ok(())
    }
}

/// Whether what somebody typed is one of these values in full: SHA-256 hashes, or an OpenPGP
/// fingerprint of 40 or 64 digits.
///
/// # Errors
/// [`FingerprintError`]; nearly is told, and is not enough.
pub fn compare_fingerprint(typed: &str, known: &[String]) -> Result<(), FingerprintError> {
    let mut digits = String::new();
    for character in typed.chars() {
        match character {
            ' ' | '\t' | '\n' | '\r' | ':' | '-' | '.' => {}
            digit if digit.is_ascii_hexdigit() => digits.push(digit.to_ascii_lowercase()),
            other => return Err(FingerprintError::Digit(other)),
        }
    }
    if !known.iter().any(|known| known.len() == digits.len()) {
        return Err(FingerprintError::Length {
            digits: digits.len(),
        });
    }
    let wrong = |known: &String| {
        let pairs = digits.bytes().zip(known.bytes());
        pairs.filter(|(left, right)| left != right).count()
    };
    let comparable = known.iter().filter(|known| known.len() == digits.len());
    let Some(nearest) = comparable.min_by_key(|known| wrong(known)) else {
        return Err(FingerprintError::Other);
    };
    match wrong(nearest) {
        0 => Ok(()),
        few if few < NEAR => {
            let mut pairs = digits.bytes().zip(nearest.bytes());
            let first = pairs.position(|(left, right)| left != right);
            Err(FingerprintError::Near {
                wrong: few,
                first: first.unwrap_or_default() + 1,
            })
        }
        _ => Err(FingerprintError::Other),
    }
}

/// The text that is signed: lines of a name and a value. Line breaks in a value become spaces, so
/// that nothing can pose as another line.
#[must_use]
pub fn statement(
    instance: &[u8; 32],
    proposal: &Proposal,
    word: &str,
    confirmation: Option<&Confirmation>,
) -> String {
    let new = &proposal.proposal;
    let mut lines = vec![
        ("anchorwatch", word.to_owned()),
        ("instance", Sha256(*instance).to_string()),
        ("proposal", proposal.id.to_string()),
        ("asks", digest_of(&new.asks)),
        ("kind", new.kind.clone()),
        ("vendor", new.vendor.clone().unwrap_or_default()),
        ("anchor", new.anchor.clone().unwrap_or_default()),
    ];
    if let Some(confirmation) = confirmation {
        let digits = confirmation
            .fingerprint
            .chars()
            .filter(char::is_ascii_hexdigit);
        lines.push(("fingerprint", digits.collect::<String>().to_lowercase()));
        lines.push(("channel", confirmation.channel.clone()));
        lines.push(("whom", confirmation.whom.clone()));
        lines.push(("contact-from", confirmation.contact_from.clone()));
    }
    lines
        .into_iter()
        .fold(String::new(), |text, (name, value)| {
            let value: String = value
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .collect();
            format!("{text}{name}: {value}\n")
        })
}
