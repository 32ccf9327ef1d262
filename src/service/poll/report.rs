//! What a poll did.

use jiff::Timestamp;

use super::Means;
use super::visit::{Ending, Visited};
use crate::domain::source::State;
use crate::store::sources::{Forgotten, Standing, VisitKept};
use crate::store::{AnnouncementId, Brought, Store, StoreError};

/// How one visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was read.
    Good,
    /// Nothing changed since the last visit, by the server's word.
    Unchanged,
    /// The server asked to come back later.
    Busy,
    /// It will not come back.
    Gone,
    Failed,
}

impl End {
    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Unchanged => "unchanged",
            Self::Busy => "busy",
            Self::Gone => "gone",
            Self::Failed => "failed",
        }
    }
}

/// One visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitReport {
    /// The source's number.
    pub source: i64,
    pub url: String,
    pub vendor: String,
    pub end: End,
    pub brought: Brought,
    /// What is wrong with it, or with a part of it.
    pub reason: Option<String>,
    /// Where it is asked from now on, when it moved for good.
    pub moved_to: Option<String>,
    /// `None` when it is asked no more.
    pub next: Option<Timestamp>,
}

/// Everything that a poll did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PollReport {
    /// By number of the source.
    pub visits: Vec<VisitReport>,
    /// Posts that were added or revised, for whoever links them.
    pub changed: Vec<AnnouncementId>,
    pub forgotten: Forgotten,
    /// Of visits that are under way.
    parts: std::collections::BTreeMap<i64, Brought>,
}

impl VisitReport {
    pub(super) fn of(visited: &Visited, standing: &Standing) -> Self {
        let end = match &visited.ending {
            Ending::Good { .. } => End::Good,
            Ending::Unchanged => End::Unchanged,
            Ending::Busy { .. } => End::Busy,
            Ending::Gone => End::Gone,
            Ending::Failed(_) => End::Failed,
        };
        let source = &visited.source;
        Self {
            source: source.position,
            url: source.url.clone(),
            vendor: source.vendor.clone(),
            end,
            brought: Brought::default(),
            reason: standing.reason.clone(),
            moved_to: (standing.address != source.address).then(|| standing.address.clone()),
            next: (standing.state == State::Active).then_some(standing.next_visit),
        }
    }
}

impl PollReport {
    /// What ended so far; what belongs to visits under way stays.
    pub(super) fn take(&mut self) -> Self {
        let parts = std::mem::take(&mut self.parts);
        std::mem::replace(
            self,
            Self {
                parts,
                ..Self::default()
            },
        )
    }

    /// Forgets what is over the quota where something came.
    pub(super) fn forget(&mut self, store: &mut Store, means: &Means) -> Result<(), StoreError> {
        let grown = self.visits.iter().filter(|visit| visit.brought.added > 0);
        let grown: Vec<i64> = grown.map(|visit| visit.source).collect();
        self.forgotten = store.forget(&grown, &means.options.quota, (means.clock)())?;
        Ok(())
    }

    /// Takes what became of a visit, or of a part of one.
    pub(super) fn add(&mut self, source: i64, visit: Option<VisitReport>, kept: VisitKept) {
        let sum = self.parts.entry(source).or_default();
        sum.added += kept.brought.added;
        sum.revised += kept.brought.revised;
        sum.unchanged += kept.brought.unchanged;
        self.changed.extend(kept.changed);
        if let Some(mut visit) = visit {
            visit.brought = self.parts.remove(&source).unwrap_or_default();
            self.visits.push(visit);
        }
    }

    /// All posts of all visits.
    #[must_use]
    pub fn brought(&self) -> Brought {
        self.visits
            .iter()
            .fold(Brought::default(), |sum, visit| Brought {
                added: sum.added + visit.brought.added,
                revised: sum.revised + visit.brought.revised,
                unchanged: sum.unchanged + visit.brought.unchanged,
            })
    }
}
