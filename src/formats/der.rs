//! A reader for DER values that keeps the original bytes (X.690).
//!
//! Signatures cover encodings, so nothing here re-encodes: every value remembers where it stood.
//! Lengths must be definite and minimal; indefinite lengths (BER) are refused by name, because CMS
//! writers are allowed to use them and a person must be told what is wrong.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::domain::Oid;

/// A tag octet: class, constructed bit and number. Multi-byte tag numbers are not used by any
/// format we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag(pub u8);

impl Tag {
    pub const BOOLEAN: Self = Self(0x01);
    pub const INTEGER: Self = Self(0x02);
    pub const BIT_STRING: Self = Self(0x03);
    pub const OCTET_STRING: Self = Self(0x04);
    pub const NULL: Self = Self(0x05);
    pub const OID: Self = Self(0x06);
    pub const ENUMERATED: Self = Self(0x0a);
    pub const UTF8_STRING: Self = Self(0x0c);
    pub const SEQUENCE: Self = Self(0x30);
    pub const SET: Self = Self(0x31);
    pub const PRINTABLE_STRING: Self = Self(0x13);
    pub const TELETEX_STRING: Self = Self(0x14);
    pub const IA5_STRING: Self = Self(0x16);
    pub const UTC_TIME: Self = Self(0x17);
    pub const GENERALIZED_TIME: Self = Self(0x18);
    pub const UNIVERSAL_STRING: Self = Self(0x1c);
    pub const BMP_STRING: Self = Self(0x1e);

    /// `[number]`, constructed.
    #[must_use]
    pub const fn context(number: u8) -> Self {
        Self(0xa0 | number)
    }

    /// `[number]`, primitive (implicit octets).
    #[must_use]
    pub const fn context_primitive(number: u8) -> Self {
        Self(0x80 | number)
    }
}

/// One value: its tag, its content, and the whole encoding it was read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value<'a> {
    pub tag: Tag,
    pub content: &'a [u8],
    pub whole: &'a [u8],
}

/// What is wrong with an encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DerError {
    #[error("the value ends too early")]
    Truncated,
    #[error("indefinite length (BER, not DER)")]
    IndefiniteLength,
    #[error("a length is not written in its shortest form")]
    LongLength,
    #[error("a tag number above 30")]
    LongTag,
    #[error("expected tag {expected:#04x}, found {found:#04x}")]
    Tag { expected: u8, found: u8 },
    #[error("{bytes} bytes follow the value")]
    Trailing { bytes: usize },
    #[error("a value of its type is not well formed")]
    Content,
}

/// Reads the values of a sequence one after the other.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The bytes not read yet.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The tag of the next value, if there is one.
    #[must_use]
    pub fn peek(&self) -> Option<Tag> {
        self.rest.first().copied().map(Tag)
    }

    /// The next value, whatever its tag.
    ///
    /// # Errors
    /// When no well-formed value follows.
    pub fn any(&mut self) -> Result<Value<'a>, DerError> {
        let (tag, after_tag) = self.rest.split_first().ok_or(DerError::Truncated)?;
        if tag & 0x1f == 0x1f {
            return Err(DerError::LongTag);
        }
        let (first, mut after) = after_tag.split_first().ok_or(DerError::Truncated)?;
        let length = match *first {
            short if short < 0x80 => usize::from(short),
            0x80 => return Err(DerError::IndefiniteLength),
            long => {
                let count = usize::from(long & 0x7f);
                if count > 4 {
                    return Err(DerError::Truncated);
                }
                let (digits, rest) = after.split_at_checked(count).ok_or(DerError::Truncated)?;
                after = rest;
                let length = digits
                    .iter()
                    .fold(0usize, |length, digit| length << 8 | usize::from(*digit));
                if length < 0x80 || digits.first() == Some(&0) {
                    return Err(DerError::LongLength);
                }
                length
            }
        };
        let (content, rest) = after.split_at_checked(length).ok_or(DerError::Truncated)?;
        let whole = &self.rest[..self.rest.len() - rest.len()];
        self.rest = rest;
        Ok(Value {
            tag: Tag(*tag),
            content,
            whole,
        })
    }

    /// The next value, which must have this tag.
    ///
    /// # Errors
    /// When another tag or no well-formed value follows.
    pub fn expect(&mut self, tag: Tag) -> Result<Value<'a>, DerError> {
        let found = self.peek().ok_or(DerError::Truncated)?;
        if found != tag {
            return Err(DerError::Tag {
                expected: tag.0,
                found: found.0,
            });
        }
        self.any()
    }

    /// The next value if it has this tag.
    ///
    /// # Errors
    /// When the tag matches but the value is not well formed.
    pub fn optional(&mut self, tag: Tag) -> Result<Option<Value<'a>>, DerError> {
        if self.peek() == Some(tag) {
            self.any().map(Some)
        } else {
            Ok(None)
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// When bytes are left.
    pub fn finish(self) -> Result<(), DerError> {
        match self.rest.len() {
            0 => Ok(()),
            bytes => Err(DerError::Trailing { bytes }),
        }
    }
}

