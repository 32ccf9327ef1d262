//! Key and certificate files that a post points at, by address or by name.

use std::ops::Range;

use super::names::Found;
use super::token::TokenKind;
use super::words::Words;

const EXTENSIONS: &[&str] = &[
    "asc", "gpg", "pgp", "pub", "pem", "crt", "cer", "cert", "der", "key", "p7b", "p7c", "keyring",
];
/// What a file beside an `.asc` is called when that is its signature and no key.
const SIGNED: &[&str] = &[
    "tar", "gz", "xz", "bz2", "zst", "tgz", "txz", "zip", "7z", "iso", "img", "raw", "exe", "msi",
    "dmg", "deb", "rpm", "apk", "jar", "war", "txt", "sha256", "sha512", "md5", "dsc", "whl",
    "appimage", "bin", "pkg", "pom", "json", "changes", "log", "md",
];
/// The longest address, in bytes.
const ADDRESS: usize = 1024;

/// Every key file in the running text.
pub(super) fn in_text(words: &Words<'_>, found: &mut Vec<Found>) {
    let mut at = 0;
    let edge = |c: char| {
        c.is_whitespace()
            || matches!(
                c,
                '<' | '>'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '"'
                    | '\''
                    | '`'
                    | '|'
                    | ','
                    | ';'
                    | '“'
                    | '”'
            )
    };
    for piece in words.text.split_inclusive(edge) {
        let word = piece.trim_end_matches(edge);
        if let Some((kind, value, offset)) = key_file(word) {
            let start = at + offset;
            found.push((kind, value, start..at + word.len()));
        }
        at += piece.len();
    }
}

/// The key file that a link goes to.
pub(super) fn of_link(address: &str, place: &Range<usize>) -> Option<Found> {
    key_file(address.trim()).map(|(kind, value, _)| (kind, value, place.clone()))
}

/// Kind, normalised value, and where in `word` it begins.
fn key_file(word: &str) -> Option<(TokenKind, String, usize)> {
    if word.len() > ADDRESS {
        return None;
    }
    let trimmed = word.trim_end_matches(['.', ':', '!', '?', '*', '_', '\\', ',']);
    if let Some(at) = trimmed.find("http://").or_else(|| trimmed.find("https://")) {
        let address = trimmed.get(at..)?;
        let address = address.split('#').next()?;
        let (scheme, rest) = address.split_once("://")?;
        let (host, path) = rest.split_once('/')?;
        let file = path.split('?').next()?.rsplit('/').next()?;
        let value = format!("{scheme}://{}/{path}", host.to_ascii_lowercase());
        return is_key_name(file, true).then_some((TokenKind::KeyUrl, value, at));
    }
    let file = trimmed.rsplit(['/', '\\', '=']).next()?;
    let file = file.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    is_key_name(file, false).then(|| {
        (
            TokenKind::KeyFile,
            file.to_owned(),
            trimmed.len() - file.len(),
        )
    })
}

fn is_key_name(file: &str, address: bool) -> bool {
    if file.is_empty() || !file.is_ascii() {
        return false;
    }
    if file.starts_with("RPM-GPG-KEY") || file.contains("GPG-KEY-") || file.contains("GPG-PUBKEY") {
        return true;
    }
    let Some((stem, extension)) = file.rsplit_once('.') else {
        return address && matches!(file, "gpg" | "gpgkey" | "KEYS" | "pubkey" | "pubkey.gpg");
    };
    let extension = extension.to_ascii_lowercase();
    if stem.is_empty() || !EXTENSIONS.contains(&extension.as_str()) {
        return false;
    }
    // `tool-1.2.tar.gz.asc` and `SHA256SUMS.asc` are signatures.
    let inner = stem
        .rsplit_once('.')
        .map_or("", |(_, inner)| inner)
        .to_ascii_lowercase();
    let signature = matches!(extension.as_str(), "asc" | "gpg" | "pgp")
        && (SIGNED.contains(&inner.as_str())
            || stem.to_ascii_uppercase().ends_with("SUMS")
            || stem == "Release");
    !signature
}
