//! Proofs of continuity on their own, as somebody sees them who proposes a key.

use super::{message, next_step::next_step};
use crate::domain::Finding;
use crate::judge::continuity_proof::Proof;

/// A line a proof, and what to do about it; empty without one.
#[must_use]
pub fn continuity(proofs: &[Proof]) -> String {
    let mut text = String::new();
    for proof in proofs {
        let finding = Finding::whole(proof.told());
        text.push_str(&format!("{}: {}\n", finding.kind.code(), message(&finding)));
        if let Some(next) = next_step(&finding) {
            text.push_str(&format!("  next: {next}\n"));
        }
    }
    text
}

/// By which means one key vouches for another.
pub(super) fn means(code: &str) -> &str {
    match code {
        "cross-certificate" => "by a cross-certificate",
        "link-certificate" => "by a certificate for the CA's next key",
        "openpgp-certification" => "by certifying its user id",
        other => other,
    }
}
