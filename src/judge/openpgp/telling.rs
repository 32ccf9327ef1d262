//! What is told of an OpenPGP signature beside its verdict: the key, the three answers, copies that are
//! old, keys that only look alike.

use jiff::Timestamp;

use super::{OpenPgpFacts, OpenPgpReport};
use crate::domain::{AnchorId, Finding, FindingKind, Fingerprint};
use crate::formats::openpgp::{Assessment, Objection, OpenPgpCertificate, key_objections};
use crate::judge::context::Context;
use crate::judge::facts::SignatureFacts;
use crate::judge::report::SignatureReport;

/// A copy that came along and is refused where all copies together are not: it should be renewed.
pub(super) fn newer_copies(
    openpgp: &OpenPgpFacts,
    primary: Fingerprint,
    facts: &SignatureFacts,
    at: Timestamp,
    report: &mut SignatureReport,
) {
    let Some(key) = &openpgp.check.key else {
        return;
    };
    let created = openpgp.signature.created;
    let against = |certificate: &OpenPgpCertificate, instant: Timestamp| {
        key_objections(certificate, &key.fingerprint, created, instant, instant).len()
    };
    let merged = openpgp
        .certificates
        .iter()
        .find(|one| one.fingerprint() == primary);
    let Some(merged) = merged else { return };
    let old = openpgp
        .offered
        .iter()
        .filter(|copy| copy.fingerprint() == primary)
        .any(|copy| {
            [Some(at), created]
                .into_iter()
                .flatten()
                .any(|instant| against(copy, instant) > against(merged, instant))
        });
    if old {
        report.findings.push(Finding::new(
            FindingKind::NewerKeyCopy {
                key: primary.to_string(),
            },
            facts.place.clone(),
        ));
    }
}

/// Known keys that share the short name which the signature uses.
pub(super) fn look_alikes(
    openpgp: &OpenPgpFacts,
    primary: Fingerprint,
    facts: &SignatureFacts,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    for other in context
        .view
        .openpgp_certificates(&openpgp.signature.issuers)
    {
        if other.fingerprint() != primary {
            report.findings.push(Finding::new(
                FindingKind::LookAlikeKey {
                    number: facts.signer_named.clone(),
                    known: AnchorId::OpenPgp(other.fingerprint()).to_string(),
                },
                facts.place.clone(),
            ));
        }
    }
}

/// The key and the three answers.
pub(super) fn told(
    openpgp: &OpenPgpFacts,
    assessment: &Assessment,
    primary: Option<Fingerprint>,
    known: bool,
    at: Timestamp,
) -> OpenPgpReport {
    let key = openpgp.check.key.as_ref();
    let certificate = openpgp
        .check
        .certificate
        .and_then(|index| openpgp.certificates.get(index));
    let words = |objections: &[Objection]| {
        objections
            .iter()
            .map(|objection| (objection.code(), objection.to_string()))
            .collect()
    };
    OpenPgpReport {
        issuer: openpgp.signature.issuer_text(),
        key: key.map(|key| key.fingerprint),
        primary,
        algorithm: match key.and_then(|key| Some((key.algorithm, key.bits?))) {
            Some((algorithm, bits)) => format!("{algorithm} of {bits} bits"),
            None => openpgp.signature.key_algorithm.to_string(),
        },
        hash: openpgp.signature.hash.to_string(),
        user_ids: certificate.map_or_else(Vec::new, OpenPgpCertificate::user_ids),
        created: openpgp.signature.created,
        key_expires: certificate.zip(key).and_then(|(certificate, key)| {
            let states = certificate.states(at);
            let state = states
                .into_iter()
                .find(|state| state.key == key.fingerprint)?;
            state.expires
        }),
        known,
        at_signing: words(&assessment.at_signing),
        now: words(&assessment.now),
    }
}
