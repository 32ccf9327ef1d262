//! Teams, subscriptions, silences and the outbox, as people use them.

use super::{event, open};
use crate::knowledge::process::{run, said};

#[test]
fn teams_are_asked_subscribe_and_leave() {
    let home = tempfile::tempdir().unwrap();
    let ask = |code: i32, arguments: &[&str]| {
        let found = run(home.path(), arguments);
        assert_eq!(
            found.status.code(),
            Some(code),
            "{arguments:?} {}",
            said(&found)
        );
        said(&found)
    };
    ask(0, &["team", "add", "ops", "ops@example.org"]);
    ask(
        0,
        &[
            "team",
            "add",
            "ops",
            "boss@example.org",
            "--second",
            "--vouched",
            "--second-after",
            "4h",
        ],
    );
    ask(2, &["team", "add", "ops", "no address"]);
    ask(2, &["subscribe", "nobody", "--vendor", "qt"]);
    let wrong = ask(
        2,
        &[
            "subscribe",
            "ops",
            "--vendor",
            "qt",
            "--kind",
            "rotation-anounced",
        ],
    );
    insta::assert_snapshot!(wrong, @r"anchorwatch: no kind of event is called rotation-anounced; did you mean rotation-announced?");
    // The vendor is not known yet, and that is fine.
    ask(
        0,
        &[
            "subscribe",
            "ops",
            "--vendor",
            "of-tomorrow",
            "--kind",
            "rotation-*",
            "--digest",
            "weekly@Europe/Berlin",
        ],
    );
    ask(
        0,
        &[
            "subscribe",
            "ops",
            "--vendor",
            "*",
            "--quiet",
            "22:00-07:00",
            "--min-severity",
            "warning",
        ],
    );
    insta::assert_snapshot!(ask(0, &["subscription", "list"]), @r"
    id  team  vendor       kinds       from     products  keywords  when
    1   ops   of-tomorrow  rotation-*  note     all       all       weekly@Europe/Berlin
    2   ops   *            all         warning  all       all       quiet 22:00-07:00@UTC
    ");
    insta::assert_snapshot!(
        ask(0, &["team", "list"]).lines().map(|line| line.split_whitespace().filter(|word| !word.starts_with("20")).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n"),
        @r"
    team address contact agreed second after from
    ops ops@example.org first asked 4h command
    ops boss@example.org second 4h command
    "
    );
    let mut store = open(home.path());
    let now = jiff::Timestamp::from_second(jiff::Zoned::now().timestamp().as_second()).unwrap();
    store
        .emit(&[anchorwatch::store::Event {
            at: now,
            ..event(1)
        }])
        .unwrap();
    drop(store);
    let rehearsed = ask(0, &["subscription", "test", "2"]);
    assert!(
        rehearsed.ends_with("1 events of the last 90 days in 1 mails to each address\n"),
        "{rehearsed}"
    );
    let listed = ask(0, &["outbox", "list"]);
    assert!(
        listed.contains("held") && listed.contains("opt-in"),
        "{listed}"
    );
    ask(0, &["ack", "1"]);
    ask(2, &["ack", "99"]);
    ask(
        0,
        &[
            "silence", "add", "--vendor", "qt", "--why", "known", "--for", "3d",
        ],
    );
    open(home.path())
        .emit(&[anchorwatch::store::Event {
            at: now + jiff::SignedDuration::from_secs(1),
            ..event(2)
        }])
        .unwrap();
    let silences = ask(0, &["silence", "list"]);
    assert!(silences.contains("known  1          holds"), "{silences}");
    // The last who hears of changes of trust leaves.
    let warned = ask(0, &["unsubscribe", "2"]);
    assert!(
        warned.contains("nobody hears of every change of trust any more"),
        "{warned}"
    );
    ask(0, &["team", "remove", "ops"]);
    ask(2, &["team", "remove", "ops"]);
    let status = ask(0, &["status"]);
    assert!(
        status.contains("no transport sends") && status.contains("does not run"),
        "{status}"
    );
    let backup = home.path().join("copy.sqlite3");
    ask(0, &["backup", backup.to_str().unwrap()]);
    ask(0, &["status", "--store", backup.to_str().unwrap()]);
    let doctor = ask(0, &["doctor"]);
    assert!(
        doctor.contains("fine     store") && doctor.contains("fine     backup"),
        "{doctor}"
    );
}
