//! The mathematics of one signature: a key, a digest and a packet. Policy and trust come later.

use sequoia_openpgp as sequoia;
use sequoia_openpgp::anyhow;

use super::algorithm::{HashId, KeyAlgorithmId};
use super::certificate::{Key, OpenPgpCertificate};
use super::library;
use super::signature::{Issuer, OpenPgpSignature};
use crate::domain::{Crypto, Fingerprint};
use crate::formats::limits;

/// The answer, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mathematics {
    Good,
    /// A key that the signature names is at hand, and none such fits.
    Bad(BadReason),
    Unchecked(UncheckedReason),
}

impl Mathematics {
    #[must_use]
    pub fn crypto(&self) -> Crypto {
        match self {
            Self::Good => Crypto::Good,
            Self::Bad(_) => Crypto::Bad,
            Self::Unchecked(_) => Crypto::Unchecked,
        }
    }
}

/// Why a signature is forged or broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReason {
    #[error("the signature does not fit the key {key} and the bytes")]
    SignatureMismatch { key: Fingerprint },
    /// Only version 6 keys make version 6 signatures (RFC 9580 5.2.3).
    #[error("a signature of version {signature} by a key of version {key}")]
    VersionMismatch { signature: u8, key: u8 },
}

/// Why a signature could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UncheckedReason {
    /// Empty when the signature names no key.
    #[error("the key {} is not at hand", issuer_text(.0))]
    KeyNotAtHand(Vec<Issuer>),
    /// Version 3 signs neither its issuer nor its options; nothing has made it for decades.
    #[error("a signature packet of version {0}, which is refused")]
    Version(u8),
    /// A certification or binding passed off as the signature of a document.
    #[error("signature type {0} does not sign documents")]
    SignatureType(u8),
    #[error("a binary signature behind a cleartext, which only text signatures cover")]
    BinaryBehindCleartext,
    #[error("{0} cannot be computed")]
    Hash(HashId),
    #[error("{0} cannot be checked")]
    KeyAlgorithm(KeyAlgorithmId),
    /// Some people have RSA keys of 8192 bits; the library stops at 4096.
    #[error("{algorithm} of {bits} bits cannot be checked")]
    KeyTooLarge {
        algorithm: KeyAlgorithmId,
        bits: usize,
    },
    #[error("the signature packet cannot be read")]
    Unreadable,
    #[error("the digest of what it covers is not at hand")]
    DigestMissing,
}

fn issuer_text(issuers: &[Issuer]) -> String {
    issuers
        .first()
        .map_or_else(|| "that made it".to_owned(), ToString::to_string)
}

/// What the mathematics found, and by whose key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureCheck {
    pub mathematics: Mathematics,
    /// The key that fits, else the one that should have.
    pub key: Option<Key>,
    /// Which of the certificates that key belongs to, by index.
    pub certificate: Option<usize>,
    /// The packet's first two bytes of the digest agree with the document's. They are not signed,
    /// so that `false` proves nothing; beside an absent key it is still worth telling.
    pub digest_prefix_agrees: Option<bool>,
}

