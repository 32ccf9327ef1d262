//! The use case `check`: packages in, reports out.
//!
//! Packages are read and judged in parallel and told in the order in which they were named, so that
//! the same input gives the same bytes. What one package does wrong stays with that package.

mod apt;
mod archive;
mod beside;
mod deb;
mod detached;
mod image;
mod jobs;
mod listed;
mod measured;
mod nested;
mod openpgp;
mod read;
mod readers;
mod rpm;
mod signed_inside;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use rayon::prelude::*;

pub use jobs::Grouping;
pub use readers::judged_formats;

use crate::domain::{Finding, FindingKind, Verdict};
use crate::judge::context::Context;
use crate::judge::facts::PackageFacts;
use crate::judge::package::judge;
use crate::judge::path::{Profile, SignatureCache};
use crate::judge::report::{Explained, PackageReport};
use crate::judge::trust::View;
use crate::service::consequences::judgement;
use crate::store::{Judgement, Store, StoreError};
use jobs::{Job, jobs};
use nested::Child;
use read::{Read, ReadError, Reading, read, unsignable};

/// How many readings are gathered before they are written to the store.
const BATCH: usize = 64;

/// What to check, and how.
#[derive(Debug, Clone)]
pub struct CheckRequest {
    pub paths: Vec<PathBuf>,
    /// The vendor whose packages these should be, by slug.
    pub vendor: Option<String>,
    /// That vendor's product, by its name in the profile.
    pub product: Option<String>,
    /// The signature over the one path, instead of what lies beside it.
    pub signature: Option<PathBuf>,
    /// The manifest's name inside the one path.
    pub manifest: Option<String>,
    /// Certificates to use for signatures whose own were not shipped; never trusted by this.
    pub keys: Vec<PathBuf>,
    pub grouping: Grouping,
    pub profile: Profile,
    /// The instant of judgement.
    pub at: Timestamp,
    /// What was known at this time counts; `None` for all that is known.
    pub known_at: Option<Timestamp>,
    /// Whether the store remembers the verdicts, so that a change of trust finds what it touches:
    /// only those by this instance's whole trust, now.
    pub remember_verdicts: bool,
    /// The instant of this run, which the store notes for bytes it had not seen. Never `at`: judging
    /// at a date in the past would make a witness of it.
    pub now: Timestamp,
    /// In folders, tell files that no format can sign as unsigned instead of skipping them.
    pub require_signed: bool,
}

/// What a run found.
#[derive(Debug)]
pub struct CheckRun {
    /// In the order of the paths; within a folder by name.
    pub packages: Vec<PackageReport>,
    /// How many files were skipped because no format can sign them.
    pub skipped: usize,
    /// What the store could not keep; it altered no verdict.
    pub store_trouble: Option<StoreError>,
}

impl CheckRun {
    /// The exit code: that of the worst verdict which the policy does not let pass.
    #[must_use]
    pub fn exit_code(&self, accepted: impl Fn(Verdict) -> bool) -> u8 {
        self.packages
            .iter()
            .flat_map(PackageReport::deciding)
            .filter(|verdict| !accepted(*verdict))
            .max()
            .map_or(0, Verdict::exit_code)
    }
}

/// Who is told how far a run has come; called from many threads.
pub trait Progress: Sync {
    fn begin(&self, packages: usize);
    fn done(&self, path: &Path);
}

/// Checks every path of the request.
#[must_use]
pub fn check(
    request: &CheckRequest,
    view: &dyn View,
    store: Option<Store>,
    progress: &dyn Progress,
) -> CheckRun {
    let jobs = jobs(&request.paths, request.grouping, &archive::is_package);
    progress.begin(jobs.len());
    let keeper = store.map(|store| Mutex::new(Keeper::new(store, request)));
    let cache = SignatureCache::new();
    let judge = |job: &Job| {
        let report = one(job, request, view, keeper.as_ref(), &cache);
        progress.done(&job.path);
        report
    };
    let reports: Vec<Option<PackageReport>> = match jobs.as_slice() {
        // Threads cost more to start than one small package to judge.
        [job] => vec![judge(job)],
        jobs => jobs.par_iter().map(judge).collect(),
    };
    let skipped = reports.iter().filter(|report| report.is_none()).count();
    let store_trouble = keeper.and_then(|keeper| {
        let mut keeper = keeper.into_inner().unwrap_or_else(PoisonError::into_inner);
        keeper.flush();
        keeper.trouble
    });
    CheckRun {
        packages: reports.into_iter().flatten().collect(),
        skipped,
        store_trouble,
    }
}

