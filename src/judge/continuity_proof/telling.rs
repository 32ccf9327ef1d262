//! What a proof of continuity does to the report on a signature: it explains, and never anchors.

use super::{Doubt, Proof, Search, proofs};
use crate::domain::{AnchorId, Finding, FindingKind, Verdict};
use crate::judge::report::{ExplainedLevel, SignatureReport};

/// Tells the proofs about keys that this signature hangs on. A spare certificate in the bag proves
/// nothing about its signer.
pub(in crate::judge) fn tell_proofs(
    search: &Search<'_>,
    linked: &[AnchorId],
    report: &mut SignatureReport,
) {
    let unknown = matches!(report.verdict, Verdict::Unanchored | Verdict::Explained);
    for proof in proofs(search) {
        if !linked.contains(&proof.new) {
            continue;
        }
        match &proof.vendor {
            // Where the signature stands anyway, what a proof lacks is nobody's concern.
            _ if !unknown && !proof.counts() => continue,
            Some(vendor) if unknown && proof.counts() => {
                report.verdict = Verdict::Explained;
                report.explained.level = ExplainedLevel::Explained;
                report.vendor.get_or_insert_with(|| vendor.clone());
                report.explained.by.push(proof.id());
            }
            _ => {}
        }
        let finding = Finding::new(proof.told(), report.place.clone());
        report.findings.push(finding);
    }
}

impl Proof {
    /// As a finding, with both keys whole.
    #[must_use]
    pub fn told(&self) -> FindingKind {
        let (means, old, new) = (
            self.kind.code().to_owned(),
            self.old.to_string(),
            self.new.to_string(),
        );
        match &self.vendor {
            Some(vendor) if self.counts() => FindingKind::ContinuityProof {
                means,
                old,
                new,
                vendor: vendor.clone(),
            },
            _ => FindingKind::ContinuityDoubtful {
                means,
                old,
                new,
                doubts: self.doubts.iter().map(Doubt::to_string).collect(),
            },
        }
    }
}
