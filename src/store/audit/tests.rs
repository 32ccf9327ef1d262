//! Ten thousand edits of a chain, each found.

use jiff::Timestamp;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use rusqlite::types::Value;
use rusqlite::{Connection, named_params};

use super::{AuditFault, AuditHead, Deed};
use crate::domain::{AnchorId, Purpose, Sha256, Status};
use crate::formats::minisign::SecretKey;
use crate::formats::public_key::KeyNumber;
use crate::formats::trust_folder::ValidFromIs;
use crate::judge::trust::{Claim, Contents, Entry, Scope};
use crate::store::{NewProposal, Source, SourceKind, Store, Word};

const MUTATIONS: usize = 10_000;

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn key(seed: u8) -> SecretKey {
    SecretKey::new(KeyNumber([seed; 8]), [seed; 32]).unwrap()
}

fn claim(number: u8) -> Claim {
    Claim {
        anchor: AnchorId::X509(Sha256([number; 32])),
        scope: Scope::Vendor("yard".to_owned()),
        purpose: Purpose::CodeSigning,
        status: Status::Active,
        valid_from: second(i64::from(number)),
        valid_from_is: ValidFromIs::Stated,
        recorded: Some(second(5)),
        evidence: vec!["a test".to_owned()],
        says: "made for this test".to_owned(),
    }
}

fn contents(claims: &[u8]) -> Contents {
    let entry = |number: &u8| Entry {
        map: 7,
        key: vec![*number],
        value: vec![*number; 5],
    };
    Contents {
        digest: Sha256([claims.len() as u8; 32]),
        entries: claims.iter().map(entry).collect(),
        claims: claims.iter().map(|number| claim(*number)).collect(),
    }
}

/// Every table has rows, and the instance's key was handed over once.
fn chain() -> Store {
    let mut store = Store::in_memory().unwrap();
    let (old, new) = (key(1), key(2));
    let person = Source {
        kind: SourceKind::Person,
        name: "ann".to_owned(),
    };
    let deed = |action| Deed {
        actor: "user:test".to_owned(),
        action,
        detail: serde_json::json!({"why": "a test"}),
    };
    let load = |store: &mut Store, claims: &[u8], at, key| {
        let source = Source::shipped();
        store
            .load(
                &source,
                &contents(claims),
                second(at),
                "user:test",
                Some(key),
            )
            .unwrap();
    };
    load(&mut store, &[1, 2, 3], 10, &old);
    load(&mut store, &[1, 3], 20, &old);
    let change = store.change(second(30)).unwrap();
    change.add_person("ann", "a key").unwrap();
    let new_proposal = NewProposal {
        kind: "root".to_owned(),
        vendor: Some("yard".to_owned()),
        anchor: None,
        asks: "{}".to_owned(),
        proposer: "person:ann".to_owned(),
    };
    let proposal = change.propose(new_proposal, None).unwrap();
    let word = Word {
        word: "propose".to_owned(),
        speaker: "person:ann".to_owned(),
        said: "{}".to_owned(),
        signature: Some("a signature".to_owned()),
        known_from: second(0),
    };
    change.say(&proposal, &word).unwrap();
    let record = change.record(&person, &claim(9), None).unwrap();
    change.commit(&deed("propose"), Some(&old)).unwrap();
    store
        .rotate_instance_key(&old, &new, second(50), "user:test")
        .unwrap();
    let change = store.change(second(60)).unwrap();
    change.close(&proposal, "applied").unwrap();
    let earlier = change.find(record).unwrap().unwrap();
    change.withdraw(&person, &earlier, "a mistake").unwrap();
    change.commit(&deed("confirm"), Some(&new)).unwrap();
    store
}

/// Tables of the chain, with their columns.
fn columns(connection: &Connection) -> Vec<(String, Vec<String>)> {
    let tables = super::chain::TABLES.iter().map(|(table, _)| *table);
    tables
        .chain(["audit", "audit_head"])
        .map(|table| {
            let mut statement = connection
                .prepare("SELECT name FROM pragma_table_info(:table) ORDER BY cid")
                .unwrap();
            let names = statement
                .query_map(named_params! {":table": table}, |row| row.get(0))
                .unwrap();
            (table.to_owned(), names.map(Result::unwrap).collect())
        })
        .collect()
}

#[derive(Debug, Clone)]
enum Edit {
    /// Table, row and column by number; how to change the value.
    Value(usize, usize, usize, usize, u8),
    Delete(usize, usize),
    /// Repeats a row's values under another key.
    Forge(usize, usize),
    /// Cuts the chain off before an entry, with all that it recorded.
    Truncate(i64),
}

fn edit() -> impl Strategy<Value = Edit> {
    let n = || 0usize..64;
    prop_oneof![
        12 => (n(), n(), n(), 0usize..4096, 0u8..255)
            .prop_map(|(table, row, column, place, by)| Edit::Value(table, row, column, place, by)),
        3 => (n(), n()).prop_map(|(table, row)| Edit::Delete(table, row)),
        1 => (n(), n()).prop_map(|(table, row)| Edit::Forge(table, row)),
        2 => (1i64..6).prop_map(Edit::Truncate),
    ]
}

