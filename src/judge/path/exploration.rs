//! The first step of a walk: every certificate that verified signatures reach from the leaf.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::candidates::{Candidate, Fit, Pool};
use super::failure::{Defect, Failure};
use super::name_constraints::NAME_CONSTRAINTS;
use super::outcome::Spent;
use super::policies::{INHIBIT_ANY_POLICY, POLICY_CONSTRAINTS};
use super::{Question, cache, checks};
use crate::domain::Sha256;
use crate::formats::algorithm::{KeyKind, SignatureError, Weakness, key_kind};
use crate::formats::limits;
use crate::formats::x509::Certificate;

/// The leaf's node.
pub(super) const LEAF: usize = 0;

/// The leaf or an offered certificate.
pub(super) struct Node {
    pub(super) certificate: Certificate,
    /// What is wrong with it by itself; known once it was reached.
    pub(super) defects: Vec<Defect>,
    pub(super) issuers: Vec<Link>,
    pub(super) reached: bool,
}

/// An anchor that was reached: one of the certificates that hold its key and name.
pub(super) struct Anchor {
    pub(super) certificate: Certificate,
    pub(super) defects: Vec<Defect>,
}

/// A verified signature.
pub(super) struct Link {
    pub(super) to: Target,
    pub(super) weaknesses: Vec<Weakness>,
    /// Why the profile refuses the signature all the same.
    pub(super) refused: Option<Defect>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Node(usize),
    Anchor(usize),
}

/// What was explored, and what the exploration cost.
pub(super) struct Exploration<'a> {
    pub(super) question: Question<'a>,
    pub(super) nodes: Vec<Node>,
    pub(super) anchors: Vec<Anchor>,
    pub(super) pool: Pool,
    /// Whether the leaf's own key and name are an anchor's.
    pub(super) leaf_is_anchor: bool,
    /// Issuers whose name constraints the leaf breaks; known once all is explored.
    pub(super) barred: BTreeSet<Target>,
    pub(super) failures: Vec<Failure>,
    pub(super) failures_dropped: usize,
    pub(super) offered_dropped: usize,
    pub(super) spent: Spent,
}

type Checked = Result<Vec<Weakness>, SignatureError>;

impl<'a> Exploration<'a> {
    pub(super) fn begin(question: &Question<'a>) -> Self {
        let mut seen = BTreeSet::from([question.leaf.sha256()]);
        let mut offered: Vec<&Certificate> = question
            .offered
            .iter()
            .filter(|certificate| seen.insert(certificate.sha256()))
            .collect();
        let offered_dropped = offered.len().saturating_sub(limits::CERTIFICATES);
        offered.truncate(limits::CERTIFICATES);
        offered.sort_by_key(|certificate| certificate.sha256());
        let mut exploration = Self {
            question: *question,
            nodes: vec![],
            anchors: vec![],
            pool: Pool::default(),
            leaf_is_anchor: false,
            barred: BTreeSet::new(),
            failures: vec![],
            failures_dropped: 0,
            offered_dropped,
            spent: Spent::default(),
        };
        for certificate in std::iter::once(question.leaf).chain(offered) {
            let node = exploration.nodes.len();
            if node != LEAF {
                exploration.pool.insert(node, certificate);
            }
            exploration.nodes.push(Node {
                certificate: certificate.clone(),
                defects: vec![],
                issuers: vec![],
                reached: false,
            });
        }
        exploration
    }

    /// Reaches everything, breadth first, so that what is near is tried before the budget ends.
    pub(super) fn run(&mut self) {
        let leaf = self.question.leaf;
        self.leaf_is_anchor = self
            .question
            .anchors
            .by_key(leaf.spki_sha256())
            .iter()
            .any(|anchor| anchor.subject() == leaf.subject());
        let mut queue = VecDeque::from([LEAF]);
        self.reach(LEAF);
        while let Some(child) = queue.pop_front() {
            let issuers = self.issuers_of(child);
            for link in &issuers {
                if let Target::Node(node) = link.to
                    && self.reach(node)
                {
                    queue.push_back(node);
                }
            }
            if let Some(node) = self.nodes.get_mut(child) {
                node.issuers = issuers;
            }
        }
    }

