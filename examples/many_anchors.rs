//! Makes a store with many anchors and a signed package under one of them: `many_anchors FOLDER [N]`.
//!
//! `FOLDER/store.sqlite3` has the shipped trust folder recorded, as any store has after its first
//! use, and beside it N roots (10,000) of one vendor, active, as people of the instance would have
//! confirmed them: entries and records in the audit chain, head signed. `FOLDER/tool-1.0.bin` has a
//! signature beside it. `benches/whole_process.sh` measures with them.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a measurement may stop at the first surprise, and tells what it measured"
)]

#[allow(dead_code, unreachable_pub, reason = "shared with the tests")]
#[path = "../tests/it/making/mod.rs"]
mod making;
#[allow(dead_code, unreachable_pub, reason = "shared with the tests")]
#[path = "../tests/it/making_trust.rs"]
mod making_trust;

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anchorwatch::formats::digest::sha256;
use anchorwatch::service::instance::Instance;
use anchorwatch::store::{Source, SourceKind};
use jiff::Timestamp;
use making::authority::{Key, Role, Wish};
use making::cms::{Signer, detached};
use making_trust::TrustFolder;

fn key(number: usize) -> Key {
    Key::ed25519_from(sha256(format!("anchor {number}").as_bytes()).0)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let Some(folder) = arguments.next().map(PathBuf::from) else {
        println!("usage: many_anchors FOLDER [ANCHORS]");
        return;
    };
    let anchors: usize = arguments.next().map_or(10_000, |n| n.parse().unwrap());
    fs::create_dir_all(&folder).unwrap();
    let mut trust = TrustFolder::default().vendor("bench", "");
    let names: Vec<String> = (0..=anchors)
        .map(|number| format!("Bench Root {number}"))
        .collect();
    let wish = |number: usize| Wish {
        common_name: &names[number],
        organisation: "Bench",
        serial: 1,
        years: (2015, 2045),
        role: Role::Authority,
    };
    for number in 0..anchors {
        let root = wish(number).self_signed(&key(number));
        trust = trust.root("vendors/bench/roots", &root, &["active 2015-01-01"]);
    }
    let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    let store = folder.join("store.sqlite3");
    let mut instance = Instance::open(&store, Duration::from_secs(60)).unwrap();
    instance.load_shipped(now, "user:bench").unwrap();
    let person = Source {
        kind: SourceKind::Person,
        name: "user:bench".to_owned(),
    };
    let contents = trust.view().contents().unwrap();
    let loaded = instance.load(&person, &contents, now, "user:bench");
    let records = loaded.unwrap().map_or(0, |loaded| loaded.records_new);
    println!("{} with {records} further anchors", store.display());

    let root = anchors / 2;
    let leaf = Wish {
        common_name: "Bench Signer",
        organisation: "Bench",
        serial: 2,
        years: (2020, 2040),
        role: Role::CodeSigner,
    };
    let signer = Key::p256();
    let certificate = leaf.issued(&signer, &wish(root), &key(root));
    let content = b"a release";
    let signature = detached(
        Signer::new(&signer, &certificate),
        content,
        "260601120000Z",
        &[&certificate],
    );
    fs::write(folder.join("tool-1.0.bin"), content).unwrap();
    fs::write(folder.join("tool-1.0.bin.p7s"), signature).unwrap();
}
