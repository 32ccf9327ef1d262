//! Feeds of a hundred sites.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anchorwatch::domain::source::Kind;
use anchorwatch::fetch::Options;
use anchorwatch::service::poll::{PollReport, poll_and_wait};
use anchorwatch::store::Store;

use super::site::{answer, listen};
use super::{Served, days_pass, means, peak_mib, source};

const HOSTS: usize = 100;
const WORDS: [&str; 24] = [
    "release",
    "fixes",
    "package",
    "repository",
    "update",
    "certificate",
    "signing",
    "version",
    "kernel",
    "driver",
    "issue",
    "upstream",
    "module",
    "server",
    "cluster",
    "backport",
    "security",
    "advisory",
    "mirror",
    "archive",
    "change",
    "install",
    "notes",
    "library",
];

pub(crate) fn measure(feeds: usize, entries: usize) {
    let served = Served::start(&["serve-feeds", &feeds.to_string(), &entries.to_string()]);
    let port = served.ports[0];
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let mut store = Store::open(&path, Duration::from_secs(5)).unwrap();
    let (mut means, now) = means(Options::default());
    for n in 0..feeds {
        let url = format!("http://h{}.example:{port}/{n}", n % HOSTS);
        store
            .add_source(&source(url, Kind::Feed), *now.lock().unwrap())
            .unwrap();
    }
    let mut poll = |what: &str| {
        let due = store.due_sources(*now.lock().unwrap()).unwrap();
        let begin = Instant::now();
        let report = poll_and_wait(due, &mut store, &mut means).unwrap();
        let taken = begin.elapsed();
        println!("{what}: {} in {:.3} s", told(&report), taken.as_secs_f64());
        days_pass(&now, 2);
    };
    poll("first");
    poll("unchanged");
    println!("peak memory: {} MiB", peak_mib());
    let found = store
        .search_announcements("advisory kernel", 10, *now.lock().unwrap())
        .unwrap();
    let size = std::fs::metadata(&path).unwrap().len() >> 20;
    println!(
        "a search finds {} posts; the store has {size} MiB",
        found.posts.len()
    );
}

fn told(report: &PollReport) -> String {
    let brought = report.brought();
    let failed = report
        .visits
        .iter()
        .filter(|visit| visit.reason.is_some())
        .count();
    format!(
        "{} sources, {} posts added, {} revised, {failed} failed",
        report.visits.len(),
        brought.added,
        brought.revised
    )
}

pub(crate) fn serve(feeds: usize, entries: usize) {
    let mut seed = 1u64;
    let mut dice = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let bodies: Vec<Arc<[u8]>> = (0..feeds)
        .map(|feed| {
            let mut text = String::from("<rss version=\"2.0\"><channel><title>News</title>");
            for entry in 0..entries {
                let mut words: Vec<&str> = (0..120).map(|_| WORDS[dice(WORDS.len())]).collect();
                let key = format!(
                    "key fingerprint = {:040X}",
                    (feed * entries + entry) as u128 * 7919
                );
                if entry % 10 == 0 {
                    words.push(&key);
                }
                text.push_str(&format!(
                    "<item><guid>{feed}-{entry}</guid><link>/{feed}/{entry}</link>\
                     <title>Post {feed} {entry}</title>\
                     <pubDate>Wed, 04 Mar 2026 09:00:00 GMT</pubDate>\
                     <description>&lt;p&gt;{}&lt;/p&gt;</description></item>",
                    words.join(" ")
                ));
            }
            text.push_str("</channel></rss>");
            Arc::from(text.into_bytes())
        })
        .collect();
    let empty: Arc<[u8]> = Arc::from(vec![]);
    let handler = move |path: &str, head: &str| {
        let feed: Option<usize> = path.trim_start_matches('/').parse().ok();
        match feed.and_then(|feed| bodies.get(feed)) {
            Some(_) if head.contains("if-none-match") => (304, String::new(), Arc::clone(&empty)),
            Some(body) => (200, "ETag: \"1\"\r\n".to_owned(), Arc::clone(body)),
            None => (404, String::new(), Arc::clone(&empty)),
        }
    };
    let port = listen(move |mut stream| answer(&mut stream, &handler));
    println!("{port}");
    std::thread::park();
}
