//! The verdict on a package: `judge(facts, context)` and nothing else.

use std::collections::BTreeMap;

use super::context::Context;
use super::facts::{HEADER_ALONE, PackageFacts, PackageFormat, WHOLE_FILE};
use super::freshness;
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
    let out_of_time = freshness::check(&mut findings, context.at);
    let mut verdict = combined(facts, &mut signatures, &mut findings);
    if out_of_time {
        verdict = verdict.max(Verdict::Invalid);
    }
    if facts.refused && verdict == Verdict::Anchored {
        findings.iter_mut().for_each(soften);
    }
    once_for_all(&mut signatures);
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

/// That nobody stated a vendor is told once for each, however many signatures are that vendor's.
fn once_for_all(signatures: &mut [SignatureReport]) {
    let mut told: Vec<FindingKind> = vec![];
    for findings in signatures.iter_mut().map(|one| &mut one.findings) {
        findings.retain(|finding| {
            let repeated = told.contains(&finding.kind);
            if matches!(finding.kind, FindingKind::VendorNotStated { .. }) {
                told.push(finding.kind.clone());
            }
            !repeated
        });
    }
}

/// A trusted signature over the whole archive; else refused, then any bad signature, then the best
/// of those that cover the same content.
fn combined(
    facts: &PackageFacts,
    signatures: &mut [SignatureReport],
    findings: &mut Vec<Finding>,
) -> Verdict {
    let vouched = vouched_as_a_whole(facts, signatures);
    if facts.refused && !vouched {
        return Verdict::Refused;
    }
    let bad = |s: &SignatureReport| s.crypto == Crypto::Bad && (!vouched || is_over_whole(s));
    if facts.content_differs && !vouched || signatures.iter().any(bad) {
        return Verdict::Invalid;
    }
    // A nested signature is an unsigned attribute of the primary one: whoever breaks the primary
    // must not be left with what hangs on it.
    let primary_holds = signatures
        .iter()
        .all(|s| s.kind != "authenticode" || s.crypto == Crypto::Good);
    let mut best: BTreeMap<String, Verdict> = BTreeMap::new();
    for signature in signatures
        .iter()
        .filter(|s| primary_holds || s.kind != "authenticode-nested")
        .filter(|s| s.covers != HEADER_ALONE)
    {
        let known = best
            .entry(content_of(signature, facts.format))
            .or_insert(signature.verdict);
        *known = signature.verdict.min(*known);
    }
    for signature in signatures.iter_mut() {
        let decided = best.get(&content_of(signature, facts.format));
        if decided.is_some_and(|decided| *decided != signature.verdict) {
            let finding = Finding::new(
                FindingKind::OtherSignature {
                    verdict: signature.verdict.word().to_owned(),
                },
                signature.place.clone(),
            );
            signature.findings.push(finding);
        }
    }
    if best.is_empty() && signatures.iter().any(|s| s.covers == HEADER_ALONE) {
        findings.push(Finding::whole(FindingKind::PayloadUnsigned));
    }
    let over_whole = best.remove(WHOLE_FILE);
    // Each part of the content needs a signature of its own: the least of them decides.
    let parts = best.into_values().max();
    over_whole
        .into_iter()
        .chain(parts)
        .min()
        .unwrap_or(Verdict::Unsigned)
}

fn is_over_whole(signature: &SignatureReport) -> bool {
    signature.covers == WHOLE_FILE
}

/// Whether a trusted signature covers all bytes of an archive: whoever made it vouches for the
/// archive as it is, odd or not.
fn vouched_as_a_whole(facts: &PackageFacts, signatures: &[SignatureReport]) -> bool {
    matches!(facts.format, PackageFormat::Zip | PackageFormat::Tar)
        && signatures
            .iter()
            .any(|s| is_over_whole(s) && s.verdict == Verdict::Anchored)
}

/// Where a trusted signature covers the whole file, a fault of its structure is only odd.
fn soften(finding: &mut Finding) {
    if let FindingKind::ContainerFault { fault, detail } = &finding.kind {
        finding.kind = FindingKind::ContainerOddity {
            fault: fault.clone(),
            detail: detail.clone(),
        };
    }
}

/// Signatures over the same content are told by the same key. An image and the whole file of it are
/// one content; members of an archive, each with a signature of its own, are several.
fn content_of(signature: &SignatureReport, format: PackageFormat) -> String {
    match format {
        PackageFormat::Zip | PackageFormat::Tar | PackageFormat::Folder => signature.covers.clone(),
        PackageFormat::Pe
        | PackageFormat::File
        | PackageFormat::AptRelease
        | PackageFormat::SourceControl
        | PackageFormat::Cleartext
        | PackageFormat::Deb
        | PackageFormat::Rpm => String::new(),
    }
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
