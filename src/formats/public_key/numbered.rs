//! The notation that signify made and minisign took over: an untrusted comment, then base64 of an
//! algorithm's two letters, a key number of eight bytes, and the key or signature.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::formats::limits;

/// How the first line of every file begins.
pub const COMMENT_PREFIX: &str = "untrusted comment: ";

/// The number that ties a signature to a key. It is drawn at random and not computed from the key:
/// a different key may carry the same number, by intent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyNumber(pub [u8; 8]);

impl KeyNumber {
    /// As minisign prints it: the bytes as a little-endian number, upper-case hex.
    #[must_use]
    pub fn minisign(self) -> String {
        format!("{:016X}", u64::from_le_bytes(self.0))
    }

    /// Reads [`KeyNumber`]'s own writing; `None` for anything but 16 hex digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let plain = text.len() == 16 && text.bytes().all(|digit| digit.is_ascii_hexdigit());
        plain
            .then(|| u64::from_str_radix(text, 16).ok())
            .flatten()
            .map(|number| Self(number.to_be_bytes()))
    }
}

/// In the order of the bytes, lower-case hex: signify itself never prints it.
impl fmt::Display for KeyNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

/// Why a file is not of this notation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NumberedError {
    #[error("the first line is no untrusted comment")]
    Comment,
    #[error("the comment is longer than {limit} bytes or not plain text")]
    CommentText { limit: usize },
    #[error("the second line is cut off")]
    Unterminated,
    #[error("not base64 in its one canonical form")]
    NotBase64,
    #[error("{found} bytes where {expected} are wanted")]
    Length { expected: usize, found: usize },
    #[error("unknown algorithm {}", found.escape_ascii())]
    Algorithm { found: [u8; 2] },
    #[error("something follows the key or signature")]
    Trailing,
}

/// The two lines with which every file begins, and what follows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commented<'a> {
    /// Without its prefix; nobody vouches for it.
    pub comment: String,
    pub base64: String,
    /// Everything behind the second line's end.
    pub rest: &'a [u8],
}

impl<'a> Commented<'a> {
    /// Splits a file. A missing line feed at the very end is forgiven, a carriage return before one
    /// is not part of the line.
    ///
    /// # Errors
    /// [`NumberedError`] when the file does not begin so.
    pub fn parse(file: &'a [u8]) -> Result<Self, NumberedError> {
        let (comment, rest) =
            comment_line(file, COMMENT_PREFIX, limits::COMMENT)?.ok_or(NumberedError::Comment)?;
        let (base64, rest) = line(rest).ok_or(NumberedError::Unterminated)?;
        let base64 = str::from_utf8(base64)
            .map_err(|_| NumberedError::NotBase64)?
            .to_owned();
        Ok(Self {
            comment,
            base64,
            rest,
        })
    }
}

/// A line that begins with `prefix`, and what follows it; `None` when it begins otherwise.
pub(in crate::formats) fn comment_line<'a>(
    bytes: &'a [u8],
    prefix: &str,
    limit: usize,
) -> Result<Option<(String, &'a [u8])>, NumberedError> {
    let Some((line, rest)) = line(bytes) else {
        return Ok(None);
    };
    let Some(text) = line.strip_prefix(prefix.as_bytes()) else {
        return Ok(None);
    };
    let text = str::from_utf8(text).ok().filter(|text| text.len() <= limit);
    let text = text.ok_or(NumberedError::CommentText { limit })?;
    Ok(Some((text.to_owned(), rest)))
}

/// The first line without its end, and what follows; `None` when there is nothing.
pub(in crate::formats) fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    if bytes.is_empty() {
        return None;
    }
    let (line, rest) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (bytes.get(..end)?, bytes.get(end + 1..)?),
        None => (bytes, &[][..]),
    };
    Some((line.strip_suffix(b"\r").unwrap_or(line), rest))
}

/// A key number and the `N` bytes behind it: 32 of a key, 64 of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberedBytes<const N: usize> {
    pub number: KeyNumber,
    pub bytes: [u8; N],
}

impl<const N: usize> NumberedBytes<N> {
    /// Decodes base64, and says which of the known algorithms its first two bytes name.
    ///
    /// # Errors
    /// When it is not base64 in its canonical form, of another length or algorithm.
    pub fn parse(base64: &str, known: &[[u8; 2]]) -> Result<([u8; 2], Self), NumberedError> {
        let decoded = STANDARD
            .decode(base64)
            .map_err(|_| NumberedError::NotBase64)?;
        let length = || NumberedError::Length {
            expected: N + 10,
            found: decoded.len(),
        };
        let (algorithm, rest) = decoded.split_first_chunk::<2>().ok_or_else(length)?;
        if !known.contains(algorithm) {
            return Err(NumberedError::Algorithm { found: *algorithm });
        }
        let (number, bytes) = rest.split_first_chunk::<8>().ok_or_else(length)?;
        let bytes = <[u8; N]>::try_from(bytes).map_err(|_| length())?;
        Ok((
            *algorithm,
            Self {
                number: KeyNumber(*number),
                bytes,
            },
        ))
    }
}
