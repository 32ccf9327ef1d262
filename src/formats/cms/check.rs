//! The cryptographic check of one signer (RFC 5652 5.4 and 5.6). Paths and trust come later.

use super::attribute::{SignedAttributes, looks_like_attributes};
use super::signer_info::{SignerId, SignerInfo};
use crate::domain::{Crypto, HashAlgorithm, Oid, Sha256};
use crate::formats::algorithm::{
    AlgorithmIdentifier, Scheme, SignatureError, Weakness, for_cms, hash_algorithm, verify,
    verify_digest,
};
use crate::formats::digest::digest;
use crate::formats::limits;
use crate::formats::x509::Certificate;

/// What a signer says that it signed, as far as it is at hand.
#[derive(Clone, Copy)]
pub enum Covered<'a> {
    Bytes(&'a [u8]),
    /// Too large for memory, or gone: its digests.
    Digests {
        /// Whether the content was seen to be a set of attributes (see [`looks_like_attributes`]).
        are_attributes: bool,
        digest: &'a dyn Fn(HashAlgorithm) -> Option<Vec<u8>>,
    },
    /// A detached signature whose content nobody gave.
    Absent,
}

impl std::fmt::Debug for Covered<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "Bytes({})", bytes.len()),
            Self::Digests { .. } => f.write_str("Digests"),
            Self::Absent => f.write_str("Absent"),
        }
    }
}

/// The answer, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Good,
    Bad(BadReason),
    Unchecked(UncheckedReason),
}

impl Outcome {
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
    #[error("the content has another digest than the one that was signed")]
    MessageDigestMismatch {
        algorithm: HashAlgorithm,
        /// What the signer signed.
        expected: Vec<u8>,
        /// What the content has.
        found: Vec<u8>,
    },
    #[error("the signature does not fit the key and the bytes")]
    SignatureMismatch,
    /// RFC 5035 5.4: then the signature must be considered invalid.
    #[error("the signer names another certificate by its hash than {certificate}")]
    SigningCertificateMismatch { certificate: Sha256 },
    /// The signer has no signed attributes, and its content is a set of attributes: a signature
    /// over attributes passed off as one over content.
    #[error("a set of signed attributes is passed off as the content")]
    AttributesAsContent,
    /// A timestamp over something else than the signature it comes with.
    #[error("the timestamp covers another signature")]
    ImprintMismatch {
        algorithm: HashAlgorithm,
        /// What the token says.
        expected: Vec<u8>,
        /// What the signature value has.
        found: Vec<u8>,
    },
}

/// Why a signature could not be checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UncheckedReason {
    #[error("the signer's certificate is not among those that came along ({0})")]
    SignerCertificateMissing(SignerId),
    #[error("unknown digest algorithm {0}")]
    DigestAlgorithm(Oid),
    #[error("the content, or its {0} digest, is not at hand")]
    ContentMissing(HashAlgorithm),
    #[error("a hash of the signer's certificate uses unknown algorithm {0}")]
    CertificateHashAlgorithm(Oid),
    /// The signature fits the attributes only when they are put in DER order: whoever wrote the
    /// object signed other bytes than it shows.
    #[error("the signature fits the signed attributes only in another order than they stand in")]
    AttributesReordered,
    #[error(transparent)]
    Signature(SignatureError),
}

/// What the check of a signer found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerCheck {
    pub outcome: Outcome,
    /// Sorted, each once.
    pub weaknesses: Vec<Weakness>,
    /// The certificate whose key fits; without one, the first that the signer may mean.
    pub certificate: Option<Certificate>,
    /// Further certificates that the signer may mean, with the same name and serial or key id.
    pub alternatives: Vec<Certificate>,
    /// The digest algorithm of content and attributes, when it is known and had a part in the
    /// signature: a pure scheme (Ed25519) over the content itself digests nothing, and the field
    /// that names an algorithm could say anything.
    pub digest_algorithm: Option<HashAlgorithm>,
    /// The digest of the content that was checked, or that the signer states.
    pub message_digest: Option<Vec<u8>>,
    /// Whether attributes are signed; without, nothing binds content type or certificate.
    pub has_signed_attributes: bool,
    /// Whether the signature names its certificate by a hash that fits.
    pub names_certificate: bool,
}

