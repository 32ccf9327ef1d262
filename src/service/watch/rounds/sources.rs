//! Sources that are due, and those that break and recover.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Rounds, StepError, here};
use crate::judge::link::Hosts;
use crate::service::poll::{
    Clock, End, Means, PollOptions, StatedSource, poll_and_wait, stated_sources,
};
use crate::store::Event;
use crate::store::sources::Source;

/// How many sources one round asks, so that the other steps have their turn.
const AT_ONCE: usize = 40;
/// After so many failures in a row a source is broken.
const BROKEN: u32 = 3;

/// What the settings say of sources.
#[derive(Clone)]
pub struct SourceSettings {
    pub options: PollOptions,
    /// Besides those of the vendors' profiles.
    pub stated: Vec<StatedSource>,
    pub clock: Clock,
    /// From 0 up to 1, evenly spread.
    pub dice: fn() -> f64,
}

impl std::fmt::Debug for SourceSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceSettings")
            .field("options", &self.options)
            .field("stated", &self.stated)
            .finish_non_exhaustive()
    }
}

impl Rounds {
    pub(super) fn poll(
        &mut self,
        clock: &(dyn Fn() -> Timestamp + Sync),
    ) -> Result<String, StepError> {
        let (Some(settings), Some(fetcher)) =
            (self.settings.sources.clone(), self.settings.fetcher.clone())
        else {
            return Ok(String::new());
        };
        let now = clock();
        if !self.sources_are_known {
            let (stated, _) = stated_sources(&self.view(now)?, &settings.stated);
            self.instance.store.sync_sources(&stated, now)?;
            self.sources_are_known = true;
        }
        let mut due = self.instance.store.due_sources(now)?;
        due.truncate(AT_ONCE);
        if due.is_empty() {
            return Ok(String::new());
        }
        let mut means = Means {
            fetcher,
            clock: Arc::clone(&settings.clock),
            dice: Box::new(settings.dice),
            speakers: Arc::new(Hosts::of(&self.view(now)?)),
            options: settings.options,
        };
        let store = &mut self.instance.store;
        let report = here(|| poll_and_wait(due.clone(), store, &mut means))?;
        let mut events = vec![];
        for visit in &report.visits {
            let before = due.iter().find(|source| source.position == visit.source);
            let after = store.source(&visit.source.to_string())?;
            if let (Some(before), Some(after)) = (before, after) {
                events.extend(event(before, &after, visit.end, clock()));
            }
        }
        store.emit(&events)?;
        let new: usize = report.changed.len();
        Ok(format!(
            "{} asked, {new} posts new or revised",
            report.visits.len()
        ))
    }
}

/// A source that broke, or is back. Each stretch of failures is told once: it is known by the last
/// visit that was good.
fn event(before: &Source, after: &Source, end: End, now: Timestamp) -> Option<Event> {
    let is_good = matches!(end, End::Good | End::Unchanged);
    let kind = if is_good && before.failures >= BROKEN {
        "source-recovered"
    } else if end == End::Gone || !is_good && after.failures >= BROKEN {
        "source-broken"
    } else {
        return None;
    };
    let since = before
        .last_good
        .map_or_else(|| "never".to_owned(), |at| at.to_string());
    Some(Event {
        at: now,
        kind: kind.to_owned(),
        reading: None,
        anchor: None,
        vendor: Some(after.vendor.clone()).filter(|vendor| !vendor.is_empty()),
        detail: serde_json::json!({
            "dedup": format!("{kind}:{}:{since}", after.position),
            "url": after.url,
            "error": after.reason,
        })
        .to_string(),
    })
}
