//! Identities in base64: OpenSSH key hashes, HPKP pins, minisign and signify public keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::names::Found;
use super::token::TokenKind;
use super::words::Words;
use crate::domain::hex;

/// Base64 characters of 32 bytes without padding.
const DIGEST: usize = 43;
/// Base64 characters of a minisign public key: algorithm, key number and 32 bytes.
const RAW_KEY: usize = 56;

/// Every identity in base64.
pub(super) fn find(words: &Words<'_>, found: &mut Vec<Found>) {
    for (at, prefix) in words.text.match_indices("SHA256:") {
        let start = at + prefix.len();
        if run_length(words.text, start) == DIGEST {
            let digest = words.at(&(start..start + DIGEST));
            if decodes(digest).is_some() {
                found.push((
                    TokenKind::SshSha256,
                    format!("SHA256:{digest}"),
                    at..start + DIGEST,
                ));
            }
        }
    }
    for (at, prefix) in words.lower.match_indices("pin-sha256=\"") {
        let start = at + prefix.len();
        if run_length(words.text, start) == DIGEST
            && let Some(bytes) = decodes(words.at(&(start..start + DIGEST)))
        {
            let hex = hex(&bytes);
            found.push((TokenKind::SpkiSha256, hex, start..start + DIGEST));
        }
    }
    raw_keys(words, found);
}

/// Both tools write `Ed` in front of the key number, which base64 begins with `RW` and a letter of
/// four.
fn raw_keys(words: &Words<'_>, found: &mut Vec<Found>) {
    for (at, _) in words.text.match_indices("RW") {
        let inside = at
            .checked_sub(1)
            .and_then(|before| words.text.as_bytes().get(before))
            .is_some_and(is_base64);
        let third = words.text.as_bytes().get(at + 2);
        if !inside
            && third.is_some_and(|byte| (b'Q'..=b'T').contains(byte))
            && run_length(words.text, at) == RAW_KEY
        {
            let place = at..at + RAW_KEY;
            found.push((TokenKind::RawKey, words.at(&place).to_owned(), place));
        }
    }
}

fn is_base64(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

/// How many base64 characters stand from `start` on; past a key's length it is data.
fn run_length(text: &str, start: usize) -> usize {
    text.as_bytes().get(start..).map_or(0, |rest| {
        rest.iter()
            .take(RAW_KEY + 1)
            .take_while(|byte| is_base64(byte))
            .count()
    })
}

fn decodes(digest: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD
        .decode(digest)
        .ok()
        .filter(|bytes| bytes.len() == 32)
}
