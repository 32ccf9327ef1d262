//! Real programmes as they were published, against the stated truth; skipped where the case
//! collection is absent.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anchorwatch::domain::ListKind;
use anchorwatch::judge::programme::{Change, ProgrammeEvent};
use anchorwatch::service::import::{ImportRequest, import};
use anchorwatch::store::Store;
use jiff::Timestamp;
use serde_json::Value;

use crate::cases;

fn day(text: &str) -> Timestamp {
    format!("{text}T00:00:00Z").parse().unwrap()
}

fn path(relative: &str) -> PathBuf {
    cases::folder().join("trust-replay").join(relative)
}

fn events(store: &mut Store, programme: &str, seen: &str, files: &[&str]) -> Vec<ProgrammeEvent> {
    let request = ImportRequest {
        programme: programme.to_owned(),
        paths: files.iter().map(|file| path(file)).collect(),
        seen: day(seen),
        now: day("2026-11-01"),
    };
    let report = import(&request, store).unwrap_or_else(|error| panic!("{error}"));
    report.events().cloned().collect()
}

/// Added and removed keys by role and version, and how many were renamed in each version.
type Truth = (BTreeSet<(Change, String, u64, String)>, BTreeMap<u64, u64>);

fn truth() -> Option<Truth> {
    let text = cases::read("trust-replay/sigstore_tuf/events.jsonl")?;
    let mut truth = Truth::default();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let version = row["root_version"].as_u64().unwrap();
        let text = |field: &str| row[field].as_str().unwrap().to_owned();
        let change = match text("type").as_str() {
            "tuf_key_added" => Change::Added,
            "tuf_key_removed" => Change::Removed,
            "tuf_keyid_renamed_same_key" => {
                truth.1.insert(version, row["count"].as_u64().unwrap());
                continue;
            }
            other => panic!("{other}"),
        };
        truth.0.insert((change, text("role"), version, text("key")));
    }
    assert_eq!(truth.0.len() + truth.1.len(), 30);
    Some(truth)
}

fn found(events: &[ProgrammeEvent]) -> Truth {
    let mut found = Truth::default();
    for event in events {
        let version = event.version.unwrap();
        if event.change == Change::Renamed {
            assert_eq!(event.role, None);
            *found.1.entry(version).or_default() += 1;
        } else {
            let role = event.role.clone().unwrap();
            let key = event.public_key.clone().unwrap();
            assert!(
                found.0.insert((event.change, role, version, key)),
                "{event:?}"
            );
        }
    }
    found
}

fn roots(versions: impl Iterator<Item = u64>) -> Vec<String> {
    versions
        .map(|version| format!("sigstore_tuf/{version}.root.json"))
        .collect()
}

/// A day for each version, in order.
fn seen(version: u64) -> String {
    format!("{}-05-01", 2005 + version)
}

#[test]
fn sigstore_tuf_one_by_one_at_once_and_late() {
    let Some(truth) = truth() else { return };
    let mut store = Store::in_memory().unwrap();
    let mut all = vec![];
    for version in 1..=15 {
        let file = &roots(version..=version)[0];
        all.extend(events(&mut store, "sigstore", &seen(version), &[file]));
    }
    assert_eq!(found(&all), truth);
    for version in 1..=15 {
        let file = &roots(version..=version)[0];
        assert_eq!(events(&mut store, "sigstore", &seen(version), &[file]), []);
    }
    // In one go, in the wrong order.
    let mut store = Store::in_memory().unwrap();
    let files = roots((1..=15).rev());
    let files: Vec<_> = files.iter().map(String::as_str).collect();
    assert_eq!(
        found(&events(&mut store, "sigstore", "2026-01-01", &files)),
        truth
    );
    assert_eq!(events(&mut store, "sigstore", "2026-01-01", &files), []);
    // Every second one late: what is known in the end is the same.
    let mut store = Store::in_memory().unwrap();
    for version in (1..=15).step_by(2).chain((2..=15).step_by(2)) {
        let file = &roots(version..=version)[0];
        events(&mut store, "sigstore", &seen(version), &[file]);
    }
    let kept = store
        .programmes()
        .snapshots("sigstore", ListKind::TufRoot, Timestamp::MAX)
        .unwrap();
    let snapshots: Vec<_> = kept.iter().map(|kept| &kept.snapshot).collect();
    let all: Vec<_> = anchorwatch::judge::programme::history(&snapshots, snapshots[0]).concat();
    assert_eq!(found(&all), truth);
    let on = |day_text: &str| {
        store
            .programmes()
            .snapshot_on("sigstore", ListKind::TufRoot, day(day_text), Timestamp::MAX)
            .unwrap()
            .and_then(|kept| kept.snapshot.version)
    };
    assert_eq!(on("2010-04-30"), Some(4));
    assert_eq!(on("2010-05-01"), Some(5));
    assert_eq!(on("2006-04-30"), None);
}

