//! How many mails a second, and how much memory.

use std::time::{Duration, Instant};

use super::kills::serve;
use super::sink::Sink;
use super::{configure, event, open, team};

/// How many; `ANCHORWATCH_MAILS` for more.
fn mails() -> usize {
    let wanted = std::env::var("ANCHORWATCH_MAILS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(300)
}

#[test]
#[allow(clippy::disallowed_methods, reason = "time is what is measured")]
fn many_mails_go_fast_in_little_memory() {
    let home = tempfile::tempdir().unwrap();
    let sink = Sink::start(false);
    configure(home.path(), sink.port, "");
    let mut store = open(home.path());
    team(&mut store, "ops", &["ops@example.org"]);
    let events: Vec<_> = (0..mails()).map(event).collect();
    store.emit(&events).unwrap();
    drop(store);
    let mut child = serve(home.path());
    let start = Instant::now();
    let mut first = None;
    while sink.count() < mails() {
        if first.is_none() && sink.count() > 0 {
            first = Some(Instant::now());
        }
        assert!(
            start.elapsed() < Duration::from_secs(300),
            "{}",
            sink.count()
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    let took = first.unwrap_or(start).elapsed();
    let status =
        std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))
        .and_then(|text| text.trim().trim_end_matches(" kB").parse::<u64>().ok())
        .unwrap_or(0);
    child.kill().unwrap();
    child.wait().unwrap();
    eprintln!(
        "{} mails in {:.2} s: {:.0} a second, peak RSS {} MiB",
        mails(),
        took.as_secs_f64(),
        mails() as f64 / took.as_secs_f64(),
        peak >> 10
    );
    assert!(peak < 96 << 10, "{peak} KiB");
}
