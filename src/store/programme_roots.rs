//! The certificates of root programmes themselves, and how the programmes list a key: one indexed
//! look-up each, because a path asks for them one by one.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::open::StoreError;
use super::programmes::{from_json, identity, instant};
use crate::domain::{ListKind, ListSnapshot, ListedKey, Sha256, Statement};
use crate::formats::x509::Certificate;
use crate::judge::trust::{Listing, RootName};

/// The lists that speak of certificates for signing code.
const LISTS: [ListKind; 4] = [
    ListKind::CodeSigning,
    ListKind::AuthRoot,
    ListKind::CertData,
    ListKind::Ccadb,
];

/// Keeps a certificate itself, once.
pub(super) fn keep_root(
    connection: &Connection,
    certificate: &Certificate,
    known_from: Timestamp,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO programme_root
             (sha256, spki_sha256, subject, key_identifier, der, known_from)
             VALUES (:sha256, :spki, :subject, :key_identifier, :der, :known_from)
             ON CONFLICT (sha256) DO NOTHING",
        )?
        .execute(named_params! {
            ":sha256": certificate.sha256().0,
            ":spki": certificate.spki_sha256().0,
            ":subject": certificate.subject().canonical(),
            ":key_identifier": certificate.key_identifier(),
            ":der": certificate.der(),
            ":known_from": known_from.as_millisecond(),
        })?;
    Ok(())
}

pub(super) fn keep_signature(
    connection: &Connection,
    list: &ListSnapshot,
    signers: &[Sha256],
    known_from: Timestamp,
) -> Result<(), StoreError> {
    let content = identity(list)?;
    for signer in signers {
        connection
            .prepare_cached(
                "INSERT INTO programme_signature (content, signer, known_from)
                 VALUES (:content, :signer, :known_from)
                 ON CONFLICT (content, signer) DO NOTHING",
            )?
            .execute(named_params! {
                ":content": content,
                ":signer": signer.0,
                ":known_from": known_from.as_millisecond(),
            })?;
    }
    Ok(())
}

