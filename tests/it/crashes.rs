//! The program killed in the middle of a change, again and again: what is there is whole.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anchorwatch::store::Store;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use crate::knowledge::process::{run, said};

/// How often; `ANCHORWATCH_CRASHES` for more.
fn times() -> usize {
    let wanted = std::env::var("ANCHORWATCH_CRASHES").ok();
    wanted.and_then(|text| text.parse().ok()).unwrap_or(30)
}

fn start(home: &Path, arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_anchorwatch"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env_clear()
        .env("HOME", home)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// A folder that says something new each time: every key's first status has other evidence.
fn write_folder(folder: &Path, number: usize) {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("trust/vendors/qt");
    let mut pending = vec![(shipped, folder.join("vendors/qt"))];
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("trust/shared");
    pending.push((shared, folder.join("shared")));
    while let Some((from, to)) = pending.pop() {
        fs::create_dir_all(&to).unwrap();
        for entry in fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                pending.push((entry.path(), target));
                continue;
            }
            let mut bytes = fs::read(entry.path()).unwrap();
            if target.extension().is_some_and(|ending| ending == "toml") {
                let text = String::from_utf8(bytes).unwrap();
                let said = format!("says = \"time {number}; ");
                bytes = text.replace("says = \"", &said).into_bytes();
            }
            fs::write(&target, bytes).unwrap();
        }
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "how long a command takes decides when it is killed"
)]
fn took(mut child: Child) -> Duration {
    let start = Instant::now();
    assert!(child.wait().unwrap().success());
    start.elapsed()
}

#[test]
#[allow(
    clippy::disallowed_methods,
    reason = "the moment of the kill is what is varied"
)]
fn killed_at_any_moment_the_store_is_whole() {
    let home = tempfile::tempdir().unwrap();
    let store = home.path().join(".local/share/anchorwatch/store.sqlite3");
    let folder = home.path().join("trust");
    let folder_name = folder.to_str().unwrap().to_owned();
    let config = home.path().join(".config/anchorwatch/config.toml");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::write(&config, "[policy]\nroot = 1\n").unwrap();
    let root = home.path().join("root.der");
    fs::write(&root, crate::making::story::Vendor::new().root_g1.der()).unwrap();
    let fingerprint = crate::making::story::Vendor::new()
        .root_g1
        .sha256()
        .to_string();
    // Known packages, so that there is something to judge again.
    let packages = run(
        home.path(),
        &["check", "examples/packages", "--vendor", "qt"],
    );
    assert!(store.exists(), "{}", said(&packages));
    write_folder(&folder, 0);
    let load = ["trust", "load", &folder_name, "--authority"];
    let whole = took(start(home.path(), &load));
    let mut runner = TestRunner::deterministic();
    let moment = 0u64..u64::try_from(whole.as_micros()).unwrap() * 5 / 4;
    let (mut cut, mut changes) = (0, 0);
    for number in 1..=times() {
        let confirm: Vec<String>;
        let arguments: Vec<&str> = match number % 3 {
            0 => {
                write_folder(&folder, number);
                load.to_vec()
            }
            1 => {
                let proposed = run(
                    home.path(),
                    &[
                        "propose",
                        root.to_str().unwrap(),
                        "--vendor",
                        "qt",
                        "--evidence",
                        "a letter",
                    ],
                );
                let text = said(&proposed);
                let id = text.split([' ', ':']).nth(1).unwrap().to_owned();
                confirm = [
                    "confirm",
                    &id,
                    "--fingerprint",
                    &fingerprint,
                    "--channel",
                    "phone",
                    "--whom",
                    "them",
                    "--contact-from",
                    "a contract",
                ]
                .map(str::to_owned)
                .to_vec();
                confirm.iter().map(String::as_str).collect()
            }
            _ => vec!["reevaluate"],
        };
        let mut child = start(home.path(), &arguments);
        let after = moment.new_tree(&mut runner).unwrap().current();
        std::thread::sleep(Duration::from_micros(after));
        // SIGKILL, on Unix.
        let _ = child.kill();
        if !child.wait().unwrap().success() {
            cut += 1;
        }
        let connection = rusqlite::Connection::open(&store).unwrap();
        let integrity: String = connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(integrity, "ok");
        let broken: i64 = connection
            .query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(broken, 0);
        drop(connection);
        let opened = Store::open(&store, Duration::from_secs(5)).unwrap();
        let report = opened.audit_verify(&[]).unwrap();
        assert_eq!(report.faults, vec![], "after {arguments:?}");
        assert_eq!(report.signed_heads, report.entries);
        // A proposal is applied with its record, or not at all.
        let head = opened.audit_head().unwrap();
        assert!(head.sequence >= changes);
        changes = head.sequence;
    }
    eprintln!("{cut} of {} runs were cut off, {changes} changes", times());
    assert!(cut > 0 && changes > 1);
    // What was cut off goes on.
    let found = run(home.path(), &["reevaluate"]);
    assert_eq!(found.status.code(), Some(0), "{}", said(&found));
    let opened = Store::open(&store, Duration::from_secs(5)).unwrap();
    let (done, head) = opened.unjudged_changes().unwrap();
    assert_eq!(done, head);
}
