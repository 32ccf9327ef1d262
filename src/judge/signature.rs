//! The verdict on one signature.

use std::sync::Arc;

use jiff::Timestamp;

use super::context::{AnchorsFor, Context};
use super::continuity_proof::{Search, tell_proofs};
use super::facts::SignatureFacts;
use super::link::{InDoubt, KeyIdentity, explain_by_posts};
use super::openpgp::judge_openpgp;
use super::path::{Breach, Budget, Defect, Failure, KeyPurpose, Path, Question, Walk};
use super::raw_key::judge_key;
use super::report::{
    Explained, ExplainedLevel, MissingIssuer, NearPath, RevocationWord, SignatureReport,
};
use super::standing::Standing;
use super::time::{TimeFound, signing_time};
use super::weighed::{Scales, Weighed, best};
use crate::domain::{
    AnchorId, Crypto, Finding, FindingKind, Purpose, SigningTime, TimeGround, Verdict, hex,
};
use crate::formats::algorithm::Weakness;
use crate::formats::trust_folder::Rotated;
use crate::formats::x509::Certificate;

/// How many near paths a report tells.
const NEAR_PATHS: usize = 4;

pub(super) fn judge_signature(facts: &SignatureFacts, context: &Context<'_>) -> SignatureReport {
    let mut report = SignatureReport {
        kind: facts.kind,
        place: facts.place.clone(),
        covers: facts.covers.clone(),
        crypto: facts.crypto,
        verdict: Verdict::Unanchored,
        signer: facts.signer.clone(),
        key: None,
        openpgp: None,
        shipped: shipped(facts),
        path: vec![],
        linked: vec![],
        anchor: None,
        time: SigningTime {
            ground: TimeGround::None,
            at: None,
        },
        timestamp: None,
        revocation: RevocationWord::Unchecked,
        missing_issuer: None,
        near_paths: vec![],
        findings: vec![],
        vendor: None,
        explained: Explained::none(),
        program: facts.program.clone(),
    };
    let found = |kind| Finding::new(kind, facts.place.clone());
    if let Some(openpgp) = &facts.openpgp {
        judge_openpgp(facts, openpgp, context, &mut report);
        return report;
    }
    if let Some(key) = &facts.key {
        judge_key(facts, key, context, &mut report);
        return report;
    }
    match (facts.crypto, &facts.signer) {
        (Crypto::Bad, _) => {
            report.verdict = Verdict::Invalid;
            report.findings.push(found(FindingKind::SignatureBad {
                detail: facts.detail.clone(),
            }));
        }
        (_, None) => report.findings.push(found(FindingKind::KeyNotAtHand {
            signer: if facts.signer_named.is_empty() {
                facts.detail.clone()
            } else {
                facts.signer_named.clone()
            },
        })),
        (Crypto::Unchecked, Some(_)) => {
            report.findings.push(found(FindingKind::SignatureUnchecked {
                detail: facts.detail.clone(),
            }));
        }
        (Crypto::Good, Some(signer)) => judge_good(facts, signer, context, &mut report),
    }
    report
}

fn shipped(facts: &SignatureFacts) -> Vec<Certificate> {
    let mut shipped: Vec<Certificate> = vec![];
    let timestamps = facts
        .timestamps
        .iter()
        .flat_map(|stamp| &stamp.certificates);
    for certificate in facts.certificates.iter().chain(timestamps) {
        if !shipped.contains(certificate) {
            shipped.push(certificate.clone());
        }
    }
    shipped
}

fn judge_good(
    facts: &SignatureFacts,
    signer: &Certificate,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    let found = |kind| Finding::new(kind, facts.place.clone());
    let time = signing_time(facts, context);
    report.time = time.time;
    report.timestamp = time.timestamp.clone();
    report.findings.extend(time.findings.iter().cloned());
    if !facts.signed_attributes && facts.kind != "raw" {
        report.findings.push(found(FindingKind::NoSignedAttributes));
    }
    if let Some(form) = &facts.form {
        report
            .findings
            .push(found(FindingKind::RawSignatureForm { form: form.clone() }));
    }
    report.findings.extend(
        facts
            .weaknesses
            .iter()
            .map(|weakness| found(graded(*weakness))),
    );
    let at = time.time.established().unwrap_or(context.at);
    let purpose = if facts.purpose_required {
        KeyPurpose::CodeSigningRequired
    } else {
        KeyPurpose::CodeSigningIfPresent
    };
    let walked = walked(facts, signer, at, &purpose, context);
    if walked.offered_dropped > 0 || facts.certificates_offered > facts.certificates.len() {
        let offered = facts.certificates_offered.max(facts.certificates.len());
        report
            .findings
            .push(found(FindingKind::CertificatesIgnored {
                offered: u32::try_from(offered).unwrap_or(u32::MAX),
                considered: u32::try_from(
                    facts.certificates.len() - walked.offered_dropped.min(facts.certificates.len()),
                )
                .unwrap_or(u32::MAX),
            }));
    }
    let scales = Scales {
        context,
        time: time.time,
        at,
        purpose: &purpose,
        offered: &facts.certificates,
        place: &facts.place,
    };
    match best(&walked.paths, &scales) {
        Some(Weighed {
            path,
            standing,
            revocation,
            unchecked,
        }) => {
            report.revocation = revocation;
            conclude(path, standing, facts, report);
            report.findings.extend(unchecked);
            if report.verdict == Verdict::Unanchored {
                report.anchor = None;
                explain_by_rotations(&path.certificates, facts, context, report);
            }
            tell_continuity(&path.certificates, facts, context, report);
        }
        None => explain_failure(facts, signer, &walked, &time, context, report),
    }
}

