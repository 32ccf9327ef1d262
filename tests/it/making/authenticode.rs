//! Authenticode objects over a made-up image digest.

use anchorwatch::domain::HashAlgorithm;

use super::cms::{Signer, attribute, attributes, digest_algorithm, signed_data};
use super::der::{context, octets, oid, sequence, tlv};

pub const INDIRECT_DATA: &str = "1.3.6.1.4.1.311.2.1.4";
pub const NESTED_SIGNATURE: &str = "1.3.6.1.4.1.311.2.4.1";
const OPUS_INFO: &str = "1.3.6.1.4.1.311.2.1.12";

/// The content octets of SpcIndirectDataContent for a PE image with this SHA-256.
pub fn indirect_data(image: &[u8]) -> Vec<u8> {
    let flags = tlv(3, &[0]);
    let file = context(0, &[tlv(0xa2, &tlv(0x80, &[]))]);
    let data = sequence(&[oid("1.3.6.1.4.1.311.2.1.15"), sequence(&[flags, file])]);
    let info = sequence(&[digest_algorithm(HashAlgorithm::Sha256), octets(image)]);
    [data, info].concat()
}

/// A signature over an image digest; the program calls itself "Hi". `unsigned` makes the unsigned
/// attributes from the signature value.
pub fn signature(
    signer: Signer<'_>,
    image: &[u8],
    unsigned: impl FnOnce(&[u8]) -> Vec<Vec<u8>>,
) -> Vec<u8> {
    let content = indirect_data(image);
    let mut list = attributes(INDIRECT_DATA, signer.key.hash, &content, "260301120000Z");
    let name = context(0, &[tlv(0x80, &[0, b'H', 0, b'i'])]);
    list.push(attribute(OPUS_INFO, &[sequence(&[name])]));
    list.sort();
    let value = signer.key.sign(&super::der::set(&list));
    let info = signer.info(Some(&list), &value, &unsigned(&value));
    let certificates = [signer.certificate.der().to_vec()];
    signed_data(
        INDIRECT_DATA,
        Some(tlv(0x30, &content)),
        &certificates,
        &[info],
    )
}
