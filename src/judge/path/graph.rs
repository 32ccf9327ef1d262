//! What was explored, read as a graph: certificates, verified links, and what is wrong with both.

use super::Profile;
use super::checks;
use super::exploration::{Exploration, LEAF, Link, Target};
use super::failure::{Defect, Failure};
use super::mandates::Role;
use crate::domain::Sha256;
use crate::formats::algorithm::Weakness;
use crate::formats::x509::Certificate;

/// Nodes from the leaf upwards, and the anchor at the end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chain {
    pub(super) nodes: Vec<usize>,
    pub(super) anchor: Option<usize>,
}

impl Chain {
    /// Everything on it, the anchor last.
    pub(super) fn targets(&self) -> Vec<Target> {
        let mut targets: Vec<Target> = self.nodes.iter().copied().map(Target::Node).collect();
        targets.extend(self.anchor.map(Target::Anchor));
        targets
    }
}

impl Exploration<'_> {
    /// A chain's certificates, and what is weak about the signatures on them.
    pub(super) fn told(&self, chain: &Chain) -> (Vec<Certificate>, Vec<(Sha256, Weakness)>) {
        let targets = chain.targets();
        let certificates: Vec<Certificate> = targets
            .iter()
            .filter_map(|here| self.target(*here).cloned())
            .collect();
        let mut weaknesses = vec![];
        for pair in targets.windows(2) {
            if let [Target::Node(child), issuer] = pair
                && let Some(link) = self.link(*child, *issuer)
                && let Some(node) = self.nodes.get(*child)
            {
                let certificate = node.certificate.sha256();
                weaknesses.extend(link.weaknesses.iter().map(|weak| (certificate, *weak)));
            }
        }
        (certificates, weaknesses)
    }

    /// What the field profile lets pass on a chain, below the anchor.
    pub(super) fn deviations(&self, chain: &Chain) -> Vec<Failure> {
        if self.question.profile == Profile::Strict {
            return vec![];
        }
        let below = chain.nodes.iter().filter_map(|index| {
            let certificate = &self.nodes.get(*index)?.certificate;
            let role = if *index == LEAF {
                Role::Leaf
            } else {
                Role::Intermediate
            };
            Some((certificate, role))
        });
        below
            .flat_map(|(certificate, role)| {
                checks::deviations(certificate, role)
                    .into_iter()
                    .map(|defect| Failure::of(certificate, defect))
            })
            .collect()
    }

    pub(super) fn link(&self, child: usize, to: Target) -> Option<&Link> {
        self.nodes
            .get(child)?
            .issuers
            .iter()
            .find(|link| link.to == to)
    }

    pub(super) fn target(&self, target: Target) -> Option<&Certificate> {
        match target {
            Target::Node(node) => self.nodes.get(node).map(|node| &node.certificate),
            Target::Anchor(anchor) => self.anchors.get(anchor).map(|anchor| &anchor.certificate),
        }
    }

    pub(super) fn defects_of(&self, node: usize) -> &[Defect] {
        self.nodes
            .get(node)
            .map_or(&[], |node| node.defects.as_slice())
    }

    /// 1 for an intermediate that is not self-issued, else 0 (RFC 5280 6.1.4 (l)).
    pub(super) fn counted(&self, node: usize) -> u32 {
        let is_counted = node != LEAF
            && self
                .nodes
                .get(node)
                .is_some_and(|node| !node.certificate.is_self_issued());
        u32::from(is_counted)
    }

    /// What pathLen, or the question's own limit, has against `below` intermediates.
    pub(super) fn length_defect(&self, issuer: Target, below: u32) -> Option<Defect> {
        let own = self
            .target(issuer)?
            .basic_constraints()
            .and_then(|constraints| constraints.path_length);
        if let Some(limit) = own.filter(|limit| below > *limit) {
            return Some(Defect::PathLength {
                limit,
                found: below,
            });
        }
        let through = match issuer {
            Target::Node(node) => below + self.counted(node),
            Target::Anchor(_) => below,
        };
        self.question
            .intermediates
            .filter(|limit| through > *limit)
            .map(|limit| Defect::PathLength {
                limit,
                found: through,
            })
    }

    /// Whether an anchor may end a complete path.
    pub(super) fn is_sound_anchor(&self, anchor: usize) -> bool {
        let is_sound = self
            .anchors
            .get(anchor)
            .is_some_and(|anchor| anchor.defects.is_empty());
        is_sound && !self.barred.contains(&Target::Anchor(anchor))
    }

    /// How many defects a path takes up with an issuer, whatever else stands on it.
    pub(super) fn flaws_of(&self, node: usize) -> usize {
        let barred = self.barred.contains(&Target::Node(node));
        self.defects_of(node).len() + usize::from(barred)
    }
}