/// The certificates (DER) that the store knew at a time under a name, whatever programme listed them.
pub(super) fn roots(
    connection: &Connection,
    name: &RootName<'_>,
    known_at: i64,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let (sql, value): (_, &[u8]) = match name {
        RootName::Subject(subject) => (
            "SELECT der FROM programme_root
             WHERE subject = :value AND known_from <= :known_at ORDER BY sha256",
            subject,
        ),
        RootName::KeyIdentifier(id) => (
            "SELECT der FROM programme_root
             WHERE key_identifier = :value AND known_from <= :known_at ORDER BY sha256",
            id,
        ),
        RootName::Spki(hash) => (
            "SELECT der FROM programme_root
             WHERE spki_sha256 = :value AND known_from <= :known_at ORDER BY sha256",
            &hash.0,
        ),
    };
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(
        named_params! {":value": value, ":known_at": known_at},
        |row| row.get(0),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How the lists of a programme, as last seen until `seen_until` and known at `known_at`, stand to
/// whatever bears one of these names; nothing for a list without them.
pub(super) fn listings(
    connection: &Connection,
    programme: &str,
    names: &[ListedKey],
    seen_until: Timestamp,
    known_at: i64,
) -> Result<Vec<Listing>, StoreError> {
    let mut found = vec![];
    for list in LISTS {
        let snapshot: Option<([u8; 32], i64, i64)> = connection
            .prepare_cached(
                "SELECT content, seen, known_from FROM programme_snapshot
                 WHERE programme = :programme AND list = :list AND seen <= :until
                   AND known_from <= :known_at
                 ORDER BY seen DESC, position DESC LIMIT 1",
            )?
            .query_row(
                named_params! {
                    ":programme": programme,
                    ":list": list.word(),
                    ":until": seen_until.as_millisecond(),
                    ":known_at": known_at,
                },
                |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
            )
            .optional()?;
        let Some((content, seen, known_from)) = snapshot else {
            continue;
        };
        let certificates = statements(connection, content, names)?;
        if !certificates.is_empty() {
            found.push(Listing {
                programme: programme.to_owned(),
                list,
                seen: instant(seen)?,
                known_from: instant(known_from)?,
                is_signed: is_signed(connection, content, known_at)?,
                certificates,
            });
        }
    }
    Ok(found)
}

/// What a list says of each certificate of the entries with these names.
fn statements(
    connection: &Connection,
    content: [u8; 32],
    names: &[ListedKey],
) -> Result<Vec<Vec<Statement>>, StoreError> {
    // Two names may lead to one entry, and an entry has several certificates.
    let mut found: BTreeMap<(i64, i64), Vec<Statement>> = BTreeMap::new();
    let mut statement = connection.prepare_cached(
        "SELECT programme_entry.ordinal, programme_certificate.ordinal,
                programme_entry.state, programme_certificate.state
         FROM programme_entry
         JOIN programme_certificate ON programme_certificate.content = programme_entry.content
              AND programme_certificate.entry = programme_entry.ordinal
         WHERE programme_entry.key = :key AND programme_entry.content = :content
         ORDER BY programme_entry.ordinal, programme_certificate.ordinal",
    )?;
    for name in names {
        let mut rows =
            statement.query(named_params! {":key": name.to_string(), ":content": content})?;
        while let Some(row) = rows.next()? {
            let mut state: Vec<Statement> = from_json(&row.get::<_, String>(2)?)?;
            state.extend(from_json::<Vec<Statement>>(&row.get::<_, String>(3)?)?);
            found.insert((row.get(0)?, row.get(1)?), state);
        }
    }
    Ok(found.into_values().collect())
}

/// Every state in which a programme's lists, as known at a time, ever held whatever bears one of these
/// names; days on which it was the same are told once.
pub(super) fn ever_listed(
    connection: &Connection,
    programme: &str,
    names: &[ListedKey],
    known_at: i64,
) -> Result<Vec<Listing>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT programme_snapshot.list, programme_entry.state, programme_certificate.state,
                min(programme_snapshot.seen), min(programme_snapshot.known_from)
         FROM programme_entry
         JOIN programme_certificate ON programme_certificate.content = programme_entry.content
              AND programme_certificate.entry = programme_entry.ordinal
         JOIN programme_snapshot ON programme_snapshot.content = programme_entry.content
              AND programme_snapshot.programme = :programme
              AND programme_snapshot.known_from <= :known_at
         WHERE programme_entry.key = :key
         GROUP BY programme_snapshot.list, programme_entry.state, programme_certificate.state
         ORDER BY min(programme_snapshot.seen)",
    )?;
    let mut found = vec![];
    for name in names {
        let mut rows = statement.query(named_params! {
            ":programme": programme, ":key": name.to_string(), ":known_at": known_at,
        })?;
        while let Some(row) = rows.next()? {
            let list = ListKind::from_word(&row.get::<_, String>(0)?);
            let Some(list) = list.filter(|list| LISTS.contains(list)) else {
                continue;
            };
            let mut state: Vec<Statement> = from_json(&row.get::<_, String>(1)?)?;
            state.extend(from_json::<Vec<Statement>>(&row.get::<_, String>(2)?)?);
            found.push(Listing {
                programme: programme.to_owned(),
                list,
                seen: instant(row.get(3)?)?,
                known_from: instant(row.get(4)?)?,
                is_signed: false,
                certificates: vec![state],
            });
        }
    }
    Ok(found)
}

fn is_signed(
    connection: &Connection,
    content: [u8; 32],
    known_at: i64,
) -> Result<bool, StoreError> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM programme_signature
                            WHERE content = :content AND known_from <= :known_at)",
        )?
        .query_row(
            named_params! {":content": content, ":known_at": known_at},
            |row| row.get(0),
        )?)
}
