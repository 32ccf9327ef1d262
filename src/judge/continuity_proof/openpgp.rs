//! An OpenPGP key that an anchor's primary key certified.

use super::standing::{is_in_use, weighed};
use super::{Doubt, Proof, ProofKind, Search};
use crate::domain::AnchorId;
use crate::formats::limits;
use crate::formats::openpgp::OpenPgpCertificate;

pub(super) fn proofs(search: &Search<'_>) -> Vec<Proof> {
    let merged = OpenPgpCertificate::merge(search.openpgp.to_vec()).unwrap_or_default();
    merged
        .iter()
        .filter(|new| !is_in_use(search, &AnchorId::OpenPgp(new.fingerprint())))
        .take(limits::CONTINUITY_CANDIDATES)
        .flat_map(|new| proofs_for(new, search))
        .collect()
}

fn proofs_for(new: &OpenPgpCertificate, search: &Search<'_>) -> Vec<Proof> {
    let at = search.established.unwrap_or(search.at);
    // The vendor's copy counts, never one that came along: that might leave out a revocation.
    let makers = search.view.openpgp_certificates(&new.certifiers());
    makers
        .iter()
        .filter_map(|maker| {
            let certification = new.certified_by(maker, search.at)?;
            let old = search
                .view
                .anchor(&AnchorId::OpenPgp(maker.fingerprint()))?;
            let (vendor, mut doubts) = weighed(search, &old);
            let detail = cannot_speak(maker, at, search);
            doubts.extend(detail.map(|detail| Doubt::Broken { detail }));
            Some(Proof {
                kind: ProofKind::OpenPgpCertification,
                old: old.id,
                new: AnchorId::OpenPgp(new.fingerprint()),
                vendor,
                claimed: certification.made,
                established: search.established,
                doubts,
            })
        })
        .collect()
}

/// Why the old primary key could not vouch at that instant, by its own certificate.
fn cannot_speak(
    maker: &OpenPgpCertificate,
    at: jiff::Timestamp,
    search: &Search<'_>,
) -> Option<String> {
    let primary = |instant| {
        let mut states = maker.states(instant).into_iter();
        states.find(|state| state.primary)
    };
    // A revocation for compromise voids everything, and counts whenever it was made; so does a
    // shorter life that the owner gave the key later.
    let latest = primary(search.at.max(at))?;
    if let Some(revocation) = latest.revocation.filter(|revocation| revocation.hard) {
        return Some(format!("the old key is revoked: {revocation}"));
    }
    let state = primary(at)?;
    if let Some(revocation) = state.revocation {
        return Some(format!("the old key was revoked: {revocation}"));
    }
    let ends = [latest.expires, state.expires];
    if let Some(expired) = ends.into_iter().flatten().find(|end| *end < at) {
        return Some(format!(
            "the old key had expired on {}",
            expired.strftime("%F")
        ));
    }
    (!state.bound || !state.may_certify).then(|| "the old key may not certify".to_owned())
}
