//! DSA (FIPS 186-4), which old chains still hold.
//!
//! Parameter inheritance (RFC 3279 2.3.2) is not supported: a key without its own domain is no key.

use dsa::signature::hazmat::PrehashVerifier as _;
use dsa::{BigUint, Components, Signature, VerifyingKey};

use super::SignatureError;
use super::key::{PublicKey, integer_bits, positive};
use crate::formats::der::{self, Reader, Tag, Value};

/// Checks a DER Dss-Sig-Value over a digest.
///
/// The sizes are held to the standard's, because modular powers over numbers of an attacker's
/// choice would cost minutes.
pub(super) fn verify(
    key: &PublicKey<'_>,
    digest: &[u8],
    signature: &[u8],
) -> Result<(), SignatureError> {
    let (components, y) = numbers(key)?;
    let key =
        VerifyingKey::from_components(components, y).map_err(|_| SignatureError::MalformedKey)?;
    let signature = signature_value(signature).ok_or(SignatureError::Mismatch)?;
    key.verify_prehash(digest, &signature)
        .map_err(|_| SignatureError::Mismatch)
}

fn numbers(key: &PublicKey<'_>) -> Result<(Components, BigUint), SignatureError> {
    let malformed = SignatureError::MalformedKey;
    let parameters = key.identifier.parameters.as_deref().unwrap_or_default();
    let fields = der::single(parameters, Tag::SEQUENCE).and_then(|domain| {
        let mut domain = domain.reader();
        let fields = [
            domain.expect(Tag::INTEGER)?,
            domain.expect(Tag::INTEGER)?,
            domain.expect(Tag::INTEGER)?,
        ];
        domain.finish()?;
        Ok(fields)
    });
    let Ok([p, q, g]) = fields else {
        return Err(malformed);
    };
    let (Some(prime), Some(order)) = (integer_bits(&p), integer_bits(&q)) else {
        return Err(malformed);
    };
    if !matches!(
        (prime, order),
        (1024, 160) | (2048, 224 | 256) | (3072, 256)
    ) {
        return Err(SignatureError::KeySize { bits: prime });
    }
    let y = der::single(key.bytes, Tag::INTEGER).map_err(|_| SignatureError::MalformedKey)?;
    let (Some(p), Some(q), Some(g), Some(y)) = (number(&p), number(&q), number(&g), number(&y))
    else {
        return Err(malformed);
    };
    let one = BigUint::from(1u8);
    let odd = |number: &BigUint| number.to_bytes_be().last().is_some_and(|low| low & 1 == 1);
    if !odd(&p) || !odd(&q) || g <= one || g >= p || y <= one || y >= p {
        return Err(malformed);
    }
    let components =
        Components::from_components(p, q, g).map_err(|_| SignatureError::MalformedKey)?;
    Ok((components, y))
}

fn number(value: &Value<'_>) -> Option<BigUint> {
    positive(value).map(BigUint::from_bytes_be)
}

fn signature_value(bytes: &[u8]) -> Option<Signature> {
    let mut pair = der::single(bytes, Tag::SEQUENCE).ok()?.reader();
    let r = short(&mut pair)?;
    let s = short(&mut pair)?;
    pair.finish().ok()?;
    Signature::from_components(r, s).ok()
}

/// A number no longer than the longest order.
fn short(reader: &mut Reader<'_>) -> Option<BigUint> {
    let value = reader.expect(Tag::INTEGER).ok()?;
    (value.content.len() <= 33).then(|| number(&value))?
}
