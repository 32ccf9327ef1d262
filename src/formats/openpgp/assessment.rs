//! The three answers about one signature, together.

use jiff::Timestamp;

use super::certificate::OpenPgpCertificate;
use super::policy::{Objection, key_objections, signature_objections};
use super::signature::OpenPgpSignature;
use super::verification::{SignatureCheck, check};
use crate::domain::Fingerprint;

/// Mathematics, policy when it was made, and policy now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    pub check: SignatureCheck,
    /// The primary key of the key that made it, or should have; trust is about this one.
    pub primary: Option<Fingerprint>,
    /// Against it on the day that it claims to be from, by the standards of that day; empty when
    /// nothing is, or when no key is at hand.
    pub at_signing: Vec<Objection>,
    /// Against it at the instant of judgement, by the standards of then.
    pub now: Vec<Objection>,
}

/// Asks all three questions. `now` is the instant of judgement.
///
/// `certificates` should be merged ([`OpenPgpCertificate::merge`]): a copy alone may be refused where
/// all copies together are fine.
#[must_use]
pub fn assess(
    signature: &OpenPgpSignature,
    digest: Option<&[u8]>,
    certificates: &[OpenPgpCertificate],
    now: Timestamp,
) -> Assessment {
    let check = check(signature, digest, certificates);
    assess_checked(signature, check, certificates, now)
}

/// As [`assess`], for a signature whose mathematics is already known.
#[must_use]
pub fn assess_checked(
    signature: &OpenPgpSignature,
    check: SignatureCheck,
    certificates: &[OpenPgpCertificate],
    now: Timestamp,
) -> Assessment {
    let certificate = check.certificate.and_then(|index| certificates.get(index));
    // Without a creation time there is no day of signing; the judge's day must do.
    let signed = signature.created.unwrap_or(now);
    let at = |profile: Timestamp, at: Timestamp| {
        let mut found = signature_objections(signature, profile, at);
        if let (Some(certificate), Some(key)) = (certificate, &check.key) {
            found.extend(key_objections(
                certificate,
                &key.fingerprint,
                signature.created,
                profile,
                at,
            ));
        }
        found
    };
    Assessment {
        at_signing: at(signed, signed),
        now: at(now, now),
        primary: certificate.map(OpenPgpCertificate::fingerprint),
        check,
    }
}
