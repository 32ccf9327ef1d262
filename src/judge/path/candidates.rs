//! Who may have issued a certificate: by key identifier first, then by name.

use std::collections::BTreeMap;

use super::anchors::Anchors;
use crate::formats::x509::Certificate;

/// How well a candidate's key identifier fits, best first. Identifiers only choose the order:
/// signatures decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    /// Authority and subject key identifier are the same.
    Same,
    /// One of the two is absent.
    Unknown,
    /// They differ: the candidate claims to be another key.
    Other,
}

/// A certificate to be tried as an issuer.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) certificate: Certificate,
    pub(super) fit: Fit,
    /// The node of an offered certificate; `None` for an anchor.
    pub(super) node: Option<usize>,
}

/// Offered certificates by name and by key identifier.
#[derive(Debug, Default)]
pub(super) struct Pool {
    by_subject: BTreeMap<Vec<u8>, Vec<(usize, Certificate)>>,
    by_key_identifier: BTreeMap<Vec<u8>, Vec<(usize, Certificate)>>,
}

impl Pool {
    pub(super) fn insert(&mut self, node: usize, certificate: &Certificate) {
        let entry = (node, certificate.clone());
        if let Some(key_identifier) = certificate.key_identifier() {
            self.by_key_identifier
                .entry(key_identifier.to_vec())
                .or_default()
                .push(entry.clone());
        }
        self.by_subject
            .entry(certificate.subject().canonical().to_vec())
            .or_default()
            .push(entry);
    }

    /// Offered certificates with this subject.
    pub(super) fn named(&self, canonical: &[u8]) -> &[(usize, Certificate)] {
        self.by_subject.get(canonical).map_or(&[], Vec::as_slice)
    }

    /// Candidates whose key identifier is the one that `child` asks for, whatever their name.
    pub(super) fn by_key_identifier(
        &self,
        child: &Certificate,
        anchors: &dyn Anchors,
    ) -> Vec<Candidate> {
        let Some(wanted) = authority_key(child) else {
            return vec![];
        };
        let offered = self.by_key_identifier.get(wanted).into_iter().flatten();
        sorted(child, anchors.by_key_identifier(wanted), offered)
    }

    /// Candidates that have the issuer's name; without `anchors` only offered ones.
    pub(super) fn by_name(
        &self,
        child: &Certificate,
        anchors: Option<&dyn Anchors>,
    ) -> Vec<Candidate> {
        let offered = self.named(child.issuer().canonical()).iter();
        let anchors = anchors.map_or_else(Vec::new, |anchors| anchors.by_subject(child.issuer()));
        sorted(child, anchors, offered)
    }
}

fn authority_key(child: &Certificate) -> Option<&[u8]> {
    child.authority_key_identifier()?.key_identifier.as_deref()
}

/// Best fit first, anchors before others, then by digest: the order of what came in never matters.
fn sorted<'a>(
    child: &Certificate,
    anchors: Vec<Certificate>,
    offered: impl Iterator<Item = &'a (usize, Certificate)>,
) -> Vec<Candidate> {
    let wanted = authority_key(child);
    let fit = |certificate: &Certificate| match (wanted, certificate.key_identifier()) {
        (Some(wanted), Some(found)) if wanted == found => Fit::Same,
        (Some(_), Some(_)) => Fit::Other,
        _ => Fit::Unknown,
    };
    let mut candidates: Vec<Candidate> = anchors
        .into_iter()
        .map(|certificate| (None, certificate))
        .chain(
            offered
                .cloned()
                .map(|(node, certificate)| (Some(node), certificate)),
        )
        .map(|(node, certificate)| Candidate {
            fit: fit(&certificate),
            certificate,
            node,
        })
        .collect();
    candidates.sort_by_key(|candidate| {
        (
            candidate.fit,
            candidate.node.is_some(),
            candidate.certificate.sha256(),
        )
    });
    candidates
}
