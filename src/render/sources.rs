//! The reports of `source` and `poll`: what is asked, how it stands, what came of it.

use std::fmt::Write as _;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::plain;
use super::plain::plain_json;
use super::trust::table::table;
use crate::domain::source::{Kind, Origin, State};

/// A source as it stands.
#[derive(Debug, Clone)]
pub struct SourceLine<'a> {
    pub number: i64,
    pub url: &'a str,
    pub vendor: &'a str,
    pub kind: Kind,
    pub origin: Origin,
    pub state: State,
    /// Where it is asked, when that is another address.
    pub asked_at: Option<&'a str>,
    pub last_good: Option<Timestamp>,
    /// `None` when it is not asked by itself.
    pub next: Option<Timestamp>,
    pub interval: SignedDuration,
    pub failures: u32,
    pub reason: Option<&'a str>,
    pub entries: u64,
}

/// One visit, or the whole poll.
#[derive(Debug, Clone, Default)]
pub struct VisitLine<'a> {
    pub number: i64,
    pub url: &'a str,
    pub vendor: &'a str,
    pub end: &'a str,
    pub added: usize,
    pub revised: usize,
    pub reason: Option<&'a str>,
    pub moved_to: Option<&'a str>,
    pub next: Option<Timestamp>,
}

/// A post that a trial would keep.
#[derive(Debug, Clone)]
pub struct TrialLine<'a> {
    pub url: &'a str,
    pub title: &'a str,
    pub score: i32,
    pub identities: usize,
    pub files: &'a [String],
}

/// A question of the ledger.
#[derive(Debug, Clone)]
pub struct AskedLine<'a> {
    pub at: Timestamp,
    pub host: &'a str,
    pub url: &'a str,
    pub got: &'a str,
    pub bytes: u64,
}

fn time(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| {
        // Whole seconds: finer would only look precise.
        Timestamp::from_second(at.as_second())
            .unwrap_or(at)
            .to_string()
    })
}

fn or_dash(text: String) -> String {
    if text.is_empty() {
        "-".to_owned()
    } else {
        text
    }
}

