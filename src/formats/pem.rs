//! PEM blocks (RFC 7468): labels and decoded bytes, text around them ignored.

use std::io::BufRead as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::limits;

/// One block of a PEM file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The words after `BEGIN`, such as `CERTIFICATE`.
    pub label: String,
    pub der: Vec<u8>,
}

/// What is wrong with a PEM file; lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PemError {
    #[error("the block that begins in line {line} has no matching END")]
    Unclosed { line: usize },
    #[error("the block that begins in line {line} is not base64")]
    NotBase64 { line: usize },
    #[error("more than {limit} blocks")]
    TooMany { limit: usize },
}

/// Whether the bytes look like PEM.
#[must_use]
pub fn is_pem(bytes: &[u8]) -> bool {
    bytes
        .windows(11)
        .take(64 << 10)
        .any(|window| window == b"-----BEGIN ")
}

/// Every block, in file order.
///
/// # Errors
/// When a block is not closed by its own label or is not base64.
pub fn blocks(bytes: &[u8]) -> Result<Vec<Block>, PemError> {
    let mut found = vec![];
    let mut open: Option<(usize, &[u8], Vec<u8>)> = None;
    for (index, line) in lines(bytes).enumerate() {
        let line = line.trim_ascii();
        match &mut open {
            None => {
                if let Some(label) = marker(line, b"-----BEGIN ") {
                    // a certificate's usual length
                    open = Some((index + 1, label, Vec::with_capacity(2048)));
                }
            }
            Some((start, label, text)) => {
                if marker(line, b"-----END ") == Some(*label) {
                    let der = STANDARD
                        .decode(&*text)
                        .map_err(|_| PemError::NotBase64 { line: *start })?;
                    found.push(Block {
                        label: String::from_utf8_lossy(label).into_owned(),
                        der,
                    });
                    if found.len() > limits::ANCHORS {
                        return Err(PemError::TooMany {
                            limit: limits::ANCHORS,
                        });
                    }
                    open = None;
                } else if line.starts_with(b"-----") {
                    return Err(PemError::Unclosed { line: *start });
                } else {
                    text.extend_from_slice(line);
                }
            }
        }
    }
    match open {
        Some((line, _, _)) => Err(PemError::Unclosed { line }),
        None => Ok(found),
    }
}

/// The lines with their ends; by `skip_until`, which is several times faster than `slice::split`,
/// and bundles of a megabyte are opened at every start.
fn lines(mut rest: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let all = rest;
        match rest.skip_until(b'\n') {
            Ok(length) if length > 0 => all.get(..length),
            _ => None,
        }
    })
}

fn marker<'a>(line: &'a [u8], prefix: &[u8]) -> Option<&'a [u8]> {
    line.strip_prefix(prefix)?.strip_suffix(b"-----")
}
