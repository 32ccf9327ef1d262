//! The status of one certificate over all lists that speak of it (RFC 5280 6.3.3).

use super::{PathRevocation, Revocation, RevocationQuestion, Status, Unknown, scope, signer};
use crate::formats::crl::{Entry, RevocationList, RevocationReason};
use crate::formats::x509::{Certificate, DistributionPoint, Reasons, distribution_points};
use crate::judge::path::Profile;

const DISTRIBUTION_POINTS: &str = "2.5.29.31";

/// What the lists say of every certificate of the path below its anchor.
#[must_use]
pub fn path_revocation(question: &RevocationQuestion<'_>) -> PathRevocation {
    let mut told = PathRevocation::default();
    let below = question.path.len().saturating_sub(1);
    for (index, certificate) in question.path.iter().take(below).enumerate() {
        match status(index, certificate, question, &[]) {
            Status::Good => {}
            Status::Revoked(revocation) => told.revoked.push(revocation),
            Status::Unknown(why) => told.unknown.push((certificate.subject().clone(), why)),
        }
    }
    told
}

/// Whether a list signer's path holds a revoked certificate. `open`: what is being asked already.
pub(super) fn is_revoked(question: &RevocationQuestion<'_>, open: &[Certificate]) -> bool {
    let below = question.path.len().saturating_sub(1);
    question
        .path
        .iter()
        .take(below)
        .enumerate()
        .filter(|(_, certificate)| !open.contains(certificate))
        .any(|(index, certificate)| {
            matches!(
                status(index, certificate, question, open),
                Status::Revoked(_)
            )
        })
}

/// A list that speaks of the certificate, by somebody who may.
struct Speaking<'a> {
    list: &'a RevocationList,
    reasons: Reasons,
    entries: Vec<Entry>,
}

fn status(
    index: usize,
    certificate: &Certificate,
    question: &RevocationQuestion<'_>,
    open: &[Certificate],
) -> Status {
    let Some(points) = points(certificate) else {
        return Status::Unknown(Unknown::DistributionPoint);
    };
    let mut open = open.to_vec();
    open.push(certificate.clone());
    let mut why = Unknown::NoList;
    let mut speaking: Vec<Speaking<'_>> = vec![];
    for point in &points {
        let issuers = if point.crl_issuer.is_empty() {
            std::slice::from_ref(certificate.issuer())
        } else {
            &point.crl_issuer
        };
        for list in issuers.iter().flat_map(|issuer| question.lists.of(issuer)) {
            let Some(reasons) = scope::covered(list, certificate, point) else {
                continue;
            };
            if let Some(known) = speaking
                .iter_mut()
                .find(|known| known.list.sha256() == list.sha256())
            {
                known.reasons = known.reasons.or(reasons);
                continue;
            }
            if let Some(fault) = fault(list, question.profile) {
                why = fault;
                continue;
            }
            if !signer::is_signed(list, index, question, &open) {
                why = Unknown::Signer;
                continue;
            }
            let entries = list.entries(certificate.issuer(), certificate.serial());
            speaking.push(Speaking {
                list,
                reasons,
                entries: entries.collect(),
            });
        }
    }
    decided(certificate, question, &speaking, why)
}

/// The certificate's own distribution points, and its issuer as one more (RFC 5280 6.3.3, end);
/// `None` when they cannot be read.
fn points(certificate: &Certificate) -> Option<Vec<DistributionPoint>> {
    let extension = certificate
        .extensions()
        .iter()
        .find(|extension| extension.oid == DISTRIBUTION_POINTS);
    let mut points = match extension {
        Some(extension) => distribution_points(&extension.value).ok()?,
        None => vec![],
    };
    points.push(DistributionPoint {
        name: Some(crate::formats::x509::PointName::Full(vec![
            crate::formats::x509::GeneralName::Directory(certificate.issuer().clone()),
        ])),
        reasons: None,
        crl_issuer: vec![],
    });
    Some(points)
}

fn fault(list: &RevocationList, profile: Profile) -> Option<Unknown> {
    list.faults()
        .iter()
        .find(|fault| profile == Profile::Strict || !fault.is_formal())
        .cloned()
        .map(Unknown::Fault)
}

