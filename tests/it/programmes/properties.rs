//! Random lists against a simple model, late files in any order, and mutated files.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anchorwatch::domain::{
    KeyForm, ListEntry, ListKind, ListSnapshot, ListedKey, Sha256, Stance, Statement,
};
use anchorwatch::judge::programme::{Change, history};
use anchorwatch::store::{Addition, KeptSnapshot, Store, StoreError};
use jiff::Timestamp;
use proptest::prelude::*;

use super::formats::{at, samples};

/// Key and grade of each entry of a day.
type Day = BTreeMap<u8, bool>;

fn snapshot(day: &Day) -> ListSnapshot {
    let entries = day
        .iter()
        .map(|(key, allowed)| ListEntry {
            form: KeyForm::Raw,
            key: ListedKey::Spki(Sha256([*key; 32])),
            role: None,
            public_key: None,
            key_ids: vec![],
            name: None,
            state: vec![Statement {
                about: "any".to_owned(),
                stance: if *allowed {
                    Stance::Allowed
                } else {
                    Stance::Denied
                },
                from: None,
                until: None,
                reason: "a grade".to_owned(),
            }],
            certificates: vec![],
        })
        .collect();
    ListSnapshot::new(ListKind::Certificates, None, entries)
}

/// What happened between days, found key by key.
fn model(days: &[Day]) -> Vec<BTreeSet<(Change, u8)>> {
    (0..days.len())
        .map(|today| {
            let mut found = BTreeSet::new();
            if today == 0 {
                return found;
            }
            let (before, now) = (&days[today - 1], &days[today]);
            for key in 0..8 {
                let ever = days[..today].iter().any(|day| day.contains_key(&key));
                match (before.get(&key), now.get(&key)) {
                    (None, Some(_)) if ever => found.insert((Change::Readded, key)),
                    (None, Some(_)) => found.insert((Change::Added, key)),
                    (Some(_), None) => found.insert((Change::Removed, key)),
                    (Some(was), Some(is)) if was != is => found.insert((Change::Changed, key)),
                    _ => false,
                };
            }
            found
        })
        .collect()
}

fn days() -> impl Strategy<Value = Vec<Day>> {
    let day = proptest::collection::btree_map(0u8..8, any::<bool>(), 0..8);
    proptest::collection::vec(day, 1..8)
}

fn only(snapshots: Vec<KeptSnapshot>) -> Addition {
    Addition {
        snapshots,
        ..Addition::default()
    }
}

fn kept(number: usize, snapshot: ListSnapshot, known_from: i64) -> KeptSnapshot {
    KeptSnapshot {
        seen: Timestamp::from_second(i64::try_from(number).unwrap() * 86_400).unwrap(),
        position: 0,
        known_from: Timestamp::from_second(known_from).unwrap(),
        snapshot,
        root: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn events_are_those_of_the_model(days in days()) {
        let snapshots: Vec<_> = days.iter().map(snapshot).collect();
        let found: Vec<BTreeSet<(Change, u8)>> = history(&snapshots.iter().collect::<Vec<_>>(), &snapshot(&Day::new()))
            .iter()
            .map(|events| {
                events
                    .iter()
                    .map(|event| match event.key {
                        ListedKey::Spki(hash) => (event.change, hash.0[0]),
                        other => panic!("{other}"),
                    })
                    .collect()
            })
            .collect();
        prop_assert_eq!(found, model(&days));
    }

    /// Whatever the order in which files arrive, the store ends with the same days; and what was in
    /// the list on a day is the last snapshot before it.
    #[test]
    fn late_files_find_their_place(
        (days, order) in days().prop_flat_map(|days| {
            let places: Vec<usize> = (0..days.len()).collect();
            (Just(days), Just(places).prop_shuffle())
        })
    ) {
        let mut store = Store::in_memory().unwrap();
        for (arrival, place) in order.iter().enumerate() {
            let one = kept(*place, snapshot(&days[*place]), i64::try_from(arrival).unwrap());
            store
                .import_programme("p", |_| Ok::<_, StoreError>((only(vec![one]), ())))
                .unwrap();
        }
        let programmes = store.programmes();
        let all = programmes
            .snapshots("p", ListKind::Certificates, Timestamp::MAX)
            .unwrap();
        let found: Vec<_> = all.iter().map(|kept| kept.snapshot.clone()).collect();
        prop_assert_eq!(found, days.iter().map(snapshot).collect::<Vec<_>>());
        for day in 0..days.len() {
            // What this store knew after each arrival.
            for known_at in 0..order.len() {
                let known = &order[..=known_at];
                let expected = known.iter().filter(|place| **place <= day).max();
                let found = programmes
                    .snapshot_on(
                        "p",
                        ListKind::Certificates,
                        Timestamp::from_second(i64::try_from(day).unwrap() * 86_400 + 5).unwrap(),
                        Timestamp::from_second(i64::try_from(known_at).unwrap()).unwrap(),
                    )
                    .unwrap()
                    .map(|kept| kept.snapshot);
                prop_assert_eq!(found, expected.map(|place| snapshot(&days[*place])));
            }
        }
    }
}

#[test]
fn mutated_files_never_panic() {
    let samples = samples();
    let config = ProptestConfig {
        failure_persistence: None,
        cases: 600,
        ..ProptestConfig::default()
    };
    proptest!(config, |(
        which in 0..samples.len(),
        at_byte in any::<prop::sample::Index>(),
        byte: u8,
        cut in any::<prop::sample::Index>(),
        how in 0..3u8,
        other in 0..samples.len(),
    )| {
        let (name, bytes, _) = &samples[which];
        let mut bytes = bytes.clone();
        match how {
            0 => {
                let place = at_byte.index(bytes.len());
                bytes[place] = byte;
            }
            1 => bytes.truncate(cut.index(bytes.len())),
            _ => {
                bytes.truncate(cut.index(bytes.len()));
                bytes.extend_from_slice(&samples[other].1);
            }
        }
        let _ = anchorwatch::formats::programme::read(name, &bytes, at());
    });
}

#[test]
fn two_writers_do_not_mix() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.sqlite3");
    let mut one = Store::open(&path, Duration::from_millis(10)).unwrap();
    let mut two = Store::open(&path, Duration::from_millis(10)).unwrap();
    let day = |key| snapshot(&Day::from([(key, true)]));
    let outcome = one.import_programme("p", |_| {
        // The other waits for as long as it was told, and gives up.
        let refused = two.import_programme("p", |_| Ok::<_, StoreError>((Addition::default(), ())));
        assert!(refused.is_err());
        Ok::<_, StoreError>((only(vec![kept(1, day(1), 1)]), ()))
    });
    outcome.unwrap();
    two.import_programme("p", |known| {
        let all = known.snapshots("p", ListKind::Certificates, Timestamp::MAX)?;
        assert_eq!(all.len(), 1);
        Ok::<_, StoreError>((only(vec![kept(2, day(2), 2)]), ()))
    })
    .unwrap();
}