fn one(
    job: &Job,
    request: &CheckRequest,
    view: &dyn View,
    keeper: Option<&Mutex<Keeper>>,
    cache: &SignatureCache,
) -> Option<PackageReport> {
    let path = job.path.display().to_string();
    let reading = match read(job, request, view) {
        Ok(Read::Reading(reading)) => *reading,
        Ok(Read::Unsignable) if !job.named && !request.require_signed => return None,
        Ok(Read::Unsignable) => match unsignable(&job.path, view) {
            Ok(facts) => facts.into(),
            Err(error) => return Some(unjudged(path, &error)),
        },
        Err(error) => return Some(unjudged(path, &error)),
    };
    let context = Context {
        view,
        at: request.at,
        profile: request.profile,
        vendor: request.vendor.as_deref(),
        product: request.product.as_deref(),
        witnessed: None,
        cache: Some(cache),
    };
    Some(judged(&path, reading, &context, keeper))
}

/// The report on what was read, and on the signed things inside it.
fn judged(
    path: &str,
    reading: Reading,
    context: &Context<'_>,
    keeper: Option<&Mutex<Keeper>>,
) -> PackageReport {
    let Reading { facts, children } = reading;
    let locked = || keeper.map(|keeper| keeper.lock().unwrap_or_else(PoisonError::into_inner));
    let witnessed = locked().and_then(|mut keeper| keeper.first_seen(&facts));
    let context = Context {
        witnessed: witnessed.filter(|seen| *seen <= context.at),
        ..*context
    };
    let mut report = judge(path, &facts, &context);
    if let Some(mut keeper) = locked() {
        keeper.keep(facts, &report, &context);
    }
    // Third parties' files in a vendor's package are not foreign: nobody is expected of them.
    let inside = Context {
        vendor: None,
        product: None,
        ..context
    };
    report.children = children
        .into_iter()
        .map(|Child { name, reading }| match reading {
            Ok(reading) => {
                let mut child = judged(&name, reading, &inside, keeper);
                child.forget_expectation();
                child
            }
            Err(error) => unjudged(name, &error),
        })
        .collect();
    report
}

fn unjudged(path: String, error: &ReadError) -> PackageReport {
    PackageReport {
        path,
        sha256: None,
        size: 0,
        format: "unknown",
        verdict: Verdict::Unjudged,
        explained: Explained::none(),
        vendor: None,
        findings: vec![Finding::whole(match error {
            ReadError::Ambiguous { candidates } => FindingKind::AmbiguousPackage {
                candidates: candidates.clone(),
            },
            error => FindingKind::Unreadable {
                detail: error.to_string(),
            },
        })],
        signatures: vec![],
        children: vec![],
    }
}

/// Writes readings in batches; the first trouble ends the writing and not the run.
struct Keeper {
    store: Store,
    now: Timestamp,
    /// What was first seen later is not known yet.
    known_at: Option<Timestamp>,
    remember: bool,
    waiting: Vec<PackageFacts>,
    judged: Vec<(PackageFacts, Judgement)>,
    trouble: Option<StoreError>,
}

impl Keeper {
    fn new(store: Store, request: &CheckRequest) -> Self {
        Self {
            store,
            now: request.now,
            known_at: request.known_at,
            remember: request.remember_verdicts,
            waiting: vec![],
            judged: vec![],
            trouble: None,
        }
    }

    fn first_seen(&mut self, facts: &PackageFacts) -> Option<Timestamp> {
        match self.store.first_seen(facts) {
            Ok(seen) => seen.filter(|seen| self.known_at.is_none_or(|known_at| *seen <= known_at)),
            Err(error) => {
                self.trouble.get_or_insert(error);
                None
            }
        }
    }

    fn keep(&mut self, facts: PackageFacts, report: &PackageReport, context: &Context<'_>) {
        if self.remember {
            let judgement = judgement(report, context.vendor, context.product);
            self.judged.push((facts, judgement));
        } else {
            self.waiting.push(facts);
        }
        if self.waiting.len() + self.judged.len() >= BATCH {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        let judged = std::mem::take(&mut self.judged);
        if self.trouble.is_some() {
            return;
        }
        let readings: Vec<&PackageFacts> = waiting.iter().collect();
        let kept = match (readings.is_empty(), judged.is_empty()) {
            (true, true) => return,
            (true, false) => self.store.keep_judged(&judged, self.now),
            (false, _) => self.store.keep(&readings, self.now),
        };
        self.trouble = kept.err();
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _packages: usize) {}
    fn done(&self, _path: &Path) {}
}
