//! Certificate policies along a whole path (RFC 5280 6.1.2 to 6.1.5 as changed by RFC 9618).
//!
//! An anchor's own certificate counts as RFC 5937 asks: what it constrains binds the path.

use std::collections::BTreeMap;

use super::PolicyDemand;
use super::exploration::{Exploration, LEAF, Target};
use super::failure::{Defect, Failure};
use super::graph::Chain;
use super::policy_graph::PolicyGraph;
use crate::domain::Oid;
use crate::formats::limits;
use crate::formats::x509::{
    ANY_POLICY, Certificate, PolicyConstraints, certificate_policies, inhibit_any_policy,
    policy_mappings,
};

pub(super) const CERTIFICATE_POLICIES: &str = "2.5.29.32";
pub(super) const POLICY_MAPPINGS: &str = "2.5.29.33";
pub(super) const POLICY_CONSTRAINTS: &str = "2.5.29.36";
pub(super) const INHIBIT_ANY_POLICY: &str = "2.5.29.54";

impl PolicyDemand {
    /// Whether this policy is one of those asked for.
    pub(super) fn accepts(&self, policy: &Oid) -> bool {
        self.is_any() || self.acceptable.contains(policy)
    }

    fn is_any(&self) -> bool {
        self.acceptable.is_empty() || self.acceptable.iter().any(|oid| *oid == ANY_POLICY)
    }
}

/// What one certificate says about policies. Malformed parts are a defect of the certificate.
#[derive(Debug, Clone, Default)]
struct Said {
    policies: Option<Vec<Oid>>,
    mappings: Vec<(Oid, Oid)>,
    constraints: Option<PolicyConstraints>,
    inhibit_any: Option<u32>,
}

impl Said {
    fn by(certificate: &Certificate) -> Self {
        let mut said = Self::default();
        for extension in certificate.extensions() {
            let value = &extension.value;
            match extension.oid.as_str() {
                CERTIFICATE_POLICIES => said.policies = certificate_policies(value).ok(),
                POLICY_MAPPINGS => said.mappings = policy_mappings(value).unwrap_or_default(),
                POLICY_CONSTRAINTS => {
                    said.constraints = PolicyConstraints::from_extension(value).ok();
                }
                INHIBIT_ANY_POLICY => said.inhibit_any = inhibit_any_policy(value).ok(),
                _ => {}
            }
        }
        said
    }
}

/// What was explored, as far as it speaks of policies.
pub(super) struct PolicyRules {
    said: BTreeMap<Target, Said>,
    /// Whether a policy may ever be needed: else no policy decides anything.
    decides: bool,
    steps: usize,
    exhausted: bool,
}

/// The counters of RFC 5280 6.1.2 (d) to (f): how many certificates until a rule begins.
struct Counters {
    explicit: u32,
    mapping: u32,
    any: u32,
}

impl Counters {
    fn tighten(&mut self, said: &Said) {
        if let Some(constraints) = said.constraints {
            let limit = constraints.require_explicit_policy.unwrap_or(u32::MAX);
            self.explicit = self.explicit.min(limit);
            let limit = constraints.inhibit_policy_mapping.unwrap_or(u32::MAX);
            self.mapping = self.mapping.min(limit);
        }
        self.any = self.any.min(said.inhibit_any.unwrap_or(u32::MAX));
    }
}

impl PolicyRules {
    pub(super) fn of(exploration: &Exploration<'_>) -> Self {
        let nodes = exploration.nodes.iter().enumerate();
        let nodes = nodes
            .filter(|(_, node)| node.reached)
            .map(|(index, node)| (Target::Node(index), &node.certificate));
        let anchors = exploration.anchors.iter().enumerate();
        let anchors = anchors.map(|(index, anchor)| (Target::Anchor(index), &anchor.certificate));
        let said: BTreeMap<Target, Said> = nodes
            .chain(anchors)
            .map(|(target, certificate)| (target, Said::by(certificate)))
            .collect();
        let demanded = exploration.question.policies;
        let decides = demanded.is_some_and(|demand| demand.explicit)
            || said.values().any(|said| {
                let constraints = said.constraints.as_ref();
                constraints.is_some_and(|known| known.require_explicit_policy.is_some())
            });
        Self {
            said,
            decides,
            steps: 0,
            exhausted: false,
        }
    }

    /// Whether policies were left uncounted on some chain.
    pub(super) fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    pub(super) fn allow(&mut self, exploration: &Exploration<'_>, chain: &Chain) -> bool {
        self.failure(exploration, chain).is_none()
    }

    /// Where a chain runs out of policies though one is needed.
    pub(super) fn failure(
        &mut self,
        exploration: &Exploration<'_>,
        chain: &Chain,
    ) -> Option<Failure> {
        if !self.decides {
            return None;
        }
        let demand = exploration.question.policies;
        let beyond = u32::try_from(chain.nodes.len() + 1).unwrap_or(u32::MAX);
        let start = |now: Option<bool>| if now == Some(true) { 0 } else { beyond };
        let mut counters = Counters {
            explicit: start(demand.map(|demand| demand.explicit)),
            mapping: start(demand.map(|demand| demand.inhibit_mapping)),
            any: start(demand.map(|demand| demand.inhibit_any)),
        };
        let mut graph = PolicyGraph::begin(demand);
        if let Some(anchor) = chain.anchor
            && let Some(said) = self.said.get(&Target::Anchor(anchor))
        {
            if said.policies.is_some() {
                graph.descend(said.policies.as_deref(), counters.any > 0);
            }
            counters.tighten(said);
        }
        for node in chain.nodes.iter().rev() {
            let (Some(said), Some(certificate)) = (
                self.said.get(&Target::Node(*node)),
                exploration.target(Target::Node(*node)),
            ) else {
                continue;
            };
            let lacking = || Some(Failure::of(certificate, Defect::PolicyMissing));
            self.steps += graph.size() + said.policies.as_ref().map_or(0, Vec::len);
            if self.steps > limits::POLICY_STEPS {
                self.exhausted = true;
                return lacking();
            }
            let is_leaf = *node == LEAF;
            let uncounted = certificate.is_self_issued() && !is_leaf;
            let any_counts = counters.any > 0 || uncounted;
            graph.descend(said.policies.as_deref(), any_counts);
            if counters.explicit == 0 && graph.is_empty() {
                return lacking();
            }
            if is_leaf {
                let explicit = said
                    .constraints
                    .is_some_and(|known| known.require_explicit_policy == Some(0));
                let needed = counters.explicit <= 1 || explicit;
                return if needed && !graph.has_wanted() {
                    lacking()
                } else {
                    None
                };
            }
            graph.map(&said.mappings, counters.mapping > 0);
            if !uncounted {
                counters.explicit = counters.explicit.saturating_sub(1);
                counters.mapping = counters.mapping.saturating_sub(1);
                counters.any = counters.any.saturating_sub(1);
            }
            counters.tighten(said);
        }
        None
    }
}
