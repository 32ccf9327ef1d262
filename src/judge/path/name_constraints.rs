//! Name constraints along a path (RFC 5280 4.2.1.10, 6.1.3 (b) and (c), 6.1.4 (g)).
//!
//! What one certificate's constraints say about another's names does not depend on the path they
//! stand on, so it is judged once a pair. That permitted spaces only ever narrow and excluded ones
//! only ever widen follows from asking every certificate above.

use std::collections::{BTreeMap, BTreeSet};

use super::exploration::{Exploration, LEAF, Target};
use super::failure::{Breach, Defect, Failure};
use super::graph::Chain;
use super::subtree::{concerns, excludes, has_place, permits};
use crate::domain::Oid;
use crate::formats::limits;
use crate::formats::x509::{
    Certificate, GeneralName, NameConstraints, NameForm, subject_alternative_names,
};

pub(super) const NAME_CONSTRAINTS: &str = "2.5.29.30";
pub(super) const SUBJECT_ALTERNATIVE_NAME: &str = "2.5.29.17";
const EMAIL_ADDRESS: &str = "1.2.840.113549.1.9.1";

/// The constraints of what was explored, and what they were found to say.
pub(super) struct NameRules {
    /// Malformed ones are a defect of their certificate and not here.
    constraints: BTreeMap<Target, NameConstraints>,
    names: BTreeMap<usize, Names>,
    judged: BTreeMap<(Target, usize), Option<Failure>>,
    comparisons: usize,
    exhausted: bool,
}

type Names = Result<Vec<GeneralName>, Unreadable>;

/// The alternative names cannot be read.
#[derive(Clone, Copy)]
struct Unreadable;

/// The comparisons ran out.
struct Exhausted;

impl NameRules {
    pub(super) fn of(exploration: &Exploration<'_>) -> Self {
        let nodes = exploration.nodes.iter().enumerate();
        let nodes = nodes
            .filter(|(index, node)| node.reached && *index != LEAF)
            .map(|(index, node)| (Target::Node(index), &node.certificate));
        let anchors = exploration.anchors.iter().enumerate();
        let anchors = anchors.map(|(index, anchor)| (Target::Anchor(index), &anchor.certificate));
        let constraints = nodes
            .chain(anchors)
            .filter_map(|(target, certificate)| {
                let value = extension(certificate, NAME_CONSTRAINTS)?;
                Some((target, NameConstraints::from_extension(value).ok()?))
            })
            .collect();
        Self {
            constraints,
            names: BTreeMap::new(),
            judged: BTreeMap::new(),
            comparisons: 0,
            exhausted: false,
        }
    }

    /// Whose constraints the leaf's own names break: no path can go through them.
    pub(super) fn barred(&mut self, exploration: &Exploration<'_>) -> BTreeSet<Target> {
        let targets: Vec<Target> = self.constraints.keys().copied().collect();
        targets
            .into_iter()
            .filter(|target| !self.allow(exploration, *target, &[LEAF]))
            .collect()
    }

    /// Whether an issuer's constraints allow the names of everything below it. What could not be
    /// judged within the limit is not allowed.
    pub(super) fn allow(
        &mut self,
        exploration: &Exploration<'_>,
        issuer: Target,
        below: &[usize],
    ) -> bool {
        !self.constraints.contains_key(&issuer)
            || below
                .iter()
                .all(|node| matches!(self.breach(exploration, issuer, *node), Ok(None)))
    }

    pub(super) fn allow_chain(&mut self, exploration: &Exploration<'_>, chain: &Chain) -> bool {
        self.forbidden_pair(exploration, chain).is_none()
    }

    /// An issuer on a chain and a certificate below whose names it does not allow.
    pub(super) fn forbidden_pair(
        &mut self,
        exploration: &Exploration<'_>,
        chain: &Chain,
    ) -> Option<(Target, usize)> {
        chain
            .targets()
            .into_iter()
            .enumerate()
            .find_map(|(index, issuer)| {
                let below = chain.nodes.get(..index)?;
                below
                    .iter()
                    .find(|node| !self.allow(exploration, issuer, &[**node]))
                    .map(|node| (issuer, *node))
            })
    }

