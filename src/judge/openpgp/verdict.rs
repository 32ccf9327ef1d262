//! The verdict on one OpenPGP signature.

use jiff::Timestamp;

use super::OpenPgpFacts;
use super::telling::{look_alikes, newer_copies, told};
use crate::domain::{AnchorId, Crypto, Finding, FindingKind, Fingerprint, Verdict};
use crate::formats::openpgp::{
    Assessment, Issuer, Mathematics, Objection, OpenPgpCertificate, Revocation, UncheckedReason,
    assess_checked,
};
use crate::formats::trust_folder::{PolicyException, Rotated};
use crate::judge::context::Context;
use crate::judge::continuity_proof::{Search, tell_proofs};
use crate::judge::facts::SignatureFacts;
use crate::judge::link::{InDoubt, KeyIdentity, explain_by_posts};
use crate::judge::report::{ExplainedLevel, SignatureReport};
use crate::judge::signature::explain_by_keys;
use crate::judge::standing::key_standing;
use crate::judge::time::signing_time;
use crate::judge::trust::Anchor;

/// Judges one signature whose mathematics is known.
pub(in crate::judge) fn judge_openpgp(
    facts: &SignatureFacts,
    openpgp: &OpenPgpFacts,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    let found = |kind| Finding::new(kind, facts.place.clone());
    let assessment = assess_checked(
        &openpgp.signature,
        openpgp.check.clone(),
        &openpgp.certificates,
        context.at,
    );
    let primary = assessment
        .primary
        .or_else(|| named_primary(openpgp, context));
    let anchor = primary.and_then(|primary| context.view.anchor(&AnchorId::OpenPgp(primary)));
    report.openpgp = Some(told(
        openpgp,
        &assessment,
        primary,
        anchor.is_some(),
        context.at,
    ));
    match facts.crypto {
        Crypto::Bad => {
            report.verdict = Verdict::Invalid;
            report.findings.push(found(FindingKind::SignatureBad {
                detail: facts.detail.clone(),
            }));
        }
        Crypto::Unchecked => unchecked(facts, openpgp, primary.zip(anchor), context, report),
        Crypto::Good => {
            if let Some(primary) = assessment.primary {
                let exceptions = anchor.map_or_else(Vec::new, |known| known.policy_exceptions);
                good(
                    facts,
                    openpgp,
                    &assessment,
                    primary,
                    &exceptions,
                    context,
                    report,
                );
            }
        }
    }
}

/// The recorded key that an unheld signature names by its whole fingerprint.
fn named_primary(openpgp: &OpenPgpFacts, context: &Context<'_>) -> Option<Fingerprint> {
    openpgp
        .signature
        .issuers
        .iter()
        .find_map(|issuer| match issuer {
            Issuer::Fingerprint(named) => context
                .view
                .anchor(&AnchorId::OpenPgp(*named))
                .map(|_| *named),
            Issuer::KeyId(_) => None,
        })
}

/// Nothing is known about the mathematics: the signature proves nothing, whoever it names.
fn unchecked(
    facts: &SignatureFacts,
    openpgp: &OpenPgpFacts,
    known: Option<(Fingerprint, Anchor)>,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    let found = |kind| Finding::new(kind, facts.place.clone());
    let key_missing = matches!(
        openpgp.check.mathematics,
        Mathematics::Unchecked(UncheckedReason::KeyNotAtHand(_))
    );
    if !key_missing {
        report.findings.push(found(FindingKind::SignatureUnchecked {
            detail: facts.detail.clone(),
        }));
        return;
    }
    report.findings.push(found(FindingKind::KeyNotAtHand {
        signer: match facts.signer_named.as_str() {
            "" => "an OpenPGP key that the signature does not name".to_owned(),
            named => format!("OpenPGP key {named}"),
        },
    }));
    if let Some((primary, anchor)) = known {
        report
            .findings
            .push(found(FindingKind::KeyKnownByFingerprint {
                key: primary.to_string(),
                vendors: anchor.vendors,
            }));
    }
    let named: Vec<AnchorId> = openpgp
        .signature
        .issuers
        .iter()
        .filter_map(|issuer| match issuer {
            Issuer::Fingerprint(named) => Some(AnchorId::OpenPgp(*named)),
            Issuer::KeyId(_) => None,
        })
        .collect();
    explain_by_keys(&named, facts, context, report);
    explain_by_post(ExplainedLevel::Candidate, facts, context, report);
    // What was never checked stays a candidate, whatever is recorded about the key it names.
    report.verdict = Verdict::Unanchored;
    report.explained.level = report.explained.level.min(ExplainedLevel::Candidate);
}

