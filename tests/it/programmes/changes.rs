//! What two days' lists say together.

use anchorwatch::domain::{ListKind, ListSnapshot, ListedKey};
use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::programme::{Change, ProgrammeEvent, completed, history};

use super::formats::entries;
use super::making::*;

fn list(bytes: &[u8]) -> ListSnapshot {
    let (kind, entries) = entries("list", bytes).unwrap();
    ListSnapshot::new(kind, None, entries)
}

fn certificates(held: &[Certificate]) -> ListSnapshot {
    list(&pem(held))
}

fn events(snapshots: &[ListSnapshot]) -> Vec<Vec<ProgrammeEvent>> {
    let nothing = ListSnapshot::new(ListKind::Certificates, None, vec![]);
    history(&snapshots.iter().collect::<Vec<_>>(), &nothing)
}

/// Each event of each day as its word and the seed of its key.
fn told(snapshots: &[ListSnapshot]) -> Vec<Vec<(&'static str, u8)>> {
    let seed = |key: ListedKey| {
        (1..=20)
            .find(|seed| key == ListedKey::Spki(root(*seed).spki_sha256()))
            .unwrap_or(0)
    };
    events(snapshots)
        .iter()
        .map(|day| {
            day.iter()
                .map(|event| (event.change.word(), seed(event.key)))
                .collect()
        })
        .collect()
}

#[test]
fn keys_are_compared_as_keys() {
    let one = certificates;
    /// Name, days, and the events of the last day.
    type Case<'a> = (&'a str, Vec<ListSnapshot>, Vec<(&'a str, u8)>);
    let cases: Vec<Case<'_>> = vec![
        ("the first says nothing", vec![one(&[root(1)])], vec![]),
        ("nothing", vec![one(&[root(1)]), one(&[root(1)])], vec![]),
        (
            "order is nothing",
            vec![one(&[root(1), root(2)]), one(&[root(2), root(1)])],
            vec![],
        ),
        (
            "twice is once",
            vec![one(&[root(1)]), one(&[root(1), root(1)])],
            vec![],
        ),
        (
            "added",
            vec![one(&[root(1)]), one(&[root(1), root(2)])],
            vec![("added", 2)],
        ),
        (
            "removed",
            vec![one(&[root(1), root(2)]), one(&[root(1)])],
            vec![("removed", 2)],
        ),
        (
            "readded",
            vec![
                one(&[root(1), root(2)]),
                one(&[root(1)]),
                one(&[root(1), root(2)]),
            ],
            vec![("readded", 2)],
        ),
        (
            "a new certificate in place of the old",
            vec![one(&[root(1)]), one(&[reissued(1, 2)])],
            vec![("reissued", 1)],
        ),
        (
            "a new certificate beside the old",
            vec![one(&[root(1)]), one(&[root(1), reissued(1, 2)])],
            vec![("reissued", 1)],
        ),
        (
            "one of two certificates left",
            vec![one(&[root(1), reissued(1, 2)]), one(&[root(1)])],
            vec![("changed", 1)],
        ),
        (
            "another authority certified the key",
            vec![one(&[root(1)]), one(&[root(1), crossed(1, 2)])],
            vec![("cross_certified", 1)],
        ),
        (
            "a key with two certificates came as one key",
            vec![one(&[root(1)]), one(&[root(1), root(2), crossed(2, 1)])],
            vec![("added", 2)],
        ),
    ];
    for (name, snapshots, expected) in cases {
        assert_eq!(told(&snapshots).pop().unwrap(), expected, "{name}");
    }
}

#[test]
fn a_new_certificate_and_its_key_are_named() {
    let days = events(&[
        certificates(&[root(1), root(2)]),
        certificates(&[root(1), root(2), crossed(1, 2)]),
    ]);
    let event = &days[1][0];
    assert_eq!(event.certificate, Some(crossed(1, 2).sha256()));
    assert_eq!(event.key, ListedKey::Spki(root(1).spki_sha256()));
    assert_eq!(event.name.as_deref(), Some("Harbour Root 1"));
}

