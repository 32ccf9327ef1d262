//! What was posted about the keys of one signature, for its verdict: by exact identity alone.

use std::collections::BTreeSet;

use super::contradiction::{Objection, warns};
use super::{Hosts, KeyIdentity, Link, Links, Match, Question, link, rank, vendor_names};
use crate::domain::{Finding, FindingKind, Verdict};
use crate::judge::context::Context;
use crate::judge::posted::{Naming, Post};
use crate::judge::report::{ExplainedLevel, SignatureReport};
use crate::judge::trust::View;

/// How many posts are read for one key; those that speak for a vendor come first.
const READ: usize = 16;
/// How many posts of one kind a report tells.
const TOLD: usize = 3;

/// The keys of a signature that posts may name.
#[derive(Debug)]
pub(in crate::judge) struct InDoubt {
    pub(in crate::judge) signer: KeyIdentity,
    /// The certificates above it whose signatures lead to it.
    pub(in crate::judge) issuers: Vec<KeyIdentity>,
    /// No further than this: what the mathematics did not check stays a candidate.
    pub(in crate::judge) at_most: ExplainedLevel,
}

/// Whether a known post of the right vendor names one of the keys, said in `report`.
pub(in crate::judge) fn explain_by_posts(
    doubt: &InDoubt,
    place: &str,
    context: &Context<'_>,
    report: &mut SignatureReport,
) {
    if !matches!(report.verdict, Verdict::Unanchored | Verdict::Explained) {
        return;
    }
    let mut links = about(doubt, context);
    rank(&mut links);
    let found = |kind| Finding::new(kind, place);
    let warned: Vec<&Link> = links.iter().filter(|link| warns(link)).collect();
    for link in warned.iter().take(TOLD) {
        report.findings.push(found(FindingKind::VendorWarnsOfKey {
            post: link.post.id.clone(),
            url: link.post.url.clone(),
            title: link.post.title.clone(),
            vendor: link.vendor.clone().unwrap_or_default(),
        }));
    }
    let level = links
        .iter()
        .map(|link| link.level)
        .max()
        .unwrap_or(ExplainedLevel::None)
        .min(doubt.at_most);
    let explains = |link: &&Link| link.level.min(doubt.at_most) == ExplainedLevel::Explained;
    for link in links.iter().filter(explains).take(TOLD) {
        report.findings.push(found(FindingKind::PostExplains {
            post: link.post.id.clone(),
            url: link.post.url.clone(),
            title: link.post.title.clone(),
            ground: link.ground.code().to_owned(),
            vendor: link.vendor.clone().unwrap_or_default(),
        }));
        report.vendor = report.vendor.take().or_else(|| link.vendor.clone());
    }
    let rest = links.iter().filter(|link| !explains(link) && !warns(link));
    for link in rest.take(TOLD) {
        report.findings.push(found(FindingKind::PostNamesKey {
            post: link.post.id.clone(),
            url: link.post.url.clone(),
            title: link.post.title.clone(),
            why: why_not(link, doubt).to_owned(),
        }));
    }
    if level == ExplainedLevel::Explained {
        report.verdict = Verdict::Explained;
    }
    if level >= report.explained.level {
        let told = links
            .iter()
            .filter(|link| link.level.min(doubt.at_most) == level);
        let ids = told.map(|link| link.post.id.clone());
        if level > report.explained.level {
            report.explained.by.clear();
        }
        report.explained.by.extend(ids);
        report.explained.level = level;
    }
}

/// Every post that names one of the keys by identity or key id, and what is said between them.
fn about(doubt: &InDoubt, context: &Context<'_>) -> Vec<Link> {
    let view = context.view;
    let mut hosts: Option<Hosts> = None;
    let names = context
        .vendor
        .map(|slug| vendor_names(slug, view))
        .unwrap_or_default();
    let mut links: Vec<Link> = vec![];
    let keys = std::iter::once((&doubt.signer, false));
    for (key, above) in keys.chain(doubt.issuers.iter().map(|key| (key, true))) {
        let values: Vec<String> = key.full.iter().chain(&key.key_ids).cloned().collect();
        let namings = view.posts_naming(&values);
        if namings.is_empty() {
            continue;
        }
        let hosts = hosts.get_or_insert_with(|| Hosts::of(view));
        let posts = chosen(&namings, hosts, view);
        let question = Question {
            key,
            vendor: context.vendor,
            vendor_names: &names,
            hosts,
        };
        for mut found in link(&question, posts).links {
            if found.matched > Match::KeyId
                || links.iter().any(|known| known.post.id == found.post.id)
            {
                continue;
            }
            if above {
                hold_to_name(&mut found, key, &doubt.signer, view);
            }
            links.push(found);
        }
    }
    links
}

/// The posts to read: those that speak for a vendor, then the newest of the others.
fn chosen(namings: &[Naming], hosts: &Hosts, view: &dyn View) -> Vec<Post> {
    let mut met = BTreeSet::new();
    let (mut vendors, mut others): (Vec<&str>, Vec<&str>) = (vec![], vec![]);
    for naming in namings.iter().filter(|naming| met.insert(&naming.post)) {
        match hosts.speaker(&naming.url, &naming.author_id) {
            (_, Some(_)) => vendors.push(&naming.post),
            (_, None) => others.push(&naming.post),
        }
    }
    vendors
        .into_iter()
        .chain(others)
        .take(READ)
        .filter_map(|id| view.post(id))
        .map(|post| Post::clone(&post))
        .collect()
}

/// Holds every post that names an issuer, and not the signer, to the vendor's name.
pub(super) fn hold_to_names(
    links: &mut Links,
    signer: &KeyIdentity,
    issuers: &[KeyIdentity],
    view: &dyn View,
) {
    for found in &mut links.links {
        let Some(value) = found.value.clone() else {
            continue;
        };
        if signer.is_named_by(&value) || signer.has_key_id(&value) {
            continue;
        }
        if let Some(issuer) = issuers.iter().find(|issuer| issuer.is_named_by(&value)) {
            hold_to_name(found, issuer, signer, view);
        }
    }
    rank(&mut links.links);
}

/// A vendor that announces a public authority's certificate announces no signer under it: the name
/// on the issuer or on the signer, which an authority checks, must be the vendor's.
fn hold_to_name(found: &mut Link, issuer: &KeyIdentity, signer: &KeyIdentity, view: &dyn View) {
    if found.level < ExplainedLevel::Explained {
        return;
    }
    let names: Vec<String> = found
        .vendor
        .as_deref()
        .map(|slug| vendor_names(slug, view))
        .unwrap_or_default()
        .iter()
        .map(|name| name.to_lowercase())
        .collect();
    let fits = |key: &KeyIdentity| {
        key.organisation
            .as_ref()
            .is_some_and(|name| names.contains(&name.to_lowercase()))
    };
    if !fits(issuer) && !fits(signer) {
        found.object(
            Objection::IssuerOfOthers,
            issuer.common_name.clone().unwrap_or_default(),
        );
    }
}

/// The first thing that keeps a post from explaining.
fn why_not(link: &Link, doubt: &InDoubt) -> &'static str {
    if link.matched != Match::Full {
        return link.matched.code();
    }
    let blocking = link
        .contradictions
        .iter()
        .find(|found| found.objection.blocks());
    match blocking {
        Some(found) => found.objection.code(),
        None if link.ground.may_explain() && doubt.at_most < ExplainedLevel::Explained => {
            "key-not-at-hand"
        }
        None => link.ground.code(),
    }
}
