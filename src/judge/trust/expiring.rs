//! Which active anchors and pinned signers run out soon, and have nobody to follow them.

use jiff::Timestamp;

use super::record::Scope;
use super::{FolderView, NamedRotation, View as _};
use crate::domain::{AnchorId, Purpose, Status};
use crate::formats::trust_folder::{Day, Rotated};

/// Something that runs out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiring {
    pub what: Rotated,
    /// What people call it: an anchor's name, a rule's path.
    pub name: String,
    pub scope: Scope,
    pub purpose: Purpose,
    /// The last day.
    pub not_after: Day,
}

/// What is active at `at` and runs out after it and before `until`, ordered by day.
///
/// A successor silences: another key or rule of the vendor to which a recorded rotation leads, and
/// which is active at `at` and lasts beyond `until`. A shared root counts only where some signer rule
/// needs it, and a signer without a rule for its leaf runs out unnoticed.
#[must_use]
pub fn expiring(view: &FolderView, at: Timestamp, until: Timestamp) -> Vec<Expiring> {
    let within = |day: Day| at < day.end() && day.end() <= until;
    let rotations = view.all_rotations();
    let mut found: Vec<Expiring> = vec![];
    for listed in view.listing(at) {
        let active = listed
            .standing
            .as_ref()
            .is_some_and(|standing| standing.record.status == Status::Active);
        let Some(not_after) = listed.not_after.filter(|day| active && within(*day)) else {
            continue;
        };
        let what = Rotated::Key(listed.anchor.id.clone());
        if !succeeded(view, &rotations, &what, &listed.scope, at, until) {
            found.push(Expiring {
                what,
                name: listed.anchor.name,
                scope: listed.scope,
                purpose: listed.purpose,
                not_after,
            });
        }
    }
    for named in view.all_rules() {
        let ends = [named.rule.valid, named.rule.cert_valid];
        let end = ends.into_iter().flatten().filter_map(|span| span.to).min();
        let Some(not_after) = end.filter(|day| within(*day)) else {
            continue;
        };
        let what = Rotated::Rule(named.name.clone());
        let scope = Scope::Vendor(named.vendor.clone());
        if !succeeded(view, &rotations, &what, &scope, at, until) {
            found.push(Expiring {
                name: format!("{}/signers/{}", named.vendor, named.name),
                what,
                scope,
                purpose: Purpose::CodeSigning,
                not_after,
            });
        }
    }
    found.sort_by(|one, other| (one.not_after, &one.name).cmp(&(other.not_after, &other.name)));
    found
}

fn succeeded(
    view: &FolderView,
    rotations: &[NamedRotation],
    what: &Rotated,
    scope: &Scope,
    at: Timestamp,
    until: Timestamp,
) -> bool {
    let Scope::Vendor(vendor) = scope else {
        return false;
    };
    rotations
        .iter()
        .filter(|named| named.vendor == *vendor && named.rotation.old.contains(what))
        .flat_map(|named| &named.rotation.new)
        .filter(|new| *new != what)
        .any(|new| match new {
            Rotated::Key(key) => key_lasts(view, key, vendor, at, until),
            Rotated::Rule(rule) => view.all_rules().iter().any(|named| {
                named.vendor == *vendor
                    && named.name == *rule
                    && ends_after(named.rule.valid.and_then(|span| span.to), until)
                    && ends_after(named.rule.cert_valid.and_then(|span| span.to), until)
            }),
        })
}

fn key_lasts(
    view: &FolderView,
    key: &AnchorId,
    vendor: &str,
    at: Timestamp,
    until: Timestamp,
) -> bool {
    let standing = view.status_at(key, Some(vendor), Purpose::CodeSigning, at);
    let active = standing.is_some_and(|standing| standing.record.status == Status::Active);
    let root = view.root(key);
    active && root.is_some_and(|root| ends_after(root.not_after, until))
}

/// A day that is not known does not end.
fn ends_after(day: Option<Day>, until: Timestamp) -> bool {
    day.is_none_or(|day| day.end() > until)
}
