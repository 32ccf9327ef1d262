//! What a change of trust does to packages that are known: before it is made (`blast`), and after
//! (judging again exactly what it touches).

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::domain::{AnchorId, Verdict};
use crate::judge::context::Context;
use crate::judge::dependency::{dependencies, of_anchor, of_posted, touched_by_entry};
use crate::judge::facts::PackageFacts;
use crate::judge::link::KeyIdentity;
use crate::judge::package::judge;
use crate::judge::path::{Profile, SignatureCache};
use crate::judge::report::{PackageReport, SignatureReport};
use crate::judge::trust::{View, Without, products_of};
use crate::store::{ChangedVerdict, Judged, Judgement, Store, StoreError};

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

/// What judging again found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reevaluation {
    /// How many readings the changes touched.
    pub touched: usize,
    /// In the order of the store.
    pub changed: Vec<ChangedVerdict>,
    /// The last change whose consequences are judged.
    pub up_to: u64,
}

/// Judges again what the changes touch that were not followed up yet, and records what came of it.
/// When it is cut off, the next call begins again: nothing is recorded by halves.
///
/// # Errors
/// When the store cannot be read or written.
pub fn reevaluate(
    path: &Path,
    store: &mut Store,
    view: &dyn View,
    profile: Profile,
    now: Timestamp,
) -> Result<Reevaluation, StoreError> {
    let (from, to) = store.unjudged_changes()?;
    if from >= to {
        return Ok(Reevaluation {
            up_to: to,
            ..Reevaluation::default()
        });
    }
    let trust = store.changed_between(from, to)?;
    let mut keys: Vec<_> = trust
        .anchors
        .iter()
        .filter_map(|id| id.parse().ok())
        .map(|id: AnchorId| of_anchor(&id))
        .collect();
    for (map, key, value) in &trust.entries {
        keys.extend(touched_by_entry(*map, key, value));
    }
    keys.sort();
    keys.dedup();
    let readings = store.judged_by(&keys)?;
    let changed = judge_again(path, &readings, view, profile, now)?;
    store.judged_again(&changed, to, now)?;
    Ok(Reevaluation {
        touched: readings.len(),
        changed,
        up_to: to,
    })
}

/// How many posts are followed up at once.
const POSTS: u32 = 500;

/// Judges packages again whose key posts name that came since the last time, or that were changed. The
/// view must have been made after they came.
///
/// # Errors
/// When the store cannot be read or written.
pub fn relink(
    path: &Path,
    store: &mut Store,
    view: &dyn View,
    profile: Profile,
    now: Timestamp,
) -> Result<Reevaluation, StoreError> {
    let mut all = Reevaluation::default();
    loop {
        let posts = store.pending_posts(POSTS)?;
        if posts.is_empty() {
            return Ok(all);
        }
        let mut keys: Vec<_> = store
            .identities_of(&posts)?
            .iter()
            .flat_map(|value| of_posted(value))
            .collect();
        keys.sort();
        keys.dedup();
        let mut readings = store.judged_by(&keys)?;
        // What a post says moves no other verdict.
        readings.retain(|one| is_in_doubt(&one.verdict));
        let changed = judge_again(path, &readings, view, profile, now)?;
        store.explained_again(&changed, now)?;
        store.posts_followed_up(&posts)?;
        all.touched += readings.len();
        all.changed.extend(changed);
    }
}

fn is_in_doubt(verdict: &str) -> bool {
    [Verdict::Unanchored.word(), told(Verdict::Explained)].contains(&verdict)
}

/// Those of the readings whose verdict, vendor or anchor is not what it was.
fn judge_again(
    path: &Path,
    readings: &[Judged],
    view: &dyn View,
    profile: Profile,
    now: Timestamp,
) -> Result<Vec<ChangedVerdict>, StoreError> {
    let cache = SignatureCache::new();
    let found: Vec<Option<ChangedVerdict>> = readings
        .par_chunks(64)
        .map_init(
            || Store::open_to_read(path),
            |store, chunk| -> Result<Vec<Option<ChangedVerdict>>, StoreError> {
                let store = match store {
                    Ok(store) => store,
                    Err(_) => &mut Store::open_to_read(path)?,
                };
                chunk
                    .iter()
                    .map(|one| again(store, one, view, profile, now, &cache))
                    .collect()
            },
        )
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flatten()
        .collect();
    Ok(found.into_iter().flatten().collect())
}