    /// Everything on a chain that breaks a constraint on it, from the leaf upwards.
    pub(super) fn failures(
        &mut self,
        exploration: &Exploration<'_>,
        chain: &Chain,
    ) -> Vec<Failure> {
        if self.constraints.is_empty() {
            return vec![];
        }
        let targets = chain.targets();
        let mut failures = vec![];
        for (index, node) in chain.nodes.iter().enumerate() {
            for issuer in targets.iter().skip(index + 1) {
                if let Ok(Some(failure)) = self.breach(exploration, *issuer, *node) {
                    failures.push(failure);
                }
            }
        }
        failures
    }

    /// Every breach met, and whether some comparison was left out.
    pub(super) fn into_failures(self) -> (Vec<Failure>, bool) {
        let failures = self.judged.into_values().flatten().collect();
        (failures, self.exhausted)
    }

    /// What one issuer's constraints have against one certificate below it.
    fn breach(
        &mut self,
        exploration: &Exploration<'_>,
        issuer: Target,
        below: usize,
    ) -> Result<Option<Failure>, Exhausted> {
        let Some(constraints) = self.constraints.get(&issuer) else {
            return Ok(None);
        };
        if let Some(known) = self.judged.get(&(issuer, below)) {
            return Ok(known.clone());
        }
        let (Some(by), Some(certificate)) = (
            exploration.target(issuer),
            exploration.target(Target::Node(below)),
        ) else {
            return Ok(None);
        };
        // Self-issued certificates roll a CA's keys over; the leaf is always asked.
        let defect = if below != LEAF && certificate.is_self_issued() {
            None
        } else {
            let names = self
                .names
                .entry(below)
                .or_insert_with(|| names_of(certificate));
            match names {
                Err(Unreadable) => Some(Defect::MalformedExtension(Oid::new(
                    SUBJECT_ALTERNATIVE_NAME,
                ))),
                Ok(names) => {
                    let cost = names.len() * constraints.subtrees().count();
                    if self.comparisons + cost > limits::NAME_COMPARISONS {
                        self.exhausted = true;
                        return Err(Exhausted);
                    }
                    self.comparisons += cost;
                    names.iter().find_map(|name| {
                        breach_of(constraints, name).map(|breach| Defect::NameConstraint {
                            by: by.subject().clone(),
                            name: name.clone(),
                            breach,
                        })
                    })
                }
            }
        };
        let is_anchor = matches!(issuer, Target::Anchor(_));
        let failure = defect.map(|defect| Failure::under(certificate, by, is_anchor, defect));
        self.judged.insert((issuer, below), failure.clone());
        Ok(failure)
    }
}

/// What is wrong with a name; nothing when no subtree of its form exists.
fn breach_of(constraints: &NameConstraints, name: &GeneralName) -> Option<Breach> {
    let mut concerned = constraints
        .subtrees()
        .filter(|subtree| concerns(&subtree.base, name));
    concerned.next()?;
    if let GeneralName::Other(..) = name {
        return Some(Breach::Unprocessed);
    }
    if !has_place(name) {
        return Some(Breach::Malformed);
    }
    let mut excluded = constraints.excluded.iter();
    if excluded.any(|subtree| excludes(&subtree.base, name)) {
        return Some(Breach::Excluded);
    }
    let mut permitted = constraints
        .permitted
        .iter()
        .filter(|subtree| concerns(&subtree.base, name))
        .peekable();
    let is_free = permitted.peek().is_none();
    let is_inside = permitted.any(|subtree| permits(&subtree.base, name));
    (!is_free && !is_inside).then_some(Breach::NotPermitted)
}

/// The subject, the alternative names, and in place of absent mail addresses the subject's own.
fn names_of(certificate: &Certificate) -> Names {
    let subject = certificate.subject();
    let mut names = vec![];
    if !subject.is_empty() {
        names.push(GeneralName::Directory(subject.clone()));
    }
    if let Some(value) = extension(certificate, SUBJECT_ALTERNATIVE_NAME) {
        let alternatives = subject_alternative_names(value).map_err(|_| Unreadable)?;
        names.extend(alternatives);
    }
    if !names.iter().any(|name| name.form() == NameForm::Rfc822) {
        let addresses = subject
            .attributes()
            .iter()
            .filter(|attribute| attribute.oid == EMAIL_ADDRESS)
            .map(|attribute| GeneralName::Rfc822(attribute.value.clone()));
        names.extend(addresses);
    }
    Ok(names)
}

fn extension<'a>(certificate: &'a Certificate, oid: &str) -> Option<&'a [u8]> {
    certificate
        .extensions()
        .iter()
        .find(|extension| extension.oid == *oid)
        .map(|extension| extension.value.as_slice())
}
