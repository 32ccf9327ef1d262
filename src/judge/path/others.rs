//! Complete chains beyond the shortest ones: when a verdict condemns one, another may still hold.

use std::collections::BTreeSet;

use super::exploration::{Exploration, LEAF, Target};
use super::graph::Chain;
use super::name_constraints::NameRules;
use super::policies::PolicyRules;
use crate::formats::limits;

/// How many branches are looked at for them.
const STEPS: u32 = 2_000;

/// Looks for further complete chains, nearest branches first. True when some were left out.
pub(super) fn add_others(
    exploration: &Exploration<'_>,
    rules: &mut NameRules,
    policies: &mut PolicyRules,
    chains: &mut Vec<Chain>,
) -> bool {
    let mut others = Others {
        exploration,
        rules,
        policies,
        distances: distances(exploration),
        known: chains.iter().cloned().collect(),
        found: vec![],
        room: (limits::PATHS + 1).saturating_sub(chains.len()),
        steps: 0,
    };
    others.descend(&mut vec![LEAF], 0);
    let left_out = others.room == 0 || others.steps >= STEPS;
    let found = others.found;
    chains.extend(found);
    left_out
}

struct Others<'a> {
    exploration: &'a Exploration<'a>,
    rules: &'a mut NameRules,
    policies: &'a mut PolicyRules,
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
        let below = below + exploration.counted(last);
        let mut branches: Vec<(u32, Target)> = vec![];
        for link in &node.issuers {
            if link.refused.is_some() || exploration.length_defect(link.to, below).is_some() {
                continue;
            }
            match link.to {
                Target::Anchor(anchor) => {
                    if exploration.is_sound_anchor(anchor) {
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
            if self.room == 0 || self.steps >= STEPS {
                return;
            }
            self.steps += 1;
            if !self.rules.allow(exploration, branch, nodes) {
                continue;
            }
            match branch {
                Target::Anchor(anchor) => {
                    let chain = Chain {
                        nodes: nodes.clone(),
                        anchor: Some(anchor),
                    };
                    if self.policies.allow(exploration, &chain) && self.known.insert(chain.clone())
                    {
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
            if !node.reached || exploration.flaws_of(index) > 0 || is_set(&distances, index) {
                continue;
            }
            let near = node.issuers.iter().any(|link| {
                link.refused.is_none()
                    && match link.to {
                        Target::Anchor(anchor) => exploration.is_sound_anchor(anchor),
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
