//! The service killed at any moment while events go out: none lost, none invented, at most one mail
//! twice for a kill, under the same Message-ID.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::sink::Sink;
use super::{configure, event, open, store, team};

/// How often; `ANCHORWATCH_KILLS` for more. Ten events go out for each.
fn times() -> usize {
    let wanted = std::env::var("ANCHORWATCH_KILLS").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(20)
}

pub(super) fn serve(home: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_anchorwatch"))
        .env_clear()
        .env("HOME", home)
        .args(["serve", "--no-web"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "the moment of the kill is what is varied"
)]
fn killed_at_any_moment_every_event_is_told_and_none_is_invented() {
    let home = tempfile::tempdir().unwrap();
    let sink = Sink::start(false);
    configure(home.path(), sink.port, "");
    team(&mut open(home.path()), "ops", &["ops@example.org"]);
    let mut next = 0;
    let mut emit = |count: usize| {
        let events: Vec<_> = (next..next + count).map(event).collect();
        next += count;
        open(home.path()).emit(&events).unwrap();
        next
    };
    // How long it takes from the start to ten mails.
    let mut all = emit(10);
    let begin = Instant::now();
    let mut child = serve(home.path());
    while sink.count() < all {
        assert!(
            begin.elapsed() < Duration::from_secs(120),
            "{}",
            sink.count()
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    let whole = begin.elapsed();
    child.kill().unwrap();
    child.wait().unwrap();
    let mut runner = TestRunner::deterministic();
    // Half of the kills fall into the sending itself, at the end of that stretch.
    let micros = u64::try_from(whole.as_micros()).unwrap();
    let moment = prop_oneof![0..micros * 5 / 4, micros * 3 / 4..micros * 5 / 4];
    for _ in 0..times() {
        sink.next_stretch();
        all = emit(10);
        let mut child = serve(home.path());
        let after = moment.new_tree(&mut runner).unwrap().current();
        std::thread::sleep(Duration::from_micros(after));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    sink.next_stretch();
    let mut child = serve(home.path());
    let begin = Instant::now();
    loop {
        let health = open(home.path())
            .outbox_health(jiff::Timestamp::MAX)
            .unwrap();
        if health.sent == all as u64 {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(120), "{health:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let connection = rusqlite::Connection::open(store(home.path())).unwrap();
    let mut statement = connection
        .prepare("SELECT message_id, (SELECT count(*) FROM delivery_event WHERE delivery = delivery.id) FROM delivery")
        .unwrap();
    let known: BTreeMap<String, i64> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(known.len(), all);
    assert!(known.values().all(|events| *events == 1));
    let mut received: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for mail in sink.taken() {
        received
            .entry(mail.message_id)
            .or_default()
            .push(mail.stretch);
    }
    let lost = known
        .keys()
        .filter(|id| !received.contains_key(*id))
        .count();
    let phantom = received
        .keys()
        .filter(|id| !known.contains_key(*id))
        .count();
    let mut twice: BTreeMap<usize, usize> = BTreeMap::new();
    for stretches in received.values() {
        for stretch in stretches.iter().skip(1) {
            *twice.entry(*stretch).or_default() += 1;
        }
    }
    let most = twice.values().copied().max().unwrap_or(0);
    eprintln!(
        "{} kills, {all} events: {lost} lost, {phantom} phantom, {} twice, at most {most} a kill",
        times(),
        twice.values().sum::<usize>()
    );
    assert_eq!((lost, phantom), (0, 0));
    assert!(most <= 1);
    let integrity: String = connection
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(integrity, "ok");
}
