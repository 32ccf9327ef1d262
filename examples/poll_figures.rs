//! Figures of polling, against servers on loopback in a process of their own:
//!
//! - `poll_figures feeds [FEEDS] [ENTRIES]`: into SQLite with search, first and unchanged;
//! - `poll_figures csaf [DOCUMENTS]`: over TLS, with SHA-512 and signatures, first and unchanged;
//! - `poll_figures hostile [SECONDS]`: how late good sources are asked beside servers that mean harm.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a program that measures: it reads the clock, prints, and stops at the first surprise"
)]

#[path = "poll_figures/csaf.rs"]
mod csaf;
#[path = "poll_figures/feeds.rs"]
mod feeds;
#[path = "poll_figures/hostile.rs"]
mod hostile;
#[path = "poll_figures/site.rs"]
mod site;

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use anchorwatch::domain::source::{Kind, Origin};
use anchorwatch::fetch::{Fetcher, Found, Names, Options};
use anchorwatch::judge::link::Hosts;
use anchorwatch::service::poll::{Clock, Means, PollOptions};
use anchorwatch::store::sources::NewSource;
use jiff::{SignedDuration, Timestamp};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let number = |index: usize, default: usize| {
        words
            .get(index)
            .map_or(default, |text| text.parse().unwrap())
    };
    match words.first() {
        Some(&"feeds") => feeds::measure(number(1, 2000), number(2, 20)),
        Some(&"csaf") => csaf::measure(number(1, 2000)),
        Some(&"hostile") => hostile::measure(number(1, 60)),
        Some(&"serve-feeds") => feeds::serve(number(1, 0), number(2, 0)),
        Some(&"serve-csaf") => csaf::serve(number(1, 0), words[2]),
        Some(&"serve-hostile") => hostile::serve(),
        _ => println!("usage: poll_figures feeds|csaf|hostile [NUMBER...]"),
    }
}

/// A server of ours; it goes when this does.
struct Served {
    child: Child,
    ports: Vec<u16>,
}

impl Served {
    /// Starts this program again as a server, which says its ports on its first line.
    fn start(arguments: &[&str]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut reader = BufReader::new(child.stdout.take().unwrap());
        reader.read_line(&mut line).unwrap();
        let ports = line.split_whitespace().map(|port| port.parse().unwrap());
        Self {
            ports: ports.collect(),
            child,
        }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Every name is at loopback.
struct Loopback;

impl Names for Loopback {
    fn lookup(&self, _: &str) -> Found {
        Box::pin(async { Ok(vec!["127.0.0.1".parse().unwrap()]) })
    }
}

type Now = Arc<Mutex<Timestamp>>;

/// What a poll needs, with a clock that stands until it is moved.
fn means(options: Options) -> (Means, Now) {
    let now: Now = Arc::new(Mutex::new("2026-03-04T10:00:00Z".parse().unwrap()));
    let told = Arc::clone(&now);
    let clock: Clock = Arc::new(move || *told.lock().unwrap());
    let options = Options {
        allowed_networks: vec!["127.0.0.1/32".parse().unwrap()],
        ..options
    };
    let means = Means {
        fetcher: Fetcher::new(options, Arc::new(Loopback)).unwrap(),
        clock,
        dice: Box::new(|| 0.5),
        speakers: Arc::new(Hosts::default()),
        options: PollOptions::default(),
    };
    (means, now)
}

fn days_pass(now: &Now, days: i64) {
    *now.lock().unwrap() += SignedDuration::from_hours(24 * days);
}

fn source(url: String, kind: Kind) -> NewSource {
    NewSource {
        url,
        vendor: "acme".to_owned(),
        kind,
        origin: Origin::Person,
    }
}

/// The most that this process ever held, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024
}
