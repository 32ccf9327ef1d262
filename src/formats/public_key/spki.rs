//! SubjectPublicKeyInfo (RFC 5280 4.1.2.7) for keys that come as bare numbers.

/// id-Ed25519 (RFC 8410 3) before its 32 bytes.
const ED25519: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];
/// AlgorithmIdentifier of rsaEncryption with its NULL (RFC 3279 2.3.1).
const RSA: [u8; 15] = [
    0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
];
/// Identifiers of id-ecPublicKey with a named curve (RFC 5480 2.1.1).
const P256: [u8; 21] = [
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
    0xce, 0x3d, 0x03, 0x01, 0x07,
];
const P384: [u8; 18] = [
    0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
    0x00, 0x22,
];
const P521: [u8; 18] = [
    0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
    0x00, 0x23,
];

pub(in crate::formats) fn ed25519(key: &[u8; 32]) -> Vec<u8> {
    [ED25519.as_slice(), key].concat()
}

/// From modulus and exponent, big-endian without leading zeros.
pub(super) fn rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    let numbers = [integer(modulus), integer(exponent)].concat();
    with_bits(&RSA, &value(0x30, &numbers))
}

/// From an uncompressed point, whose length has told the curve.
pub(in crate::formats) fn p256(point: &[u8]) -> Vec<u8> {
    with_bits(&P256, point)
}

pub(in crate::formats) fn p384(point: &[u8]) -> Vec<u8> {
    with_bits(&P384, point)
}

pub(super) fn p521(point: &[u8]) -> Vec<u8> {
    with_bits(&P521, point)
}

/// A non-negative number as INTEGER.
pub(in crate::formats) fn integer(number: &[u8]) -> Vec<u8> {
    let mut content = vec![];
    if number.first().is_none_or(|first| *first >= 0x80) {
        content.push(0);
    }
    content.extend_from_slice(number);
    value(0x02, &content)
}

fn with_bits(identifier: &[u8], key: &[u8]) -> Vec<u8> {
    let bits = value(0x03, &[&[0], key].concat());
    value(0x30, &[identifier, &bits].concat())
}

/// One DER value with its definite length.
pub(in crate::formats) fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = content
        .len()
        .to_be_bytes()
        .into_iter()
        .skip_while(|digit| *digit == 0)
        .collect();
    let mut whole = vec![tag];
    match digits.as_slice() {
        [] => whole.push(0),
        [only @ ..0x80] => whole.push(*only),
        _ => {
            // A length has at most eight digits.
            whole.push(0x80 | u8::try_from(digits.len()).unwrap_or(0x7f));
            whole.extend_from_slice(&digits);
        }
    }
    whole.extend_from_slice(content);
    whole
}
