//! A root's key in a certificate that an anchor's key signed.

use super::standing::{is_in_use, weighed};
use super::{Doubt, Proof, ProofKind, Search};
use crate::domain::{AnchorId, Purpose};
use crate::formats::algorithm::Weakness;
use crate::formats::limits;
use crate::formats::x509::Certificate;
use crate::judge::context::AnchorsFor;
use crate::judge::path::{Budget, KeyPurpose, Path, Question, walk};

pub(super) fn proofs(search: &Search<'_>) -> Vec<Proof> {
    search
        .certificates
        .iter()
        .filter_map(|vouching| Some((vouching, kind(vouching, search)?)))
        .filter(|(vouching, _)| !is_in_use(search, &AnchorId::X509(vouching.spki_sha256())))
        .take(limits::CONTINUITY_CANDIDATES)
        .flat_map(|(vouching, kind)| proofs_by(vouching, kind, search))
        .collect()
}

/// What the certificate would prove, were it signed by an anchor. An ordinary intermediate proves
/// nothing about a root: the key must also stand in a self-signed certificate of that name, or the
/// certificate must be a CA's word about its own next key.
fn kind(vouching: &Certificate, search: &Search<'_>) -> Option<ProofKind> {
    let is_ca = vouching.basic_constraints().is_some_and(|basic| basic.ca);
    let may_sign = vouching
        .key_usage()
        .is_none_or(|usage| usage.certificate_sign);
    if !is_ca || !may_sign {
        return None;
    }
    if vouching.is_self_issued() {
        return Some(ProofKind::LinkCertificate);
    }
    let is_root = search.certificates.iter().any(|root| {
        root.is_self_issued()
            && root.subject() == vouching.subject()
            && root.spki_sha256() == vouching.spki_sha256()
    });
    is_root.then_some(ProofKind::CrossCertificate)
}

/// Walks from the certificate to its issuer, with nothing else offered: only an anchor's own key
/// vouches. The walk holds the chain of two against all rules of a path.
fn proofs_by(vouching: &Certificate, kind: ProofKind, search: &Search<'_>) -> Vec<Proof> {
    let at = search.established.unwrap_or(search.at);
    let walked = walk(&Question {
        leaf: vouching,
        offered: &[],
        anchors: &AnchorsFor {
            view: search.view,
            purpose: Purpose::CodeSigning,
        },
        at,
        purpose: &KeyPurpose::Any,
        profile: search.profile,
        intermediates: None,
        policies: None,
        budget: Budget::default(),
        cache: search.cache,
    });
    // Somebody may have found another certificate with the same weak digest.
    let weak = |path: &Path| {
        let digests = path.weaknesses.iter();
        digests
            .filter_map(|(_, weakness)| match weakness {
                Weakness::Digest(algorithm) => Some(format!("signed over {algorithm}")),
                Weakness::KeyBits(_) => None,
            })
            .next()
    };
    let stand = walked.paths.iter().map(|path| (path.anchor, weak(path)));
    let lack = walked.near.iter().filter_map(|near| {
        let lacks: Vec<String> = near
            .lacks
            .iter()
            .map(|failure| format!("{}: {}", failure.subject, failure.defect))
            .collect();
        Some((near.anchor?, Some(lacks.join("; "))))
    });
    stand
        .chain(lack)
        // A root's certificate of itself says nothing about another key.
        .filter(|(anchor, _)| *anchor != vouching.spki_sha256())
        .filter_map(|(anchor, broken)| {
            let old = search.view.anchor(&AnchorId::X509(anchor))?;
            let (vendor, mut doubts) = weighed(search, &old);
            doubts.extend(broken.map(|detail| Doubt::Broken { detail }));
            Some(Proof {
                kind,
                old: old.id,
                new: AnchorId::X509(vouching.spki_sha256()),
                vendor,
                claimed: vouching.validity().not_before,
                established: search.established,
                doubts,
            })
        })
        .collect()
}