    /// Notes that a failure happened; the first ones are kept.
    pub(super) fn note(&mut self, failure: Failure) {
        if self.failures.len() < limits::PATH_FAILURES {
            self.failures.push(failure);
        } else {
            self.failures_dropped += 1;
        }
    }

    /// Checks a certificate by itself when it is reached for the first time.
    fn reach(&mut self, index: usize) -> bool {
        let Question {
            at,
            purpose,
            profile,
            ..
        } = self.question;
        let Some(node) = self.nodes.get_mut(index).filter(|node| !node.reached) else {
            return false;
        };
        node.reached = true;
        let certificate = node.certificate.clone();
        node.defects = if index == LEAF {
            checks::leaf(&certificate, at, purpose, profile)
        } else {
            checks::intermediate(&certificate, at, purpose, profile)
        };
        for defect in node.defects.clone() {
            self.note(Failure::of(&certificate, defect));
        }
        true
    }

    /// The verified links from one certificate to its issuers.
    ///
    /// Once an anchor's key has verified, no other key is tried, and once any has, none that claims
    /// by its identifier to be another. Until an anchor's has, the others are tried all the same: a
    /// key can be made to fit a given signature, and must not hide the anchor.
    fn issuers_of(&mut self, child: usize) -> Vec<Link> {
        let Some(certificate) = self.nodes.get(child).map(|node| node.certificate.clone()) else {
            return vec![];
        };
        let anchors = self.question.anchors;
        let mut attempt = Attempt::default();
        let candidates = self.pool.by_key_identifier(&certificate, anchors);
        self.try_all(&certificate, candidates, &mut attempt);
        // Anchors of the name are only parsed when they are still needed.
        let anchors = (!attempt.is_anchored).then_some(anchors);
        let candidates = self.pool.by_name(&certificate, anchors);
        self.try_all(&certificate, candidates, &mut attempt);
        attempt.links
    }

    fn try_all(
        &mut self,
        certificate: &Certificate,
        candidates: Vec<Candidate>,
        attempt: &mut Attempt,
    ) {
        for candidate in candidates {
            let issuer = &candidate.certificate;
            let is_anchor = candidate.node.is_none();
            let is_itself = issuer.spki_sha256() == certificate.spki_sha256()
                && issuer.subject() == certificate.subject();
            if is_itself || !attempt.tried.insert((issuer.sha256(), is_anchor)) {
                continue;
            }
            if self.spent.steps >= self.question.budget.steps {
                self.spent.exhausted = true;
                return;
            }
            self.spent.steps += 1;
            if issuer.subject() != certificate.issuer() {
                let expected = certificate.issuer().clone();
                let defect = Defect::IssuerName { expected };
                self.note(Failure::under(certificate, issuer, is_anchor, defect));
                continue;
            }
            let key = issuer.spki_sha256();
            let checked = match attempt.checked.get(&key) {
                Some(checked) => checked.clone(),
                None if attempt.is_needless(candidate.fit) => continue,
                None => match self.check(certificate, issuer) {
                    Some(checked) => checked,
                    None => continue,
                },
            };
            match &checked {
                Ok(weaknesses) => {
                    let link = self.linked(certificate, &candidate, weaknesses);
                    if let Target::Anchor(anchor) = link.to {
                        attempt.is_anchored |= self.is_sound_anchor(anchor);
                    }
                    if !attempt.links.iter().any(|known| known.to == link.to) {
                        attempt.links.push(link);
                    }
                }
                Err(error) => {
                    let defect = match error {
                        SignatureError::Mismatch => Defect::SignatureMismatch,
                        error => Defect::SignatureUnchecked(error.clone()),
                    };
                    self.note(Failure::under(certificate, issuer, is_anchor, defect));
                }
            }
            attempt.checked.insert(key, checked);
        }
    }

