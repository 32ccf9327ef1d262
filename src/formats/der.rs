//! A reader for DER values that keeps the original bytes (X.690).
//!
//! Signatures cover encodings, so nothing here re-encodes: every value remembers where it stood.
//! Lengths must be definite and minimal; indefinite lengths (BER) are refused by name, because CMS
//! writers are allowed to use them and a person must be told what is wrong.

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
    fn a_single_value_has_nothing_after_it() {
        let bytes = [0x05, 0x00, 0x00];
        assert_eq!(
            single(&bytes, Tag::NULL),
            Err(DerError::Trailing { bytes: 1 })
        );
    }
}
