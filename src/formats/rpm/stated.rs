//! The digests that a package states of itself.

use super::fault::{HeaderKind, RpmFault};
use super::hash::DigestAlgorithm;
use super::header::Header;
use super::tag::{Tag, main, signature};
use super::{Extent, taken};
use crate::domain::HashAlgorithm;

const MD5: DigestAlgorithm = DigestAlgorithm::Known(HashAlgorithm::Md5);
const SHA1: DigestAlgorithm = DigestAlgorithm::Known(HashAlgorithm::Sha1);
const SHA256: DigestAlgorithm = DigestAlgorithm::Known(HashAlgorithm::Sha256);
const SHA512: DigestAlgorithm = DigestAlgorithm::Known(HashAlgorithm::Sha512);

/// A digest as the package states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatedDigest {
    /// The header that states it; only the main header is signed.
    pub stated_in: HeaderKind,
    pub tag: Tag,
    pub extent: Extent,
    /// Of the payload after decompression: holds for a file whose payload was stored unpacked.
    pub alternative: bool,
    /// OpenPGP's number of an algorithm that is not known.
    pub algorithm: Result<DigestAlgorithm, u32>,
    pub value: Vec<u8>,
}

/// The digests that the signature header states: of the main header, of header and payload.
pub(super) fn in_signature_header(
    header: &Header,
    faults: &mut Vec<RpmFault>,
) -> Vec<StatedDigest> {
    let stated = |tag, extent, algorithm, value| StatedDigest {
        stated_in: HeaderKind::Signature,
        tag,
        extent,
        alternative: false,
        algorithm: Ok(algorithm),
        value,
    };
    let mut found = Vec::new();
    for (tag, algorithm) in [
        (signature::SHA1, SHA1),
        (signature::SHA256, SHA256),
        (signature::SHA3_256, DigestAlgorithm::Sha3_256),
    ] {
        if let Some(text) = taken(header.string(tag), faults) {
            match hex(text).filter(|value| value.len() == algorithm.length()) {
                Some(value) => found.push(stated(tag, Extent::Header, algorithm, value)),
                None => faults.push(unreadable(HeaderKind::Signature, tag)),
            }
        }
    }
    if let Some(value) = taken(header.binary(signature::MD5), faults) {
        if value.len() == MD5.length() {
            let extent = Extent::HeaderAndPayload;
            found.push(stated(signature::MD5, extent, MD5, value.to_vec()));
        } else {
            faults.push(unreadable(HeaderKind::Signature, signature::MD5));
        }
    }
    found
}

/// The digests of the payload that the main header states.
pub(super) fn in_main_header(header: &Header, faults: &mut Vec<RpmFault>) -> Vec<StatedDigest> {
    let number = taken(header.int32(main::PAYLOAD_DIGEST_ALGORITHM), faults);
    // Version 6 and rpmkeys know no other algorithm than SHA-256 for this tag.
    let named = number.map_or(Ok(SHA256), |number| {
        DigestAlgorithm::from_openpgp(number).ok_or(number)
    });
    let mut found = Vec::new();
    for (tag, algorithm, alternative) in [
        (main::PAYLOAD_DIGEST, named, false),
        (main::PAYLOAD_DIGEST_ALT, named, true),
        (main::PAYLOAD_SHA512, Ok(SHA512), false),
        (main::PAYLOAD_SHA512_ALT, Ok(SHA512), true),
        (main::PAYLOAD_SHA3_256, Ok(DigestAlgorithm::Sha3_256), false),
        (
            main::PAYLOAD_SHA3_256_ALT,
            Ok(DigestAlgorithm::Sha3_256),
            true,
        ),
    ] {
        let text = match tag {
            main::PAYLOAD_DIGEST | main::PAYLOAD_DIGEST_ALT => only(header, tag),
            _ => header.string(tag),
        };
        let Some(text) = taken(text, faults) else {
            continue;
        };
        let fits = |value: &Vec<u8>| algorithm.map_or(true, |known| known.length() == value.len());
        match hex(text).filter(fits) {
            Some(value) => found.push(StatedDigest {
                stated_in: HeaderKind::Main,
                tag,
                extent: Extent::Payload,
                alternative,
                algorithm,
                value,
            }),
            None => faults.push(unreadable(HeaderKind::Main, tag)),
        }
    }
    found
}

/// The one string of an array; of several, readers may take either.
fn only(header: &Header, tag: Tag) -> Result<Option<&[u8]>, RpmFault> {
    match header.strings(tag)? {
        None => Ok(None),
        Some((1, mut strings)) => Ok(strings.next()),
        Some(_) => Err(unreadable(HeaderKind::Main, tag)),
    }
}

fn unreadable(header: HeaderKind, tag: Tag) -> RpmFault {
    RpmFault::UnreadableDigest { header, tag }
}

/// Bytes from hex digits of either case.
fn hex(text: &[u8]) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > 256 || !text.len().is_multiple_of(2) {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16);
    text.chunks_exact(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(digit(*high)? << 4 | digit(*low)?).ok(),
            _ => None,
        })
        .collect()
}
