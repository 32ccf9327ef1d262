//! Clearsigned documents (RFC 9580 7): apt's `InRelease`, Debian's `.dsc` and `.changes`.
//!
//! Read so that no other reader can take something else for signed: exactly one block, and nothing
//! outside it. GnuPG passes files with two blocks, or with text around them, and leaves it to the
//! caller to find out which of it was signed.

use super::armour::{self, Line, Lines};
use super::digests::Digests;
use super::error::OpenPgpError;
use super::signature::OpenPgpSignature;
use crate::formats::limits;

const BEGIN_MESSAGE: &[u8] = b"PGP SIGNED MESSAGE";
const BEGIN_SIGNATURE: &[u8] = b"PGP SIGNATURE";

/// A document and the signatures behind it.
#[derive(Debug, Clone)]
pub struct Cleartext {
    /// What the `Hash` headers name; they bind nobody, the signatures do (RFC 9580 7.1).
    pub hashes_named: Vec<String>,
    /// The signed text: dash-escapes undone, trailing blanks gone, lines joined by `\n` without one
    /// behind the last. This, and not the file, is what the signatures cover.
    pub text: Vec<u8>,
    pub signatures: Vec<OpenPgpSignature>,
}

/// Why a document is refused; lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CleartextFault {
    #[error("no clearsigned document begins in it")]
    NotCleartext,
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("text before the signed block, in line {line}")]
    TextBefore { line: usize },
    #[error("text after the signed block, in line {line}")]
    TextAfter { line: usize },
    #[error("a second block begins in line {line}")]
    SecondBlock { line: usize },
    /// Only `Hash` may stand there; anything else has been used to hide text.
    #[error("line {line} is no Hash header and no empty line")]
    Header { line: usize },
    #[error("line {line} begins with a dash that is not escaped")]
    NotDashEscaped { line: usize },
    #[error("line {line} holds a carriage return or a NUL that readers take for different things")]
    ControlCharacter { line: usize },
    #[error("line {line} is longer than {limit} bytes")]
    LineTooLong { line: usize, limit: usize },
    #[error("the document ends in line {line} without its signature")]
    Unfinished { line: usize },
    #[error("its signature: {0}")]
    Signature(OpenPgpError),
}

impl CleartextFault {
    /// The stable code by which reports name it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotCleartext => "cleartext-missing",
            Self::TooLarge { .. } => "cleartext-too-large",
            Self::TextBefore { .. } => "cleartext-text-before",
            Self::TextAfter { .. } => "cleartext-text-after",
            Self::SecondBlock { .. } => "cleartext-second-block",
            Self::Header { .. } => "cleartext-header",
            Self::NotDashEscaped { .. } => "cleartext-dash",
            Self::ControlCharacter { .. } => "cleartext-control-character",
            Self::LineTooLong { .. } => "cleartext-line-too-long",
            Self::Unfinished { .. } => "cleartext-unfinished",
            Self::Signature(_) => "cleartext-signature",
        }
    }
}

impl Cleartext {
    /// Whether a clearsigned document begins in these bytes, here or further down.
    #[must_use]
    pub fn is_one(bytes: &[u8]) -> bool {
        Lines::new(bytes).any(|line| armour::begin(line.text) == Some(BEGIN_MESSAGE))
    }

    /// Reads a whole file as one clearsigned document.
    ///
    /// # Errors
    /// When two readers could see different signed content, or there is none.
    pub fn read(file: &[u8]) -> Result<Self, CleartextFault> {
        if file.len() > limits::CLEARTEXT {
            return Err(CleartextFault::TooLarge {
                limit: limits::CLEARTEXT,
            });
        }
        let mut lines = Lines::new(file);
        begin(&mut lines)?;
        let hashes_named = headers(&mut lines)?;
        let text = signed_text(&mut lines)?;
        let packets =
            armour::body(&mut lines, BEGIN_SIGNATURE, true).map_err(CleartextFault::Signature)?;
        while let Some(line) = lines.next() {
            let number = lines.number;
            if armour::begin(line.text).is_some() {
                return Err(CleartextFault::SecondBlock { line: number });
            }
            if !line.text.trim_ascii().is_empty() {
                return Err(after(lines, number));
            }
        }
        let mut signatures =
            OpenPgpSignature::read_packets(&packets).map_err(CleartextFault::Signature)?;
        for signature in &mut signatures {
            signature.behind_cleartext = true;
        }
        Ok(Self {
            hashes_named,
            text,
            signatures,
        })
    }

