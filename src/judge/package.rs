//! The verdict on a package: `judge(facts, context)` and nothing else.

use super::context::Context;
use super::facts::PackageFacts;
use super::report::{Explained, PackageReport, SignatureReport};
use super::signature::judge_signature;
use super::signatures::signatures_of;
use crate::domain::{Crypto, Finding, FindingKind, Verdict};

/// Judges what was read from one package. `path` is only repeated in the report.
#[must_use]
pub fn judge(path: &str, facts: &PackageFacts, context: &Context<'_>) -> PackageReport {
    let named = facts
        .named_vendor
        .as_deref()
        .and_then(|name| vendor_by_name(context, name));
    // Without a stated vendor, the one that the manifest names is the expectation to meet.
    let context = Context {
        vendor: context.vendor.or(named.as_deref()),
        ..*context
    };
    let mut signatures: Vec<SignatureReport> = facts
        .objects
        .iter()
        .flat_map(|object| signatures_of(object, context.view))
        .map(|signature| judge_signature(&signature, &context))
        .collect();
    let mut findings = facts.findings.clone();
    let verdict = combined(facts, &mut signatures);
    let best = signatures.iter().find(|s| s.verdict == verdict);
    if !signatures.is_empty() && verdict != Verdict::Anchored {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        for vendor in context.view.vendors_suggested_by(name) {
            findings.push(Finding::whole(FindingKind::NameSuggestsVendor { vendor }));
        }
    }
    PackageReport {
        path: path.to_owned(),
        sha256: Some(facts.sha256),
        size: facts.size,
        format: facts.format.word(),
        verdict,
        explained: best.map_or_else(Explained::none, |best| best.explained.clone()),
        vendor: best.and_then(|best| best.vendor.clone()),
        findings,
        signatures,
        children: vec![],
    }
}

/// Refused, then any bad signature, then the best of those that cover the same content.
fn combined(facts: &PackageFacts, signatures: &mut [SignatureReport]) -> Verdict {
    if facts.refused {
        return Verdict::Refused;
    }
    if facts.content_differs || signatures.iter().any(|s| s.crypto == Crypto::Bad) {
        return Verdict::Invalid;
    }
    // A nested signature is an unsigned attribute of the primary one: whoever breaks the primary
    // must not be left with what hangs on it.
    let primary_holds = signatures
        .iter()
        .all(|s| s.kind != "authenticode" || s.crypto == Crypto::Good);
    let best = signatures
        .iter()
        .filter(|s| primary_holds || s.kind != "authenticode-nested")
        .map(|s| s.verdict)
        .min();
    let Some(best) = best else {
        return Verdict::Unsigned;
    };
    for signature in signatures.iter_mut().filter(|s| s.verdict != best) {
        let finding = Finding::new(
            FindingKind::OtherSignature {
                verdict: signature.verdict.word().to_owned(),
            },
            signature.place.clone(),
        );
        signature.findings.push(finding);
    }
    best
}

/// The vendor whose slug, name or alias this is, letter case aside.
fn vendor_by_name(context: &Context<'_>, name: &str) -> Option<String> {
    let wanted = name.trim().to_lowercase();
    context.view.vendors().into_iter().find(|slug| {
        *slug == wanted
            || context.view.vendor(slug).is_some_and(|profile| {
                std::iter::once(&profile.name)
                    .chain(&profile.aliases)
                    .any(|known| known.to_lowercase() == wanted)
            })
    })
}