#[test]
fn a_changed_grade_tells_both_states() {
    let day = |server: &str, after: Option<&str>| {
        list(&certdata(&[
            certdata_pair(&root(1), server, after),
            certdata_pair(&root(2), "CKT_NSS_TRUSTED_DELEGATOR", None),
        ]))
    };
    let days = events(&[
        day("CKT_NSS_TRUSTED_DELEGATOR", None),
        day("CKT_NSS_TRUSTED_DELEGATOR", Some("251130235959Z")),
        day("CKT_NSS_NOT_TRUSTED", Some("251130235959Z")),
    ]);
    let text = |event: &ProgrammeEvent| {
        format!(
            "{} {}\n< {}\n> {}",
            event.change.word(),
            event.name.clone().unwrap_or_default(),
            event.before.clone().unwrap_or_default(),
            event.after.clone().unwrap_or_default()
        )
    };
    assert_eq!((days[1].len(), days[2].len()), (1, 1));
    insta::assert_snapshot!(text(&days[1][0]), @r"
    changed Harbour Root 1
    < code-signing: must verify (trust bits); email-protection: must verify (trust bits); server-auth: allowed (trust bits)
    > code-signing: must verify (trust bits); email-protection: must verify (trust bits); server-auth: allowed (trust bits); server-auth: no new issuance from 2025-11-30T23:59:59Z (distrust-after)
    ");
    insta::assert_snapshot!(text(&days[2][0]), @r"
    changed Harbour Root 1
    < code-signing: must verify (trust bits); email-protection: must verify (trust bits); server-auth: allowed (trust bits); server-auth: no new issuance from 2025-11-30T23:59:59Z (distrust-after)
    > code-signing: must verify (trust bits); email-protection: must verify (trust bits); server-auth: no new issuance from 2025-11-30T23:59:59Z (distrust-after); server-auth: denied (trust bits)
    ");
}

/// A list of hashes, the certificates offered on the second day only: the key becomes known, and
/// nothing has changed in the list.
#[test]
fn a_hash_that_becomes_a_key_is_no_change() {
    let hashes = |seeds: &[u8]| {
        let subjects: Vec<_> = seeds
            .iter()
            .map(|seed| (sha1(&root(*seed)), vec![]))
            .collect();
        list(&trust_list(&subjects))
    };
    let beside = certificates(&[root(1), root(2), root(3)]);
    let known = completed(&hashes(&[1, 2]), &beside);
    assert!(
        known
            .entries
            .iter()
            .all(|entry| matches!(entry.key, ListedKey::Spki(_)))
    );
    let days = [hashes(&[1, 2]), known, hashes(&[1, 3])];
    let found = events(&days);
    assert_eq!(found[1], []);
    // What was learnt on the second day names keys on the third, as far as it goes.
    let third: Vec<_> = found[2]
        .iter()
        .map(|event| (event.change, event.key))
        .collect();
    let unknown = days[2]
        .entries
        .iter()
        .map(|entry| entry.key)
        .find(|key| {
            *key != ListedKey::Spki(root(1).spki_sha256())
                && key.to_string().contains(
                    &anchorwatch::domain::Sha1(sha1(&root(3)).try_into().unwrap()).to_string(),
                )
        })
        .unwrap();
    assert_eq!(
        third,
        [
            (Change::Added, unknown),
            (Change::Removed, ListedKey::Spki(root(2).spki_sha256())),
        ]
    );
}

#[test]
fn another_id_of_the_same_key_is_a_renaming_once_for_all_roles() {
    let day = |version, keys: &[(&str, u8)]| {
        let bytes = tuf_of(version, keys, keys);
        let (_, found) = entries("root.json", &bytes).unwrap();
        ListSnapshot::new(ListKind::TufRoot, Some(version), found)
    };
    let days = events(&[
        day(1, &[("a", 1), ("b", 2)]),
        day(2, &[("a", 1), ("x", 2)]),
        // A new key under a known id is a new key.
        day(3, &[("a", 3), ("x", 2)]),
    ]);
    let second: Vec<_> = days[1]
        .iter()
        .map(|event| {
            (
                event.change,
                event.before.as_deref(),
                event.after.as_deref(),
            )
        })
        .collect();
    assert_eq!(second, [(Change::Renamed, Some("b"), Some("x"))]);
    let count = |change| {
        days[2]
            .iter()
            .filter(|event| event.change == change)
            .count()
    };
    assert_eq!(
        (count(Change::Added), count(Change::Removed), days[2].len()),
        (4, 4, 8)
    );
}

#[test]
fn the_end_of_a_window_is_a_change() {
    let day = |until| list(&trusted_root(1, 2, until));
    let found = events(&[day(None), day(Some("2025-06-01T00:00:00Z"))]);
    let mut told: Vec<_> = found[1]
        .iter()
        .map(|event| (event.change, event.role.clone().unwrap()))
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            (Change::Changed, "certificate-authority".to_owned()),
            (Change::Changed, "tlog".to_owned()),
        ]
    );
}
