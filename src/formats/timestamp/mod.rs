//! Timestamps of signatures: RFC 3161 tokens and the older countersignatures of Authenticode.
//!
//! [`timestamps`] finds every timestamp of a signer and checks each over the signature value that it
//! came with. Whether the timestamp authority (TSA) may be believed is for others to judge: its
//! certificate and the pool for its path are among the facts.

mod token;
mod tst_info;

use jiff::Timestamp;

use crate::domain::{HashAlgorithm, Oid};
use crate::formats::algorithm::Weakness;
use crate::formats::cms::{
    CmsError, Covered, Outcome, SignedData, SignerCheck, SignerInfo, UncheckedReason, check,
};
use crate::formats::der::DerError;
use crate::formats::limits;
use crate::formats::x509::Certificate;

pub use token::check_token;
pub use tst_info::{Accuracy, TstInfo};

/// id-aa-timeStampToken (RFC 3161 appendix A).
const TOKEN: &str = "1.2.840.113549.1.9.16.2.14";
/// The same token under Microsoft's identifier, in Authenticode.
const MICROSOFT_TOKEN: &str = "1.3.6.1.4.1.311.3.3.1";
/// RFC 5652 11.4; with a signing time it is a timestamp to Authenticode.
const COUNTERSIGNATURE: &str = "1.2.840.113549.1.9.6";

/// Which form a timestamp has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TimestampKind {
    /// RFC 3161.
    Token,
    /// A SignerInfo over the signature value, with a signing time.
    Countersignature,
}

/// A timestamp and what checking it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimestampFacts {
    pub kind: TimestampKind,
    /// When the TSA says that it saw the signature.
    pub time: Timestamp,
    /// Good only when the TSA's signature holds and it covers this signature value.
    pub outcome: Outcome,
    /// Whether the timestamp covers this signature value, whatever its own signature is worth.
    pub imprint_ok: bool,
    /// The hash over the signature value, when it is known.
    pub imprint_algorithm: Option<HashAlgorithm>,
    /// Of the TSA's signature and of the imprint; sorted, each once.
    pub weaknesses: Vec<Weakness>,
    /// The check of the TSA's signature; its certificate is the TSA's.
    pub signer: SignerCheck,
    /// Every certificate that came along, for the TSA's path.
    pub pool: Vec<Certificate>,
    /// What only a token has.
    pub token: Option<TokenDetails>,
}

/// What an RFC 3161 token says beside the time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenDetails {
    pub policy: Oid,
    /// The content octets of the INTEGER.
    pub serial: Vec<u8>,
    pub accuracy: Option<Accuracy>,
    /// The whole token, for the store.
    pub der: Vec<u8>,
}

/// Why something offered as a timestamp is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    #[error(transparent)]
    Cms(#[from] CmsError),
    #[error("the content has type {0}, not TSTInfo")]
    ContentType(Oid),
    #[error("the token carries no TSTInfo")]
    ContentMissing,
    #[error("the TSTInfo is not well formed: {0}")]
    TstInfo(DerError),
    #[error("TSTInfo of version {0}, not 1")]
    Version(u32),
    #[error("unknown critical extension {0} in the TSTInfo")]
    CriticalExtension(Oid),
    /// RFC 3161 2.4.2: only the TSA's signature.
    #[error("a token with {0} signers, not one")]
    Signers(usize),
    #[error("a countersignature without signing time")]
    SigningTimeMissing,
    #[error("more than {limit} timestamps")]
    TooMany { limit: usize },
}

/// Every timestamp of a signer, in encoded order: tokens of both identifiers, then
/// countersignatures, whose certificates come along in the object that they sit in.
#[must_use]
pub fn timestamps(
    signer: &SignerInfo,
    object: &SignedData,
) -> Vec<Result<TimestampFacts, TimestampError>> {
    let mut found = vec![];
    for attribute in &signer.unsigned_attributes {
        for value in &attribute.values {
            let result = if attribute.oid == TOKEN || attribute.oid == MICROSOFT_TOKEN {
                check_token(value, &signer.signature)
            } else if attribute.oid == COUNTERSIGNATURE {
                countersignature(value, &signer.signature, &object.certificates)
            } else {
                continue;
            };
            if found.len() == limits::TIMESTAMPS {
                found.push(Err(TimestampError::TooMany {
                    limit: limits::TIMESTAMPS,
                }));
                return found;
            }
            found.push(result);
        }
    }
    found
}

fn countersignature(
    der: &[u8],
    signature: &[u8],
    certificates: &[Certificate],
) -> Result<TimestampFacts, TimestampError> {
    let countersigner = SignerInfo::countersignature(der)?;
    let time = countersigner
        .signed_attributes
        .as_ref()
        .and_then(|attributes| attributes.signing_time)
        .ok_or(TimestampError::SigningTimeMissing)?;
    let signer = check(&countersigner, certificates, Covered::Bytes(signature));
    let imprint_ok = match (signer.digest_algorithm, &signer.message_digest) {
        (Some(hash), Some(stated)) => crate::formats::digest::digest(hash, signature) == *stated,
        _ => false,
    };
    Ok(TimestampFacts {
        kind: TimestampKind::Countersignature,
        time,
        outcome: signer.outcome.clone(),
        imprint_ok,
        imprint_algorithm: signer.digest_algorithm,
        weaknesses: signer.weaknesses.clone(),
        signer,
        pool: certificates.to_vec(),
        token: None,
    })
}

/// The outcome of a token: its own signature first, then what it covers.
fn outcome(signer: &SignerCheck, imprint: Result<(), Outcome>) -> Outcome {
    match (&signer.outcome, imprint) {
        (Outcome::Good, Ok(())) => Outcome::Good,
        (Outcome::Good | Outcome::Unchecked(_), Err(imprint @ Outcome::Bad(_))) => imprint,
        (Outcome::Good, Err(imprint)) => imprint,
        (outcome, _) => outcome.clone(),
    }
}

/// An imprint whose hash nothing here computes.
fn unknown(algorithm: &Oid) -> Outcome {
    Outcome::Unchecked(UncheckedReason::DigestAlgorithm(algorithm.clone()))
}
