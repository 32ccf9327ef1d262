//! Walks remembered: a hundred packages of one signer, judged at one instant, share their paths.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use jiff::Timestamp;

use super::outcome::Walk;
use super::{Budget, KeyPurpose, Profile, Question, walk};
use crate::domain::{Purpose, Sha256};
use crate::formats::limits;
use crate::formats::x509::Certificate;

/// Everything that a question asks but its anchors. The offered certificates stand in their order:
/// the answer does not depend on it, and to sort them would cost every question.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    leaf: Sha256,
    offered: Vec<Sha256>,
    at: Timestamp,
    purpose: KeyPurpose,
    strict: bool,
}

/// Remembers the walks over one set of anchors; it may be shared by threads. Whoever keeps it must
/// ask it about no other anchors: they are no part of what it compares.
#[derive(Debug, Default)]
pub struct Walks {
    known: RwLock<BTreeMap<Asked, Arc<Walk>>>,
}

/// [`Walks`] to a view's anchors of each purpose.
#[derive(Debug, Default)]
pub struct WalksByPurpose {
    code_signing: Walks,
    timestamping: Walks,
}

impl WalksByPurpose {
    #[must_use]
    pub fn of(&self, purpose: Purpose) -> &Walks {
        match purpose {
            Purpose::CodeSigning => &self.code_signing,
            Purpose::TimeStamping => &self.timestamping,
        }
    }
}

impl Walks {
    /// The walk, remembered or walked. A question with limits of its own is never remembered.
    pub(in crate::judge) fn walk(&self, question: &Question<'_>) -> Arc<Walk> {
        let Some(asked) = asked(question) else {
            return Arc::new(walk(question));
        };
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(walk) = known.get(&asked) {
            return Arc::clone(walk);
        }
        drop(known);
        let walked = Arc::new(walk(question));
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= limits::REMEMBERED_WALKS {
            known.clear();
        }
        known.insert(asked, Arc::clone(&walked));
        walked
    }
}

fn asked(question: &Question<'_>) -> Option<Asked> {
    // Every field by name, so that a new one is thought of.
    let Question {
        leaf,
        offered,
        anchors: _,
        at,
        purpose,
        profile,
        policies,
        intermediates,
        budget,
        cache: _,
    } = *question;
    let plain = policies.is_none() && intermediates.is_none() && budget == Budget::default();
    plain.then(|| Asked {
        leaf: leaf.sha256(),
        offered: offered.iter().map(Certificate::sha256).collect(),
        at,
        purpose: purpose.clone(),
        strict: profile == Profile::Strict,
    })
}