/// Checks one signer against the certificates that came along.
#[must_use]
pub fn check(
    signer: &SignerInfo,
    certificates: &[Certificate],
    covered: Covered<'_>,
) -> SignerCheck {
    let candidates: Vec<&Certificate> = certificates
        .iter()
        .filter(|certificate| signer.id.names(certificate))
        .take(limits::SIGNER_CANDIDATES)
        .collect();
    let named = &signer.digest_algorithm;
    // A hash that takes parameters would be another hash.
    let hash = hash_algorithm(&named.oid).filter(|_| named.is_without_parameters());
    let mut found = SignerCheck {
        outcome: Outcome::Good,
        weaknesses: vec![],
        certificate: candidates.first().copied().cloned(),
        alternatives: vec![],
        digest_algorithm: hash,
        message_digest: None,
        has_signed_attributes: signer.signed_attributes.is_some(),
        names_certificate: false,
    };
    if let Some(attributes) = &signer.signed_attributes {
        found.message_digest = Some(attributes.message_digest.clone());
    }
    match content(signer, hash, covered) {
        Err(outcome) => found.outcome = outcome,
        Ok(message) => found.decide(signer, &candidates, &message),
    }
    found.alternatives = candidates
        .into_iter()
        .filter(|candidate| found.certificate.as_ref() != Some(*candidate))
        .cloned()
        .collect();
    found
}

/// What a signature is computed over.
enum Message<'a> {
    Attributes(&'a SignedAttributes),
    Bytes(&'a [u8]),
    Digest(Vec<u8>),
}

/// Compares the content with the signed digest, or hands it on when it is signed itself.
fn content<'a>(
    signer: &'a SignerInfo,
    hash: Option<HashAlgorithm>,
    covered: Covered<'a>,
) -> Result<(HashAlgorithm, Message<'a>), Outcome> {
    let Some(hash) = hash else {
        let oid = signer.digest_algorithm.oid.clone();
        return Err(Outcome::Unchecked(UncheckedReason::DigestAlgorithm(oid)));
    };
    let missing = || Outcome::Unchecked(UncheckedReason::ContentMissing(hash));
    let Some(attributes) = &signer.signed_attributes else {
        return match covered {
            Covered::Bytes(bytes) if looks_like_attributes(bytes) => {
                Err(Outcome::Bad(BadReason::AttributesAsContent))
            }
            Covered::Bytes(bytes) => Ok((hash, Message::Bytes(bytes))),
            Covered::Digests {
                are_attributes: true,
                ..
            } => Err(Outcome::Bad(BadReason::AttributesAsContent)),
            Covered::Digests { digest, .. } => {
                Ok((hash, Message::Digest(digest(hash).ok_or_else(missing)?)))
            }
            Covered::Absent => Err(missing()),
        };
    };
    let found = match covered {
        Covered::Bytes(bytes) => digest(hash, bytes),
        Covered::Digests { digest, .. } => digest(hash).ok_or_else(missing)?,
        Covered::Absent => return Err(missing()),
    };
    if found != attributes.message_digest {
        return Err(Outcome::Bad(BadReason::MessageDigestMismatch {
            algorithm: hash,
            expected: attributes.message_digest.clone(),
            found,
        }));
    }
    Ok((hash, Message::Attributes(attributes)))
}

