//! What a change of trust does to packages that are known: before it is made (`blast`), and after
//! (judging again exactly what it touches).

mod again;
mod blast;
mod judging;
mod posts;

pub use again::{Reevaluation, reevaluate};
pub use blast::{Blast, Undoing, blast, distrusted};
pub use posts::relink;

use crate::domain::Verdict;
use crate::judge::dependency::{dependencies, of_anchor};
use crate::judge::link::KeyIdentity;
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
        key: decisive.and_then(key_in_doubt),
        explained_by: report.explained.by.clone(),
    }
}

/// The key that signed, as posts print it.
fn key_in_doubt(signature: &SignatureReport) -> Option<String> {
    let identity = match (&signature.signer, &signature.key, &signature.openpgp) {
        (Some(certificate), _, _) => KeyIdentity::of_certificate(certificate),
        (None, Some(facts), _) => KeyIdentity::of_key_facts(facts)?,
        (None, None, Some(openpgp)) => KeyIdentity::of_openpgp_signature(openpgp)?,
        (None, None, None) => return None,
    };
    identity.main_value().map(str::to_owned)
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
