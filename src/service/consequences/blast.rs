//! What a change of trust would do to known packages, before anybody makes it.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;

use super::judgement;
use super::judging::Judging;
use crate::domain::{AnchorId, Status, Verdict};
use crate::judge::dependency::of_anchor;
use crate::judge::path::Profile;
use crate::judge::trust::{Origin, Record, View, Without, products_of};
use crate::service::change::{AskError, AskKind, build};
use crate::store::{Judged, Store, StoreError};

/// What is to be done with the anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undoing {
    /// It is gone altogether, as if nobody had ever known it.
    Gone,
    /// The view supposes a record of it: see [`distrusted`].
    Recorded,
}

/// What a distrust would record, for [`FolderView::supposing`].
///
/// [`FolderView::supposing`]: crate::judge::trust::FolderView::supposing
///
/// # Errors
/// Never, unless a status cannot be read back as it was written.
pub fn distrusted(
    anchor: &AnchorId,
    vendor: Option<&str>,
    from: Timestamp,
    now: Timestamp,
) -> Result<Vec<Record>, AskError> {
    let status = Status::Distrusted;
    let asked = build::status(AskKind::Distrust, anchor, vendor, status, from, "");
    let claims = asked.claims()?.into_iter();
    Ok(claims
        .map(|claim| Record {
            anchor: claim.anchor,
            scope: claim.scope,
            purpose: claim.purpose,
            status: claim.status,
            valid_from: claim.valid_from,
            valid_from_is: claim.valid_from_is,
            known_from: now,
            evidence: claim.evidence,
            origin: Origin::Person,
        })
        .collect())
}

/// What would lose an anchor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blast {
    /// Packages that pass now, or need no more than a rule to pass, and would not be judged as they
    /// are.
    pub packages: usize,
    /// Packages whose verdict hangs on the key, and stays.
    pub spared: usize,
    /// By vendor and product (as the vendor's file name patterns tell; empty when none fits), with
    /// the number of packages.
    pub products: BTreeMap<(String, String), usize>,
    /// What those packages would be, by verdict and the anchor of the path that is left.
    pub instead: BTreeMap<(String, Option<String>), usize>,
}

/// Verdict and anchor, as they would be.
type After = (String, Option<String>);

/// Which packages, products and vendors a change of an anchor would touch, and what would be left to
/// them. Where it is gone, one package of each set of keys and expectation is judged for all that
/// share it; a record is held against the times of each package.
///
/// # Errors
/// When the store cannot be read.
pub fn blast(
    path: &Path,
    anchor: &AnchorId,
    view: &dyn View,
    undoing: Undoing,
    profile: Profile,
    now: Timestamp,
) -> Result<Blast, StoreError> {
    let mut hanging = Store::open_to_read(path)?.judged_by(&[of_anchor(anchor)])?;
    hanging.retain(|one| passes(&one.verdict));
    let without = Without::new(view, anchor.clone());
    let judging = Judging {
        path,
        view: match undoing {
            Undoing::Gone => &without,
            Undoing::Recorded => view,
        },
        profile,
        now,
    };
    let after = match undoing {
        Undoing::Gone => by_group(&judging, &hanging)?,
        Undoing::Recorded => each(&judging, &hanging)?,
    };
    let mut blast = Blast::default();
    let mut profiles = BTreeMap::new();
    for (one, after) in after {
        if one.verdict == after.0 && one.anchor == after.1 {
            blast.spared += 1;
            continue;
        }
        blast.packages += 1;
        let vendor = one.vendor.clone().unwrap_or_default();
        let profile = profiles
            .entry(vendor.clone())
            .or_insert_with(|| view.vendor(&vendor));
        let product = profile
            .as_ref()
            .and_then(|profile| products_of(profile, &one.file).into_iter().next());
        let product = (vendor, product.unwrap_or_default());
        *blast.products.entry(product).or_default() += 1;
        *blast.instead.entry(after).or_default() += 1;
    }
    Ok(blast)
}

/// Whether a package has something to lose: one that is refused or forged has not.
fn passes(verdict: &str) -> bool {
    [Verdict::Anchored.word(), Verdict::Unpinned.word()].contains(&verdict)
}

fn each<'a>(
    judging: &Judging<'_>,
    packages: &'a [Judged],
) -> Result<Vec<(&'a Judged, After)>, StoreError> {
    judging.each(packages, |one, report| {
        let after = judgement(report, None, None);
        (one, (after.verdict, after.anchor))
    })
}

/// One package is judged for each way of having come to the verdict.
fn by_group<'a>(
    judging: &Judging<'_>,
    packages: &'a [Judged],
) -> Result<Vec<(&'a Judged, After)>, StoreError> {
    let mut first = BTreeMap::new();
    for one in packages {
        first.entry(group(one)).or_insert(one);
    }
    let samples: Vec<Judged> = first.into_values().cloned().collect();
    let judged: BTreeMap<_, After> = each(judging, &samples)?
        .into_iter()
        .map(|(one, after)| (group(one), after))
        .collect();
    let known = |one| Some((one, judged.get(&group(one))?.clone()));
    Ok(packages.iter().filter_map(known).collect())
}

type Group<'a> = (i64, [Option<&'a str>; 4], &'a str);

fn group(one: &Judged) -> Group<'_> {
    let expected = [
        one.expected_vendor.as_deref(),
        one.expected_product.as_deref(),
        one.vendor.as_deref(),
        one.anchor.as_deref(),
    ];
    (one.key_set, expected, &one.verdict)
}
