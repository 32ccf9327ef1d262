//! One 512-byte header (POSIX.1-2024 pax "ustar Interchange Format", and GNU tar's variants).

use crate::formats::container::Fault;

pub(super) const BLOCK: usize = 512;

/// A header's fields, as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// Prefix and name joined.
    pub(super) name: Vec<u8>,
    pub(super) link: Vec<u8>,
    /// Bytes stand where POSIX has a prefix of the name, and the header is not POSIX': some readers
    /// (Python's tarfile) take them for one all the same.
    pub(super) doubtful_prefix: bool,
    pub(super) kind: u8,
    pub(super) size: u64,
    pub(super) mode: u32,
    /// Seconds since 1970.
    pub(super) modified: Option<i64>,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Block {
    Zero,
    Header(Header),
    Broken(Fault),
}

/// Whether the block's checksum holds; both ways of adding bytes are in use.
pub(super) fn has_checksum(block: &[u8; BLOCK]) -> bool {
    let Some(stated) = octal(&block[148..156]) else {
        return false;
    };
    let (mut unsigned, mut signed) = (0u64, 0i64);
    for (at, byte) in block.iter().enumerate() {
        let byte = if (148..156).contains(&at) {
            b' '
        } else {
            *byte
        };
        unsigned += u64::from(byte);
        signed += i64::from(byte.cast_signed());
    }
    stated == unsigned || i64::try_from(stated) == Ok(signed)
}

/// Reads the block that stands at `at`.
pub(super) fn read(block: &[u8; BLOCK], at: u64) -> Block {
    if block.iter().all(|byte| *byte == 0) {
        return Block::Zero;
    }
    if !has_checksum(block) {
        return Block::Broken(Fault::HeaderChecksum { at });
    }
    // GNU writes "ustar  \0", and other fields where POSIX has the prefix.
    let posix = &block[257..263] == b"ustar\0";
    let mut name = vec![];
    if posix && block[345] != 0 {
        name.extend_from_slice(until_nul(&block[345..500]));
        name.push(b'/');
    }
    name.extend_from_slice(until_nul(&block[..100]));
    let (Some(size), Some(mode)) = (number(&block[124..136]), number(&block[100..108])) else {
        return Block::Broken(Fault::HeaderNumber { at });
    };
    let (Ok(size), Ok(mode)) = (u64::try_from(size), u32::try_from(mode)) else {
        return Block::Broken(Fault::HeaderNumber { at });
    };
    Block::Header(Header {
        name,
        link: until_nul(&block[157..257]).to_vec(),
        doubtful_prefix: !posix && block[345] != 0,
        kind: block[156],
        size,
        mode,
        modified: number(&block[136..148]),
    })
}

fn until_nul(field: &[u8]) -> &[u8] {
    let end = field.iter().position(|byte| *byte == 0);
    field.get(..end.unwrap_or(field.len())).unwrap_or_default()
}

/// A number in octal digits, or in GNU's base 256 when the first bit is set; an empty field is 0.
fn number(field: &[u8]) -> Option<i64> {
    let (first, rest) = field.split_first()?;
    if first & 0x80 == 0 {
        return octal(field).and_then(|value| i64::try_from(value).ok());
    }
    // Two's complement over the whole field, the first bit being only the mark.
    let negative = first & 0x40 != 0;
    let mut value = i64::from(first & 0x3f) | if negative { -0x40 } else { 0 };
    for byte in rest {
        value = value.checked_mul(256)?.checked_add(i64::from(*byte))?;
    }
    Some(value)
}

fn octal(field: &[u8]) -> Option<u64> {
    let text = until_nul(field).trim_ascii();
    text.iter().try_fold(0u64, |value, digit| match digit {
        b'0'..=b'7' => value.checked_mul(8)?.checked_add(u64::from(digit - b'0')),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_octal_or_base_256() {
        let cases: [(&[u8], Option<i64>); 7] = [
            (b"0000644\0", Some(0o644)),
            (b"  644 \0\0", Some(0o644)),
            (b"\0\0\0\0\0\0\0\0", Some(0)),
            (b"00006x4\0", None),
            (&[0x80, 0, 0, 0, 0, 0, 1, 0], Some(256)),
            (&[0xff; 8], Some(-1)),
            (
                &[0x80, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
                None,
            ),
        ];
        for (field, expected) in cases {
            assert_eq!(number(field), expected, "{field:02x?}");
        }
    }
}
