//! A small DER writer.

/// One value: tag, length, content.
pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    let digits = content.len().to_be_bytes();
    let digits = &digits[digits.iter().position(|digit| *digit != 0).unwrap_or(7)..];
    if content.len() >= 0x80 {
        bytes.push(0x80 | digits.len() as u8);
    }
    bytes.extend_from_slice(digits);
    bytes.extend_from_slice(content);
    bytes
}

pub fn sequence(values: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x30, &values.concat())
}

/// A SET in the order given.
pub fn set(values: &[Vec<u8>]) -> Vec<u8> {
    tlv(0x31, &values.concat())
}

/// `[number]`, constructed, over these values.
pub fn context(number: u8, values: &[Vec<u8>]) -> Vec<u8> {
    tlv(0xa0 | number, &values.concat())
}

pub fn oid(dotted: &str) -> Vec<u8> {
    let arcs: Vec<u64> = dotted.split('.').map(|arc| arc.parse().unwrap()).collect();
    let mut content = vec![];
    for arc in std::iter::once(arcs[0] * 40 + arcs[1]).chain(arcs[2..].iter().copied()) {
        let mut digits = vec![(arc & 0x7f) as u8];
        let mut rest = arc >> 7;
        while rest > 0 {
            digits.push(0x80 | (rest & 0x7f) as u8);
            rest >>= 7;
        }
        content.extend(digits.iter().rev());
    }
    tlv(6, &content)
}

/// A non-negative INTEGER.
pub fn integer(number: u64) -> Vec<u8> {
    let digits = number.to_be_bytes();
    let mut content = digits[digits.iter().position(|digit| *digit != 0).unwrap_or(7)..].to_vec();
    if content[0] >= 0x80 {
        content.insert(0, 0);
    }
    tlv(2, &content)
}

pub fn octets(content: &[u8]) -> Vec<u8> {
    tlv(4, content)
}

pub fn null() -> Vec<u8> {
    vec![5, 0]
}

/// A GeneralizedTime such as `20260301120000Z`.
pub fn generalized_time(text: &str) -> Vec<u8> {
    tlv(0x18, text.as_bytes())
}

/// A UTCTime such as `260301120000Z`.
pub fn utc_time(text: &str) -> Vec<u8> {
    tlv(0x17, text.as_bytes())
}