impl<'a> Value<'a> {
    /// A reader over the values inside.
    #[must_use]
    pub fn reader(&self) -> Reader<'a> {
        Reader::new(self.content)
    }

    /// The object identifier that this value is.
    ///
    /// # Errors
    /// When the tag is another or the content is no OID.
    pub fn oid(&self) -> Result<Oid, DerError> {
        if self.tag != Tag::OID {
            return Err(DerError::Tag {
                expected: Tag::OID.0,
                found: self.tag.0,
            });
        }
        Oid::from_der_content(self.content).ok_or(DerError::Content)
    }

    /// The number that a non-negative INTEGER of at most 32 bits holds, whatever its tag: implicit
    /// tags hide the type.
    ///
    /// # Errors
    /// When it is empty, negative, longer, or not in its shortest form (X.690 8.3.2).
    pub fn small_integer(&self) -> Result<u32, DerError> {
        let digits = match self.content {
            [0, next, ..] if *next < 0x80 => return Err(DerError::Content),
            [0, rest @ ..] if !rest.is_empty() => rest,
            [first, ..] if *first < 0x80 => self.content,
            _ => return Err(DerError::Content),
        };
        if digits.len() > 4 {
            return Err(DerError::Content);
        }
        Ok(digits
            .iter()
            .fold(0, |number, digit| number << 8 | u32::from(*digit)))
    }

    /// The instant of a UTCTime or GeneralizedTime.
    ///
    /// Seconds and the `Z` must be there; GeneralizedTime may have fractions of a second, as RFC 3161
    /// allows, of which nanoseconds are kept. Two-digit years are those of RFC 5280 4.1.2.5.1.
    ///
    /// # Errors
    /// When the tag is another or the text is no such time.
    pub fn time(&self) -> Result<Timestamp, DerError> {
        let year_digits = match self.tag {
            Tag::UTC_TIME => 2,
            Tag::GENERALIZED_TIME => 4,
            Tag(found) => {
                return Err(DerError::Tag {
                    expected: Tag::GENERALIZED_TIME.0,
                    found,
                });
            }
        };
        let text = str::from_utf8(self.content).map_err(|_| DerError::Content)?;
        let text = text.strip_suffix('Z').ok_or(DerError::Content)?;
        let (text, fraction) = match text.split_once('.') {
            Some((text, fraction)) if year_digits == 4 => (text, nanoseconds(fraction)?),
            Some(_) => return Err(DerError::Content),
            None => (text, 0),
        };
        let (year, rest) = text
            .split_at_checked(year_digits)
            .ok_or(DerError::Content)?;
        let year = match digits(year)? {
            year if year_digits == 4 => year,
            year if year < 50 => 2000 + year,
            year => 1900 + year,
        };
        if rest.len() != 10 {
            return Err(DerError::Content);
        }
        let part = |at: usize| -> Result<i8, DerError> {
            let two = digits(rest.get(at..at + 2).ok_or(DerError::Content)?)?;
            i8::try_from(two).map_err(|_| DerError::Content)
        };
        DateTime::new(
            i16::try_from(year).map_err(|_| DerError::Content)?,
            part(0)?,
            part(2)?,
            part(4)?,
            part(6)?,
            part(8)?,
            fraction,
        )
        .and_then(|date_time| TimeZone::UTC.to_timestamp(date_time))
        .map_err(|_| DerError::Content)
    }
}

