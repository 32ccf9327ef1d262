//! From bytes to text: byte order mark, stated encoding, then what the bytes look like.
//!
//! The order is RFC 7303's (mark, HTTP, XML declaration, UTF-8), but a stated encoding that the bytes
//! contradict does not win: valid UTF-8 with characters beyond ASCII is hardly ever anything else.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::repair::{Repair, Repairs};

/// A document as text.
#[derive(Debug)]
pub(super) struct Decoded<'a> {
    pub(super) text: Cow<'a, str>,
    /// The encoding that was used, by its WHATWG name; UTF-32 has none there and is named `UTF-32`.
    pub(super) encoding: &'static str,
}

/// How much of the beginning is searched for a declaration, in bytes.
const DECLARATION: usize = 1024;

/// Decodes a document. `charset` is the parameter of the HTTP header.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    charset: Option<&str>,
    repairs: &mut Repairs,
) -> Decoded<'a> {
    if let Some(big_endian) = utf_32(bytes) {
        return Decoded {
            text: decode_utf_32(bytes, big_endian, repairs).into(),
            encoding: "UTF-32",
        };
    }
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        let rest = bytes.get(length..).unwrap_or_default();
        return with(encoding, rest, repairs);
    }
    if let Some(encoding) = utf_16(bytes) {
        return with(encoding, bytes, repairs);
    }
    let mut stated = None;
    for label in charset
        .map(unquoted)
        .into_iter()
        .chain(declared(bytes).map(unquoted))
    {
        match Encoding::for_label(label.as_bytes()) {
            // The bytes were readable as ASCII up to the declaration.
            Some(encoding) if encoding.is_ascii_compatible() => {
                stated = stated.or(Some(encoding));
            }
            Some(_) => repairs.note(Repair::WrongEncoding),
            None => repairs.note(Repair::UnknownEncoding),
        }
    }
    let utf_8 = std::str::from_utf8(bytes);
    match (stated, utf_8) {
        (None, Ok(text)) => plain(text),
        (Some(encoding), Ok(text)) => {
            let other = encoding != UTF_8 && !bytes.is_ascii() && encoding.is_single_byte();
            if other {
                repairs.note(Repair::WrongEncoding);
            }
            if other || encoding == UTF_8 || bytes.is_ascii() && encoding.is_single_byte() {
                Decoded {
                    encoding: if other { UTF_8.name() } else { encoding.name() },
                    ..plain(text)
                }
            } else {
                checked(encoding, bytes, repairs)
            }
        }
        (None, Err(_)) => {
            repairs.note(Repair::UndeclaredEncoding);
            with(WINDOWS_1252, bytes, repairs)
        }
        (Some(encoding), Err(_)) => checked(encoding, bytes, repairs),
    }
}

fn plain(text: &str) -> Decoded<'_> {
    Decoded {
        text: text.into(),
        encoding: UTF_8.name(),
    }
}

/// Uses the stated encoding, and windows-1252 where it does not fit: text that says UTF-8 and has
/// stray bytes above 0x7F is nearly always that. Where most of it fits, the stray bytes are lost
/// alone.
fn checked<'a>(encoding: &'static Encoding, bytes: &'a [u8], repairs: &mut Repairs) -> Decoded<'a> {
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    if !malformed {
        return Decoded {
            text,
            encoding: encoding.name(),
        };
    }
    let lost = text.chars().filter(|c| *c == '\u{fffd}').count();
    let kept = text.chars().filter(|c| !c.is_ascii()).count() - lost;
    if kept > lost {
        repairs.note(Repair::InvalidBytes);
        return Decoded {
            text,
            encoding: encoding.name(),
        };
    }
    repairs.note(Repair::WrongEncoding);
    with(WINDOWS_1252, bytes, repairs)
}

fn with<'a>(encoding: &'static Encoding, bytes: &'a [u8], repairs: &mut Repairs) -> Decoded<'a> {
    let (text, malformed) = encoding.decode_without_bom_handling(bytes);
    if malformed {
        repairs.note(Repair::InvalidBytes);
    }
    Decoded {
        text,
        encoding: encoding.name(),
    }
}

/// `Some(true)` for big endian, by the mark or by how `<` looks.
fn utf_32(bytes: &[u8]) -> Option<bool> {
    match bytes.first_chunk::<4>()? {
        [0, 0, 0xfe, 0xff] | [0, 0, 0, b'<'] => Some(true),
        [0xff, 0xfe, 0, 0] | [b'<', 0, 0, 0] => Some(false),
        _ => None,
    }
}

fn decode_utf_32(bytes: &[u8], big_endian: bool, repairs: &mut Repairs) -> String {
    let (units, rest) = bytes.as_chunks::<4>();
    let mut invalid = !rest.is_empty();
    let text = units
        .iter()
        .map(|unit| {
            let value = if big_endian {
                u32::from_be_bytes(*unit)
            } else {
                u32::from_le_bytes(*unit)
            };
            char::from_u32(value).unwrap_or_else(|| {
                invalid = true;
                char::REPLACEMENT_CHARACTER
            })
        })
        .skip_while(|c| *c == '\u{feff}')
        .collect();
    if invalid {
        repairs.note(Repair::InvalidBytes);
    }
    text
}

/// UTF-16 without a mark, by how an ASCII character before an ASCII character looks.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes.first_chunk::<4>()? {
        [0, first, 0, second] if *first != 0 && *second != 0 => Some(UTF_16BE),
        [first, 0, second, 0] if *first != 0 && *second != 0 => Some(UTF_16LE),
        _ => None,
    }
}

/// The encoding in an XML declaration near the beginning.
fn declared(bytes: &[u8]) -> Option<&str> {
    let head = bytes.get(..DECLARATION.min(bytes.len()))?;
    let head = match std::str::from_utf8(head) {
        Ok(head) => head,
        Err(error) => std::str::from_utf8(head.get(..error.valid_up_to())?).ok()?,
    };
    let (_, rest) = head.split_once("<?xml")?;
    let (declaration, _) = rest.split_once("?>")?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next()
}

fn unquoted(label: &str) -> &str {
    label.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\''))
}
