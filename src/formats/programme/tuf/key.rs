//! Keys of TUF metadata: several spellings of one SubjectPublicKeyInfo, and the scheme of each.

use crate::domain::{Oid, hex};
use crate::formats::algorithm::{AlgorithmIdentifier, KeyKind, key_kind};
use crate::formats::der::{Tag, single};
use crate::formats::pem::blocks;
use crate::formats::programme::error::ProgrammeError;
use crate::formats::programme::from_hex;
use crate::formats::programme::json::At;
use crate::formats::public_key;

/// A key and how its signatures are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TufKey {
    pub(super) spki: Vec<u8>,
    pub(super) scheme: AlgorithmIdentifier,
}

impl TufKey {
    /// Reads `{keytype, scheme, keyval: {public}}`: PEM, or a bare point or key in hex.
    pub(super) fn read(key: &At<'_>) -> Result<Self, ProgrammeError> {
        let kind = key.field("keytype")?;
        let scheme = key.field("scheme")?;
        let public = key.field("keyval")?.field("public")?;
        let text = public.text()?;
        let spki = if text.trim_start().starts_with("-----BEGIN ") {
            let found = blocks(text.as_bytes()).map_err(|_| public.wrong("broken PEM"))?;
            match <[_; 1]>::try_from(found) {
                Ok([block]) if block.label == "PUBLIC KEY" => block.der,
                _ => return Err(public.wrong("not one PEM public key")),
            }
        } else {
            bare(kind.text()?, text).ok_or_else(|| public.wrong("not a key of its type"))?
        };
        let found = key_kind(&spki).map_err(|_| public.wrong("not a key that can be read"))?;
        let scheme = algorithm(scheme.text()?, found)
            .ok_or_else(|| scheme.wrong("not a scheme for a key of its type"))?;
        Ok(Self { spki, scheme })
    }
}

fn bare(kind: &str, text: &str) -> Option<Vec<u8>> {
    let bytes = from_hex(text)?;
    match (kind, bytes.as_slice()) {
        ("ed25519", _) => Some(public_key::ed25519(bytes.as_slice().try_into().ok()?)),
        ("ecdsa" | "ecdsa-sha2-nistp256", [0x04, rest @ ..]) if rest.len() == 64 => {
            Some(public_key::p256(&bytes))
        }
        ("ecdsa" | "ecdsa-sha2-nistp384", [0x04, rest @ ..]) if rest.len() == 96 => {
            Some(public_key::p384(&bytes))
        }
        _ => None,
    }
}

/// The parameters of RSASSA-PSS with SHA-256, its mask and 32 bytes of salt (RFC 4055 3.1).
const PSS_SHA256: [u8; 54] = [
    0x30, 0x34, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
    0x01, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01,
    0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0xa2, 0x03, 0x02, 0x01, 0x20,
];

fn algorithm(scheme: &str, kind: KeyKind) -> Option<AlgorithmIdentifier> {
    let (oid, parameters) = match (scheme, kind) {
        ("ecdsa-sha2-nistp256", KeyKind::Ec(_)) => ("1.2.840.10045.4.3.2", None),
        ("ecdsa-sha2-nistp384", KeyKind::Ec(_)) => ("1.2.840.10045.4.3.3", None),
        ("ed25519", KeyKind::Ed25519) => ("1.3.101.112", None),
        ("rsassa-pss-sha256", KeyKind::Rsa { .. }) => {
            ("1.2.840.113549.1.1.10", Some(PSS_SHA256.to_vec()))
        }
        _ => return None,
    };
    Some(AlgorithmIdentifier {
        oid: Oid::new(oid),
        parameters,
    })
}

/// The bare public key of a DER SubjectPublicKeyInfo as hex, points compressed: short, and the same
/// however the key was written down.
pub(in crate::formats::programme) fn short_form(spki: &[u8]) -> Option<String> {
    let mut fields = single(spki, Tag::SEQUENCE).ok()?.reader();
    fields.expect(Tag::SEQUENCE).ok()?;
    let bits = fields.expect(Tag::BIT_STRING).ok()?;
    fields.finish().ok()?;
    let [0, key @ ..] = bits.content else {
        return None;
    };
    if let (Ok(KeyKind::Ec(_)), [0x04, point @ ..]) = (key_kind(spki), key) {
        let (x, y) = point.split_at_checked(point.len() / 2)?;
        let parity = 0x02 | (y.last()? & 1);
        return Some(hex(&[&[parity], x].concat()));
    }
    Some(hex(key))
}
