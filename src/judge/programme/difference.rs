//! The difference of two snapshots whose keys have one name each.

use std::collections::{BTreeMap, BTreeSet};

use super::certificates;
use super::{Change, ProgrammeEvent};
use crate::domain::{ListEntry, ListSnapshot, ListedKey, Statement};

type Place<'a> = (Option<&'a str>, ListedKey);

/// What changed from `before` to `now`; `seen` holds the keys of all snapshots up to `before`.
pub(super) fn between(
    before: &ListSnapshot,
    now: &ListSnapshot,
    seen: &BTreeSet<(Option<String>, ListedKey)>,
) -> Vec<ProgrammeEvent> {
    let old = places(before);
    let new = places(now);
    let event = |change, entry: &ListEntry| of_entry(change, entry, now.version);
    let mut events = vec![];
    for (place, entry) in &new {
        let Some(was) = old.get(place) else {
            let known = seen.contains(&(entry.role.clone(), entry.key));
            let change = if known {
                Change::Readded
            } else {
                Change::Added
            };
            events.push(ProgrammeEvent {
                after: words(&standing(entry)),
                ..event(change, entry)
            });
            continue;
        };
        if was.state != entry.state {
            events.push(ProgrammeEvent {
                before: words(&was.state),
                after: words(&entry.state),
                ..event(Change::Changed, entry)
            });
        }
        events.extend(certificates::between(was, entry, now.version));
    }
    for (place, entry) in &old {
        if !new.contains_key(place) {
            events.push(ProgrammeEvent {
                before: words(&standing(entry)),
                ..event(Change::Removed, entry)
            });
        }
    }
    events.extend(renamings(before, now));
    events
}

fn places(snapshot: &ListSnapshot) -> BTreeMap<Place<'_>, &ListEntry> {
    snapshot
        .entries
        .iter()
        .map(|entry| ((entry.role.as_deref(), entry.key), entry))
        .collect()
}

/// A key that is called by other ids, in whatever role: one event, since a renaming concerns the
/// key and not what it may do.
fn renamings(before: &ListSnapshot, now: &ListSnapshot) -> Vec<ProgrammeEvent> {
    let old = ids(before);
    ids(now)
        .into_iter()
        .filter_map(|(key, (entry, ids))| {
            let (_, were) = old.get(&key)?;
            if *were == ids {
                return None;
            }
            let list = |ids: &BTreeSet<&str>| {
                let ids: Vec<_> = ids.iter().copied().collect();
                Some(ids.join(" "))
            };
            Some(ProgrammeEvent {
                role: None,
                before: list(were),
                after: list(&ids),
                ..of_entry(Change::Renamed, entry, now.version)
            })
        })
        .collect()
}

type Ids<'a> = BTreeMap<ListedKey, (&'a ListEntry, BTreeSet<&'a str>)>;

fn ids(snapshot: &ListSnapshot) -> Ids<'_> {
    let mut found: Ids<'_> = BTreeMap::new();
    for entry in &snapshot.entries {
        found
            .entry(entry.key)
            .or_insert_with(|| (entry, BTreeSet::new()))
            .1
            .extend(entry.key_ids.iter().map(String::as_str));
    }
    found
}

/// An event about an entry as a whole.
pub(super) fn of_entry(change: Change, entry: &ListEntry, version: Option<u64>) -> ProgrammeEvent {
    // The self-issued certificate stands for the key where there is one.
    let certificate = entry
        .certificates
        .iter()
        .find(|certificate| certificate.issuer.is_none())
        .or_else(|| entry.certificates.first())
        .and_then(|certificate| certificate.sha256);
    ProgrammeEvent {
        change,
        role: entry.role.clone(),
        key: entry.key,
        form: entry.form,
        certificate,
        public_key: entry.public_key.clone(),
        version,
        name: entry.name.clone(),
        before: None,
        after: None,
    }
}

/// Everything that the list says about a key and its certificates.
fn standing(entry: &ListEntry) -> Vec<Statement> {
    let mut all: Vec<_> = entry
        .state
        .iter()
        .chain(
            entry
                .certificates
                .iter()
                .flat_map(|certificate| &certificate.state),
        )
        .cloned()
        .collect();
    all.sort();
    all.dedup();
    all
}

/// The statements in one line; `None` when nothing is said.
pub(super) fn words(state: &[Statement]) -> Option<String> {
    let words: Vec<_> = state.iter().map(ToString::to_string).collect();
    (!words.is_empty()).then(|| words.join("; "))
}