fn digits(text: &str) -> Result<i32, DerError> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DerError::Content);
    }
    text.parse().map_err(|_| DerError::Content)
}

/// The digits after the point as nanoseconds; finer ones are cut off.
fn nanoseconds(fraction: &str) -> Result<i32, DerError> {
    if fraction.is_empty()
        || fraction.len() > 32
        || !fraction.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Err(DerError::Content);
    }
    digits(fraction.get(..9).unwrap_or(&format!("{fraction:0<9}")))
}

/// The one value that `bytes` are, with nothing after it.
///
/// # Errors
/// When the tag differs, the value is not well formed, or bytes follow it.
pub fn single(bytes: &[u8], tag: Tag) -> Result<Value<'_>, DerError> {
    let mut reader = Reader::new(bytes);
    let value = reader.expect(tag)?;
    reader.finish()?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_definite_and_minimal() {
        let cases: [(&[u8], Result<usize, DerError>); 7] = [
            (&[0x04, 0x01, 0xff], Ok(1)),
            (&[0x04, 0x80, 0x00, 0x00], Err(DerError::IndefiniteLength)),
            (&[0x04, 0x81, 0x01, 0xff], Err(DerError::LongLength)),
            (&[0x04, 0x82, 0x00, 0x80], Err(DerError::LongLength)),
            (&[0x04, 0x02, 0xff], Err(DerError::Truncated)),
            (&[0x1f, 0x81, 0x00], Err(DerError::LongTag)),
            (&[], Err(DerError::Truncated)),
        ];
        for (bytes, expected) in cases {
            let found = Reader::new(bytes).any().map(|value| value.content.len());
            assert_eq!(found, expected, "{bytes:02x?}");
        }
    }

    #[test]
    fn times_become_instants() {
        const UTC: Tag = Tag::UTC_TIME;
        const GENERALIZED: Tag = Tag::GENERALIZED_TIME;
        let cases = [
            (UTC, "260102030405Z", Some("2026-01-02T03:04:05Z")),
            (UTC, "500102030405Z", Some("1950-01-02T03:04:05Z")),
            (GENERALIZED, "20260102030405Z", Some("2026-01-02T03:04:05Z")),
            (
                GENERALIZED,
                "20260102030405.25Z",
                Some("2026-01-02T03:04:05.25Z"),
            ),
            (
                GENERALIZED,
                "20260102030405.1234567899Z",
                Some("2026-01-02T03:04:05.123456789Z"),
            ),
            (UTC, "260102030405.1Z", None),
            (UTC, "2601020304Z", None),
            (UTC, "260102030405+0100", None),
            (UTC, "261302030405Z", None),
            (GENERALIZED, "20260102030405.Z", None),
            (GENERALIZED, "2026010203040éZ", None),
            (GENERALIZED, "+0260102030405Z", None),
            (GENERALIZED, "20260230030405Z", None),
            (Tag::OCTET_STRING, "20260102030405Z", None),
        ];
        for (tag, text, expected) in cases {
            let value = Value {
                tag,
                content: text.as_bytes(),
                whole: &[],
            };
            let expected = expected.map(|text| text.parse::<Timestamp>().unwrap());
            assert_eq!(value.time().ok(), expected, "{text}");
        }
    }

    #[test]
    fn small_integers_are_minimal_and_positive() {
        let cases: [(&[u8], Option<u32>); 9] = [
            (&[0], Some(0)),
            (&[3], Some(3)),
            (&[0, 0x80], Some(128)),
            (&[0x7f, 0xff, 0xff, 0xff], Some(0x7fff_ffff)),
            (&[0, 0xff, 0xff, 0xff, 0xff], Some(u32::MAX)),
            (&[0, 1], None),
            (&[0x80], None),
            (&[1, 0, 0, 0, 0], None),
            (&[], None),
        ];
        for (content, expected) in cases {
            let value = Value {
                tag: Tag::INTEGER,
                content,
                whole: &[],
            };
            assert_eq!(value.small_integer().ok(), expected, "{content:02x?}");
        }
    }

    #[test]
    fn a_single_value_has_nothing_after_it() {
        let bytes = [0x05, 0x00, 0x00];
        assert_eq!(
            single(&bytes, Tag::NULL),
            Err(DerError::Trailing { bytes: 1 })
        );
    }
}
