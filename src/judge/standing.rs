//! What a complete path means: whose anchor it ends at, under which rule and status.

use jiff::Timestamp;

use super::context::Context;
use super::observed;
use super::path::Path;
use super::report::AnchorReport;
use super::trust::{Anchor, Mismatch, Sighting, matching_rules, nearly_matching_rules};
use crate::domain::{AnchorId, Finding, FindingKind, Purpose, SigningTime, Status, Verdict};
use crate::formats::x509::Certificate;

/// The meaning of one path.
#[derive(Debug)]
pub(super) struct Standing {
    pub(super) verdict: Verdict,
    pub(super) vendor: Option<String>,
    pub(super) anchor: AnchorReport,
    pub(super) findings: Vec<Finding>,
}

/// Judges what a complete path means for a signature made at `time`. What root programmes have
/// against its keys is told, whatever the meaning.
pub(super) fn standing(
    path: &Path,
    time: SigningTime,
    context: &Context<'_>,
    place: &str,
) -> Standing {
    let mut meaning = meaning(path, time, context, place);
    if !context.view.is_bare() {
        let told = observed::distrust(path, time, context);
        meaning.findings.extend(told);
    }
    meaning
}

fn meaning(path: &Path, time: SigningTime, context: &Context<'_>, place: &str) -> Standing {
    let id = AnchorId::X509(path.anchor);
    let mut standing = Standing {
        verdict: Verdict::Unanchored,
        vendor: None,
        anchor: AnchorReport {
            id: id.clone(),
            vendor: None,
            kind: "given",
        },
        findings: vec![],
    };
    if context.view.is_bare() {
        standing.verdict = Verdict::Anchored;
        return standing;
    }
    let Some(anchor) = context.view.anchor(&id) else {
        return standing;
    };
    standing.anchor.kind = match (anchor.observed, anchor.shared) {
        (true, _) => "observed",
        (false, true) => "shared",
        (false, false) => "vendor",
    };
    let seen = Sighting {
        path: &path.certificates,
        signing_time: time,
        at: time.established().unwrap_or(context.at),
    };
    let vendors: Vec<String> = if anchor.shared {
        let rules = matching_rules(context.view, &seen);
        rules.into_iter().map(|rule| rule.vendor).collect()
    } else {
        anchor.vendors.clone()
    };
    if let [owner] = vendors.as_slice() {
        standing.anchor.vendor = Some(owner.clone());
    }
    if let Some(condemned) = condemned_on(path, &vendors, time, context) {
        standing.verdict = Verdict::Distrusted;
        standing.findings.push(condemned);
        return standing;
    }
    let mut refusals = vec![];
    if vouched(
        &mut standing,
        &anchor,
        vendors,
        seen.at,
        &mut refusals,
        (context, place),
    ) {
        return standing;
    }
    standing.findings.extend(refusals);
    if !anchor.shared {
        return standing;
    }
    let mut observation = None;
    if anchor.observed {
        match observed::ends_path(&anchor, path, time, context, place) {
            Ok(finding) => observation = Some(finding),
            Err(finding) => {
                standing.findings.push(*finding);
                return standing;
            }
        }
    }
    standing.verdict = Verdict::Unpinned;
    let found = |kind| Finding::new(kind, place);
    for near in nearly_matching_rules(context.view, &seen) {
        if near.mismatches == [Mismatch::TimestampMissing] {
            let rule = format!("{}/{}", near.rule.vendor, near.rule.name);
            standing
                .findings
                .push(found(FindingKind::RuleWantsTimestamp { rule }));
        }
    }
    // That no rule names the signer would contradict a rule which does, and asks for more.
    if standing.findings.is_empty() {
        let signer = path.certificates.first();
        standing.findings.push(found(FindingKind::NoSignerRule {
            root: anchor.name,
            signer: signer.map_or_else(String::new, |known| known.subject().to_string()),
        }));
    }
    standing.findings.extend(observation);
    standing
}