/// Every source a row; below one that fails, why.
#[must_use]
pub fn sources_text(sources: &[SourceLine<'_>]) -> String {
    if sources.is_empty() {
        return "no sources\n".to_owned();
    }
    let rows: Vec<Vec<String>> = sources
        .iter()
        .map(|source| {
            vec![
                source.number.to_string(),
                source.state.word().to_owned(),
                source.kind.word().to_owned(),
                source.vendor.to_owned(),
                or_dash(time(source.last_good)),
                or_dash(time(source.next)),
                source.url.to_owned(),
            ]
        })
        .collect();
    let headings = [
        "no.",
        "state",
        "kind",
        "vendor",
        "last good",
        "next try",
        "address",
    ];
    let table = table(&headings, &rows);
    let mut lines = table.lines();
    let mut text = String::new();
    text.extend(lines.next().map(|line| format!("{line}\n")));
    for (source, line) in sources.iter().zip(lines) {
        let _ = writeln!(text, "{line}");
        if let Some(asked_at) = source.asked_at {
            let _ = writeln!(text, "     moved to {}", plain(asked_at));
        }
        if let Some(reason) = source.reason {
            let failed = match source.failures {
                0 => "in part".to_owned(),
                1 => "failed".to_owned(),
                times => format!("failed {times} times"),
            };
            let _ = writeln!(text, "     {failed}: {}", plain(reason));
        }
    }
    text
}

/// The same for machines, schema 1.
#[must_use]
pub fn sources_json(sources: &[SourceLine<'_>]) -> String {
    let one = |source: &SourceLine<'_>| {
        json!({
            "number": source.number,
            "url": source.url,
            "asked_at": source.asked_at,
            "vendor": source.vendor,
            "kind": source.kind.word(),
            "origin": source.origin.word(),
            "state": source.state.word(),
            "last_good": source.last_good.map(|at| time(Some(at))),
            "next_try": source.next.map(|at| time(Some(at))),
            "interval_seconds": source.interval.as_secs(),
            "failures": source.failures,
            "reason": source.reason,
            "entries": source.entries,
        })
    };
    document(&json!({
        "schema": 1,
        "sources": sources.iter().map(one).collect::<Vec<_>>(),
    }))
}

/// What a poll did; a visit that brought nothing and failed at nothing is counted only.
#[must_use]
pub fn poll_text(visits: &[VisitLine<'_>]) -> String {
    let mut text = String::new();
    for visit in visits {
        let quiet = visit.added + visit.revised == 0 && visit.reason.is_none();
        if quiet && visit.moved_to.is_none() {
            continue;
        }
        let _ = writeln!(
            text,
            "{} {}: {}, {} new, {} revised",
            visit.number,
            plain(visit.url),
            visit.end,
            visit.added,
            visit.revised
        );
        if let Some(moved_to) = visit.moved_to {
            let _ = writeln!(text, "  asked from now on at {}", plain(moved_to));
        }
        if let Some(reason) = visit.reason {
            let _ = writeln!(text, "  {}", plain(reason));
            let next = match visit.next {
                Some(next) => format!("next try {}", time(Some(next))),
                None => "not asked again until somebody resumes it".to_owned(),
            };
            let _ = writeln!(text, "  {next}");
        }
    }
    let failed = visits.iter().filter(|visit| is_trouble(visit)).count();
    let sum = |count: fn(&VisitLine<'_>) -> usize| visits.iter().map(count).sum::<usize>();
    let _ = writeln!(
        text,
        "{} asked, {failed} failed; {} new, {} revised",
        visits.len(),
        sum(|visit| visit.added),
        sum(|visit| visit.revised),
    );
    text
}

fn is_trouble(visit: &VisitLine<'_>) -> bool {
    visit.end != "good" && visit.end != "unchanged"
}

/// The same for machines, schema 1.
#[must_use]
pub fn poll_json(visits: &[VisitLine<'_>]) -> String {
    document(&json!({
        "schema": 1,
        "visits": visits.iter().map(visit_value).collect::<Vec<_>>(),
    }))
}

fn visit_value(visit: &VisitLine<'_>) -> Value {
    json!({
        "number": visit.number,
        "url": visit.url,
        "vendor": visit.vendor,
        "end": visit.end,
        "added": visit.added,
        "revised": visit.revised,
        "reason": visit.reason,
        "moved_to": visit.moved_to,
        "next_try": visit.next.map(|at| time(Some(at))),
    })
}

/// What a trial found.
#[must_use]
pub fn trial_text(visit: &VisitLine<'_>, entries: u64, posts: &[TrialLine<'_>]) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}: {}", plain(visit.url), visit.end);
    if let Some(reason) = visit.reason {
        let _ = writeln!(text, "  {}", plain(reason));
    }
    let count = posts.len();
    let _ = writeln!(text, "  entries {entries}, of which new or revised {count}");
    for post in posts {
        let title = if post.title.is_empty() {
            "(no title)"
        } else {
            post.title
        };
        let _ = writeln!(
            text,
            "  score {}, identities {}  {}",
            post.score,
            post.identities,
            plain(title)
        );
        let _ = writeln!(text, "    {}", plain(post.url));
        for file in post.files {
            let _ = writeln!(text, "    with {}", plain(file));
        }
    }
    text
}

/// The same for machines, schema 1.
#[must_use]
pub fn trial_json(visit: &VisitLine<'_>, entries: u64, posts: &[TrialLine<'_>]) -> String {
    let one = |post: &TrialLine<'_>| {
        json!({
            "url": post.url,
            "title": post.title,
            "score": post.score,
            "identities": post.identities,
            "files": post.files,
        })
    };
    document(&json!({
        "schema": 1,
        "visit": visit_value(visit),
        "entries": entries,
        "posts": posts.iter().map(one).collect::<Vec<_>>(),
    }))
}

/// The ledger of questions, newest first.
#[must_use]
pub fn ledger_text(asked: &[AskedLine<'_>]) -> String {
    let rows: Vec<Vec<String>> = asked
        .iter()
        .map(|line| {
            vec![
                time(Some(line.at)),
                line.got.to_owned(),
                line.bytes.to_string(),
                line.url.to_owned(),
            ]
        })
        .collect();
    table(&["at", "got", "bytes", "address"], &rows)
}

/// The same for machines, schema 1.
#[must_use]
pub fn ledger_json(asked: &[AskedLine<'_>]) -> String {
    let one = |line: &AskedLine<'_>| {
        json!({
            "at": time(Some(line.at)),
            "host": line.host,
            "url": line.url,
            "got": line.got,
            "bytes": line.bytes,
        })
    };
    document(&json!({
        "schema": 1,
        "asked": asked.iter().map(one).collect::<Vec<_>>(),
    }))
}

fn document(value: &Value) -> String {
    plain_json(&format!("{value:#}\n"))
}