fn good(
    facts: &SignatureFacts,
    openpgp: &OpenPgpFacts,
    assessment: &Assessment,
    primary: Fingerprint,
    exceptions: &[PolicyException],
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    let found = |kind| Finding::new(kind, facts.place.clone());
    let time = signing_time(facts, context);
    report.time = time.time;
    report.findings.extend(time.findings);
    newer_copies(openpgp, primary, facts, context.at, report);

    let id = AnchorId::OpenPgp(primary);
    let standing = key_standing(&id, time.time, context, &facts.place);
    if let Some(standing) = &standing
        && standing.verdict == Verdict::Distrusted
    {
        report.verdict = Verdict::Distrusted;
        report.anchor = Some(standing.anchor.clone());
        report.findings.extend(standing.findings.iter().cloned());
        return;
    }
    if let Some((key, revocation)) = revoked(assessment, time.time.established()) {
        report.verdict = Verdict::Distrusted;
        report.findings.push(found(FindingKind::KeyRevoked {
            key: key.to_string(),
            at: revocation.at,
            reason: revocation.reason.to_owned(),
        }));
        return;
    }
    if let Some(expired) = signature_expired(assessment) {
        report.verdict = Verdict::Invalid;
        report
            .findings
            .push(found(FindingKind::SignatureExpired { expired }));
        return;
    }
    // What ails a subkey and its primary key alike is told once, of the certificate.
    let mut tell = |kind: FindingKind| {
        let once = matches!(
            kind,
            FindingKind::RefreshKeyCopy { .. } | FindingKind::KeyExpiredSince { .. }
        );
        let known = report
            .findings
            .iter()
            .any(|finding| finding.kind.code() == kind.code());
        if !(once && known) {
            report.findings.push(found(kind));
        }
    };
    let in_force: Vec<_> = exceptions
        .iter()
        .filter(|exception| exception.until.is_none_or(|until| context.at < until.end()))
        .collect();
    let mut refused = false;
    for objection in &assessment.at_signing {
        let waiver = in_force
            .iter()
            .find(|exception| exception.waives == objection.code())
            .filter(|_| objection.can_be_waived());
        refused |= waiver.is_none();
        let (code, detail) = (objection.code().to_owned(), objection.to_string());
        tell(match (waiver, objection) {
            (Some(waiver), _) => FindingKind::PolicyException {
                objection: code,
                detail,
                reason: waiver.reason.clone(),
            },
            (None, Objection::KeyExpired { expired, .. }) => FindingKind::RefreshKeyCopy {
                key: primary.to_string(),
                expired: *expired,
                renewal: renewal_of(&id, context),
            },
            (None, _) => FindingKind::OpenPgpRefused {
                objection: code,
                detail,
            },
        });
    }
    let said: Vec<&str> = assessment.at_signing.iter().map(Objection::code).collect();
    for objection in &assessment.now {
        if !said.contains(&objection.code()) {
            let brought = is_of_a_brought_binding(objection, openpgp);
            refused |= brought || is_of_the_future(objection);
            tell(if brought {
                FindingKind::OpenPgpRefused {
                    objection: objection.code().to_owned(),
                    detail: objection.to_string(),
                }
            } else {
                later(objection, primary)
            });
        }
    }
    match standing {
        Some(standing) if !refused => {
            report.verdict = standing.verdict;
            report.vendor = standing.vendor;
            report.anchor = Some(standing.anchor);
            report.findings.extend(standing.findings);
            if report.verdict == Verdict::Unanchored {
                report.anchor = None;
                explain_by_keys(&[id], facts, context, report);
                explain_by_post(ExplainedLevel::Explained, facts, context, report);
            }
        }
        // A known key whose signature does not hold by policy vouches for nothing.
        Some(_) => {}
        None => {
            report.findings.push(found(FindingKind::UnknownKey {
                key: format!("OpenPGP {primary}"),
            }));
            look_alikes(openpgp, primary, facts, context, report);
            explain_by_keys(std::slice::from_ref(&id), facts, context, report);
            let at_most = if refused {
                ExplainedLevel::Candidate
            } else {
                ExplainedLevel::Explained
            };
            explain_by_post(at_most, facts, context, report);
            // A certification may lie in any copy, the one beside the file before all.
            let search = Search {
                openpgp: &openpgp.certificates,
                ..context.continuity()
            };
            if !refused {
                tell_proofs(&search, &[id], report);
            }
        }
    }
}

