//! Chains that verify but lack something, and where the best of them ends.

use std::collections::BTreeSet;

use super::exploration::{Exploration, LEAF, Target};
use super::failure::{Defect, Failure};
use super::gap::Gap;
use super::graph::Chain;
use super::name_constraints::NameRules;
use super::outcome::NearPath;
use super::policies::PolicyRules;
use super::search::{Label, back_to_leaf, label, labels};
use crate::domain::Sha256;
use crate::formats::limits;
use crate::formats::x509::Certificate;

/// Chains that lack something, nearest first, and the gap when none of them reaches an anchor.
pub(super) fn nearest(
    exploration: &mut Exploration<'_>,
    rules: &mut NameRules,
    policies: &mut PolicyRules,
) -> (Vec<NearPath>, Option<Gap>) {
    let labels = labels(exploration, true);
    let mut near: Vec<NearPath> = vec![];
    if exploration.leaf_is_anchor {
        let chain = Chain {
            nodes: vec![LEAF],
            anchor: None,
        };
        near.push(NearPath {
            anchor: Some(exploration.question.leaf.spki_sha256()),
            ..near_path(exploration, (rules, policies), &chain, vec![])
        });
    }
    let mut ends = vec![];
    for (index, node) in exploration.nodes.iter().enumerate() {
        if label(&labels, index).is_none() {
            continue;
        }
        if node.issuers.is_empty() {
            ends.push((index, missing_issuer(&node.certificate)));
        }
        for link in &node.issuers {
            if let Target::Anchor(anchor) = link.to {
                let chain = Chain {
                    nodes: back_to_leaf(&labels, index),
                    anchor: Some(anchor),
                };
                near.push(near_path(exploration, (rules, policies), &chain, vec![]));
            }
        }
    }
    if near.is_empty() && ends.is_empty() {
        ends = circular(exploration, &labels);
    }
    for (index, failure) in &ends {
        let chain = Chain {
            nodes: back_to_leaf(&labels, *index),
            anchor: None,
        };
        // A candidate of the right name whose signature could not be checked says more.
        let unchecked = exploration
            .failures
            .iter()
            .filter(|other| other.certificate == failure.certificate)
            .filter(|other| matches!(other.defect, Defect::SignatureUnchecked(_)))
            .cloned();
        let lacks = unchecked.chain([failure.clone()]).collect();
        near.push(near_path(exploration, (rules, policies), &chain, lacks));
    }
    for (_, failure) in ends {
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

fn missing_issuer(certificate: &Certificate) -> Failure {
    let authority = certificate.authority_key_identifier();
    let defect = Defect::IssuerMissing {
        subject: certificate.issuer().clone(),
        key_identifier: authority.and_then(|authority| authority.key_identifier.clone()),
    };
    Failure::of(certificate, defect)
}

/// Where the chains end when every issuer is at hand and none is an anchor: authorities that only
/// certify each other. No other chain goes on from these certificates.
fn circular(exploration: &Exploration<'_>, labels: &[Option<Label>]) -> Vec<(usize, Failure)> {
    let passed: BTreeSet<usize> = labels
        .iter()
        .enumerate()
        .filter(|(index, _)| *index != LEAF)
        .filter_map(|(_, label)| label.map(|label| label.from))
        .collect();
    exploration
        .nodes
        .iter()
        .enumerate()
        .filter(|(index, _)| label(labels, *index).is_some() && !passed.contains(index))
        .map(|(index, node)| {
            let subject = node.certificate.issuer().clone();
            let defect = Defect::IssuerCircular { subject };
            (index, Failure::of(&node.certificate, defect))
        })
        .collect()
}

fn near_path(
    exploration: &Exploration<'_>,
    (rules, policies): (&mut NameRules, &mut PolicyRules),
    chain: &Chain,
    end: Vec<Failure>,
) -> NearPath {
    let (certificates, weaknesses) = exploration.told(chain);
    let mut lacks = vec![];
    let mut below = 0;
    let targets = chain.targets();
    for (index, here) in targets.iter().enumerate() {
        let Some(certificate) = exploration.target(*here) else {
            continue;
        };
        let own = match here {
            Target::Node(node) => exploration.defects_of(*node),
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
            && let Some(defect) = exploration.length_defect(*here, below)
        {
            lacks.push(Failure::of(certificate, defect));
        }
        let Target::Node(node) = here else {
            continue;
        };
        below += exploration.counted(*node);
        if let Some(next) = targets.get(index + 1)
            && let Some(link) = exploration.link(*node, *next)
            && let Some(refused) = &link.refused
            && let Some(issuer) = exploration.target(*next)
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
    lacks.extend(rules.failures(exploration, chain));
    if chain.anchor.is_some() {
        lacks.extend(policies.failure(exploration, chain));
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