impl SignerCheck {
    /// Tries every certificate that the signer may mean; the best answer stays.
    fn decide(
        &mut self,
        signer: &SignerInfo,
        candidates: &[&Certificate],
        (hash, message): &(HashAlgorithm, Message<'_>),
    ) {
        let algorithm = match for_cms(&signer.signature_algorithm, *hash) {
            Ok(algorithm) => algorithm,
            Err(error) => {
                self.outcome = Outcome::Unchecked(UncheckedReason::Signature(error));
                return;
            }
        };
        let mut best: Option<Outcome> = None;
        for candidate in candidates {
            let (outcome, weaknesses) = match one(signer, candidate, &algorithm, *hash, message) {
                Ok(weaknesses) => (Outcome::Good, weaknesses),
                Err(outcome) => (outcome, vec![]),
            };
            if best.as_ref().is_none_or(|best| rank(&outcome) < rank(best)) {
                self.certificate = Some((*candidate).clone());
                self.weaknesses = weaknesses;
                self.names_certificate = outcome == Outcome::Good && names_hash(signer);
                best = Some(outcome);
            }
        }
        self.outcome = best.unwrap_or_else(|| {
            Outcome::Unchecked(UncheckedReason::SignerCertificateMissing(signer.id.clone()))
        });
        match message {
            Message::Attributes(_) => {}
            Message::Digest(digest) => self.message_digest = Some(digest.clone()),
            Message::Bytes(bytes) => {
                self.digest_algorithm = Scheme::of(&algorithm).ok().and_then(Scheme::hash);
                self.message_digest = self.digest_algorithm.map(|hash| digest(hash, bytes));
            }
        }
        if self.outcome == Outcome::Good {
            if let Some(weak) = self.digest_algorithm.filter(|hash| hash.is_weak()) {
                self.weaknesses.push(Weakness::Digest(weak));
            }
            self.weaknesses.sort_unstable();
            self.weaknesses.dedup();
        }
    }
}

/// A forged signature under one of several namesakes is no forgery while another might fit.
fn rank(outcome: &Outcome) -> u8 {
    match outcome {
        Outcome::Good => 0,
        Outcome::Unchecked(_) => 1,
        Outcome::Bad(BadReason::SigningCertificateMismatch { .. }) => 3,
        Outcome::Bad(_) => 2,
    }
}

fn names_hash(signer: &SignerInfo) -> bool {
    signer
        .signed_attributes
        .as_ref()
        .is_some_and(|attributes| !attributes.certificate_hashes.is_empty())
}

/// Checks the signature under one certificate.
fn one(
    signer: &SignerInfo,
    certificate: &Certificate,
    algorithm: &AlgorithmIdentifier,
    hash: HashAlgorithm,
    message: &Message<'_>,
) -> Result<Vec<Weakness>, Outcome> {
    let spki = certificate.spki();
    let result = match message {
        Message::Attributes(attributes) => {
            for named in &attributes.certificate_hashes {
                let Some(hash) = named.hash else {
                    let oid = named.algorithm.clone();
                    return Err(Outcome::Unchecked(
                        UncheckedReason::CertificateHashAlgorithm(oid),
                    ));
                };
                if digest(hash, certificate.der()) != named.value {
                    return Err(Outcome::Bad(BadReason::SigningCertificateMismatch {
                        certificate: certificate.sha256(),
                    }));
                }
            }
            let result = verify(spki, algorithm, &attributes.message, &signer.signature);
            if result == Err(SignatureError::Mismatch)
                && let Some(sorted) = attributes.sorted_message()
                && verify(spki, algorithm, &sorted, &signer.signature).is_ok()
            {
                return Err(Outcome::Unchecked(UncheckedReason::AttributesReordered));
            }
            result
        }
        Message::Bytes(bytes) => verify(spki, algorithm, bytes, &signer.signature),
        Message::Digest(digest) => verify_digest(spki, algorithm, hash, digest, &signer.signature),
    };
    result.map_err(|error| match error {
        SignatureError::Mismatch => Outcome::Bad(BadReason::SignatureMismatch),
        error => Outcome::Unchecked(UncheckedReason::Signature(error)),
    })
}