fn walked(
    facts: &SignatureFacts,
    signer: &Certificate,
    at: Timestamp,
    purpose: &KeyPurpose,
    context: &Context<'_>,
) -> Arc<Walk> {
    let question = Question {
        leaf: signer,
        offered: &facts.certificates,
        anchors: &AnchorsFor {
            view: context.view,
            purpose: Purpose::CodeSigning,
        },
        at,
        purpose,
        profile: context.profile,
        policies: None,
        intermediates: None,
        budget: Budget::default(),
        cache: context.cache,
    };
    context.walk(Purpose::CodeSigning, &question)
}

fn conclude(path: &Path, meaning: Standing, facts: &SignatureFacts, report: &mut SignatureReport) {
    report.verdict = meaning.verdict;
    report.vendor = meaning.vendor;
    report.anchor = Some(meaning.anchor);
    report.path.clone_from(&path.certificates);
    report.findings.extend(meaning.findings);
    for (certificate, weakness) in &path.weaknesses {
        let subject = path
            .certificates
            .iter()
            .find(|member| member.sha256() == *certificate)
            .map_or_else(
                || facts.place.clone(),
                |member| member.subject().to_string(),
            );
        report
            .findings
            .push(Finding::new(graded(*weakness), subject));
    }
    for deviation in &path.deviations {
        let kind = FindingKind::CertificateDeviates {
            certificate: deviation.subject.to_string(),
            rule: deviation.defect.to_string(),
            check: deviation.defect.code().to_owned(),
        };
        report
            .findings
            .push(Finding::new(kind, facts.place.clone()));
    }
}

/// No path stood: says what would have made one, and decides between `invalid` and `unanchored`.
fn explain_failure(
    facts: &SignatureFacts,
    signer: &Certificate,
    walked: &Walk,
    time: &TimeFound,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    let found = |kind| Finding::new(kind, facts.place.clone());
    report.near_paths = walked.near.iter().take(NEAR_PATHS).map(told).collect();
    if let Some(gap) = &walked.gap {
        let look_alike = gap.same_name.first();
        let subject = gap.subject.to_string();
        let key_identifier = gap.key_identifier.as_deref().map(hex);
        report.missing_issuer = Some(MissingIssuer {
            subject: subject.clone(),
            key_identifier: key_identifier.clone(),
            known_name_with_other_key: look_alike.map(|other| other.spki_sha256),
        });
        report.findings.push(found(FindingKind::UnknownIssuer {
            subject: subject.clone(),
            key_identifier,
        }));
        if let Some(other) = look_alike {
            report.findings.push(found(FindingKind::LookAlikeIssuer {
                subject,
                known: other.spki_sha256.to_string(),
                wanted: gap.key_identifier.as_deref().map(hex),
            }));
        }
    }
    if walked.spent.exhausted {
        report.verdict = Verdict::Unjudged;
        report.findings.push(found(FindingKind::BudgetExhausted {
            checks: walked.spent.signature_checks,
        }));
        return;
    }
    // What is wrong with the signer's own certificate decides whatever root it has.
    let own = walked
        .failures
        .iter()
        .filter(|failure| failure.certificate == signer.sha256() && failure.issuer.is_none());
    let reached = walked.near.iter().find(|near| near.anchor.is_some());
    let lacks = reached
        .map(|near| near.lacks.as_slice())
        .unwrap_or_default();
    let mut reasons: Vec<&Failure> = own.chain(lacks).filter(|f| decides(&f.defect)).collect();
    // A good timestamp under an unknown authority: the missing piece is the authority.
    if time.unanchored.is_some() {
        reasons.retain(|failure| !failure.defect.is_validity());
    }
    reasons.dedup();
    for reason in &reasons {
        let finding = found(reason_of(reason));
        if !report.findings.contains(&finding) {
            report.findings.push(finding);
        }
    }
    let unprocessed = |failure: &&Failure| {
        matches!(
            failure.defect,
            Defect::SignatureUnchecked(_)
                | Defect::NameConstraint {
                    breach: Breach::Unprocessed,
                    ..
                }
        )
    };
    report.verdict = if reasons.is_empty() {
        Verdict::Unanchored
    } else if reasons.iter().all(unprocessed) {
        Verdict::Unjudged
    } else {
        Verdict::Invalid
    };
    if report.verdict == Verdict::Unanchored {
        // Only keys whose signatures link up to this signer: a spare certificate explains nothing.
        let linked = walked.near.iter().flat_map(|near| &near.certificates);
        let linked: Vec<Certificate> = std::iter::once(signer).chain(linked).cloned().collect();
        explain_by_rotations(&linked, facts, context, report);
        tell_continuity(&linked, facts, context, report);
    }
}