/// What was posted about the key that signed, or that the signature names.
fn explain_by_post(
    at_most: ExplainedLevel,
    facts: &SignatureFacts,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    let signer = report
        .openpgp
        .as_ref()
        .and_then(KeyIdentity::of_openpgp_signature);
    if let Some(signer) = signer {
        let doubt = InDoubt {
            signer,
            issuers: vec![],
            at_most,
        };
        explain_by_posts(&doubt, &facts.place, context, report);
    }
}

/// The latest recorded renewal of a key: the same key with a longer life.
fn renewal_of(id: &AnchorId, context: &Context<'_>) -> Option<String> {
    let key = Rotated::Key(id.clone());
    context
        .view
        .rotations_of_key(id)
        .into_iter()
        .map(|named| named.rotation)
        .filter(|rotation| rotation.old.contains(&key) && rotation.new.contains(&key))
        .max_by_key(|rotation| rotation.effective)
        .map(|rotation| match rotation.deadline {
            Some(deadline) => format!("{}, old copies fail from {deadline} on", rotation.id),
            None => rotation.id.clone(),
        })
}

/// What has come against a signature since the day on which it was made.
fn later(objection: &Objection, primary: Fingerprint) -> FindingKind {
    match objection {
        Objection::KeyExpired { expired, .. } => FindingKind::KeyExpiredSince {
            key: primary.to_string(),
            expired: *expired,
        },
        Objection::Revoked { key, revocation } => FindingKind::KeyRevokedSince {
            key: key.to_string(),
            at: revocation.at,
            reason: revocation.reason.to_owned(),
        },
        objection if is_of_the_future(objection) => FindingKind::OpenPgpRefused {
            objection: objection.code().to_owned(),
            detail: objection.to_string(),
        },
        objection => FindingKind::OpenPgpRefusedNow {
            objection: objection.code().to_owned(),
            detail: objection.to_string(),
        },
    }
}

/// The policy of the day of signing is that of a day which the signer claims. For a binding that
/// nobody recorded, and only the package brings, that is not enough: whoever can make a weak hash collide
/// dates the signature back.
fn is_of_a_brought_binding(objection: &Objection, openpgp: &OpenPgpFacts) -> bool {
    let (Objection::WeakBinding { key, .. } | Objection::BindingRefused { key, .. }) = objection
    else {
        return false;
    };
    let recorded = openpgp.recorded.iter().flat_map(OpenPgpCertificate::keys);
    !recorded.into_iter().any(|held| held.fingerprint == *key)
}

/// At the instant of judgement it had not been made.
fn is_of_the_future(objection: &Objection) -> bool {
    matches!(objection, Objection::FromTheFuture { .. })
}

/// The revocation by the key's own certificate that condemns the signature: a hard one always, because
/// whoever else has the key writes any date into a signature; a soft one where it came first.
fn revoked(
    assessment: &Assessment,
    established: Option<Timestamp>,
) -> Option<(Fingerprint, Revocation)> {
    let of = |objections: &[Objection]| {
        objections.iter().find_map(|objection| match objection {
            Objection::Revoked { key, revocation } => Some((*key, revocation.clone())),
            _ => None,
        })
    };
    if let Some(found) = of(&assessment.at_signing) {
        // Proven to be older than a revocation that says no more than that the key went out of use.
        let older = established.is_some_and(|time| !found.1.hard && time < found.1.at);
        return (!older).then_some(found);
    }
    of(&assessment.now).filter(|(_, revocation)| {
        revocation.hard || established.is_some_and(|time| time >= revocation.at)
    })
}

fn signature_expired(assessment: &Assessment) -> Option<Timestamp> {
    assessment.now.iter().find_map(|objection| match objection {
        Objection::SignatureExpired { expired } => Some(*expired),
        _ => None,
    })
}