    /// One signature check, if the budget has it.
    fn check(&mut self, certificate: &Certificate, issuer: &Certificate) -> Option<Checked> {
        let cost = match key_kind(issuer.spki()) {
            // Big-number arithmetic in plain Rust: some 25 ms for 3072 bits.
            Ok(KeyKind::Dsa { .. }) => 64,
            Ok(KeyKind::Rsa { bits } | KeyKind::RsaPss { bits }) if bits > 4096 => 4,
            _ => 1,
        };
        let spent = self.spent.signature_checks + cost;
        if spent > self.question.budget.signature_checks {
            self.spent.exhausted = true;
            return None;
        }
        self.spent.signature_checks = spent;
        Some(match self.question.cache {
            Some(cache) => cache.check(certificate, issuer),
            None => cache::check(certificate, issuer),
        })
    }

    fn linked(
        &mut self,
        certificate: &Certificate,
        candidate: &Candidate,
        weaknesses: &[Weakness],
    ) -> Link {
        let refused = checks::refused(certificate, weaknesses, self.question.profile);
        if let Some(defect) = &refused {
            self.note(Failure::under(
                certificate,
                &candidate.certificate,
                candidate.node.is_none(),
                defect.clone(),
            ));
        }
        let to = match candidate.node {
            Some(node) => Target::Node(node),
            None => Target::Anchor(self.anchor(&candidate.certificate)),
        };
        Link {
            to,
            weaknesses: weaknesses.to_vec(),
            refused,
        }
    }

    /// The anchor that a certificate stands for. Of several copies with one key and name the best
    /// one speaks for it.
    fn anchor(&mut self, certificate: &Certificate) -> usize {
        let key = certificate.spki_sha256();
        let subject = certificate.subject();
        let known = self.anchors.iter().position(|known| {
            known.certificate.spki_sha256() == key && known.certificate.subject() == subject
        });
        if let Some(index) = known {
            return index;
        }
        let Question {
            anchors,
            at,
            profile,
            ..
        } = self.question;
        let mut copies = anchors.by_key(key);
        copies.retain(|copy| copy.subject() == subject);
        copies.push(certificate.clone());
        let best = copies
            .into_iter()
            .map(|certificate| Anchor {
                defects: checks::anchor(&certificate, at, profile),
                certificate,
            })
            .min_by_key(|copy| {
                let path_length = copy
                    .certificate
                    .basic_constraints()
                    .and_then(|constraints| constraints.path_length)
                    .map_or(0, |limit| u32::MAX - limit);
                let is_constrained = copy.certificate.extensions().iter().any(|extension| {
                    [NAME_CONSTRAINTS, POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY]
                        .contains(&extension.oid.as_str())
                });
                (
                    copy.defects.len(),
                    is_constrained,
                    path_length,
                    copy.certificate.sha256(),
                )
            });
        if let Some(best) = best {
            for defect in &best.defects {
                self.note(Failure::of(&best.certificate, defect.clone()));
            }
            self.anchors.push(best);
        }
        self.anchors.len() - 1
    }
}

/// What the search for one certificate's issuers knows so far.
#[derive(Default)]
struct Attempt {
    links: Vec<Link>,
    /// By certificate, and whether it was tried as an anchor.
    tried: BTreeSet<(Sha256, bool)>,
    /// By key.
    checked: BTreeMap<Sha256, Checked>,
    /// Whether a sound anchor's key verified.
    is_anchored: bool,
}

impl Attempt {
    /// Whether another key need not be tried.
    fn is_needless(&self, fit: Fit) -> bool {
        self.is_anchored || fit == Fit::Other && !self.links.is_empty()
    }
}
