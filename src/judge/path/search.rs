//! The second step of a walk: paths in what was explored.
//!
//! Only pathLen depends on what lies below a certificate, and fewer intermediates below are never
//! worse. The least number below each certificate, found as a shortest way, therefore decides
//! exactly whether a path exists, without listing the paths of a mesh, whose number is factorial.

use std::collections::BTreeSet;

use super::exploration::{Exploration, LEAF, Target};
use super::failure::{Defect, Failure};
use super::gap::Gap;
use super::outcome::{NearPath, Path, Walk};
use crate::domain::Sha256;
use crate::formats::algorithm::Weakness;
use crate::formats::limits;
use crate::formats::x509::Certificate;

/// How many branches are looked at for paths beyond the shortest ones.
const OTHER_PATHS_STEPS: u32 = 2_000;

/// How costly it is to come from the leaf to a certificate: defects, intermediates below that are
/// not self-issued, certificates.
type Cost = (usize, u32, u32);

#[derive(Clone, Copy)]
struct Label {
    cost: Cost,
    from: usize,
}

/// Nodes from the leaf upwards, and the anchor at the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Chain {
    nodes: Vec<usize>,
    anchor: Option<usize>,
}

/// Turns an exploration into the answer.
pub(super) fn conclude(mut exploration: Exploration<'_>) -> Walk {
    let (mut chains, too_long) = complete(&exploration);
    for failure in too_long {
        exploration.note(failure);
    }
    let leaf_alone = exploration.leaf_is_anchor && defects_of(&exploration, LEAF).is_empty();
    let mut more_paths = false;
    if !chains.is_empty() {
        more_paths = add_others(&exploration, &mut chains);
    }
    let mut paths: Vec<Path> = vec![];
    if leaf_alone {
        paths.push(Path {
            certificates: vec![exploration.question.leaf.clone()],
            anchor: exploration.question.leaf.spki_sha256(),
            weaknesses: vec![],
        });
    }
    paths.extend(chains.iter().map(|chain| {
        let (certificates, weaknesses) = told(&exploration, chain);
        Path {
            anchor: certificates.last().map_or(
                exploration.question.leaf.spki_sha256(),
                Certificate::spki_sha256,
            ),
            certificates,
            weaknesses,
        }
    }));
    more_paths |= paths.len() > limits::PATHS;
    paths.truncate(limits::PATHS);
    let (near, gap) = if paths.is_empty() {
        nearest(&mut exploration)
    } else {
        (vec![], None)
    };
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
fn labels(exploration: &Exploration<'_>, defects_allowed: bool) -> Vec<Option<Label>> {
    let mut labels: Vec<Option<Label>> = vec![None; exploration.nodes.len()];
    let own = defects_of(exploration, LEAF).len();
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
        let below = cost.1 + counted(exploration, child);
        for link in &node.issuers {
            let Target::Node(issuer) = link.to else {
                continue;
            };
            let added = defects_of(exploration, issuer).len()
                + usize::from(link.refused.is_some())
                + usize::from(length_defect(exploration, link.to, below).is_some());
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

fn label(labels: &[Option<Label>], node: usize) -> Option<Label> {
    labels.get(node).copied().flatten()
}

fn set(labels: &mut [Option<Label>], node: usize, cost: Cost, from: usize) {
    if let Some(label) = labels.get_mut(node) {
        *label = Some(Label { cost, from });
    }
}

/// The shortest complete chain to each anchor, and the links that only pathLen forbids.
fn complete(exploration: &Exploration<'_>) -> (Vec<Chain>, Vec<Failure>) {
    let labels = labels(exploration, false);
    let mut best: Vec<Option<(Cost, Sha256, usize)>> = vec![None; exploration.anchors.len()];
    let mut too_long = vec![];
    for (index, node) in exploration.nodes.iter().enumerate() {
        let Some(Label { cost, .. }) = label(&labels, index) else {
            continue;
        };
        let below = cost.1 + counted(exploration, index);
        for link in &node.issuers {
            if let Some(defect) = length_defect(exploration, link.to, below) {
                if let Some(issuer) = target(exploration, link.to) {
                    too_long.push(Failure::of(issuer, defect));
                }
                continue;
            }
            let Target::Anchor(anchor) = link.to else {
                continue;
            };
            let sound = link.refused.is_none()
                && exploration
                    .anchors
                    .get(anchor)
                    .is_some_and(|anchor| anchor.defects.is_empty());
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

/// Looks for further complete chains, nearest branches first. True when some were left out.
fn add_others(exploration: &Exploration<'_>, chains: &mut Vec<Chain>) -> bool {
    let mut others = Others {
        exploration,
        distances: distances(exploration),
        known: chains.iter().cloned().collect(),
        found: vec![],
        room: (limits::PATHS + 1).saturating_sub(chains.len()),
        steps: 0,
    };
    others.descend(&mut vec![LEAF], 0);
    let left_out = others.room == 0 || others.steps >= OTHER_PATHS_STEPS;
    let found = others.found;
    chains.extend(found);
    left_out
}

struct Others<'a> {
    exploration: &'a Exploration<'a>,
    distances: Vec<Option<u32>>,
    known: BTreeSet<Chain>,
    found: Vec<Chain>,
    room: usize,
    steps: u32,
}

impl Others<'_> {
    /// `below`: intermediates below the last node that count.
    fn descend(&mut self, nodes: &mut Vec<usize>, below: u32) {
        let exploration = self.exploration;
        let Some((last, node)) = nodes
            .last()
            .and_then(|last| Some((*last, exploration.nodes.get(*last)?)))
        else {
            return;
        };
        let below = below + counted(exploration, last);
        let mut branches: Vec<(u32, Target)> = vec![];
        for link in &node.issuers {
            if link.refused.is_some() || length_defect(exploration, link.to, below).is_some() {
                continue;
            }
            match link.to {
                Target::Anchor(anchor) => {
                    let sound = exploration.anchors.get(anchor);
                    if sound.is_some_and(|anchor| anchor.defects.is_empty()) {
                        branches.push((0, link.to));
                    }
                }
                Target::Node(issuer) => {
                    if let Some(distance) = self.distances.get(issuer).copied().flatten()
                        && !nodes.contains(&issuer)
                    {
                        branches.push((distance, link.to));
                    }
                }
            }
        }
        branches.sort();
        for (_, branch) in branches {
            if self.room == 0 || self.steps >= OTHER_PATHS_STEPS {
                return;
            }
            self.steps += 1;
            match branch {
                Target::Anchor(anchor) => {
                    let chain = Chain {
                        nodes: nodes.clone(),
                        anchor: Some(anchor),
                    };
                    if self.known.insert(chain.clone()) {
                        self.found.push(chain);
                        self.room -= 1;
                    }
                }
                Target::Node(issuer) => {
                    nodes.push(issuer);
                    self.descend(nodes, below);
                    nodes.pop();
                }
            }
        }
    }
}

/// How many links each sound node is away from a sound anchor.
fn distances(exploration: &Exploration<'_>) -> Vec<Option<u32>> {
    let mut distances: Vec<Option<u32>> = vec![None; exploration.nodes.len()];
    let mut distance = 0;
    loop {
        let mut reached = vec![];
        for (index, node) in exploration.nodes.iter().enumerate() {
            if !node.reached || !node.defects.is_empty() || is_set(&distances, index) {
                continue;
            }
            let near = node.issuers.iter().any(|link| {
                link.refused.is_none()
                    && match link.to {
                        Target::Anchor(anchor) => exploration
                            .anchors
                            .get(anchor)
                            .is_some_and(|anchor| anchor.defects.is_empty()),
                        Target::Node(issuer) => is_set(&distances, issuer),
                    }
            });
            if near {
                reached.push(index);
            }
        }
        if reached.is_empty() {
            return distances;
        }
        distance += 1;
        for index in reached {
            if let Some(known) = distances.get_mut(index) {
                *known = Some(distance);
            }
        }
    }
}

fn is_set(distances: &[Option<u32>], index: usize) -> bool {
    distances.get(index).copied().flatten().is_some()
}

/// Chains that lack something, nearest first, and the gap when none of them reaches an anchor.
fn nearest(exploration: &mut Exploration<'_>) -> (Vec<NearPath>, Option<Gap>) {
    let labels = labels(exploration, true);
    let mut near: Vec<NearPath> = vec![];
    let mut missing = vec![];
    if exploration.leaf_is_anchor {
        let chain = Chain {
            nodes: vec![LEAF],
            anchor: None,
        };
        near.push(NearPath {
            anchor: Some(exploration.question.leaf.spki_sha256()),
            ..near_path(exploration, &chain, None)
        });
    }
    for (index, node) in exploration.nodes.iter().enumerate() {
        if label(&labels, index).is_none() {
            continue;
        }
        let nodes = back_to_leaf(&labels, index);
        for link in &node.issuers {
            if let Target::Anchor(anchor) = link.to {
                let chain = Chain {
                    nodes: nodes.clone(),
                    anchor: Some(anchor),
                };
                near.push(near_path(exploration, &chain, None));
            }
        }
        if node.issuers.is_empty() {
            let certificate = &node.certificate;
            let failure = Failure::of(
                certificate,
                Defect::IssuerMissing {
                    subject: certificate.issuer().clone(),
                    key_identifier: certificate
                        .authority_key_identifier()
                        .and_then(|authority| authority.key_identifier.clone()),
                },
            );
            missing.push(failure.clone());
            let chain = Chain {
                nodes,
                anchor: None,
            };
            near.push(near_path(exploration, &chain, Some(failure)));
        }
    }
    for failure in missing {
        exploration.note(failure);
    }
    // An anchor first, then the fewest defects, then the chain that came furthest.
    near.sort_by_key(|near| {
        let digests: Vec<Sha256> = near.certificates.iter().map(Certificate::sha256).collect();
        (
            near.anchor.is_none(),
            near.lacks.len(),
            std::cmp::Reverse(digests.len()),
            digests,
        )
    });
    let gap = near
        .first()
        .filter(|near| near.anchor.is_none())
        .and_then(|near| Gap::after(near, exploration));
    near.truncate(limits::PATHS);
    (near, gap)
}

fn near_path(exploration: &Exploration<'_>, chain: &Chain, end: Option<Failure>) -> NearPath {
    let (certificates, weaknesses) = told(exploration, chain);
    let mut lacks = vec![];
    let mut below = 0;
    let mut targets: Vec<Target> = chain.nodes.iter().copied().map(Target::Node).collect();
    targets.extend(chain.anchor.map(Target::Anchor));
    for (index, here) in targets.iter().enumerate() {
        let Some(certificate) = target(exploration, *here) else {
            continue;
        };
        let own = match here {
            Target::Node(node) => defects_of(exploration, *node),
            Target::Anchor(anchor) => exploration
                .anchors
                .get(*anchor)
                .map_or(&[][..], |anchor| &anchor.defects),
        };
        lacks.extend(
            own.iter()
                .map(|defect| Failure::of(certificate, defect.clone())),
        );
        if index > 0
            && let Some(defect) = length_defect(exploration, *here, below)
        {
            lacks.push(Failure::of(certificate, defect));
        }
        let Target::Node(node) = here else {
            continue;
        };
        below += counted(exploration, *node);
        if let Some(next) = targets.get(index + 1)
            && let Some(link) = link(exploration, *node, *next)
            && let Some(refused) = &link.refused
            && let Some(issuer) = target(exploration, *next)
        {
            let is_anchor = matches!(next, Target::Anchor(_));
            lacks.push(Failure::under(
                certificate,
                issuer,
                is_anchor,
                refused.clone(),
            ));
        }
    }
    lacks.extend(end);
    NearPath {
        anchor: chain
            .anchor
            .and_then(|_| certificates.last().map(Certificate::spki_sha256)),
        certificates,
        lacks,
        weaknesses,
    }
}

/// A chain's certificates, and what is weak about the signatures on them.
fn told(
    exploration: &Exploration<'_>,
    chain: &Chain,
) -> (Vec<Certificate>, Vec<(Sha256, Weakness)>) {
    let mut targets: Vec<Target> = chain.nodes.iter().copied().map(Target::Node).collect();
    targets.extend(chain.anchor.map(Target::Anchor));
    let certificates: Vec<Certificate> = targets
        .iter()
        .filter_map(|here| target(exploration, *here).cloned())
        .collect();
    let mut weaknesses = vec![];
    for pair in targets.windows(2) {
        if let [Target::Node(child), issuer] = pair
            && let Some(link) = link(exploration, *child, *issuer)
            && let Some(node) = exploration.nodes.get(*child)
        {
            let certificate = node.certificate.sha256();
            weaknesses.extend(link.weaknesses.iter().map(|weak| (certificate, *weak)));
        }
    }
    (certificates, weaknesses)
}

fn link<'a>(
    exploration: &'a Exploration<'_>,
    child: usize,
    to: Target,
) -> Option<&'a super::exploration::Link> {
    exploration
        .nodes
        .get(child)?
        .issuers
        .iter()
        .find(|link| link.to == to)
}

fn target<'a>(exploration: &'a Exploration<'_>, target: Target) -> Option<&'a Certificate> {
    match target {
        Target::Node(node) => exploration.nodes.get(node).map(|node| &node.certificate),
        Target::Anchor(anchor) => exploration
            .anchors
            .get(anchor)
            .map(|anchor| &anchor.certificate),
    }
}

fn defects_of<'a>(exploration: &'a Exploration<'_>, node: usize) -> &'a [Defect] {
    exploration
        .nodes
        .get(node)
        .map_or(&[], |node| node.defects.as_slice())
}

/// 1 for an intermediate that is not self-issued, else 0 (RFC 5280 6.1.4 (l)).
fn counted(exploration: &Exploration<'_>, node: usize) -> u32 {
    let is_counted = node != LEAF
        && exploration
            .nodes
            .get(node)
            .is_some_and(|node| !node.certificate.is_self_issued());
    u32::from(is_counted)
}

/// What pathLen, or the question's own limit, has against `below` intermediates.
fn length_defect(exploration: &Exploration<'_>, issuer: Target, below: u32) -> Option<Defect> {
    let own = target(exploration, issuer)?
        .basic_constraints()
        .and_then(|constraints| constraints.path_length);
    if let Some(limit) = own.filter(|limit| below > *limit) {
        return Some(Defect::PathLength {
            limit,
            found: below,
        });
    }
    let through = match issuer {
        Target::Node(node) => below + counted(exploration, node),
        Target::Anchor(_) => below,
    };
    exploration
        .question
        .intermediates
        .filter(|limit| through > *limit)
        .map(|limit| Defect::PathLength {
            limit,
            found: through,
        })
}

fn back_to_leaf(labels: &[Option<Label>], last: usize) -> Vec<usize> {
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
