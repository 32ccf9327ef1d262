//! Which policies hold down a path: the graph of RFC 9618, one level at a time.
//!
//! The tree of RFC 5280 grows exponentially with mappings; in the graph every level has one node a
//! policy. Nothing but the last level decides, so that only it is kept, each node knowing whether it
//! descends from a policy that is asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::PolicyDemand;
use crate::domain::Oid;
use crate::formats::x509::ANY_POLICY;

/// The nodes of one depth, by their valid policy. None at all is the graph that is NULL.
#[derive(Debug, Clone)]
pub(super) struct PolicyGraph<'a> {
    demand: Option<&'a PolicyDemand>,
    nodes: BTreeMap<Oid, Node>,
}

#[derive(Debug, Clone)]
struct Node {
    /// What must stand in the next certificate for the policy to go on.
    expected: BTreeSet<Oid>,
    /// Whether the policy is one that is asked for, or goes on from one.
    wanted: bool,
}

impl<'a> PolicyGraph<'a> {
    /// As it begins at the anchor: any policy.
    pub(super) fn begin(demand: Option<&'a PolicyDemand>) -> Self {
        let any = Oid::new(ANY_POLICY);
        let node = Node {
            expected: BTreeSet::from([any.clone()]),
            wanted: true,
        };
        Self {
            demand,
            nodes: BTreeMap::from([(any, node)]),
        }
    }

    /// How many nodes there are: what the next step costs.
    pub(super) fn size(&self) -> usize {
        self.nodes.values().map(|node| node.expected.len()).sum()
    }

    /// RFC 9618 5.3 (d) and (e): goes on with a certificate's policies, `None` when it names none.
    /// `any_counts`: whether anyPolicy in it means something.
    pub(super) fn descend(&mut self, policies: Option<&[Oid]>, any_counts: bool) {
        let any = Oid::new(ANY_POLICY);
        let above = std::mem::take(&mut self.nodes);
        let Some(policies) = policies else {
            return;
        };
        // From an expected policy to whether some node that expects it is wanted.
        let mut expected: BTreeMap<&Oid, bool> = BTreeMap::new();
        for node in above.values() {
            for next in &node.expected {
                *expected.entry(next).or_default() |= node.wanted;
            }
        }
        let under_any = above.contains_key(&any);
        for policy in policies.iter().filter(|policy| **policy != any) {
            let wanted = match expected.get(policy) {
                Some(wanted) => *wanted,
                None if under_any => self.is_asked_for(policy),
                None => continue,
            };
            self.nodes.insert(policy.clone(), Node::new(policy, wanted));
        }
        if any_counts && policies.contains(&any) {
            for (policy, wanted) in expected {
                if !self.nodes.contains_key(policy) {
                    self.nodes.insert(policy.clone(), Node::new(policy, wanted));
                }
            }
        }
    }

    /// RFC 9618 5.4 (b): the certificate's mappings, which hold while `allowed`.
    pub(super) fn map(&mut self, mappings: &[(Oid, Oid)], allowed: bool) {
        let mut by_issuer: BTreeMap<&Oid, BTreeSet<Oid>> = BTreeMap::new();
        for (issuer, subject) in mappings {
            let subjects = by_issuer.entry(issuer).or_default();
            subjects.insert(subject.clone());
        }
        let under_any = self.nodes.contains_key(&Oid::new(ANY_POLICY));
        for (issuer, subjects) in by_issuer {
            if !allowed {
                self.nodes.remove(issuer);
            } else if let Some(node) = self.nodes.get_mut(issuer) {
                node.expected = subjects;
            } else if under_any {
                let node = Node {
                    expected: subjects,
                    wanted: self.is_asked_for(issuer),
                };
                self.nodes.insert(issuer.clone(), node);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Whether some policy that is asked for holds to the end (RFC 9618 5.5 (g)).
    pub(super) fn has_wanted(&self) -> bool {
        self.nodes.values().any(|node| node.wanted)
    }

    fn is_asked_for(&self, policy: &Oid) -> bool {
        self.demand.is_none_or(|demand| demand.accepts(policy))
    }
}

impl Node {
    fn new(policy: &Oid, wanted: bool) -> Self {
        Self {
            expected: BTreeSet::from([policy.clone()]),
            wanted,
        }
    }
}
