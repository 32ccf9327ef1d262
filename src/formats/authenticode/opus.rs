//! SpcSpOpusInfo: how a signer describes its program. Nothing here is proven beyond "the signer
//! wrote this".

use crate::formats::der::{DerError, Reader, Tag};
use crate::formats::limits;

/// The description, each part cut to [`limits::DESCRIPTION`] characters and free of control
/// characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    pub program: Option<String>,
    pub url: Option<String>,
}

impl Description {
    /// Reads the attribute's value; `None` when it is not well formed.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        Self::read(der).ok()
    }

    fn read(der: &[u8]) -> Result<Self, DerError> {
        let mut fields = crate::formats::der::single(der, Tag::SEQUENCE)?.reader();
        let program = match fields.optional(Tag::context(0))? {
            Some(field) => text(field.reader())?,
            None => None,
        };
        let url = match fields.optional(Tag::context(1))? {
            Some(field) => link(field.reader())?,
            None => None,
        };
        Ok(Self { program, url })
    }
}

/// SpcString: `CHOICE { unicode [0] BMPString, ascii [1] IA5String }`.
fn text(mut choice: Reader<'_>) -> Result<Option<String>, DerError> {
    let value = choice.any()?;
    if value.tag == Tag::context_primitive(0) {
        let units = value.content.chunks_exact(2).map(|pair| {
            pair.iter()
                .fold(0, |unit, byte| unit << 8 | u16::from(*byte))
        });
        Ok(bounded(
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)),
        ))
    } else if value.tag == Tag::context_primitive(1) {
        Ok(bounded(value.content.iter().copied().map(char::from)))
    } else {
        Ok(None)
    }
}

/// SpcLink: `CHOICE { url [0] IA5String, moniker [1], file [2] EXPLICIT SpcString }`.
fn link(mut choice: Reader<'_>) -> Result<Option<String>, DerError> {
    let value = choice.any()?;
    if value.tag == Tag::context_primitive(0) {
        Ok(bounded(value.content.iter().copied().map(char::from)))
    } else if value.tag == Tag::context(2) {
        text(value.reader())
    } else {
        Ok(None)
    }
}

fn bounded(characters: impl Iterator<Item = char>) -> Option<String> {
    let text: String = characters
        .filter(|character| !character.is_control())
        .take(limits::DESCRIPTION)
        .collect();
    (!text.trim().is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_in_both_forms() {
        type Parts = (Option<&'static str>, Option<&'static str>);
        let cases: [(&[u8], Option<Parts>); 6] = [
            (&[0x30, 0], Some((None, None))),
            (
                &[0x30, 8, 0xa0, 6, 0x80, 4, 0, b'H', 0, b'i'],
                Some((Some("Hi"), None)),
            ),
            (
                &[0x30, 6, 0xa0, 4, 0x81, 2, 0x1b, b'x'],
                Some((Some("x"), None)),
            ),
            (&[0x30, 5, 0xa1, 3, 0x80, 1, b'u'], Some((None, Some("u")))),
            (
                &[0x30, 8, 0xa1, 6, 0xa2, 4, 0x80, 2, 0, b'f'],
                Some((None, Some("f"))),
            ),
            (&[0x30, 2, 0xa0, 0], None),
        ];
        for (der, expected) in cases {
            let found = Description::from_der(der);
            let found = found
                .as_ref()
                .map(|found| (found.program.as_deref(), found.url.as_deref()));
            assert_eq!(found, expected, "{der:02x?}");
        }
    }
}
