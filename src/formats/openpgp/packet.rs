//! The framing of OpenPGP packets (RFC 9580 4.2): where each begins and ends, and nothing more.
//!
//! Walked before the library sees a byte, so that counts and sizes are bounded, and so that
//! compressed, encrypted or secret things are refused by their name.

use std::ops::Range;

use super::error::OpenPgpError;

/// Packet type ids that are of interest (RFC 9580 5).
pub(super) mod tag {
    pub(crate) const SIGNATURE: u8 = 2;
    pub(crate) const SECRET_KEY: u8 = 5;
    pub(crate) const PUBLIC_KEY: u8 = 6;
    pub(crate) const SECRET_SUBKEY: u8 = 7;
    pub(crate) const COMPRESSED: u8 = 8;
    pub(crate) const MARKER: u8 = 10;
    pub(crate) const TRUST: u8 = 12;
    pub(crate) const USER_ID: u8 = 13;
    pub(crate) const PUBLIC_SUBKEY: u8 = 14;
    pub(crate) const USER_ATTRIBUTE: u8 = 17;
    pub(crate) const PADDING: u8 = 21;
}

/// One packet's place in the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Packet {
    pub(super) tag: u8,
    /// Header and body.
    pub(super) whole: Range<usize>,
    pub(super) body: Range<usize>,
}

/// The packet that begins at `offset`; `None` at the end.
///
/// # Errors
/// When there is no header, the body is cut off, or its length is not stated up front.
pub(super) fn at(bytes: &[u8], offset: usize) -> Result<Option<Packet>, OpenPgpError> {
    let Some(rest) = bytes.get(offset..).filter(|rest| !rest.is_empty()) else {
        return Ok(None);
    };
    let cut = || OpenPgpError::Truncated { offset };
    let byte = |index: usize| rest.get(index).copied().ok_or_else(cut);
    let number = |from: usize, octets: usize| -> Result<usize, OpenPgpError> {
        let part = rest.get(from..from + octets).ok_or_else(cut)?;
        Ok(part
            .iter()
            .fold(0, |value, octet| value << 8 | usize::from(*octet)))
    };
    let first = byte(0)?;
    if first & 0x80 == 0 {
        return Err(cut());
    }
    let not_stated = OpenPgpError::LengthNotStated { offset };
    let (tag, header, length) = if first & 0x40 != 0 {
        let (header, length) = match byte(1)? {
            short @ ..192 => (2, usize::from(short)),
            high @ 192..224 => (
                3,
                ((usize::from(high) - 192) << 8) + usize::from(byte(2)?) + 192,
            ),
            255 => (6, number(2, 4)?),
            _ => return Err(not_stated),
        };
        (first & 0x3f, header, length)
    } else {
        let octets = match first & 3 {
            0 => 1,
            1 => 2,
            2 => 4,
            _ => return Err(not_stated),
        };
        (first >> 2 & 0xf, 1 + octets, number(1, octets)?)
    };
    let start = offset + header;
    let end = start
        .checked_add(length)
        .filter(|end| *end <= bytes.len())
        .ok_or_else(cut)?;
    Ok(Some(Packet {
        tag,
        whole: offset..end,
        body: start..end,
    }))
}

/// Every packet, until the bytes end or the framing breaks.
pub(super) fn walk(bytes: &[u8]) -> impl Iterator<Item = Result<Packet, OpenPgpError>> {
    let mut offset = 0;
    std::iter::from_fn(move || match at(bytes, offset) {
        Ok(found) => {
            let packet = found?;
            offset = packet.whole.end;
            Some(Ok(packet))
        }
        Err(error) => {
            offset = bytes.len();
            Some(Err(error))
        }
    })
}

/// The error for a packet that has no place where it was found.
pub(super) fn unexpected(packet: &Packet) -> OpenPgpError {
    let offset = packet.whole.start;
    match packet.tag {
        tag::COMPRESSED => OpenPgpError::Compressed { offset },
        tag::SECRET_KEY | tag::SECRET_SUBKEY => OpenPgpError::SecretKey { offset },
        tag => OpenPgpError::UnexpectedPacket { tag, offset },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_ends_by_every_form_of_length() {
        let long = [&[0xc2, 0xff, 0, 0, 1, 0][..], &[7; 256]].concat();
        let middle = [&[0xc2, 192, 8][..], &[7; 200]].concat();
        type Found = Result<(u8, Range<usize>), OpenPgpError>;
        let cases: &[(&[u8], Found)] = &[
            (&[0x88, 2, 1, 1], Ok((2, 2..4))),
            (&[0x89, 0, 1, 1], Ok((2, 3..4))),
            (&[0x8a, 0, 0, 0, 1, 1], Ok((2, 5..6))),
            (&[0xc2, 1, 1], Ok((2, 2..3))),
            (&middle, Ok((2, 3..203))),
            (&long, Ok((2, 6..262))),
            (&[0x8b, 1], Err(OpenPgpError::LengthNotStated { offset: 0 })),
            (
                &[0xc2, 0xe1, 1, 1],
                Err(OpenPgpError::LengthNotStated { offset: 0 }),
            ),
            (&[0xc2, 9, 1], Err(OpenPgpError::Truncated { offset: 0 })),
            (
                &[0xc2, 255, 255, 255, 255, 255],
                Err(OpenPgpError::Truncated { offset: 0 }),
            ),
            (&[0x42, 1, 1], Err(OpenPgpError::Truncated { offset: 0 })),
        ];
        for (bytes, expected) in cases {
            let found = walk(bytes).next().unwrap();
            assert_eq!(&found.map(|p| (p.tag, p.body)), expected, "{bytes:02x?}");
        }
    }
}