fn again(
    store: &Store,
    one: &Judged,
    view: &dyn View,
    profile: Profile,
    now: Timestamp,
    cache: &SignatureCache,
) -> Result<Option<ChangedVerdict>, StoreError> {
    let Some(facts) = store.facts_of(one.reading)? else {
        return Ok(None);
    };
    let report = report(store, one, &facts, view, profile, now, cache)?;
    let after = judgement(
        &report,
        one.expected_vendor.as_deref(),
        one.expected_product.as_deref(),
    );
    let same =
        after.verdict == one.verdict && after.vendor == one.vendor && after.anchor == one.anchor;
    Ok((!same).then(|| ChangedVerdict {
        reading: one.reading,
        file: one.file.clone(),
        before: one.verdict.clone(),
        after,
    }))
}

fn report(
    store: &Store,
    one: &Judged,
    facts: &PackageFacts,
    view: &dyn View,
    profile: Profile,
    now: Timestamp,
    cache: &SignatureCache,
) -> Result<PackageReport, StoreError> {
    let context = Context {
        view,
        at: now,
        profile,
        vendor: one.expected_vendor.as_deref(),
        product: one.expected_product.as_deref(),
        witnessed: store.first_seen(facts)?.filter(|seen| *seen <= now),
        cache: Some(cache),
    };
    Ok(judge(&one.file, facts, &context))
}

/// Whether a package has something to lose: one that is refused or forged has not.
fn passes(verdict: &str) -> bool {
    [Verdict::Anchored.word(), Verdict::Unpinned.word()].contains(&verdict)
}

/// What would lose an anchor.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Blast {
    /// Packages that end at it now and pass, or need no more than a rule to pass.
    pub packages: usize,
    /// By vendor and product (as the vendor's file name patterns tell; empty when none fits), with
    /// the number of packages.
    pub products: BTreeMap<(String, String), usize>,
    /// What those packages would be without it, by verdict and the anchor of the path that is left.
    pub instead: BTreeMap<(String, Option<String>), usize>,
}

/// Which packages, products and vendors would lose an anchor if it were gone, and what would be left
/// to them. One package of each set of keys is judged for all that share it.
///
/// # Errors
/// When the store cannot be read.
pub fn blast(
    path: &Path,
    anchor: &AnchorId,
    view: &dyn View,
    profile: Profile,
    now: Timestamp,
) -> Result<Blast, StoreError> {
    let store = Store::open_to_read(path)?;
    let id = anchor.to_string();
    let losing: Vec<Judged> = store
        .judged_by(&[of_anchor(anchor)])?
        .into_iter()
        .filter(|one| one.anchor.as_deref() == Some(&id) && passes(&one.verdict))
        .collect();
    let mut blast = Blast {
        packages: losing.len(),
        ..Blast::default()
    };
    let mut profiles = BTreeMap::new();
    for one in &losing {
        let vendor = one.vendor.clone().unwrap_or_default();
        let profile = profiles
            .entry(vendor.clone())
            .or_insert_with(|| view.vendor(&vendor));
        let product = profile
            .as_ref()
            .and_then(|profile| products_of(profile, &one.file).into_iter().next());
        *blast
            .products
            .entry((vendor, product.unwrap_or_default()))
            .or_default() += 1;
    }
    // One for each way of having come to the verdict.
    type Group<'a> = (i64, Option<&'a str>, &'a str);
    let mut groups: BTreeMap<Group<'_>, (usize, &Judged)> = BTreeMap::new();
    for one in &losing {
        let vendor = one.expected_vendor.as_deref();
        let group = (one.key_set, vendor, one.verdict.as_str());
        groups.entry(group).or_insert((0, one)).0 += 1;
    }
    let groups: Vec<(usize, &Judged)> = groups.into_values().collect();
    let without = Without::new(view, anchor.clone());
    let cache = SignatureCache::new();
    let left: Vec<_> = groups
        .par_chunks(16)
        .map(|chunk| -> Result<Vec<_>, StoreError> {
            let store = Store::open_to_read(path)?;
            let mut found = vec![];
            for (count, one) in chunk {
                if let Some(facts) = store.facts_of(one.reading)? {
                    let report = report(&store, one, &facts, &without, profile, now, &cache)?;
                    let after = judgement(&report, None, None);
                    found.push(((after.verdict, after.anchor), *count));
                }
            }
            Ok(found)
        })
        .collect::<Result<Vec<_>, _>>()?;
    for (left, count) in left.into_iter().flatten() {
        *blast.instead.entry(left).or_default() += count;
    }
    Ok(blast)
}
