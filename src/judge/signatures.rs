//! From a stored signature object to checked signatures: the mathematics, by the rules of the day.

use super::facts::{KeyFacts, ObjectKind, SignatureFacts, SignatureObject, TimestampFacts};
use super::openpgp;
use super::raw_key;
use super::trust::View;
use crate::domain::{AnchorId, Crypto, HashAlgorithm, hex};
use crate::formats::authenticode::{self, AuthenticodeSignature};
use crate::formats::cms::{self, BadReason, Covered, Outcome, SignedData, SignerInfo, Trailing};
use crate::formats::digest::sha256;
use crate::formats::timestamp::{self, TimestampError, TimestampKind};
use crate::formats::x509::Certificate;

/// Every signature of one object, in encoded order; one that cannot be read counts as bad. The view
/// is asked for bare keys alone: a certificate comes with its signature, or from beside it.
#[must_use]
pub fn signatures_of(object: &SignatureObject, view: &dyn View) -> Vec<SignatureFacts> {
    match object.kind {
        ObjectKind::Authenticode => authenticode_signatures(object),
        ObjectKind::CmsDetached => cms_signatures(object),
        ObjectKind::Raw => vec![raw_signature(object)],
        ObjectKind::Minisign | ObjectKind::Signify => vec![raw_key::numbered(object, view)],
        ObjectKind::Sshsig => vec![raw_key::ssh(object)],
        ObjectKind::OpenPgp | ObjectKind::OpenPgpCleartext | ObjectKind::OpenPgpRpm => {
            vec![openpgp::signature_of(object, view)]
        }
    }
}

fn authenticode_signatures(object: &SignatureObject) -> Vec<SignatureFacts> {
    let digest = |_: &authenticode::Subject, algorithm| computed(object, algorithm);
    authenticode::signatures(&object.bytes, &digest)
        .into_iter()
        .map(|placed| {
            let kind = if placed.place.is_primary() {
                "authenticode"
            } else {
                "authenticode-nested"
            };
            let place = format!("{}, {}", object.place, placed.place);
            match placed.result {
                Ok(signature) => authenticode_signature(object, kind, place, &signature),
                Err(error) => unreadable(object, kind, place, error.to_string()),
            }
        })
        .collect()
}

fn authenticode_signature(
    object: &SignatureObject,
    kind: &'static str,
    place: String,
    signature: &AuthenticodeSignature,
) -> SignatureFacts {
    let outcome = signature.outcome();
    let signer = signature.signer();
    SignatureFacts {
        kind,
        place,
        covers: object.covers.clone(),
        crypto: outcome.crypto(),
        detail: detail(&outcome),
        signer: signature.check.certificate.clone(),
        key: None,
        openpgp: None,
        signer_named: signer
            .map(|signer| signer.id.to_string())
            .unwrap_or_default(),
        certificates: signature.object.certificates.clone(),
        certificates_offered: signature.object.certificates.len()
            + signature.object.certificates_left_out,
        weaknesses: signature.check.weaknesses.clone(),
        signed_attributes: signature.check.has_signed_attributes,
        claimed_time: signer.and_then(claimed_time),
        timestamps: timestamp_facts(&signature.timestamps),
        purpose_required: true,
        form: None,
        program: signature.description.program.clone(),
    }
}

fn cms_signatures(object: &SignatureObject) -> Vec<SignatureFacts> {
    let kind = object.kind.word();
    let signed = match SignedData::from_der(&object.bytes, Trailing::Nothing) {
        Ok(signed) => signed,
        Err(error) => {
            return vec![unreadable(
                object,
                kind,
                object.place.clone(),
                error.to_string(),
            )];
        }
    };
    let mut certificates = signed.certificates.clone();
    certificates.extend(beside(object));
    let several = signed.signers.len() > 1;
    signed
        .signers
        .iter()
        .enumerate()
        .map(|(index, signer)| {
            let place = if several {
                format!("{}, signer {}", object.place, index + 1)
            } else {
                object.place.clone()
            };
            let digest = |algorithm| computed(object, algorithm);
            let covered = Covered::Digests {
                are_attributes: object.content_is_attributes,
                digest: &digest,
            };
            let check = cms::check(signer, &certificates, covered);
            SignatureFacts {
                kind,
                place,
                covers: object.covers.clone(),
                crypto: check.outcome.crypto(),
                detail: detail(&check.outcome),
                signer: check.certificate,
                key: None,
                openpgp: None,
                signer_named: signer.id.to_string(),
                certificates: certificates.clone(),
                certificates_offered: certificates.len() + signed.certificates_left_out,
                weaknesses: check.weaknesses,
                signed_attributes: check.has_signed_attributes,
                claimed_time: claimed_time(signer),
                timestamps: timestamp_facts(&timestamp::timestamps(signer, &signed)),
                purpose_required: false,
                form: None,
                program: None,
            }
        })
        .collect()
}

