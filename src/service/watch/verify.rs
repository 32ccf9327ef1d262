//! `mail verify`: whether a mail's alert was signed by this instance, for this mail.

use crate::domain::HashAlgorithm;
use crate::formats::digest::digest;
use crate::formats::minisign::MinisignSignature;
use crate::formats::public_key::PublicKey;
use crate::formats::raw_signature::Message;
use crate::mail::{attachment, message_id};

/// Why an alert is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    #[error("the mail has no alert.json with its signature")]
    NoAlert,
    #[error("the signature is none that minisign would read")]
    Signature,
    #[error("the alert was signed by none of the keys at hand, or was changed since")]
    NotOurs,
    #[error("the alert belongs to another mail: it was taken over into this one")]
    OtherMail,
}

/// Holds the alert against the keys, and gives its JSON.
///
/// # Errors
/// [`VerifyError`].
pub fn verify(mail: &[u8], keys: &[PublicKey]) -> Result<String, VerifyError> {
    let part = |name| attachment(mail, name).ok_or(VerifyError::NoAlert);
    let (json, signature) = (part("alert.json")?, part("alert.json.minisig")?);
    let signature = MinisignSignature::parse(&signature).map_err(|_| VerifyError::Signature)?;
    let digests = [(
        HashAlgorithm::Blake2b512,
        digest(HashAlgorithm::Blake2b512, &json),
    )];
    let message = Message {
        whole: Some(&json),
        digests: &digests,
    };
    if !keys
        .iter()
        .any(|key| signature.check(&key.spki, &message).is_ok())
    {
        return Err(VerifyError::NotOurs);
    }
    let json = String::from_utf8(json).map_err(|_| VerifyError::NoAlert)?;
    let document: serde_json::Value = serde_json::from_str(&json).unwrap_or_default();
    let stated = document
        .get("message_id")
        .and_then(serde_json::Value::as_str);
    if stated.is_none() || stated != message_id(mail).as_deref() {
        return Err(VerifyError::OtherMail);
    }
    Ok(json)
}
