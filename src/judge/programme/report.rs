//! What an import found, ready to be told.

use jiff::Timestamp;

use super::ProgrammeEvent;
use crate::domain::{ListKind, ListSnapshot};

/// One import of files that were seen on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportReport {
    pub programme: String,
    pub seen: Timestamp,
    /// By list, and TUF roots by version.
    pub lists: Vec<ListReport>,
}

/// One list of the import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListReport {
    pub list: ListKind,
    pub version: Option<u64>,
    /// How many keys it has, in roles where it has roles.
    pub entries: usize,
    pub place: ImportPlace,
    /// Against the snapshot before it.
    pub events: Vec<ProgrammeEvent>,
    /// When the snapshot after it was seen, whose events were computed anew.
    pub next: Option<Timestamp>,
    /// Which older version's keys signed it (TUF).
    pub signed_by: Option<u64>,
    /// Thresholds that differ from the version before: role, then, now (TUF).
    pub thresholds: Vec<(String, u64, u64)>,
}

/// Where a snapshot stands among those of its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportPlace {
    /// Nothing older is known: there is nothing to compare it with.
    First,
    /// After the snapshot that was seen then.
    After(Timestamp),
    /// It was there already; nothing changed.
    Known,
}

/// What a programme listed on a day, as far as anybody looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgrammeContents {
    pub programme: String,
    pub at: Timestamp,
    /// Each list as it was last seen by then, and when that was.
    pub lists: Vec<(Timestamp, ListSnapshot)>,
}

impl ImportReport {
    /// All events, in the order of the lists.
    pub fn events(&self) -> impl Iterator<Item = &ProgrammeEvent> {
        self.lists.iter().flat_map(|list| &list.events)
    }
}