/// Any list that names the certificate revokes it, but for a hold that a newer one lifts. Good it is
/// only when lists in force speak of all reasons.
fn decided(
    certificate: &Certificate,
    question: &RevocationQuestion<'_>,
    speaking: &[Speaking<'_>],
    mut why: Unknown,
) -> Status {
    let mut worst: Option<Entry> = None;
    for one in speaking {
        for entry in &one.entries {
            let is_lifted = entry.reason == Some(RevocationReason::CertificateHold)
                && speaking.iter().any(|other| lifts(other, one));
            if entry.reason == Some(RevocationReason::RemoveFromCrl) || is_lifted {
                continue;
            }
            if worst.is_none_or(|known| weight(entry) < weight(&known)) {
                worst = Some(*entry);
            }
        }
    }
    if let Some(entry) = worst {
        return Status::Revoked(Revocation {
            subject: certificate.subject().clone(),
            spki_sha256: certificate.spki_sha256(),
            revoked: entry.revoked,
            reason: entry.reason,
            invalid_since: entry.invalid_since,
        });
    }
    let mut reasons = Reasons::NONE;
    for one in speaking {
        match silence(certificate, question, one, speaking) {
            None => reasons = reasons.or(one.reasons),
            Some(unknown) => why = unknown,
        }
    }
    if reasons.is_all() {
        Status::Good
    } else if reasons == Reasons::NONE {
        Status::Unknown(why)
    } else {
        Status::Unknown(Unknown::Reasons)
    }
}

/// Compromise before anything else, then the earliest date.
fn weight(entry: &Entry) -> (bool, jiff::Timestamp) {
    let is_compromise = entry.reason.is_some_and(RevocationReason::is_compromise);
    let since = entry.invalid_since.unwrap_or(entry.revoked);
    (!is_compromise, since.min(entry.revoked))
}

/// Whether `newer` speaks of what `older` does, later, and no longer names the certificate: a whole
/// list that is silent, or one of changes that says so.
fn lifts(newer: &Speaking<'_>, older: &Speaking<'_>) -> bool {
    let (new, old) = (newer.list, older.list);
    let is_later = new.this_update() > old.this_update() && new.scope() == old.scope();
    let removes = |entry: &Entry| entry.reason == Some(RevocationReason::RemoveFromCrl);
    let says_so = if new.base().is_some() {
        !newer.entries.is_empty()
    } else {
        true
    };
    is_later && new.issuer() == old.issuer() && says_so && newer.entries.iter().all(removes)
}

/// Why that a list does not name the certificate means nothing; `None` when it does.
fn silence(
    certificate: &Certificate,
    question: &RevocationQuestion<'_>,
    one: &Speaking<'_>,
    speaking: &[Speaking<'_>],
) -> Option<Unknown> {
    let list = one.list;
    if list.base().is_some() {
        return Some(Unknown::DeltaAlone);
    }
    let ran_out = certificate.validity().not_after;
    let forgets = list
        .keeps_expired_since()
        .is_none_or(|since| ran_out < since);
    if ran_out < list.this_update() && forgets {
        return Some(Unknown::Forgotten);
    }
    let outdated = not_in_force(list, question.at)?;
    // A list of changes to this one keeps it in force.
    let is_kept = speaking.iter().any(|other| {
        continues(other.list, list) && not_in_force(other.list, question.at).is_none()
    });
    (!is_kept || matches!(outdated, Unknown::ListNotYet { .. })).then_some(outdated)
}

fn not_in_force(list: &RevocationList, at: jiff::Timestamp) -> Option<Unknown> {
    let this_update = list.this_update();
    if this_update > at {
        return Some(Unknown::ListNotYet { this_update });
    }
    match list.next_update() {
        None => Some(Unknown::ListWithoutEnd),
        Some(next_update) if next_update < at => Some(Unknown::ListExpired { next_update }),
        Some(_) => None,
    }
}

/// Whether `delta` tells the changes to `whole` (RFC 5280 5.2.4, 6.3.3 (c)).
fn continues(delta: &RevocationList, whole: &RevocationList) -> bool {
    let (Some(base), Some(number), Some(of_delta)) = (delta.base(), whole.number(), delta.number())
    else {
        return false;
    };
    let size = |number: &[u8]| (number.len(), number.to_vec());
    size(base) <= size(number)
        && size(number) <= size(of_delta)
        && delta.issuer() == whole.issuer()
        && delta.scope() == whole.scope()
        && delta.authority_key_identifier() == whole.authority_key_identifier()
}
