//! What two views, each at its own instant, say differently.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::FolderView;
use super::catalogue::Listed;
use super::record::Scope;
use crate::domain::{AnchorId, Purpose, Status};

/// What changed from one view to another.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// In order of scope, purpose and id.
    pub anchors: Vec<AnchorChange>,
    /// `<slug>/signers/<name>` and `<slug>/rotations/<name>`, sorted.
    pub files: Vec<FileChange>,
}

/// An anchor that stands otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnchorChange {
    pub anchor: AnchorId,
    pub name: String,
    pub scope: Scope,
    pub purpose: Purpose,
    /// `None`: not known; `Some(None)`: known, and no record holds.
    pub before: Option<Option<Status>>,
    pub after: Option<Option<Status>>,
}

/// A rule or rotation that came, went, or reads otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    pub path: String,
    pub kind: FileChangeKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileChangeKind {
    Added,
    Removed,
    Changed,
}

/// Compares two views, each read at its own instant.
#[must_use]
pub fn difference(
    (before, before_at): (&FolderView, Timestamp),
    (after, after_at): (&FolderView, Timestamp),
) -> Difference {
    type Place = (Scope, Purpose, AnchorId);
    let statuses = |view: &FolderView, at| {
        let mut statuses: BTreeMap<Place, (String, Option<Status>)> = BTreeMap::new();
        for listed in view.listing(at) {
            let Listed {
                anchor,
                scope,
                purpose,
                standing,
                ..
            } = listed;
            // Known at all, whatever is said of it.
            statuses
                .entry((Scope::Global, Purpose::CodeSigning, anchor.id.clone()))
                .or_insert_with(|| (anchor.name.clone(), None));
            if let Some(standing) = standing {
                let status = Some(standing.record.status);
                statuses.insert((scope, purpose, anchor.id), (anchor.name, status));
            }
        }
        statuses
    };
    let (old, new) = (statuses(before, before_at), statuses(after, after_at));
    let mut places: Vec<&Place> = old.keys().chain(new.keys()).collect();
    places.sort();
    places.dedup();
    let anchors = places
        .into_iter()
        .filter_map(|place| {
            let (was, is) = (old.get(place), new.get(place));
            let (before, after) = (was.map(|(_, s)| *s), is.map(|(_, s)| *s));
            let (name, _) = is.or(was)?;
            (before != after).then(|| AnchorChange {
                anchor: place.2.clone(),
                name: name.clone(),
                scope: place.0.clone(),
                purpose: place.1,
                before,
                after,
            })
        })
        .collect();
    let (old, new) = (files(before), files(after));
    let mut paths: Vec<&String> = old.keys().chain(new.keys()).collect();
    paths.sort();
    paths.dedup();
    let files = paths
        .into_iter()
        .filter_map(|path| {
            let kind = match (old.get(path), new.get(path)) {
                (None, _) => FileChangeKind::Added,
                (_, None) => FileChangeKind::Removed,
                (old, new) if old != new => FileChangeKind::Changed,
                _ => return None,
            };
            Some(FileChange {
                path: path.clone(),
                kind,
            })
        })
        .collect();
    Difference { anchors, files }
}

/// Rules and rotations by path, in a form that can be compared.
fn files(view: &FolderView) -> BTreeMap<String, String> {
    let rules = view.all_rules().into_iter().map(|named| {
        let path = format!("{}/signers/{}", named.vendor, named.name);
        (path, format!("{:?}", named.rule))
    });
    let rotations = view.all_rotations().into_iter().map(|named| {
        let path = format!("{}/rotations/{}", named.vendor, named.name);
        (path, format!("{:?}", named.rotation))
    });
    rules.chain(rotations).collect()
}
