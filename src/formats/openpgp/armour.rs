//! ASCII armour (RFC 9580 6.2), read strictly: one reading for every reader.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::error::OpenPgpError;
use crate::formats::limits;

/// Base64 whose last character may carry unused bits: some old writers left them set.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
);

/// The lines of a text, with their numbers.
#[derive(Debug, Clone)]
pub(super) struct Lines<'a> {
    rest: &'a [u8],
    /// Of the line that was handed out last, from 1.
    pub(super) number: usize,
}

/// One line and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// Without its `\n`.
    pub(super) text: &'a [u8],
    pub(super) ended: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            number: 0,
        }
    }
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        if self.rest.is_empty() {
            return None;
        }
        self.number += 1;
        let (text, rest, ended) = match self.rest.iter().position(|byte| *byte == b'\n') {
            Some(at) => {
                let (text, rest) = self.rest.split_at(at);
                (text, rest.get(1..).unwrap_or_default(), true)
            }
            None => (self.rest, &[][..], false),
        };
        self.rest = rest;
        Some(Line { text, ended })
    }
}

/// The label between `-----BEGIN ` and `-----`.
pub(super) fn begin(line: &[u8]) -> Option<&[u8]> {
    line.trim_ascii_end()
        .strip_prefix(b"-----BEGIN ")?
        .strip_suffix(b"-----")
}

/// The decoded body of a block whose BEGIN line was just read.
///
/// Some keys in the wild lack the empty line behind the headers; when not `strict`, the first line
/// without a colon begins the body there.
///
/// The CRC-24 behind the body is read and not compared: RFC 9580 6.1 says that it must not be
/// relied on, and whatever is inside is signed.
pub(super) fn body(
    lines: &mut Lines<'_>,
    label: &[u8],
    strict: bool,
) -> Result<Vec<u8>, OpenPgpError> {
    let broken = |line, what| OpenPgpError::Armour { line, what };
    let mut headers = 0;
    let mut text = vec![];
    loop {
        let line = lines.next().map(|line| line.text.trim_ascii());
        match line {
            None => return Err(broken(lines.number, "it ends in its headers")),
            Some([]) => break,
            Some(line) if !strict && !line.contains(&b':') && !line.starts_with(b"-") => {
                text.extend_from_slice(line);
                break;
            }
            Some(line) if !line.contains(&b':') || line.starts_with(b"-----") => {
                return Err(broken(lines.number, "no empty line behind its headers"));
            }
            Some(_) => headers += 1,
        }
        if headers > limits::ARMOUR_HEADERS {
            return Err(broken(lines.number, "too many headers"));
        }
    }
    let mut checksum = false;
    loop {
        let Some(line) = lines.next() else {
            return Err(broken(lines.number, "it has no END line"));
        };
        let line = line.text.trim_ascii();
        if let Some(end) = line
            .strip_prefix(b"-----END ")
            .and_then(|rest| rest.strip_suffix(b"-----"))
        {
            if end != label {
                return Err(broken(lines.number, "its END line has another label"));
            }
            break;
        }
        if checksum {
            return Err(broken(lines.number, "text behind its checksum"));
        }
        if line.len() == 5 && line.starts_with(b"=") {
            checksum = true;
        } else {
            text.extend_from_slice(line);
        }
    }
    BASE64
        .decode(&text)
        .map_err(|_| broken(lines.number, "its body is not base64"))
}

/// Whether the bytes hold an armour somewhere in their first lines, rather than binary packets.
pub(super) fn is_armoured(bytes: &[u8]) -> bool {
    bytes
        .first()
        .is_some_and(|first| first & 0x80 == 0 || bytes.starts_with(b"\xef\xbb\xbf"))
}

/// The decoded blocks of a text, all with one of `labels`.
///
/// Text between the blocks is refused when `strict`, and passed over otherwise (a mail or a web page
/// that holds a key).
pub(super) fn blocks(
    bytes: &[u8],
    labels: &[&str],
    strict: bool,
) -> Result<Vec<Vec<u8>>, OpenPgpError> {
    let mut lines = Lines::new(bytes);
    let mut found = vec![];
    while let Some(line) = lines.next() {
        let number = lines.number;
        let Some(label) = begin(line.text) else {
            if strict && !line.text.trim_ascii().is_empty() {
                return Err(OpenPgpError::TextAround { line: number });
            }
            continue;
        };
        if labels.iter().any(|known| known.as_bytes() == label) {
            found.push(body(&mut lines, label, strict)?);
        } else if strict || label.starts_with(b"PGP") {
            return Err(OpenPgpError::OtherArmour {
                line: number,
                label: String::from_utf8_lossy(label).chars().take(64).collect(),
            });
        }
        if found.len() > limits::ANCHORS {
            return Err(OpenPgpError::TooMany {
                what: "armoured blocks",
                limit: limits::ANCHORS,
            });
        }
    }
    if found.is_empty() {
        return Err(OpenPgpError::NotOpenPgp);
    }
    Ok(found)
}
