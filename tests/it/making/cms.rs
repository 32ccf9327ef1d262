//! CMS SignedData, well made or badly, as asked.

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::algorithm::hash_oid;
use anchorwatch::formats::digest::digest;
use anchorwatch::formats::x509::Certificate;

use super::authority::Key;
use super::der::{context, integer, null, octets, oid, sequence, set, tlv, utc_time};

pub const ID_DATA: &str = "1.2.840.113549.1.7.1";
pub const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
pub const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
pub const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
pub const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

/// `SEQUENCE { oid, SET { values } }`.
pub fn attribute(kind: &str, values: &[Vec<u8>]) -> Vec<u8> {
    sequence(&[oid(kind), set(values)])
}

/// The attributes that a careful signer signs, in DER order.
pub fn attributes(
    content_type: &str,
    hash: HashAlgorithm,
    content: &[u8],
    time: &str,
) -> Vec<Vec<u8>> {
    let mut list = vec![
        attribute(CONTENT_TYPE, &[oid(content_type)]),
        attribute(SIGNING_TIME, &[utc_time(time)]),
        attribute(MESSAGE_DIGEST, &[octets(&digest(hash, content))]),
    ];
    list.sort();
    list
}

/// signing-certificate-v2 over a certificate, with the default hash.
pub fn signing_certificate(certificate: &[u8]) -> Vec<u8> {
    let id = sequence(&[octets(&digest(HashAlgorithm::Sha256, certificate))]);
    attribute(SIGNING_CERTIFICATE_V2, &[sequence(&[sequence(&[id])])])
}

/// Somebody who signs.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    pub key: &'a Key,
    pub certificate: &'a Certificate,
    pub by_key_identifier: bool,
}

impl<'a> Signer<'a> {
    pub fn new(key: &'a Key, certificate: &'a Certificate) -> Self {
        Self {
            key,
            certificate,
            by_key_identifier: false,
        }
    }

    /// A SignerInfo over signed attributes, written in the order given and signed as they stand.
    pub fn over_attributes(&self, attributes: &[Vec<u8>], unsigned: &[Vec<u8>]) -> Vec<u8> {
        let signature = self.key.sign(&set(attributes));
        self.info(Some(attributes), &signature, unsigned)
    }

    /// A SignerInfo without signed attributes: the signature covers the content.
    pub fn over_content(&self, content: &[u8]) -> Vec<u8> {
        self.info(None, &self.key.sign(content), &[])
    }

    /// A SignerInfo of these parts.
    pub fn info(
        &self,
        attributes: Option<&[Vec<u8>]>,
        signature: &[u8],
        unsigned: &[Vec<u8>],
    ) -> Vec<u8> {
        let (version, id) = if self.by_key_identifier {
            (3, tlv(0x80, self.certificate.key_identifier().unwrap()))
        } else {
            let issuer = self.certificate.issuer().der().to_vec();
            (1, sequence(&[issuer, tlv(2, self.certificate.serial())]))
        };
        let mut parts = vec![integer(version), id, digest_algorithm(self.key.hash)];
        parts.extend(attributes.map(|list| context(0, list)));
        parts.push(self.key.algorithm.clone());
        parts.push(octets(signature));
        if !unsigned.is_empty() {
            parts.push(context(1, unsigned));
        }
        sequence(&parts)
    }
}

pub fn digest_algorithm(hash: HashAlgorithm) -> Vec<u8> {
    sequence(&[oid(hash_oid(hash).as_str()), null()])
}

/// The digest algorithms that these signers use; SHA-256 when nobody signs.
fn announced(signers: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let used = |algorithm: &Vec<u8>| {
        let mut all = signers
            .iter()
            .flat_map(|signer| signer.windows(algorithm.len()));
        all.any(|window| window == algorithm)
    };
    let known = HashAlgorithm::ALL.iter().copied().map(digest_algorithm);
    let mut found: Vec<Vec<u8>> = known.filter(used).collect();
    if found.is_empty() {
        found.push(digest_algorithm(HashAlgorithm::Sha256));
    }
    found
}

/// A ContentInfo with SignedData. `content` is the whole inner value, `None` for detached.
pub fn signed_data(
    content_type: &str,
    content: Option<Vec<u8>>,
    certificates: &[Vec<u8>],
    signers: &[Vec<u8>],
) -> Vec<u8> {
    let mut encapsulated = vec![oid(content_type)];
    encapsulated.extend(content.map(|value| context(0, &[value])));
    let data = sequence(&[
        integer(1),
        set(&announced(signers)),
        sequence(&encapsulated),
        context(0, certificates),
        set(signers),
    ]);
    sequence(&[oid("1.2.840.113549.1.7.2"), context(0, &[data])])
}

/// The usual detached object: one signer, signed attributes, the certificates given.
pub fn detached(
    signer: Signer<'_>,
    content: &[u8],
    time: &str,
    certificates: &[&Certificate],
) -> Vec<u8> {
    let list = attributes(ID_DATA, signer.key.hash, content, time);
    let certificates: Vec<Vec<u8>> = certificates
        .iter()
        .map(|certificate| certificate.der().to_vec())
        .collect();
    let info = signer.over_attributes(&list, &[]);
    signed_data(ID_DATA, None, &certificates, &[info])
}
