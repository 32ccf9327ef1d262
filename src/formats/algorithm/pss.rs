//! RSASSA-PSS-params (RFC 4055 3.1): read and written.

use super::AlgorithmIdentifier;
use super::scheme::{hash_algorithm, hash_oid};
use crate::domain::HashAlgorithm;
use crate::formats::der::{self, Reader, Tag};

/// How long the salt of a PSS signature is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PssSalt {
    /// As stated, in bytes.
    Bytes(u16),
    /// As long as key and hash allow, which some tools make the default for raw signatures.
    Longest,
}

const MASK_GENERATION_1: &str = "1.2.840.113549.1.1.8";

/// Hash and salt of well-formed parameters whose mask generation uses the same hash and whose
/// trailer is the standard one; `None` for all others.
pub(super) fn parameters(whole: &[u8]) -> Option<(HashAlgorithm, PssSalt)> {
    let mut fields = der::single(whole, Tag::SEQUENCE).ok()?.reader();
    // The defaults of every field are SHA-1, MGF1 with SHA-1, 20 and 1.
    let mut hash = HashAlgorithm::Sha1;
    let mut mask_hash = HashAlgorithm::Sha1;
    let mut salt = 20;
    if let Some(field) = fields.optional(Tag::context(0)).ok()? {
        hash = hash_identifier(field.content)?;
    }
    if let Some(field) = fields.optional(Tag::context(1)).ok()? {
        let mask = algorithm(field.content)?;
        if mask.oid != MASK_GENERATION_1 {
            return None;
        }
        mask_hash = hash_identifier(mask.parameters.as_deref()?)?;
    }
    if let Some(field) = fields.optional(Tag::context(2)).ok()? {
        salt = small_integer(field.content)?;
    }
    if let Some(field) = fields.optional(Tag::context(3)).ok()?
        && small_integer(field.content)? != 1
    {
        return None;
    }
    fields.finish().ok()?;
    (hash == mask_hash).then_some((hash, PssSalt::Bytes(salt)))
}

/// The parameters' DER; `None` for a salt that only the key decides.
pub(super) fn encoded(hash: HashAlgorithm, salt: PssSalt) -> Option<Vec<u8>> {
    let PssSalt::Bytes(salt) = salt else {
        return None;
    };
    let hash_identifier = sequence(&[&oid(hash_oid(hash).as_str())?, &[0x05, 0x00]]);
    let mask = sequence(&[&oid(MASK_GENERATION_1)?, &hash_identifier]);
    let [high, low] = salt.to_be_bytes();
    let digits: &[u8] = match (high, low) {
        (0, low) if low < 0x80 => &[low],
        (high, _) if high < 0x80 => &[high, low],
        _ => return None,
    };
    Some(sequence(&[
        &wrapped(0xa0, &hash_identifier),
        &wrapped(0xa1, &mask),
        &wrapped(0xa2, &wrapped(0x02, digits)),
    ]))
}

fn algorithm(whole: &[u8]) -> Option<AlgorithmIdentifier> {
    AlgorithmIdentifier::from_content(der::single(whole, Tag::SEQUENCE).ok()?.content).ok()
}

fn hash_identifier(whole: &[u8]) -> Option<HashAlgorithm> {
    let identifier = algorithm(whole)?;
    identifier
        .is_without_parameters()
        .then(|| hash_algorithm(&identifier.oid))?
}

fn small_integer(bytes: &[u8]) -> Option<u16> {
    let mut reader = Reader::new(bytes);
    let value = reader.expect(Tag::INTEGER).ok()?;
    reader.finish().ok()?;
    match *value.content {
        [low] if low < 0x80 => Some(u16::from(low)),
        [high, low] if high < 0x80 => Some(u16::from_be_bytes([high, low])),
        _ => None,
    }
}

/// Every value here is far below 128 bytes, so that one length octet is enough.
fn wrapped(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut whole = vec![tag, content.len() as u8];
    whole.extend_from_slice(content);
    whole
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    wrapped(0x30, &parts.concat())
}

/// The DER of a dotted identifier.
fn oid(dotted: &str) -> Option<Vec<u8>> {
    let arcs: Vec<u32> = dotted
        .split('.')
        .map(|arc| arc.parse().ok())
        .collect::<Option<_>>()?;
    let [first, second, rest @ ..] = arcs.as_slice() else {
        return None;
    };
    let mut content = vec![];
    for arc in std::iter::once(first * 40 + second).chain(rest.iter().copied()) {
        let groups = (32 - arc.leading_zeros()).div_ceil(7).max(1);
        for group in (0..groups).rev() {
            let more = if group > 0 { 0x80 } else { 0 };
            content.push((arc >> (7 * group) & 0x7f) as u8 | more);
        }
    }
    Some(wrapped(0x06, &content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_hash_is_accepted() {
        let sha256 = encoded(HashAlgorithm::Sha256, PssSalt::Bytes(32)).unwrap();
        assert_eq!(
            parameters(&sha256),
            Some((HashAlgorithm::Sha256, PssSalt::Bytes(32)))
        );
        // The last octet of the second copy of SHA-256's identifier: 1 -> 3 is SHA-512.
        let last = sha256
            .windows(3)
            .rposition(|window| window == [0x04, 0x02, 0x01])
            .unwrap();
        let mut other_mask = sha256.clone();
        other_mask[last + 2] = 3;
        assert_eq!(parameters(&other_mask), None);
        assert_eq!(
            parameters(&[0x30, 0x00]),
            Some((HashAlgorithm::Sha1, PssSalt::Bytes(20)))
        );
        for length in 0..sha256.len() {
            assert_eq!(parameters(&sha256[..length]), None);
        }
    }

    #[test]
    fn the_trailer_is_the_standard_one() {
        for (trailer, good) in [(1, true), (2, false)] {
            let bytes = [0x30, 0x05, 0xa3, 0x03, 0x02, 0x01, trailer];
            assert_eq!(parameters(&bytes).is_some(), good);
        }
    }
}