/// Checks one signature against every certificate that holds a key it names.
///
/// `digest` comes from [`super::Digests::of`], today or when the document was read.
#[must_use]
pub fn check(
    signature: &OpenPgpSignature,
    digest: Option<&[u8]>,
    certificates: &[OpenPgpCertificate],
) -> SignatureCheck {
    let mut check = SignatureCheck {
        mathematics: Mathematics::Unchecked(UncheckedReason::DigestMissing),
        key: None,
        certificate: None,
        digest_prefix_agrees: signature
            .digest_prefix
            .zip(digest)
            .map(|(prefix, digest)| digest.starts_with(&prefix)),
    };
    if let Some(obstacle) = signature.obstacle() {
        check.mathematics = Mathematics::Unchecked(obstacle);
        return check;
    }
    let candidates = candidates(signature, certificates);
    if candidates.is_empty() {
        let issuers = signature.issuers.clone();
        check.mathematics = Mathematics::Unchecked(UncheckedReason::KeyNotAtHand(issuers));
        return check;
    }
    let mut best: Option<(Mathematics, usize, Key)> = None;
    for (index, key) in candidates {
        let Some(certificate) = certificates.get(index) else {
            continue;
        };
        let found = match digest {
            Some(digest) => fits(signature, digest, certificate, &key),
            None => Mathematics::Unchecked(UncheckedReason::DigestMissing),
        };
        let better = match (&best, &found) {
            (None, _) | (_, Mathematics::Good) => true,
            // Two keys of one id: an unknown algorithm leaves the question open.
            (Some((Mathematics::Bad(_), ..)), Mathematics::Unchecked(_)) => true,
            _ => false,
        };
        if better {
            best = Some((found, index, key));
        }
        if matches!(best, Some((Mathematics::Good, ..))) {
            break;
        }
    }
    if let Some((mathematics, index, key)) = best {
        if mathematics != Mathematics::Good && signature.issuers.is_empty() {
            // It named nobody, so that no key at hand should have fitted.
            check.mathematics = Mathematics::Unchecked(UncheckedReason::KeyNotAtHand(vec![]));
            return check;
        }
        check.mathematics = mathematics;
        check.key = Some(key);
        check.certificate = Some(index);
    }
    check
}

/// The keys that the signature names; when it names none, the first few of all.
fn candidates(
    signature: &OpenPgpSignature,
    certificates: &[OpenPgpCertificate],
) -> Vec<(usize, Key)> {
    let mut found: Vec<(usize, Key)> = certificates
        .iter()
        .enumerate()
        .flat_map(|(index, certificate)| {
            let keys = if signature.issuers.is_empty() {
                certificate.keys()
            } else {
                certificate.keys_meant(&signature.issuers)
            };
            keys.into_iter().map(move |key| (index, key))
        })
        .take(limits::SIGNER_CANDIDATES * 8)
        .collect();
    // A fingerprint says more than a key id, which can be made to collide.
    let named = |key: &Key| {
        let fingerprint = Issuer::Fingerprint(key.fingerprint);
        signature.issuers.contains(&fingerprint)
    };
    found.sort_by_key(|(_, key)| !named(key));
    found.truncate(limits::SIGNER_CANDIDATES);
    found
}

fn fits(
    signature: &OpenPgpSignature,
    digest: &[u8],
    certificate: &OpenPgpCertificate,
    key: &Key,
) -> Mathematics {
    let version = key.fingerprint.version();
    if (signature.version == 6) != (version == 6) {
        return Mathematics::Bad(BadReason::VersionMismatch {
            signature: signature.version,
            key: version,
        });
    }
    let held = certificate.cert.keys().find(|held| {
        library::fingerprint(&held.key().fingerprint()).is_some_and(|of| of == key.fingerprint)
    });
    let (Some(held), Some(parsed)) = (held, &signature.parsed) else {
        return Mathematics::Unchecked(UncheckedReason::Unreadable);
    };
    let hash = parsed.hash_algo();
    // RFC 9580 5.2.3: a salt of another length than the hash asks for makes it malformed.
    if version == 6 && hash.salt_size().ok() != Some(signature.salt.len()) {
        return Mathematics::Bad(BadReason::SignatureMismatch {
            key: key.fingerprint,
        });
    }
    if let Some(bits) = key.bits.filter(|bits| *bits > limits::OPENPGP_KEY_BITS) {
        return Mathematics::Unchecked(UncheckedReason::KeyTooLarge {
            algorithm: key.algorithm,
            bits,
        });
    }
    match held.key().verify(parsed.mpis(), hash, digest) {
        Ok(()) => Mathematics::Good,
        Err(error) if is_unsupported(&error) => {
            Mathematics::Unchecked(UncheckedReason::KeyAlgorithm(key.algorithm))
        }
        Err(_) => Mathematics::Bad(BadReason::SignatureMismatch {
            key: key.fingerprint,
        }),
    }
}

fn is_unsupported(error: &anyhow::Error) -> bool {
    matches!(
        error.downcast_ref(),
        Some(
            sequoia::Error::UnsupportedPublicKeyAlgorithm(_)
                | sequoia::Error::UnsupportedEllipticCurve(_)
                | sequoia::Error::UnsupportedHashAlgorithm(_)
        )
    )
}