/// Whether an anchor vouches for one of these keys, by certificates that came along.
fn tell_continuity(
    linked: &[Certificate],
    facts: &SignatureFacts,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    let search = Search {
        certificates: &facts.certificates,
        openpgp: &[],
        ..context.continuity()
    };
    tell_proofs(&search, &keys_of(linked), report);
}

/// A recorded rotation of the right vendor that names a key of this chain explains it.
fn explain_by_rotations(
    linked: &[Certificate],
    facts: &SignatureFacts,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    explain_by_keys(&keys_of(linked), facts, context, report);
    report.linked = linked.to_vec();
    if let Some((signer, issuers)) = linked.split_first() {
        let doubt = InDoubt {
            signer: KeyIdentity::of_certificate(signer),
            issuers: issuers
                .iter()
                .filter(|issuer| *issuer != signer)
                .map(KeyIdentity::of_certificate)
                .collect(),
            at_most: ExplainedLevel::Explained,
        };
        explain_by_posts(&doubt, &facts.place, context, report);
    }
}

fn keys_of(certificates: &[Certificate]) -> Vec<AnchorId> {
    let mut keys: Vec<AnchorId> = certificates
        .iter()
        .map(|certificate| AnchorId::X509(certificate.spki_sha256()))
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// A recorded rotation of the right vendor that names one of these keys explains it.
pub(super) fn explain_by_keys(
    keys: &[AnchorId],
    facts: &SignatureFacts,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    for named in keys.iter().flat_map(|key| {
        let named = context.view.rotations_of_key(key);
        // A rotation away from a key explains nothing that is signed by it.
        named
            .into_iter()
            .filter(|named| named.rotation.new.contains(&Rotated::Key(key.clone())))
    }) {
        let id = named.rotation.id.clone();
        if context.vendor.is_some_and(|stated| stated != named.vendor)
            || report.explained.by.contains(&id)
        {
            continue;
        }
        report.verdict = Verdict::Explained;
        report.explained.level = ExplainedLevel::Explained;
        report.vendor.get_or_insert_with(|| named.vendor.clone());
        report.findings.push(Finding::new(
            FindingKind::RotationRecorded {
                rotation: id.clone(),
                vendor: named.vendor,
            },
            facts.place.clone(),
        ));
        report.explained.by.push(id);
    }
}

/// Whether a failure says "wrong" rather than "unknown".
fn decides(defect: &Defect) -> bool {
    !matches!(
        defect,
        Defect::IssuerMissing { .. } | Defect::SignatureMismatch | Defect::IssuerName { .. }
    )
}

fn reason_of(failure: &Failure) -> FindingKind {
    let subject = failure.subject.to_string();
    match &failure.defect {
        Defect::Expired { at, not_after } => FindingKind::Expired {
            subject,
            not_after: *not_after,
            at: *at,
        },
        Defect::NotYetValid { at, not_before } => FindingKind::NotYetValid {
            subject,
            not_before: *not_before,
            at: *at,
        },
        Defect::Purpose { .. } => FindingKind::SignerPurpose {
            subject,
            purpose: "code signing".to_owned(),
        },
        other => FindingKind::PathBroken {
            certificate: subject,
            rule: other.to_string(),
            check: other.code().to_owned(),
        },
    }
}

fn told(near: &super::path::NearPath) -> NearPath {
    NearPath {
        subjects: near
            .certificates
            .iter()
            .map(|certificate| certificate.subject().to_string())
            .collect(),
        lacks: near
            .lacks
            .iter()
            .map(|failure| format!("{}: {}", failure.subject, failure.defect))
            .collect::<Vec<_>>()
            .join("; "),
    }
}

fn graded(weakness: Weakness) -> FindingKind {
    match weakness {
        Weakness::Digest(algorithm) => FindingKind::WeakDigest { algorithm },
        Weakness::KeyBits(bits) => FindingKind::WeakKey { bits },
    }
}
