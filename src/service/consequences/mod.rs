//! What a change of trust does to packages that are known: before it is made (`blast`), and after
//! (judging again exactly what it touches).

mod again;
mod blast;
mod judging;

pub use again::{Reevaluation, reevaluate};
pub use blast::{Blast, Undoing, blast, distrusted};

use crate::domain::Verdict;
use crate::judge::dependency::{dependencies, of_anchor};
use crate::judge::report::{PackageReport, SignatureReport};
use crate::store::Judgement;

/// What is kept of a verdict. The file's name is all of its path that is kept.
#[must_use]
pub fn judgement(report: &PackageReport, vendor: Option<&str>, product: Option<&str>) -> Judgement {
    let decisive = decisive(report);
    Judgement {
        keys: dependencies(report),
        file: report
            .path
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or_default()
            .to_owned(),
        expected_vendor: vendor.map(str::to_owned),
        expected_product: product.map(str::to_owned),
        verdict: told(report.verdict).to_owned(),
        vendor: report.vendor.clone(),
        anchor: decisive
            .and_then(|signature| signature.anchor.as_ref())
            .map(|anchor| anchor.id.to_string()),
        signer: decisive
            .and_then(|signature| signature.signer.as_ref())
            .map(|signer| signer.der().to_vec()),
        signer_key: decisive
            .and_then(|signature| signature.key.as_ref()?.id.as_ref())
            .map(of_anchor),
        signed_at: decisive.and_then(|signature| signature.time.at),
    }
}

/// The signature that decided, or the first.
fn decisive(report: &PackageReport) -> Option<&SignatureReport> {
    let decided = |signature: &&SignatureReport| signature.verdict == report.verdict;
    let mut signatures = report.signatures.iter();
    signatures.find(decided).or(report.signatures.first())
}

fn told(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Explained => "explained",
        other => other.word(),
    }
}
