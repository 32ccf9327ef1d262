//! A site on loopback that answers by a script, and everything that a poll needs.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::{Arc, Mutex};

use anchorwatch::domain::source::{Kind, Origin};
use anchorwatch::fetch::Options;
use anchorwatch::judge::link::Hosts;
use anchorwatch::service::poll::{
    Clock, Means, PollOptions, PollReport, VisitReport, poll_and_wait,
};
use anchorwatch::store::Store;
use anchorwatch::store::sources::{NewSource, Source};
use jiff::{SignedDuration, Timestamp};

use crate::fetch::server::{Server, TestNames, allowing, fetcher, response};

pub(crate) const START: &str = "2026-03-04T10:00:00Z";

/// Answers each path by its list, one answer a question; the last stays. Anything else is 404.
pub(crate) fn site(script: Vec<(&'static str, Vec<Vec<u8>>)>) -> Server {
    let script: BTreeMap<&str, Mutex<Vec<Vec<u8>>>> = script
        .into_iter()
        .map(|(path, mut answers)| {
            answers.reverse();
            (path, Mutex::new(answers))
        })
        .collect();
    Server::start("127.0.0.1", move |head, stream| {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let answer = match script.get(path) {
            Some(answers) => {
                let mut answers = answers.lock().unwrap();
                match answers.len() {
                    0 => response(404, "", b""),
                    1 => answers[0].clone(),
                    _ => answers.pop().unwrap(),
                }
            }
            None => response(404, "", b""),
        };
        let _ = stream.write_all(&answer);
    })
}

/// An RSS feed whose entries are (guid, link, title, text).
pub(crate) fn rss(entries: &[(&str, &str, &str, &str)]) -> Vec<u8> {
    let items: String = entries
        .iter()
        .map(|(guid, link, title, text)| {
            format!(
                "<item><guid isPermaLink=\"false\">{guid}</guid><link>{link}</link>\
                 <title>{title}</title><description><![CDATA[{text}]]></description></item>"
            )
        })
        .collect();
    format!("<rss version=\"2.0\"><channel><title>News</title>{items}</channel></rss>").into_bytes()
}

pub(crate) fn ok(body: &[u8]) -> Vec<u8> {
    response(200, "", body)
}

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) means: Means,
    now: Arc<Mutex<Timestamp>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(allowing("127.0.0.1/32"), Hosts::default())
    }

    pub(crate) fn with(options: Options, speakers: Hosts) -> Self {
        let now = Arc::new(Mutex::new(START.parse().unwrap()));
        let told = Arc::clone(&now);
        let clock: Clock = Arc::new(move || *told.lock().unwrap());
        Self {
            store: Store::in_memory().unwrap(),
            means: Means {
                fetcher: fetcher(options, TestNames::default()),
                clock,
                dice: Box::new(|| 0.0),
                speakers: Arc::new(speakers),
                options: PollOptions::default(),
            },
            now,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    pub(crate) fn days_pass(&self, days: i64) {
        let mut now = self.now.lock().unwrap();
        *now += SignedDuration::from_hours(24 * days);
    }

    /// Moves the clock by an hour at each call.
    pub(crate) fn hours(&self) -> impl Fn() + use<> {
        let now = Arc::clone(&self.now);
        move || *now.lock().unwrap() += SignedDuration::from_hours(1)
    }

    pub(crate) fn add(&mut self, url: &str, kind: Kind) -> i64 {
        let now = self.now();
        let new = NewSource {
            url: url.to_owned(),
            vendor: "acme".to_owned(),
            kind,
            origin: Origin::Person,
        };
        self.store.add_source(&new, now).unwrap()
    }

    pub(crate) fn source(&self, number: i64) -> Source {
        self.store.source(&number.to_string()).unwrap().unwrap()
    }

    /// Asks what is due.
    pub(crate) fn poll(&mut self) -> PollReport {
        let due = self.store.due_sources(self.now()).unwrap();
        poll_and_wait(due, &mut self.store, &mut self.means).unwrap()
    }

    /// Asks what is due, which is one source.
    pub(crate) fn visit(&mut self) -> VisitReport {
        let mut report = self.poll();
        assert_eq!(report.visits.len(), 1, "{report:?}");
        report.visits.remove(0)
    }

    /// The addresses and texts of all posts, newest revision, by address.
    pub(crate) fn posts(&self) -> Vec<(String, String)> {
        let mut found: Vec<(String, String)> = (0..=0xf)
            .flat_map(|digit| {
                self.store
                    .announcements_by_handle(&format!("{digit:x}"), self.now())
                    .unwrap()
            })
            .map(|post| (post.url, post.revision.text))
            .collect();
        found.sort();
        found
    }
}

/// How a visit ended, in a line.
pub(crate) fn told(visit: &VisitReport) -> String {
    let reason = visit.reason.as_deref().unwrap_or("");
    let brought = visit.brought;
    format!(
        "{} {} {} {reason}",
        visit.end.word(),
        brought.added,
        brought.revised
    )
    .trim_end()
    .to_owned()
}
