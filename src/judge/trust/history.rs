//! What was learnt about one anchor, in the order learnt.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::contents::Claim;
use super::record::Scope;
use crate::domain::{AnchorId, Purpose, RecordId};

/// One record, as it was learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Learnt {
    pub id: RecordId,
    /// `shipped`, `folder …`, `person …`: who told us.
    pub source: String,
    pub anchor: AnchorId,
    pub scope: Scope,
    pub purpose: Purpose,
    /// `None` when the record only withdraws.
    pub claim: Option<Claim>,
    pub says: String,
    pub known_from: Timestamp,
    pub withdraws: Option<RecordId>,
}

/// For each record that was taken back, the record that did it last and was not itself taken back.
#[must_use]
pub fn withdrawn_by(learnt: &[Learnt]) -> BTreeMap<RecordId, RecordId> {
    let mut withdrawn = BTreeMap::new();
    for one in learnt.iter().rev() {
        if let Some(earlier) = one.withdraws
            && !withdrawn.contains_key(&one.id)
        {
            withdrawn.entry(earlier).or_insert(one.id);
        }
    }
    withdrawn
}
