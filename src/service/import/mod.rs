//! The use case `trust import`: lists of root programmes, kept by the day on which they were seen.
//!
//! An import records what was observed and never touches trust. It is all or nothing: one file that
//! cannot be read whole, or a chain that does not hold, leaves the store as it was.

mod chain;
mod contents;
mod error;
mod gather;
mod told;

use std::path::PathBuf;

use jiff::Timestamp;

pub use contents::contents;
pub use error::ImportError;

use crate::domain::{ListKind, ListSnapshot};
use crate::judge::programme::{ImportPlace, ImportReport, ListReport, history};
use crate::store::{Addition, KeptSnapshot, Programmes, Store};

/// The longest name of a programme, in bytes.
const NAME: usize = 64;

/// What to import.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    pub programme: String,
    pub paths: Vec<PathBuf>,
    /// When the files were what the programme published.
    pub seen: Timestamp,
    pub now: Timestamp,
}

/// Reads the files, places them among what is known, and keeps them.
///
/// # Errors
/// When a file cannot be read whole, does not fit to what is known, or SQLite fails; nothing is kept
/// then.
pub fn import(request: &ImportRequest, store: &mut Store) -> Result<ImportReport, ImportError> {
    check_name(&request.programme)?;
    if request.seen > request.now {
        return Err(ImportError::Future(request.seen));
    }
    let gathered = gather::gather(&request.paths, request.seen)?;
    store.import_programme(&request.programme, |programmes| {
        let mut import = Import {
            request,
            programmes,
            added: Addition {
                snapshots: vec![],
                beside: gathered.beside,
                certificates: gathered.certificates,
                known_from: Some(request.now),
                signatures: vec![],
                events: vec![],
            },
            reports: vec![],
        };
        for list in gathered.lists {
            if let Some(signers) = gathered.signers.get(&list.list) {
                let signed = (list.clone(), signers.clone());
                import.added.signatures.push(signed);
            }
            import.list(list)?;
        }
        import.roots(&gathered.roots)?;
        let report = ImportReport {
            programme: request.programme.clone(),
            seen: request.seen,
            lists: import.reports,
        };
        import.added.events = told::events(&report, request.now);
        Ok((import.added, report))
    })
}

fn check_name(name: &str) -> Result<(), ImportError> {
    let usual = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let allowed = |byte| usual(byte) || matches!(byte, b'-' | b'.' | b'_');
    if name.is_empty()
        || name.len() > NAME
        || !name.bytes().next().is_some_and(usual)
        || !name.bytes().all(allowed)
    {
        return Err(ImportError::Name(name.chars().take(NAME).collect()));
    }
    Ok(())
}

struct Import<'a> {
    request: &'a ImportRequest,
    programmes: &'a Programmes<'a>,
    added: Addition,
    reports: Vec<ListReport>,
}

