//! Objects in BER (X.690 8.1.3.6): indefinite lengths of the envelope are made definite.
//!
//! Streaming writers (Bouncy Castle, `openssl cms -stream`) leave the lengths of the envelope open.
//! Only the envelope is written anew here: ContentInfo, SignedData, EncapsulatedContentInfo and the
//! sets of certificates, CRLs and signers. What is hashed or signed keeps its bytes: a certificate or
//! a SignerInfo with an open length inside is refused, and the content is the plain concatenation of
//! its pieces (RFC 5652 5.4).

use std::borrow::Cow;

use super::error::CmsError;
use crate::formats::der::{DerError, Reader, Tag};
use crate::formats::limits;

/// A definite form of one object, and how many bytes of the input it took.
pub(super) fn definite(bytes: &[u8]) -> Result<(Cow<'_, [u8]>, usize), CmsError> {
    if bytes.get(1) != Some(&0x80) {
        let mut reader = Reader::new(bytes);
        let value = der(reader.any())?;
        return Ok((Cow::Borrowed(value.whole), value.whole.len()));
    }
    let mut input = bytes;
    let mut output = vec![];
    copy(&mut input, &mut output, Place::Envelope, 0)?;
    Ok((Cow::Owned(output), bytes.len() - input.len()))
}

/// Where in the object a value stands.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    /// ContentInfo and its `[0]`.
    Envelope,
    SignedData,
    /// EncapsulatedContentInfo and below.
    Content,
    /// A set whose members must keep their bytes.
    Set,
    Member,
}

impl Place {
    /// Where the children of a value here stand.
    fn below(self, tag: u8, depth: usize) -> Self {
        match self {
            Self::Envelope if depth == 2 => Self::SignedData,
            Self::Envelope => Self::Envelope,
            Self::SignedData if tag == Tag::SEQUENCE.0 => Self::Content,
            Self::SignedData => Self::Set,
            Self::Content => Self::Content,
            Self::Set | Self::Member => Self::Member,
        }
    }
}

fn der<T>(result: Result<T, DerError>) -> Result<T, CmsError> {
    super::error::at("the envelope", result)
}

/// The depth of the explicit `[0]` that holds the content.
const CONTENT_FIELD: usize = 4;

/// Copies the next value of `input` to `output`, definite.
fn copy(
    input: &mut &[u8],
    output: &mut Vec<u8>,
    place: Place,
    depth: usize,
) -> Result<(), CmsError> {
    if depth > limits::DER_DEPTH {
        return Err(CmsError::TooDeep {
            limit: limits::DER_DEPTH,
        });
    }
    let [tag, 0x80, rest @ ..] = *input else {
        let mut reader = Reader::new(input);
        let value = der(reader.any())?;
        *input = reader.rest();
        output.extend_from_slice(value.whole);
        return Ok(());
    };
    if tag & 0x20 == 0 || tag & 0x1f == 0x1f {
        return der(Err(DerError::IndefiniteLength));
    }
    if place == Place::Member {
        return Err(CmsError::Indefinite("a certificate, CRL or SignerInfo"));
    }
    let octets = *tag == (Tag::OCTET_STRING.0 | 0x20);
    if place == Place::Content && depth > CONTENT_FIELD && !octets {
        return Err(CmsError::Indefinite("the content"));
    }
    *input = rest;
    let mut inner = vec![];
    loop {
        match *input {
            [0, 0, rest @ ..] => {
                *input = rest;
                break;
            }
            _ if octets => piece(input, &mut inner)?,
            [child, ..] => {
                let below = place.below(*child, depth + 1);
                copy(input, &mut inner, below, depth + 1)?;
            }
            [] => return der(Err(DerError::Truncated)),
        }
    }
    let tag = if octets { Tag::OCTET_STRING.0 } else { *tag };
    output.push(tag);
    length(inner.len(), output);
    output.extend_from_slice(&inner);
    Ok(())
}

/// One piece of a constructed OCTET STRING; pieces of pieces do not occur and are refused.
fn piece(input: &mut &[u8], output: &mut Vec<u8>) -> Result<(), CmsError> {
    let mut reader = Reader::new(input);
    output.extend_from_slice(der(reader.expect(Tag::OCTET_STRING))?.content);
    *input = reader.rest();
    Ok(())
}

/// Writes a DER length.
fn length(length: usize, output: &mut Vec<u8>) {
    let bytes = length.to_be_bytes();
    let digits = bytes
        .iter()
        .position(|byte| *byte != 0)
        .and_then(|first| bytes.get(first..))
        .unwrap_or(&[0]);
    if length >= 0x80 {
        // A length has at most eight digits.
        output.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
    }
    output.extend_from_slice(digits);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(bytes: &[u8]) -> Result<Vec<u8>, CmsError> {
        definite(bytes).map(|(definite, _)| definite.into_owned())
    }

    #[test]
    fn only_the_envelope_is_written_anew() {
        type Case = (&'static str, &'static [u8], Option<&'static [u8]>);
        let cases: [Case; 6] = [
            ("definite", &[0x30, 2, 5, 0], Some(&[0x30, 2, 5, 0])),
            (
                "pieces of content",
                &[
                    0x30, 0x80, 0xa0, 0x80, 0x30, 0x80, 0x30, 0x80, 0xa0, 0x80, 0x24, 0x80, 4, 1,
                    65, 4, 1, 66, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                ],
                Some(&[0x30, 12, 0xa0, 10, 0x30, 8, 0x30, 6, 0xa0, 4, 4, 2, 65, 66]),
            ),
            (
                "a set of certificates",
                &[
                    0x30, 0x80, 0xa0, 0x80, 0x30, 0x80, 0xa0, 0x80, 0x30, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                ],
                Some(&[0x30, 8, 0xa0, 6, 0x30, 4, 0xa0, 2, 0x30, 0]),
            ),
            (
                "a signer",
                &[
                    0x30, 0x80, 0xa0, 0x80, 0x30, 0x80, 0x31, 0x80, 0x30, 0x80, 0, 0, 0, 0, 0, 0,
                    0, 0, 0, 0,
                ],
                None,
            ),
            ("no end", &[0x30, 0x80, 5, 0], None),
            ("primitive", &[0x04, 0x80, 0, 0], None),
        ];
        for (what, bytes, expected) in cases {
            match (turned(bytes), expected) {
                (Ok(found), Some(expected)) => {
                    assert_eq!(found.get(..expected.len()), Some(expected), "{what}");
                }
                (Err(_), None) => {}
                (found, _) => panic!("{what}: {found:02x?}"),
            }
        }
    }

    #[test]
    fn lengths_are_shortest() {
        let cases: [(usize, &[u8]); 4] = [
            (0, &[0]),
            (0x7f, &[0x7f]),
            (0x80, &[0x81, 0x80]),
            (0x1234, &[0x82, 0x12, 0x34]),
        ];
        for (number, expected) in cases {
            let mut bytes = vec![];
            length(number, &mut bytes);
            assert_eq!(bytes, expected);
        }
    }
}