/// Judges what a bare key means for a signature made at `time`; `None` when the view does not know
/// the key. A shared one vouches for nobody: no rule can tell its holders apart.
pub(super) fn key_standing(
    id: &AnchorId,
    time: SigningTime,
    context: &Context<'_>,
    place: &str,
) -> Option<Standing> {
    let anchor = context.view.anchor(id)?;
    let mut standing = Standing {
        verdict: Verdict::Unanchored,
        vendor: None,
        anchor: AnchorReport {
            id: id.clone(),
            vendor: None,
            kind: "given",
        },
        findings: vec![],
    };
    if context.view.is_bare() {
        standing.verdict = Verdict::Anchored;
        return Some(standing);
    }
    standing.anchor.kind = if anchor.shared { "shared" } else { "vendor" };
    let scopes: Vec<Option<&str>> = std::iter::once(context.vendor)
        .chain(anchor.vendors.iter().map(|vendor| Some(vendor.as_str())))
        .collect();
    let condemned = scopes.iter().find_map(|vendor| {
        condemned_key(
            id,
            *vendor,
            Purpose::CodeSigning,
            time.established(),
            context,
        )
    });
    if let Some((status, since)) = condemned {
        standing.verdict = Verdict::Distrusted;
        let kind = FindingKind::CondemnedKey {
            status: status.word().to_owned(),
            since,
        };
        standing.findings.push(Finding::new(kind, id.to_string()));
        return Some(standing);
    }
    let at = time.established().unwrap_or(context.at);
    let vendors = if anchor.shared {
        vec![]
    } else {
        anchor.vendors.clone()
    };
    let mut refusals = vec![];
    if vouched(
        &mut standing,
        &anchor,
        vendors,
        at,
        &mut refusals,
        (context, place),
    ) {
        return Some(standing);
    }
    standing.findings.extend(refusals);
    if anchor.shared {
        standing.verdict = Verdict::Unpinned;
        let kind = FindingKind::NoSignerRule {
            root: anchor.name,
            signer: id.to_string(),
        };
        standing.findings.push(Finding::new(kind, place));
    }
    Some(standing)
}

