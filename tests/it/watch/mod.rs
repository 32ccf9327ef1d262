//! The watch as a whole: teams by the commands, mail to a server on loopback, kills, speed.

mod commands;
mod kills;
mod sending;
mod sink;
mod speed;
mod story;

use std::path::Path;
use std::time::Duration;

use anchorwatch::judge::watch::Subscription;
use anchorwatch::store::{Agreement, Event, Role, Store};

/// The store of a home.
fn store(home: &Path) -> std::path::PathBuf {
    home.join(".local/share/anchorwatch/store.sqlite3")
}

fn open(home: &Path) -> Store {
    Store::open(&store(home), Duration::from_secs(20)).unwrap()
}

/// Settings that send to a sink at once.
fn configure(home: &Path, port: u16, more: &str) {
    let path = home.join(".config/anchorwatch/config.toml");
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let text = format!(
        "[mail]\ntransport = \"smtp\"\nserver = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\n\
         from = \"watch@example.org\"\ntimeout = 5\n[watch]\nwindow = 0\n{more}\n"
    );
    std::fs::write(path, text).unwrap();
}

/// A team that hears of rotations at these addresses; keys that run out are told too, by the day of
/// the run.
fn team(store: &mut Store, name: &str, addresses: &[&str]) {
    let now = at();
    for address in addresses {
        store
            .add_address(name, address, Role::First, &Agreement::Vouched, now)
            .unwrap();
    }
    store
        .subscribe(
            name,
            &Subscription {
                kinds: vec!["rotation-*".to_owned()],
                ..Subscription::to("*")
            },
            now,
        )
        .unwrap()
        .unwrap();
}

/// A moment that is past on any machine.
fn at() -> jiff::Timestamp {
    "2026-03-04T10:00:00Z".parse().unwrap()
}

/// An event with a thread of its own.
fn event(number: usize) -> Event {
    Event {
        at: at(),
        kind: "rotation-announced".to_owned(),
        reading: None,
        anchor: None,
        vendor: Some("qt".to_owned()),
        detail: format!(r#"{{"thread":"rotation:{number}","dedup":"{number}"}}"#),
    }
}
