//! Many posts: how long an answer takes. Ignored by default; it fills a store first.

use std::path::Path;
use std::time::{Duration, Instant};

use anchorwatch::judge::path::Profile;
use anchorwatch::judge::trust::shipped;
use anchorwatch::service::explain::{ExplainRequest, explain};
use anchorwatch::store::Store;

use super::keeping::{bring, line, second};

/// Another fingerprint for every number.
fn fingerprint(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    (0..5)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            format!("{:08X}", state >> 32)
        })
        .collect()
}

#[test]
#[ignore = "fills a store with as many posts as ANCHORWATCH_POSTS says (100,000)"]
#[allow(clippy::disallowed_methods, reason = "a measurement")]
fn an_answer_among_many_posts() {
    let count: u64 = std::env::var("ANCHORWATCH_POSTS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(100_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let open = |path: &Path| Store::open(path, Duration::from_secs(5)).unwrap();
    let mut store = open(&path);
    let began = Instant::now();
    for from in (0..count).step_by(10_000) {
        let lines: Vec<String> = (from..(from + 10_000).min(count))
            .map(|n| {
                let text = format!("We rotated the signing key of product {n}.\nOld key: {}\nNew key: {}\nhttps://example.org/{n}.asc", fingerprint(2 * n), fingerprint(2 * n + 1));
                line(&format!("https://example.org/{n}"), &format!("Signing key rotation {n}"), "", "2026-09-10", &text)
            })
            .collect();
        bring(&mut store, second(100), &lines);
    }
    eprintln!(
        "{count} posts in {:?}, {} bytes",
        began.elapsed(),
        std::fs::metadata(&path).unwrap().len()
    );
    drop(store);
    let view = shipped();
    let ask = |store: &Store, n: u64| {
        let request = ExplainRequest {
            what: fingerprint(n),
            vendor: None,
            profile: Profile::Field,
            at: second(100),
            known_at: second(200),
        };
        let found = explain(&request, &view, Some(store)).unwrap();
        assert_eq!(
            found.links.links[0].post.url,
            format!("https://example.org/{}", n / 2)
        );
    };
    let began = Instant::now();
    let store = open(&path);
    ask(&store, 7);
    eprintln!("first answer, store opened: {:?}", began.elapsed());
    let mut times: Vec<Duration> = (0..300)
        .map(|n| {
            let began = Instant::now();
            ask(&store, (n * 7919) % (2 * count));
            began.elapsed()
        })
        .collect();
    times.sort();
    eprintln!(
        "then: median {:?}, 99th of 100 {:?}",
        times[150], times[297]
    );
}