#[test]
fn sigstore_trusted_roots() {
    if truth().is_none() {
        return;
    }
    let mut store = Store::in_memory().unwrap();
    let mut told = vec![];
    for file in [
        "2023-02-08.49d1933b",
        "2023-02-14.fc1d5d59",
        "2023-02-20.d39a5fa7",
        "2023-04-04.f50a9deb",
        "2025-01-21.36aee789",
        "2025-07-07.aa440a9b",
        "2025-09-22.c9bda74a",
    ] {
        let file = format!("sigstore_tuf/trusted_root.{file}.json");
        let seen = &file["sigstore_tuf/trusted_root.".len()..][..10];
        for event in events(&mut store, "sigstore", seen, &[&file]) {
            told.push(format!(
                "{seen} {} {} {}",
                event.change.word(),
                event.role.unwrap(),
                event.name.unwrap()
            ));
        }
    }
    insta::assert_snapshot!(told.join("\n"), @r"
    2023-02-14 changed certificate-authority sigstore-intermediate
    2023-02-14 changed certificate-authority sigstore
    2023-02-20 changed ctlog https://ctfe.sigstore.dev/test
    2023-04-04 added timestamp-authority TSA Timestamping
    2023-04-04 added timestamp-authority Internal Services Root
    2023-04-04 added timestamp-authority TSA intermediate
    2025-01-21 removed timestamp-authority TSA Timestamping
    2025-01-21 removed timestamp-authority Internal Services Root
    2025-01-21 removed timestamp-authority TSA intermediate
    2025-07-07 added timestamp-authority sigstore-tsa
    2025-07-07 added timestamp-authority sigstore-tsa-selfsigned
    2025-09-22 added tlog https://log2025-1.rekor.sigstore.dev
    ");
}

#[test]
fn dotnet_lists_at_three_dates() {
    if truth().is_none() {
        return;
    }
    let mut store = Store::in_memory().unwrap();
    let file = |date: &str, list: &str| format!("dotnet_codesignctl/{date}/{list}.pem");
    let first = file("2022-06-30", "codesignctl");
    assert_eq!(events(&mut store, "dotnet", "2022-06-30", &[&first]), []);
    let pair = |date: &str| [file(date, "codesignctl"), file(date, "timestampctl")];
    let [code, time] = pair("2022-10-12");
    let second = events(&mut store, "dotnet", "2022-10-12", &[&code, &time]);
    assert_eq!(second.len(), 41);
    assert!(second.iter().all(|event| event.change == Change::Added));
    let [code, time] = pair("2024-10-23");
    assert_eq!(
        events(&mut store, "dotnet", "2024-10-23", &[&code, &time]),
        []
    );
    let keys = |day_text: &str, list| {
        store
            .programmes()
            .snapshot_on("dotnet", list, day(day_text), Timestamp::MAX)
            .unwrap()
            .map(|kept| kept.snapshot.entries.len())
    };
    assert_eq!(keys("2022-08-01", ListKind::CodeSigning), Some(257));
    assert_eq!(keys("2022-08-01", ListKind::TimeStamping), None);
    assert_eq!(keys("2023-08-01", ListKind::CodeSigning), Some(298));
    assert_eq!(keys("2023-08-01", ListKind::TimeStamping), Some(308));
}
