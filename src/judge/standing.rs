//! What a complete path means: whose anchor it ends at, under which rule and status.

use jiff::Timestamp;

use super::context::Context;
use super::path::Path;
use super::report::AnchorReport;
use crate::domain::{AnchorId, Finding, FindingKind, Purpose, Sha256, Status, Verdict};
use crate::formats::x509::Certificate;

/// The meaning of one path.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) verdict: Verdict,
    pub(super) vendor: Option<String>,
    pub(super) anchor: AnchorReport,
    pub(super) findings: Vec<Finding>,
}

/// Judges a complete path for a signature made at `established` time, if anything establishes one.
pub(super) fn standing(
    path: &Path,
    established: Option<Timestamp>,
    context: &Context<'_>,
    place: &str,
) -> Standing {
    let mut standing = Standing {
        verdict: Verdict::Unanchored,
        vendor: None,
        anchor: AnchorReport {
            id: AnchorId::X509(path.anchor),
            vendor: None,
            kind: "shared",
        },
        findings: vec![],
    };
    let found = |kind| Finding::new(kind, place);
    if context.view.anchors_anything() {
        standing.verdict = Verdict::Anchored;
        standing.anchor.kind = "given";
        return standing;
    }
    for certificate in &path.certificates {
        let condemned = condemnation(
            certificate,
            context.vendor,
            Purpose::CodeSigning,
            established,
            context,
        );
        if let Some((status, since)) = condemned {
            standing.verdict = Verdict::Distrusted;
            standing.findings.push(Finding::new(
                FindingKind::CondemnedKey {
                    status: status.word().to_owned(),
                    since,
                },
                certificate.subject().to_string(),
            ));
            return standing;
        }
    }
    let mut others = vec![];
    let mut refused = vec![];
    let mut best: Option<Standing> = None;
    for candidate in context.view.vouchers(&path.certificates, path.anchor) {
        let Some(mut judged) = vouched(&candidate, path.anchor, established, context, place) else {
            continue;
        };
        if let Some(rule) = &candidate.wants_timestamp
            && established.is_none()
        {
            refused.push(found(FindingKind::RuleWantsTimestamp { rule: rule.clone() }));
            continue;
        }
        judged.anchor.kind = if candidate.by_rule { "shared" } else { "vendor" };
        match context.vendor {
            Some(stated) if stated != candidate.vendor => others.push(candidate.vendor.clone()),
            _ if best.is_none() => best = Some(judged),
            _ => {}
        }
    }
    if let Some(mut best) = best {
        if context.vendor.is_none()
            && let Some(vendor) = &best.vendor
        {
            best.findings.push(found(FindingKind::VendorNotStated {
                vendor: vendor.clone(),
            }));
        }
        return best;
    }
    if let (Some(stated), false) = (context.vendor, others.is_empty()) {
        others.sort();
        others.dedup();
        standing.verdict = Verdict::Foreign;
        standing.vendor = others.first().cloned();
        standing.findings.push(found(FindingKind::ForeignSigner {
            stated: stated.to_owned(),
            found: others,
        }));
        return standing;
    }
    standing.findings = refused;
    if context.view.is_shared(path.anchor) {
        standing.verdict = Verdict::Unpinned;
        let name = |certificate: Option<&Certificate>| {
            certificate.map_or_else(String::new, |c| c.subject().to_string())
        };
        standing.findings.push(found(FindingKind::NoSignerRule {
            root: name(path.certificates.last()),
            signer: name(path.certificates.first()),
        }));
    }
    standing
}

/// A vendor for whom the view would accept this path, before the status of the anchor is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voucher {
    /// By slug.
    pub vendor: String,
    /// A signer rule matched; otherwise the anchor is the vendor's own.
    pub by_rule: bool,
    /// The rule that asks for a timestamp, if it does.
    pub wants_timestamp: Option<String>,
}

fn vouched(
    candidate: &Voucher,
    anchor: Sha256,
    established: Option<Timestamp>,
    context: &Context<'_>,
    place: &str,
) -> Option<Standing> {
    let vendor = Some(candidate.vendor.as_str());
    let instant = established.unwrap_or(context.at);
    let record = context
        .view
        .record(anchor, vendor, Purpose::CodeSigning, instant)?;
    if !record.status.anchors() {
        return None;
    }
    let mut findings = vec![];
    if record.before_first_seen {
        findings.push(Finding::new(
            FindingKind::BeforeFirstSeen {
                valid_from: record.valid_from,
            },
            place,
        ));
    }
    if record.status == Status::Retired {
        findings.push(Finding::new(
            FindingKind::RetiredKey {
                since: record.valid_from,
            },
            place,
        ));
    }
    Some(Standing {
        verdict: Verdict::Anchored,
        vendor: Some(candidate.vendor.clone()),
        anchor: AnchorReport {
            id: AnchorId::X509(anchor),
            vendor: Some(candidate.vendor.clone()),
            kind: "vendor",
        },
        findings,
    })
}

/// Whether the certificate's key is condemned for a signature made at `established`: from the date of
/// its condemnation on, and at any time when nothing establishes an earlier one.
pub(super) fn condemnation(
    certificate: &Certificate,
    vendor: Option<&str>,
    purpose: Purpose,
    established: Option<Timestamp>,
    context: &Context<'_>,
) -> Option<(Status, Timestamp)> {
    let key = certificate.spki_sha256();
    let record = context.view.record(key, vendor, purpose, context.at)?;
    let before = established.is_some_and(|time| time < record.valid_from);
    (record.status.condemns() && !before).then_some((record.status, record.valid_from))
}