impl Import<'_> {
    fn timeline(&self, list: ListKind) -> Result<Vec<KeptSnapshot>, ImportError> {
        Ok(self
            .programmes
            .snapshots(&self.request.programme, list, Timestamp::MAX)?)
    }

    fn kept(&self, snapshot: ListSnapshot, position: u64, root: Option<Vec<u8>>) -> KeptSnapshot {
        KeptSnapshot {
            seen: self.request.seen,
            position,
            known_from: self.request.now,
            snapshot,
            root,
        }
    }

    /// The certificates whose hashes a timeline names, from older imports and from this one.
    fn known(&self, timeline: &[KeptSnapshot]) -> Result<ListSnapshot, ImportError> {
        let mut entries = self.programmes.known(timeline)?.entries;
        entries.extend(self.added.beside.iter().cloned());
        Ok(ListSnapshot::new(ListKind::Certificates, None, entries))
    }

    /// A list without versions: after everything that was seen in the same instant.
    fn list(&mut self, list: ListSnapshot) -> Result<(), ImportError> {
        let seen = self.request.seen;
        let mut timeline = self.timeline(list.list)?;
        if let Some(known) = timeline
            .iter()
            .find(|kept| kept.seen == seen && kept.snapshot == list)
        {
            self.reports.push(nothing_new(&known.snapshot));
            return Ok(());
        }
        let place = timeline.partition_point(|kept| kept.seen <= seen);
        let position = timeline
            .iter()
            .filter(|kept| kept.seen == seen)
            .map(|kept| kept.position + 1)
            .max()
            .unwrap_or(0);
        let kept = self.kept(list, position, None);
        timeline.insert(place, kept.clone());
        self.added.snapshots.push(kept);
        let known = self.known(&timeline)?;
        self.reports.extend(reports(&timeline, &known, &[place]));
        Ok(())
    }

    /// TUF roots: in one instant by version.
    fn roots(
        &mut self,
        roots: &[(PathBuf, crate::formats::programme::tuf::TufRoot)],
    ) -> Result<(), ImportError> {
        if roots.is_empty() {
            return Ok(());
        }
        let seen = self.request.seen;
        let mut timeline = self.timeline(ListKind::TufRoot)?;
        let mut links = vec![];
        let mut known = vec![];
        for (path, root) in roots {
            let snapshot = root.snapshot();
            let place =
                timeline.partition_point(|kept| (kept.seen, kept.position) < (seen, root.version));
            let here = timeline.get(place);
            chain::one_of_its_version(path, root, &timeline)?;
            if here.is_some_and(|kept| (kept.seen, kept.position) == (seen, root.version)) {
                known.push(nothing_new(&snapshot));
                continue;
            }
            let link = chain::link(path, root, seen, &timeline, place)?;
            let kept = self.kept(snapshot, root.version, Some(root.bytes().to_vec()));
            timeline.insert(place, kept.clone());
            self.added.snapshots.push(kept);
            links.push((root.version, link));
        }
        let places: Vec<usize> = links
            .iter()
            .filter_map(|(version, _)| {
                timeline
                    .iter()
                    .position(|kept| kept.seen == seen && kept.position == *version)
            })
            .collect();
        let none = ListSnapshot::new(ListKind::Certificates, None, vec![]);
        let told = reports(&timeline, &none, &places).into_iter().zip(links);
        let mut all: Vec<_> = told
            .map(|(report, (_, link))| ListReport {
                signed_by: link.signed_by,
                thresholds: link.thresholds,
                ..report
            })
            .chain(known)
            .collect();
        all.sort_by_key(|report| report.version);
        self.reports.extend(all);
        Ok(())
    }
}

/// What is told of the snapshots at `places` of a whole timeline.
fn reports(timeline: &[KeptSnapshot], known: &ListSnapshot, places: &[usize]) -> Vec<ListReport> {
    let snapshots: Vec<&ListSnapshot> = timeline.iter().map(|kept| &kept.snapshot).collect();
    let mut events = history(&snapshots, known);
    places
        .iter()
        .filter_map(|place| {
            let kept = timeline.get(*place)?;
            let before = place.checked_sub(1).and_then(|before| timeline.get(before));
            let next = timeline.get(place + 1).filter(|next| next.seen > kept.seen);
            Some(ListReport {
                place: before.map_or(ImportPlace::First, |before| ImportPlace::After(before.seen)),
                events: events
                    .get_mut(*place)
                    .map(std::mem::take)
                    .unwrap_or_default(),
                next: next.map(|next| next.seen),
                ..nothing_new(&kept.snapshot)
            })
        })
        .collect()
}

fn nothing_new(snapshot: &ListSnapshot) -> ListReport {
    ListReport {
        list: snapshot.list,
        version: snapshot.version,
        entries: snapshot.entries.len(),
        place: ImportPlace::Known,
        events: vec![],
        next: None,
        signed_by: None,
        thresholds: vec![],
    }
}
