//! What a verdict hangs on, so that a change of trust finds the packages it touches: keys, and the
//! names and identifiers under which a missing issuer would be found.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::report::{PackageReport, SignatureReport};
use crate::domain::{AnchorId, HashAlgorithm, Sha256, hex};
use crate::formats::digest::{digest, sha256};
use crate::formats::public_key::KeyNumber;
use crate::formats::trust_folder::blob::Map;
use crate::formats::x509::{Certificate, Skeleton, canonical_form};

/// An anchor, by its key.
#[must_use]
pub fn of_anchor(id: &AnchorId) -> Sha256 {
    match id {
        AnchorId::X509(spki) | AnchorId::Raw(spki) => *spki,
        // As a signature names it that waits for this key.
        AnchorId::OpenPgp(fingerprint) => of_openpgp(&fingerprint.to_string()),
    }
}

fn of_name(canonical: &[u8]) -> Sha256 {
    tagged("name", canonical)
}

fn of_key_identifier(identifier: &[u8]) -> Sha256 {
    tagged("key identifier", identifier)
}

fn of_number(number: &[u8]) -> Sha256 {
    tagged("key number", number)
}

/// A fingerprint or key id, as hex digits.
fn of_openpgp(text: &str) -> Sha256 {
    let digits = text.chars().filter(char::is_ascii_hexdigit);
    tagged(
        "openpgp",
        digits.collect::<String>().to_uppercase().as_bytes(),
    )
}

/// What a full identity in a post touches: keys and certificates that it may be the name of.
#[must_use]
pub fn of_posted(value: &str) -> Vec<Sha256> {
    let is_hex = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digest = if is_hex {
        value.to_ascii_lowercase().parse().ok()
    } else {
        let bytes = value
            .strip_prefix("SHA256:")
            .and_then(|rest| STANDARD_NO_PAD.decode(rest).ok());
        bytes.and_then(|bytes| bytes.try_into().ok()).map(Sha256)
    };
    let mut keys: Vec<Sha256> = digest.into_iter().collect();
    if is_hex {
        keys.extend([of_openpgp(value), of_hash(value)]);
    }
    keys
}

/// A hash of a certificate, as hex digits.
fn of_hash(text: &str) -> Sha256 {
    tagged("certificate hash", text.to_ascii_lowercase().as_bytes())
}

fn tagged(tag: &str, bytes: &[u8]) -> Sha256 {
    sha256(&[tag.as_bytes(), b"\0", bytes].concat())
}

/// Everything on which the verdict hangs, sorted, each once.
#[must_use]
pub fn dependencies(report: &PackageReport) -> Vec<Sha256> {
    let mut keys = vec![];
    for signature in &report.signatures {
        of_signature(signature, &mut keys);
    }
    for child in &report.children {
        keys.extend(dependencies(child));
    }
    keys.sort();
    keys.dedup();
    keys
}

fn of_signature(signature: &SignatureReport, keys: &mut Vec<Sha256>) {
    let stamped = signature.timestamp.iter().flat_map(|stamp| &stamp.path);
    for certificate in signature
        .shipped
        .iter()
        .chain(&signature.path)
        .chain(stamped)
    {
        of_certificate(certificate, keys);
    }
    if let Some(key) = &signature.key {
        keys.extend(key.id.as_ref().map(of_anchor));
        keys.extend(key.number.map(|KeyNumber(number)| of_number(&number)));
    }
    if let Some(openpgp) = &signature.openpgp {
        // Several issuers stand with ` or ` between them.
        keys.extend(openpgp.issuer.split(" or ").map(of_openpgp));
        let fingerprints = openpgp.key.iter().chain(&openpgp.primary);
        keys.extend(fingerprints.map(|fingerprint| of_openpgp(&fingerprint.to_string())));
    }
    keys.extend(
        signature
            .anchor
            .as_ref()
            .map(|anchor| of_anchor(&anchor.id)),
    );
}

/// Its key, and the issuer that it may one day be found to have.
fn of_certificate(certificate: &Certificate, keys: &mut Vec<Sha256>) {
    keys.push(certificate.spki_sha256());
    let sha1 = digest(HashAlgorithm::Sha1, certificate.der());
    keys.extend([
        of_hash(&certificate.sha256().to_string()),
        of_hash(&hex(&sha1)),
    ]);
    keys.push(of_name(certificate.issuer().canonical()));
    let authority = certificate.authority_key_identifier();
    let identifier = authority.and_then(|authority| authority.key_identifier.as_deref());
    keys.extend(identifier.map(of_key_identifier));
}

/// What an entry of a folder's maps touches when it comes or goes.
#[must_use]
pub fn touched_by_entry(map: u8, key: &[u8], value: &[u8]) -> Vec<Sha256> {
    let by_id = |text: &[u8]| -> Vec<Sha256> {
        let id = str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        id.as_ref().map(of_anchor).into_iter().collect()
    };
    let is = |wanted: Map| map == wanted as u8;
    if is(Map::Certificates) {
        return Skeleton::from_der(value).map_or_else(
            |_| vec![],
            |outline| {
                let mut keys = vec![sha256(outline.spki)];
                keys.extend(
                    canonical_form(outline.subject)
                        .ok()
                        .map(|name| of_name(&name)),
                );
                keys.extend(outline.key_identifier.map(of_key_identifier));
                keys
            },
        );
    }
    if is(Map::RawNumbers) {
        return vec![of_number(key), sha256(value)];
    }
    if is(Map::OpenPgpKeyIds) || is(Map::OpenPgpFingerprints) {
        return vec![of_openpgp(&hex(key))];
    }
    if is(Map::OpenPgpCopies) {
        let stem = key.rsplit(|byte| *byte == b'/').next();
        return stem.map(by_id).unwrap_or_default();
    }
    if is(Map::AnchorFiles)
        || is(Map::ProposedAnchorFiles)
        || is(Map::RulesByRoot)
        || is(Map::Rotations)
    {
        return by_id(key);
    }
    if is(Map::Files) {
        return by_file(key, value);
    }
    vec![]
}

/// A file that reads otherwise touches the keys that it names.
fn by_file(path: &[u8], json: &[u8]) -> Vec<Sha256> {
    let Ok(value) = serde_json::from_slice::<serde_json::Value>(json) else {
        return vec![];
    };
    let stem = str::from_utf8(path).unwrap_or_default().rsplit('/').next();
    let named = ["old", "new"]
        .into_iter()
        .filter_map(|side| value.get(side)?.as_array())
        .flatten()
        .filter_map(serde_json::Value::as_str);
    let root = value.get("root").and_then(serde_json::Value::as_str);
    stem.into_iter()
        .chain(root)
        .chain(named)
        .filter_map(|text| text.parse().ok())
        .map(|id: AnchorId| of_anchor(&id))
        .collect()
}
