//! What accepted root programmes say about a path: whether a root of theirs ends it, and whom they
//! distrust.

use jiff::Timestamp;

use super::context::Context;
use super::path::Path;
use super::trust::{Anchor, Listing};
use crate::domain::{Finding, FindingKind, SigningTime};

/// Whether an accepted programme lets the path end at a root of which nobody else speaks.
///
/// # Errors
/// Why none does.
pub(super) fn ends_path(
    anchor: &Anchor,
    path: &Path,
    time: SigningTime,
    context: &Context<'_>,
    place: &str,
) -> Result<Finding, Box<Finding>> {
    let (issued, signed) = moments(path, time, context);
    let listings = |at| {
        let root = path.certificates.last();
        root.and_then(|root| context.view.listings(root, at))
            .unwrap_or_default()
    };
    // Who distrusts by a later list, for that day, did so in truth.
    let latest = listings(Timestamp::MAX);
    let barred = |programme: &str| {
        let theirs = latest.iter().filter(|found| found.programme == programme);
        theirs
            .filter_map(Listing::distrust)
            .any(|distrust| distrust.bars(issued, signed))
    };
    let trusting = listings(context.at)
        .into_iter()
        .filter(|found| found.counts(issued, signed) && !barred(&found.programme))
        .min_by(|one, other| (&one.programme, one.list).cmp(&(&other.programme, other.list)));
    match trusting {
        Some(found) => Ok(Finding::new(
            FindingKind::ObservedRoot {
                root: anchor.name.clone(),
                programme: found.programme,
                seen: found.seen,
            },
            place,
        )),
        None => Err(Box::new(Finding::new(
            FindingKind::ObservedRootRefused {
                root: anchor.name.clone(),
            },
            place,
        ))),
    }
}

/// What accepted programmes have against a key of the path.
pub(super) fn distrust(path: &Path, time: SigningTime, context: &Context<'_>) -> Vec<Finding> {
    let (issued, signed) = moments(path, time, context);
    let mut findings = vec![];
    for certificate in &path.certificates {
        // That lists cannot be read, costs the observed roots alone.
        let listings = context.view.listings(certificate, Timestamp::MAX);
        for listing in listings.unwrap_or_default() {
            let Some(distrust) = listing.distrust() else {
                continue;
            };
            let finding = Finding::new(
                FindingKind::ProgrammeDistrust {
                    programme: listing.programme,
                    since: distrust.since,
                    newer_only: distrust.newer_only,
                    concerned: distrust.bars(issued, signed),
                    seen: listing.seen,
                },
                certificate.subject().to_string(),
            );
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    findings
}

/// When the signer's certificate begins, and the instant at which the path is judged.
fn moments(path: &Path, time: SigningTime, context: &Context<'_>) -> (Timestamp, Timestamp) {
    let leaf = path.certificates.first();
    (
        leaf.map_or(Timestamp::MAX, |leaf| leaf.validity().not_before),
        time.established().unwrap_or(context.at),
    )
}
