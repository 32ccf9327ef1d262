//! The second step of a walk: paths in what was explored.
//!
//! But for name constraints and policies, only pathLen depends on what lies below a certificate, and fewer
//! intermediates below are never worse. The least number below each certificate, found as a shortest
//! way, therefore decides exactly whether a path exists, without listing the paths of a mesh, whose
//! number is factorial. Constraints that the leaf itself breaks are like a defect of the issuer; the
//! others are held against the paths found, and [`super::detour`] seeks others where they break. Where a
//! policy is needed and a path found has none, the other paths are looked at one by one.

use std::collections::BTreeSet;

use super::detour::detour;
use super::exploration::{Exploration, LEAF, Target};
use super::failure::Failure;
use super::graph::Chain;
use super::name_constraints::NameRules;
use super::near::nearest;
use super::others::add_others;
use super::outcome::{Path, Walk};
use super::policies::PolicyRules;
use crate::domain::Sha256;
use crate::formats::limits;
use crate::formats::x509::Certificate;

/// How costly it is to come from the leaf to a certificate: defects, intermediates below that are
/// not self-issued, certificates.
type Cost = (usize, u32, u32);

#[derive(Clone, Copy)]
pub(super) struct Label {
    pub(super) cost: Cost,
    pub(super) from: usize,
}

/// Turns an exploration into the answer.
pub(super) fn conclude(mut exploration: Exploration<'_>) -> Walk {
    let mut rules = NameRules::of(&exploration);
    let mut policies = PolicyRules::of(&exploration);
    exploration.barred = rules.barred(&exploration);
    let (mut chains, too_long) = complete(&exploration);
    for failure in too_long {
        exploration.note(failure);
    }
    let is_explicit = exploration
        .question
        .policies
        .is_some_and(|demand| demand.explicit);
    let leaf_alone =
        exploration.leaf_is_anchor && exploration.defects_of(LEAF).is_empty() && !is_explicit;
    let mut more_paths = false;
    if !chains.is_empty() {
        chains.retain(|chain| rules.allow_chain(&exploration, chain));
        let mut all_tried = true;
        if chains.is_empty() {
            (chains, all_tried) = detour(&mut exploration, &mut rules);
        }
        let found = chains.len();
        chains.retain(|chain| policies.allow(&exploration, chain));
        let lost = chains.len() < found;
        if !chains.is_empty() || !all_tried || lost {
            more_paths = add_others(&exploration, &mut rules, &mut policies, &mut chains);
        }
        if chains.is_empty() {
            exploration.spent.exhausted |= more_paths;
            more_paths = false;
        }
    }
    let mut paths: Vec<Path> = vec![];
    if leaf_alone {
        paths.push(Path {
            certificates: vec![exploration.question.leaf.clone()],
            anchor: exploration.question.leaf.spki_sha256(),
            weaknesses: vec![],
            deviations: vec![],
        });
    }
    paths.extend(chains.iter().map(|chain| {
        let (certificates, weaknesses) = exploration.told(chain);
        let deviations = exploration.deviations(chain);
        Path {
            anchor: certificates.last().map_or(
                exploration.question.leaf.spki_sha256(),
                Certificate::spki_sha256,
            ),
            certificates,
            weaknesses,
            deviations,
        }
    }));
    more_paths |= paths.len() > limits::PATHS;
    paths.truncate(limits::PATHS);
    let (near, gap) = if paths.is_empty() {
        nearest(&mut exploration, &mut rules, &mut policies)
    } else {
        (vec![], None)
    };
    let (breaches, exhausted) = rules.into_failures();
    for breach in breaches {
        exploration.note(breach);
    }
    exploration.spent.exhausted |= exhausted || policies.is_exhausted();
    Walk {
        paths,
        more_paths,
        near,
        gap,
        failures: exploration.failures,
        failures_dropped: exploration.failures_dropped,
        offered_dropped: exploration.offered_dropped,
        spent: exploration.spent,
    }
}