/// Whether one of these vendors accepts the anchor at that instant; says so in `standing`, as
/// anchored or, when another vendor was stated, as foreign. Why others refuse goes to `refusals`.
fn vouched(
    standing: &mut Standing,
    anchor: &Anchor,
    vendors: Vec<String>,
    at: Timestamp,
    refusals: &mut Vec<Finding>,
    (context, place): (&Context<'_>, &str),
) -> bool {
    let mut accepting: Vec<(String, Vec<Finding>)> = vec![];
    for vendor in vendors {
        match accepted(anchor, &vendor, at, context, place) {
            Ok(findings) => accepting.push((vendor, findings)),
            Err(refusal) => refusals.push(Finding::new(refusal, place)),
        }
    }
    accepting.sort_by(|one, other| one.0.cmp(&other.0));
    accepting.dedup_by(|one, other| one.0 == other.0);
    let found = |kind| Finding::new(kind, place);
    let chosen = match context.vendor {
        Some(stated) => accepting.iter().find(|(vendor, _)| vendor == stated),
        None => accepting.first(),
    };
    if let Some((vendor, findings)) = chosen {
        standing.verdict = Verdict::Anchored;
        standing.vendor = Some(vendor.clone());
        standing.anchor.vendor = Some(vendor.clone());
        standing.findings.clone_from(findings);
        if context.vendor.is_none() {
            let vendor = vendor.clone();
            standing
                .findings
                .push(found(FindingKind::VendorNotStated { vendor }));
        }
        return true;
    }
    if let (Some(stated), Some((vendor, _))) = (context.vendor, accepting.first()) {
        standing.verdict = Verdict::Foreign;
        standing.vendor = Some(vendor.clone());
        standing.findings.push(found(FindingKind::ForeignSigner {
            stated: stated.to_owned(),
            found: accepting.iter().map(|(vendor, _)| vendor.clone()).collect(),
        }));
        return true;
    }
    false
}

/// The first certificate of the path whose key is condemned for everybody, or for a vendor that
/// would vouch.
fn condemned_on(
    path: &Path,
    vendors: &[String],
    time: SigningTime,
    context: &Context<'_>,
) -> Option<Finding> {
    let scopes: Vec<Option<&str>> = std::iter::once(context.vendor)
        .chain(vendors.iter().map(|vendor| Some(vendor.as_str())))
        .collect();
    path.certificates.iter().find_map(|certificate| {
        let (status, since) = scopes.iter().find_map(|vendor| {
            let established = time.established();
            condemnation(
                certificate,
                *vendor,
                Purpose::CodeSigning,
                established,
                context,
            )
        })?;
        let kind = FindingKind::CondemnedKey {
            status: status.word().to_owned(),
            since,
        };
        Some(Finding::new(kind, certificate.subject().to_string()))
    })
}

/// What to say when the anchor's status lets it vouch for this vendor at that instant.
///
/// # Errors
/// Why it does not.
fn accepted(
    anchor: &Anchor,
    vendor: &str,
    instant: Timestamp,
    context: &Context<'_>,
    place: &str,
) -> Result<Vec<Finding>, FindingKind> {
    let standing = context
        .view
        .status_at(&anchor.id, Some(vendor), Purpose::CodeSigning, instant);
    let not_active = |status: Option<Status>| FindingKind::AnchorNotActive {
        name: anchor.name.clone(),
        status: status.map_or("not in use yet", Status::word).to_owned(),
    };
    let standing = standing.ok_or_else(|| not_active(None))?;
    let (status, valid_from) = (standing.record.status, standing.record.valid_from);
    if !status.anchors() {
        return Err(not_active(Some(status)));
    }
    let mut findings = vec![];
    // A product is the stated vendor's; of another vendor's key it says nothing.
    if let Some(product) = context.product
        && context.vendor == Some(vendor)
        && !in_scope(&anchor.id, vendor, product, context)
    {
        return Err(FindingKind::OutOfScope {
            vendor: vendor.to_owned(),
            product: product.to_owned(),
        });
    }
    if standing.before_first_seen {
        findings.push(Finding::new(
            FindingKind::BeforeFirstSeen { valid_from },
            place,
        ));
    }
    if status == Status::Retired {
        findings.push(Finding::new(
            FindingKind::RetiredKey { since: valid_from },
            place,
        ));
    }
    Ok(findings)
}

/// Whether the stated product is one that the vendor signs under this anchor; a product without a
/// list of roots is signed under any of its vendor's.
fn in_scope(anchor: &AnchorId, vendor: &str, wanted: &str, context: &Context<'_>) -> bool {
    context.view.vendor(vendor).is_some_and(|profile| {
        let id = anchor.to_string();
        profile
            .products
            .iter()
            .filter(|product| product.name == wanted)
            .any(|product| product.roots.is_empty() || product.roots.contains(&id))
    })
}

/// Whether the certificate's key is condemned for a signature made at `established`: when it was so
/// at that time, whatever came later, and at any time when nothing establishes an earlier one.
pub(super) fn condemnation(
    certificate: &Certificate,
    vendor: Option<&str>,
    purpose: Purpose,
    established: Option<Timestamp>,
    context: &Context<'_>,
) -> Option<(Status, Timestamp)> {
    let key = AnchorId::X509(certificate.spki_sha256());
    condemned_key(&key, vendor, purpose, established, context)
}

/// As [`condemnation`], for the key itself.
fn condemned_key(
    key: &AnchorId,
    vendor: Option<&str>,
    purpose: Purpose,
    established: Option<Timestamp>,
    context: &Context<'_>,
) -> Option<(Status, Timestamp)> {
    let condemned_at = |instant| {
        let record = context
            .view
            .status_at(key, vendor, purpose, instant)?
            .record;
        let before = established.is_some_and(|time| time < record.valid_from);
        (record.status.condemns() && !before).then_some((record.status, record.valid_from))
    };
    condemned_at(context.at).or_else(|| condemned_at(established?))
}