    /// Hashes the text for all its signatures.
    #[must_use]
    pub fn digests(&self) -> Digests {
        let mut digests = Digests::new(&self.signatures);
        digests.update(&self.text);
        digests
    }
}

/// Behind the block stands text; when a whole block follows it, that is the worse news.
fn after(mut rest: Lines<'_>, line: usize) -> CleartextFault {
    while let Some(further) = rest.next() {
        if armour::begin(further.text) == Some(BEGIN_MESSAGE) {
            return CleartextFault::SecondBlock { line: rest.number };
        }
    }
    CleartextFault::TextAfter { line }
}

fn begin(lines: &mut Lines<'_>) -> Result<(), CleartextFault> {
    let mut before = None;
    while let Some(line) = lines.next() {
        if armour::begin(line.text) == Some(BEGIN_MESSAGE) {
            return match before {
                None => Ok(()),
                Some(line) => Err(CleartextFault::TextBefore { line }),
            };
        }
        if !line.text.trim_ascii().is_empty() {
            before.get_or_insert(lines.number);
        }
    }
    Err(CleartextFault::NotCleartext)
}

fn headers(lines: &mut Lines<'_>) -> Result<Vec<String>, CleartextFault> {
    let mut named = vec![];
    let mut count = 0;
    loop {
        let Some(line) = lines.next() else {
            return Err(CleartextFault::Unfinished { line: lines.number });
        };
        let wrong = CleartextFault::Header { line: lines.number };
        let text = without_return(line);
        if text.is_empty() {
            return Ok(named);
        }
        count += 1;
        let names = text
            .strip_prefix(b"Hash: ")
            .filter(|_| count <= limits::ARMOUR_HEADERS && text.len() <= 256)
            .and_then(|names| str::from_utf8(names).ok())
            .ok_or(wrong.clone())?;
        for name in names.split(',') {
            let name = name.trim_matches(' ');
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
                return Err(wrong);
            }
            named.push(name.to_owned());
        }
    }
}

/// Reads up to and with the BEGIN line of the signature.
fn signed_text(lines: &mut Lines<'_>) -> Result<Vec<u8>, CleartextFault> {
    let mut text = vec![];
    let mut first = true;
    while let Some(line) = lines.next() {
        let number = lines.number;
        let line = without_return(line);
        if line.len() > limits::CLEARTEXT_LINE {
            return Err(CleartextFault::LineTooLong {
                line: number,
                limit: limits::CLEARTEXT_LINE,
            });
        }
        if line.iter().any(|byte| matches!(byte, b'\r' | 0)) {
            return Err(CleartextFault::ControlCharacter { line: number });
        }
        let line = if let Some(escaped) = line.strip_prefix(b"- ") {
            escaped
        } else if line.starts_with(b"-") {
            return match armour::begin(line) {
                Some(BEGIN_SIGNATURE) => Ok(text),
                Some(BEGIN_MESSAGE) => Err(CleartextFault::SecondBlock { line: number }),
                _ => Err(CleartextFault::NotDashEscaped { line: number }),
            };
        } else {
            line
        };
        if !first {
            text.push(b'\n');
        }
        first = false;
        // Blanks at the end of a line are not signed (RFC 9580 7.2).
        let kept = line
            .iter()
            .rposition(|byte| !matches!(byte, b' ' | b'\t'))
            .map_or(0, |last| last + 1);
        text.extend_from_slice(line.get(..kept).unwrap_or_default());
    }
    Err(CleartextFault::Unfinished { line: lines.number })
}

fn without_return(line: Line<'_>) -> &[u8] {
    if line.ended {
        line.text.strip_suffix(b"\r").unwrap_or(line.text)
    } else {
        line.text
    }
}
