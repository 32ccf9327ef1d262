//! RFC 3161 timestamp tokens and countersignatures.

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::digest::digest;

use super::cms::{
    Signer, attribute, attributes, digest_algorithm, signed_data, signing_certificate,
};
use super::der::{generalized_time, integer, octets, oid, sequence};

pub const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";
pub const TOKEN_ATTRIBUTE: &str = "1.2.840.113549.1.9.16.2.14";
pub const MICROSOFT_TOKEN_ATTRIBUTE: &str = "1.3.6.1.4.1.311.3.3.1";
pub const COUNTERSIGNATURE: &str = "1.2.840.113549.1.9.6";

/// A TSTInfo over these bytes at this time (`20260301120000.5Z`).
pub fn tst_info(imprint_of: &[u8], time: &str) -> Vec<u8> {
    let hash = HashAlgorithm::Sha256;
    sequence(&[
        integer(1),
        oid("1.2.3.4.1"),
        sequence(&[digest_algorithm(hash), octets(&digest(hash, imprint_of))]),
        integer(7),
        generalized_time(time),
        sequence(&[integer(1)]),
        integer(99),
    ])
}

/// A token over a TSTInfo, with these further members in its certificates set.
pub fn token(tsa: Signer<'_>, info: &[u8], further: &[Vec<u8>]) -> Vec<u8> {
    let mut list = attributes(TST_INFO, tsa.key.hash, info, "260301120000Z");
    list.push(signing_certificate(tsa.certificate.der()));
    list.sort();
    let mut certificates = vec![tsa.certificate.der().to_vec()];
    certificates.extend_from_slice(further);
    let signer = tsa.over_attributes(&list, &[]);
    signed_data(TST_INFO, Some(octets(info)), &certificates, &[signer])
}

/// The unsigned attribute with a token over `signature`.
pub fn token_attribute(tsa: Signer<'_>, kind: &str, signature: &[u8], time: &str) -> Vec<u8> {
    attribute(kind, &[token(tsa, &tst_info(signature, time), &[])])
}

/// A countersignature over `signature`, as Authenticode's early services make it.
pub fn countersignature(tsa: Signer<'_>, signature: &[u8], time: &str) -> Vec<u8> {
    let list = attributes(super::cms::ID_DATA, tsa.key.hash, signature, time);
    tsa.over_attributes(&list, &[])
}