fn raw_signature(object: &SignatureObject) -> SignatureFacts {
    let certificates: Vec<Certificate> = beside(object).collect();
    let mut facts = blank(object);
    facts.certificates_offered = object.certificates.len();
    // Whoever comes first made the signature: never another certificate that lay beside it too.
    let first = object.certificates.first();
    facts.signer = first.and_then(|der| Certificate::from_der(der).ok());
    if let (None, Some(spki)) = (&facts.signer, first) {
        let id = AnchorId::Raw(sha256(spki));
        facts.key = Some(KeyFacts {
            named: id.to_string(),
            id: Some(id),
            ..KeyFacts::default()
        });
    }
    facts.certificates = certificates;
    match &object.raw {
        Some(raw) => {
            facts.crypto = raw.crypto;
            facts.weaknesses.clone_from(&raw.weaknesses);
            if raw.crypto == Crypto::Good {
                facts.form = Some(raw.form.clone());
            } else {
                facts.detail.clone_from(&raw.form);
            }
        }
        None => facts.crypto = Crypto::Unchecked,
    }
    facts
}

/// The facts of an object that nothing is known about yet.
pub(super) fn blank(object: &SignatureObject) -> SignatureFacts {
    unreadable(
        object,
        object.kind.word(),
        object.place.clone(),
        String::new(),
    )
}

fn unreadable(
    object: &SignatureObject,
    kind: &'static str,
    place: String,
    detail: String,
) -> SignatureFacts {
    SignatureFacts {
        kind,
        place,
        covers: object.covers.clone(),
        crypto: Crypto::Bad,
        detail,
        signer: None,
        key: None,
        openpgp: None,
        signer_named: String::new(),
        certificates: vec![],
        certificates_offered: 0,
        weaknesses: vec![],
        signed_attributes: false,
        claimed_time: None,
        timestamps: vec![],
        purpose_required: false,
        form: None,
        program: None,
    }
}

fn computed(object: &SignatureObject, algorithm: HashAlgorithm) -> Option<Vec<u8>> {
    let found = object
        .digests
        .iter()
        .find(|(known, _)| *known == algorithm)?;
    Some(found.1.clone())
}

/// Certificates that lay beside the object; what cannot be read is no certificate.
fn beside(object: &SignatureObject) -> impl Iterator<Item = Certificate> {
    object
        .certificates
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
}

fn claimed_time(signer: &SignerInfo) -> Option<jiff::Timestamp> {
    signer.signed_attributes.as_ref()?.signing_time
}

fn timestamp_facts(
    found: &[Result<timestamp::TimestampFacts, TimestampError>],
) -> Vec<TimestampFacts> {
    found
        .iter()
        .map(|result| match result {
            Ok(facts) => TimestampFacts {
                kind: match facts.kind {
                    TimestampKind::Token => "rfc3161",
                    TimestampKind::Countersignature => "countersignature",
                },
                crypto: facts.outcome.crypto(),
                detail: detail(&facts.outcome),
                time: Some(facts.time),
                authority: facts.signer.certificate.clone(),
                certificates: facts.pool.clone(),
                weaknesses: facts.weaknesses.clone(),
            },
            Err(error) => TimestampFacts {
                kind: "unreadable",
                crypto: Crypto::Bad,
                detail: error.to_string(),
                time: None,
                authority: None,
                certificates: vec![],
                weaknesses: vec![],
            },
        })
        .collect()
}

/// The reason in facts, digests included where they are what differs.
fn detail(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Good => String::new(),
        Outcome::Bad(
            reason @ (BadReason::MessageDigestMismatch {
                algorithm,
                expected,
                found,
            }
            | BadReason::ImprintMismatch {
                algorithm,
                expected,
                found,
            }),
        ) => format!(
            "{reason} ({algorithm}: signed {}, found {})",
            hex(expected),
            hex(found)
        ),
        Outcome::Bad(reason) => reason.to_string(),
        Outcome::Unchecked(reason) => reason.to_string(),
    }
}