/// Does the edit; `false` when there was nothing to change.
fn apply(connection: &Connection, tables: &[(String, Vec<String>)], edit: &Edit) -> bool {
    let pick = |table: usize, row: usize| {
        let (table, columns) = &tables[table % tables.len()];
        let rows: usize = connection
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                row.get::<_, i64>(0)
            })
            .unwrap() as usize;
        let rowid: i64 = connection
            .query_row(
                &format!(
                    "SELECT rowid FROM {table} ORDER BY rowid LIMIT 1 OFFSET {}",
                    row % rows
                ),
                [],
                |row| row.get(0),
            )
            .unwrap();
        (table, columns, rowid)
    };
    match edit {
        Edit::Value(table, row, column, place, by) => {
            let (table, columns, rowid) = pick(*table, *row);
            let column = &columns[column % columns.len()];
            let old: Value = connection
                .query_row(
                    &format!("SELECT {column} FROM {table} WHERE rowid = {rowid}"),
                    [],
                    |row| row.get(0),
                )
                .unwrap();
            let new = match old.clone() {
                Value::Null => return false,
                Value::Integer(number) => Value::Integer(number ^ (1 << (place % 40))),
                Value::Real(_) => return false,
                Value::Text(text) => {
                    let mut bytes = text.into_bytes();
                    if bytes.is_empty() {
                        bytes.push(b'x');
                    } else {
                        let place = place % bytes.len();
                        bytes[place] = b' ' + (bytes[place].wrapping_add(1 + by % 90)) % 94;
                    }
                    Value::Text(String::from_utf8_lossy(&bytes).into_owned())
                }
                Value::Blob(mut bytes) => {
                    let place = place % bytes.len();
                    bytes[place] ^= 1 + by % 255;
                    Value::Blob(bytes)
                }
            };
            new != old
                && connection
                    .execute(
                        &format!("UPDATE {table} SET {column} = :new WHERE rowid = {rowid}"),
                        named_params! {":new": new},
                    )
                    .is_ok()
        }
        Edit::Delete(table, row) => {
            let (table, _, rowid) = pick(*table, *row);
            connection
                .execute(&format!("DELETE FROM {table} WHERE rowid = {rowid}"), [])
                .unwrap()
                == 1
        }
        Edit::Forge(table, row) => {
            let (table, columns, rowid) = pick(*table, *row);
            let (first, rest) = columns.split_first().unwrap();
            let rest: Vec<&String> = rest.iter().filter(|name| *name != "uuid").collect();
            let rest: Vec<&str> = rest.iter().map(|name| name.as_str()).collect();
            let rest = rest.join(", ");
            connection
                .execute(
                    &format!(
                        "INSERT INTO {table} ({first}, {rest})
                         SELECT {first} + 1000, {rest} FROM {table} WHERE rowid = {rowid}"
                    ),
                    [],
                )
                .is_ok()
        }
        Edit::Truncate(from) => {
            for (table, _) in super::chain::TABLES {
                connection
                    .execute(&format!("DELETE FROM {table} WHERE change >= {from}"), [])
                    .unwrap();
            }
            for table in ["audit_head", "audit"] {
                connection
                    .execute(&format!("DELETE FROM {table} WHERE sequence >= {from}"), [])
                    .unwrap();
            }
            true
        }
    }
}

#[test]
fn every_edit_of_the_chain_is_found() {
    let store = chain();
    let head = store.audit_head().unwrap();
    let untouched = store.audit_verify(&[head]).unwrap();
    assert_eq!((untouched.entries, untouched.faults), (5, vec![]));
    assert_eq!(untouched.signed_heads, 5);
    // Whoever edits the file is bound by no constraint.
    store
        .connection
        .execute_batch(
            "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;
             PRAGMA writable_schema = ON;",
        )
        .unwrap();
    let tables = columns(&store.connection);
    let mut runner = TestRunner::deterministic();
    let strategy = edit();
    let mut done = 0;
    while done < MUTATIONS {
        let edit = strategy.new_tree(&mut runner).unwrap().current();
        store.connection.execute_batch("SAVEPOINT edit").unwrap();
        if apply(&store.connection, &tables, &edit) {
            let report = store.audit_verify(&[head]).unwrap();
            assert!(!report.faults.is_empty(), "{edit:?} was not found");
            done += 1;
        }
        store
            .connection
            .execute_batch("ROLLBACK TO edit; RELEASE edit")
            .unwrap();
    }
    let after = store.audit_verify(&[head]).unwrap();
    assert_eq!(after.faults, vec![]);
}

#[test]
fn a_chain_that_was_cut_off_shows_against_a_head_kept_elsewhere() {
    let store = chain();
    let head = store.audit_head().unwrap();
    store
        .connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .unwrap();
    let tables = columns(&store.connection);
    assert!(apply(&store.connection, &tables, &Edit::Truncate(5)));
    assert_eq!(
        store.audit_verify(&[head]).unwrap().faults,
        [AuditFault::Head(head)]
    );
    let text = head.to_string();
    assert_eq!(text.parse::<AuditHead>().unwrap(), head);
    assert!("8".parse::<AuditHead>().is_err());
}

#[test]
fn only_the_instances_key_may_change_the_store() {
    let mut store = chain();
    let before = store.audit_head().unwrap();
    let change = store.change(second(90)).unwrap();
    let deed = Deed {
        actor: "user:test".to_owned(),
        action: "test",
        detail: serde_json::json!({}),
    };
    assert!(change.commit(&deed, Some(&key(1))).is_err(), "the old key");
    assert_eq!(store.audit_head().unwrap(), before);
    // A clock set back does not make earlier knowledge.
    let change = store.change(second(5)).unwrap();
    assert_eq!(change.known_from().unwrap(), second(60));
}
