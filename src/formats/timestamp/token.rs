//! An RFC 3161 token: SignedData over a TSTInfo.

use super::{
    TimestampError, TimestampFacts, TimestampKind, TokenDetails, TstInfo, outcome, unknown,
};
use crate::formats::algorithm::{Weakness, hash_algorithm};
use crate::formats::cms::{BadReason, Covered, Outcome, SignedData, Trailing, check};
use crate::formats::digest::digest;

/// id-ct-TSTInfo.
const TST_INFO: &str = "1.2.840.113549.1.9.16.1.4";

/// Reads a token and checks it over the bytes that it must cover, such as a signature value.
///
/// # Errors
/// When the bytes are no token.
pub fn check_token(token: &[u8], imprint_of: &[u8]) -> Result<TimestampFacts, TimestampError> {
    let object = SignedData::from_der(token, Trailing::Nothing)?;
    if object.content_type != TST_INFO {
        return Err(TimestampError::ContentType(object.content_type));
    }
    let content = object.content.ok_or(TimestampError::ContentMissing)?;
    let info = TstInfo::from_der(&content.octets)?;
    let [signer] = object.signers.as_slice() else {
        return Err(TimestampError::Signers(object.signers.len()));
    };
    let signer = check(
        signer,
        &object.certificates,
        Covered::Bytes(&content.octets),
    );
    let hash = hash_algorithm(&info.imprint_algorithm);
    let imprint = match hash {
        None => Err(unknown(&info.imprint_algorithm)),
        Some(algorithm) => {
            let found = digest(algorithm, imprint_of);
            if found == info.imprint {
                Ok(())
            } else {
                Err(Outcome::Bad(BadReason::ImprintMismatch {
                    algorithm,
                    expected: info.imprint,
                    found,
                }))
            }
        }
    };
    let mut weaknesses = signer.weaknesses.clone();
    if let Some(hash) = hash.filter(|hash| hash.is_weak()) {
        weaknesses.push(Weakness::Digest(hash));
        weaknesses.sort_unstable();
        weaknesses.dedup();
    }
    Ok(TimestampFacts {
        kind: TimestampKind::Token,
        time: info.time,
        imprint_ok: imprint.is_ok(),
        outcome: outcome(&signer, imprint),
        imprint_algorithm: hash,
        weaknesses,
        signer,
        pool: object.certificates,
        token: Some(TokenDetails {
            policy: info.policy,
            serial: info.serial,
            accuracy: info.accuracy,
            der: token.to_vec(),
        }),
    })
}
