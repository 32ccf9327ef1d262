//! Watched folders: what is put there is judged once it is fully written, and told when a person
//! should look.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use super::{Rounds, StepError, here};
use crate::domain::Verdict;
use crate::judge::report::PackageReport;
use crate::service::check::{CheckRequest, Grouping, Progress, check};
use crate::store::{Event, Store, WatchedFile};

/// How long a file must have been left alone.
const SETTLED: Duration = Duration::from_secs(5);
/// A file's date this far ahead says nothing.
const AHEAD: Duration = Duration::from_secs(24 * 3600);
/// Endings of files that are judged with the file beside which they lie.
const BESIDE: [&str; 11] = [
    "asc",
    "sig",
    "sign",
    "signature",
    "p7s",
    "gpg",
    "minisig",
    "pem",
    "pub",
    "crt",
    "json",
];
/// Endings of files that somebody still writes.
const UNFINISHED: [&str; 4] = ["part", "partial", "tmp", "crdownload"];

/// A folder whose files are judged.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WatchedFolder {
    pub path: PathBuf,
    /// Whose packages these should be.
    pub vendor: Option<String>,
    pub product: Option<String>,
}

impl Rounds {
    pub(super) fn folder(
        &mut self,
        watched: &WatchedFolder,
        now: Timestamp,
    ) -> Result<String, StepError> {
        let new = self.new_files(&watched.path, now)?;
        if new.is_empty() {
            return Ok(String::new());
        }
        let view = self.view(now)?;
        let mut flagged = 0;
        for mut file in new {
            let request = CheckRequest {
                paths: vec![PathBuf::from(&file.path)],
                vendor: watched.vendor.clone(),
                product: watched.product.clone(),
                signature: None,
                manifest: None,
                keys: vec![],
                grouping: Grouping::Detect,
                profile: self.settings.profile,
                at: now,
                known_at: None,
                remember_verdicts: true,
                now,
                require_signed: false,
            };
            let keeper = Store::open(&self.instance.path, Duration::from_secs(5))?;
            let run = here(|| check(&request, &view, Some(keeper), &Silent));
            let events: Vec<Event> = run
                .packages
                .iter()
                .filter(|report| report.verdict != Verdict::Anchored)
                .map(|report| event(report, watched, now))
                .collect();
            flagged += events.len();
            // Told first, kept then: a crash between the two finds the event's key again.
            self.instance.store.emit(&events)?;
            file.verdict = run
                .packages
                .first()
                .map_or("skipped", |report| report.verdict.word())
                .to_owned();
            self.instance.store.keep_watched_file(&file, now)?;
        }
        Ok(format!("{flagged} flagged"))
    }

    /// Files that were put there or changed since they were judged, fully written, by name.
    fn new_files(&self, folder: &Path, now: Timestamp) -> Result<Vec<WatchedFile>, StepError> {
        let io = |source| StepError::Io {
            path: folder.to_path_buf(),
            source,
        };
        let mut found: Vec<(PathBuf, fs::Metadata)> = vec![];
        for entry in fs::read_dir(folder).map_err(io)? {
            let entry = entry.map_err(io)?;
            let metadata = entry.metadata().map_err(io)?;
            let name = entry.file_name();
            if metadata.is_file() && !name.to_string_lossy().starts_with('.') {
                found.push((entry.path(), metadata));
            }
        }
        found.sort_by(|one, other| one.0.cmp(&other.0));
        let settled = SystemTime::UNIX_EPOCH
            + Duration::from_millis(u64::try_from(now.as_millisecond()).unwrap_or(0));
        let mut new = vec![];
        for (path, metadata) in &found {
            let ending = path
                .extension()
                .and_then(|ending| ending.to_str())
                .unwrap_or_default();
            if BESIDE.contains(&ending) || UNFINISHED.contains(&ending) {
                continue;
            }
            // The file and what lies beside it under its name.
            let name = path.as_os_str().to_string_lossy().into_owned();
            let beside = found.iter().filter(|(other, _)| {
                other
                    .to_string_lossy()
                    .strip_prefix(&name)
                    .is_some_and(|rest| rest.starts_with('.'))
            });
            let newest = beside
                .map(|(_, metadata)| metadata)
                .chain([metadata])
                .filter_map(|metadata| metadata.modified().ok())
                .max();
            let Some(newest) = newest else { continue };
            // A date far ahead is somebody's clock, and no sign that anybody still writes.
            let is_settled = match settled.duration_since(newest) {
                Ok(age) => age >= SETTLED,
                Err(ahead) => ahead.duration() > AHEAD,
            };
            if !is_settled {
                continue;
            }
            let modified = newest
                .duration_since(SystemTime::UNIX_EPOCH)
                .map_or(0, |since| {
                    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
                });
            let size = i64::try_from(metadata.len()).unwrap_or(i64::MAX);
            let known = self.instance.store.watched_file(&name)?;
            if known.is_none_or(|known| (known.size, known.modified) != (size, modified)) {
                new.push(WatchedFile {
                    path: name,
                    size,
                    modified,
                    verdict: String::new(),
                });
            }
        }
        Ok(new)
    }
}

fn event(report: &PackageReport, watched: &WatchedFolder, now: Timestamp) -> Event {
    let word = match report.verdict {
        Verdict::Explained => "explained",
        other => other.word(),
    };
    let severity = match report.verdict {
        Verdict::Invalid | Verdict::Refused | Verdict::Distrusted | Verdict::Foreign => "high",
        _ => "warning",
    };
    let file = report.path.rsplit(['/', '\\']).next().unwrap_or_default();
    let digest = report
        .sha256
        .map_or_else(|| report.path.clone(), |digest| digest.to_string());
    let signer = report.signatures.iter().find_map(|one| one.signer.as_ref());
    Event {
        at: now,
        kind: "package-flagged".to_owned(),
        reading: None,
        anchor: None,
        vendor: report.vendor.clone().or_else(|| watched.vendor.clone()),
        detail: serde_json::json!({
            "dedup": format!("package:{digest}:{word}"),
            "severity": severity,
            "product": watched.product,
            "file": file,
            "state": word,
            "sha256": digest,
            "signer": signer.map(|signer| signer.sha256().to_string()),
        })
        .to_string(),
    }
}

/// Nobody watches the progress of a service.
struct Silent;

impl Progress for Silent {
    fn begin(&self, _packages: usize) {}

    fn done(&self, _path: &Path) {}
}
