//! What the old anchor's standing allows its word to prove.

use jiff::Timestamp;

use super::{Doubt, Search};
use crate::domain::{AnchorId, Purpose, Status};
use crate::judge::trust::Anchor;

/// Whether some vendor trusts the key already, or all do: then there is nothing to prove.
pub(super) fn is_in_use(search: &Search<'_>, id: &AnchorId) -> bool {
    let Some(anchor) = search.view.anchor(id) else {
        return false;
    };
    let scopes = std::iter::once(None).chain(anchor.vendors.iter().map(|slug| Some(slug.as_str())));
    anchor.shared
        || scopes.into_iter().any(|vendor| {
            search
                .view
                .status_at(id, vendor, Purpose::CodeSigning, search.at)
                .is_some_and(|standing| standing.record.status.anchors())
        })
}

/// The vendor that the old key speaks for, and what keeps its word from counting.
pub(super) fn weighed(search: &Search<'_>, old: &Anchor) -> (Option<String>, Vec<Doubt>) {
    let mut doubts = vec![];
    let vendor = match search.vendor {
        Some(expected) if old.vendors.iter().any(|slug| slug == expected) => Some(expected),
        Some(expected) => {
            doubts.push(Doubt::OtherVendor {
                expected: expected.to_owned(),
            });
            old.vendors.first().map(String::as_str)
        }
        None => old.vendors.first().map(String::as_str),
    };
    if old.shared || vendor.is_none() {
        doubts.push(Doubt::Shared);
    }
    match search.established {
        None => doubts.push(Doubt::TimeUnestablished),
        Some(then) => match status(search, &old.id, vendor, then) {
            Some((Status::Active, _)) => {}
            // Condemned is told below.
            Some((status, _)) if status.condemns() => {}
            other => doubts.push(Doubt::NotActive {
                status: other.map(|(status, _)| status),
            }),
        },
    }
    // Condemned at any time that is known of: a thief writes any date.
    let condemned = [search.at, Timestamp::MAX]
        .into_iter()
        .filter_map(|instant| status(search, &old.id, vendor, instant))
        .find(|(status, _)| status.condemns());
    if let Some((status, since)) = condemned {
        doubts.push(Doubt::Condemned { status, since });
    }
    let vendor = vendor.filter(|_| !old.shared).map(str::to_owned);
    (vendor, doubts)
}

fn status(
    search: &Search<'_>,
    id: &AnchorId,
    vendor: Option<&str>,
    at: Timestamp,
) -> Option<(Status, Timestamp)> {
    let standing = search
        .view
        .status_at(id, vendor, Purpose::CodeSigning, at)?;
    Some((standing.record.status, standing.record.valid_from))
}