/// The cheapest way to every node. Without defects allowed, only sound certificates are passed.
pub(super) fn labels(exploration: &Exploration<'_>, defects_allowed: bool) -> Vec<Option<Label>> {
    let mut labels: Vec<Option<Label>> = vec![None; exploration.nodes.len()];
    let own = exploration.defects_of(LEAF).len();
    if own > 0 && !defects_allowed {
        return labels;
    }
    let start: Cost = (own, 0, 0);
    let mut queue = BTreeSet::from([(start, LEAF)]);
    set(&mut labels, LEAF, start, LEAF);
    while let Some((cost, child)) = queue.pop_first() {
        if label(&labels, child).is_none_or(|known| known.cost != cost) {
            continue;
        }
        let Some(node) = exploration.nodes.get(child) else {
            continue;
        };
        let below = cost.1 + exploration.counted(child);
        for link in &node.issuers {
            let Target::Node(issuer) = link.to else {
                continue;
            };
            let added = exploration.flaws_of(issuer)
                + usize::from(link.refused.is_some())
                + usize::from(exploration.length_defect(link.to, below).is_some());
            if issuer == LEAF || added > 0 && !defects_allowed {
                continue;
            }
            let next = (cost.0 + added, below, cost.2 + 1);
            if label(&labels, issuer).is_none_or(|known| next < known.cost) {
                set(&mut labels, issuer, next, child);
                queue.insert((next, issuer));
            }
        }
    }
    labels
}

pub(super) fn label(labels: &[Option<Label>], node: usize) -> Option<Label> {
    labels.get(node).copied().flatten()
}

fn set(labels: &mut [Option<Label>], node: usize, cost: Cost, from: usize) {
    if let Some(label) = labels.get_mut(node) {
        *label = Some(Label { cost, from });
    }
}

/// The shortest complete chain to each anchor, and the links that only pathLen forbids.
pub(super) fn complete(exploration: &Exploration<'_>) -> (Vec<Chain>, Vec<Failure>) {
    let labels = labels(exploration, false);
    let mut best: Vec<Option<(Cost, Sha256, usize)>> = vec![None; exploration.anchors.len()];
    let mut too_long = vec![];
    for (index, node) in exploration.nodes.iter().enumerate() {
        let Some(Label { cost, .. }) = label(&labels, index) else {
            continue;
        };
        let below = cost.1 + exploration.counted(index);
        for link in &node.issuers {
            if let Some(defect) = exploration.length_defect(link.to, below) {
                if let Some(issuer) = exploration.target(link.to) {
                    too_long.push(Failure::of(issuer, defect));
                }
                continue;
            }
            let Target::Anchor(anchor) = link.to else {
                continue;
            };
            let sound = link.refused.is_none() && exploration.is_sound_anchor(anchor);
            let found = (cost, node.certificate.sha256(), index);
            if sound
                && let Some(best) = best.get_mut(anchor)
                && best.is_none_or(|known| found < known)
            {
                *best = Some(found);
            }
        }
    }
    let mut found: Vec<(Cost, Sha256, Chain)> = best
        .into_iter()
        .enumerate()
        .filter_map(|(anchor, best)| {
            let (cost, _, last) = best?;
            let chain = Chain {
                nodes: back_to_leaf(&labels, last),
                anchor: Some(anchor),
            };
            let key = exploration.anchors.get(anchor)?.certificate.spki_sha256();
            Some((cost, key, chain))
        })
        .collect();
    found.sort();
    (
        found.into_iter().map(|(_, _, chain)| chain).collect(),
        too_long,
    )
}

pub(super) fn back_to_leaf(labels: &[Option<Label>], last: usize) -> Vec<usize> {
    let mut nodes = vec![last];
    let mut here = last;
    // Every step back is to a cheaper node; the bound only guards against the impossible.
    while here != LEAF && nodes.len() <= labels.len() {
        let Some(label) = label(labels, here) else {
            break;
        };
        here = label.from;
        nodes.push(here);
    }
    nodes.reverse();
    nodes
}
