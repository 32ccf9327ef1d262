//! Lists of root programmes by day: what was in one, and when it was seen.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior, named_params};

use super::emit::Emitter;
use super::judgements::Event;
use super::open::{Store, StoreError};
use super::programme_roots::{keep_root, keep_signature};
use crate::domain::{
    HashAlgorithm, KeyForm, ListEntry, ListKind, ListSnapshot, ListedCertificate, ListedKey, Sha1,
    Sha256,
};
use crate::formats::digest::Hasher;
use crate::formats::x509::Certificate;

/// A list as it was seen on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptSnapshot {
    pub seen: Timestamp,
    /// Orders snapshots that were seen in the same instant.
    pub position: u64,
    /// When this store learnt of it.
    pub known_from: Timestamp,
    pub snapshot: ListSnapshot,
    /// The file of TUF root metadata.
    pub root: Option<Vec<u8>>,
}

/// SHA-256 and SHA-1 of a certificate, as far as a list tells.
type Hashes = (Option<[u8; 32]>, Option<[u8; 20]>);

/// What an import adds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addition {
    pub snapshots: Vec<KeptSnapshot>,
    /// Certificates that lay beside the lists.
    pub beside: Vec<ListEntry>,
    /// The certificates themselves that the files held.
    pub certificates: Vec<Certificate>,
    /// Lists, new or known, with the keys whose signatures over them hold.
    pub signatures: Vec<(ListSnapshot, Vec<Sha256>)>,
    /// When this store learnt of the certificates and signatures.
    pub known_from: Option<Timestamp>,
    /// What is told of it.
    pub events: Vec<Event>,
}

/// The programmes inside one transaction, so that what is decided from them is still true when it is
/// written.
#[derive(Debug)]
pub struct Programmes<'a> {
    connection: &'a Connection,
}

impl Store {
    /// Lets `decide` look at what is known of programmes and say what to add to one; everything it
    /// adds is written at once, or nothing when it fails.
    ///
    /// # Errors
    /// Those of `decide`, and SQLite's.
    pub fn import_programme<T, E: From<StoreError>>(
        &mut self,
        programme: &str,
        decide: impl FnOnce(&Programmes<'_>) -> Result<(Addition, T), E>,
    ) -> Result<T, E> {
        let transaction = self
            .connection
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let (added, answer) = decide(&Programmes {
            connection: &transaction,
        })?;
        for entry in &added.beside {
            keep_known(&transaction, entry)?;
        }
        for snapshot in &added.snapshots {
            keep(&transaction, programme, snapshot)?;
        }
        if let Some(known_from) = added.known_from {
            for certificate in &added.certificates {
                keep_root(&transaction, certificate, known_from)?;
            }
            for (list, signers) in &added.signatures {
                keep_signature(&transaction, list, signers, known_from)?;
            }
        }
        if !added.events.is_empty() {
            let emitter = Emitter::begin(&transaction)?;
            for event in &added.events {
                emitter.emit(event, None, None)?;
            }
        }
        transaction.commit().map_err(StoreError::from)?;
        Ok(answer)
    }

    /// What is known of programmes.
    #[must_use]
    pub fn programmes(&self) -> Programmes<'_> {
        Programmes {
            connection: &self.connection,
        }
    }
}

impl Programmes<'_> {
    /// The programmes of which anything is known.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn names(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT programme FROM programme_snapshot ORDER BY programme",
        )?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The lists of a programme.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn lists(&self, programme: &str) -> Result<Vec<ListKind>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT DISTINCT list FROM programme_snapshot
             WHERE programme = :programme ORDER BY list",
        )?;
        let mut rows = statement.query(named_params! {":programme": programme})?;
        let mut lists = vec![];
        while let Some(row) = rows.next()? {
            lists.push(list_kind(&row.get::<_, String>(0)?)?);
        }
        Ok(lists)
    }

    /// Every snapshot of a list in the order in which they were seen, as known at `known_at`.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn snapshots(
        &self,
        programme: &str,
        list: ListKind,
        known_at: Timestamp,
    ) -> Result<Vec<KeptSnapshot>, StoreError> {
        self.some(programme, list, None, known_at)
    }

    /// The last snapshot of a list seen at `day` or before, as known at `known_at`: what was in the
    /// list then, as far as anybody looked.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn snapshot_on(
        &self,
        programme: &str,
        list: ListKind,
        day: Timestamp,
        known_at: Timestamp,
    ) -> Result<Option<KeptSnapshot>, StoreError> {
        Ok(self.some(programme, list, Some(day), known_at)?.pop())
    }

    /// All snapshots, or the last one until a day.
    fn some(
        &self,
        programme: &str,
        list: ListKind,
        last_until: Option<Timestamp>,
        known_at: Timestamp,
    ) -> Result<Vec<KeptSnapshot>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT seen, position, known_from, content, root
             FROM programme_snapshot
             WHERE programme = :programme AND list = :list AND known_from <= :known_at
               AND (:until IS NULL OR (seen, position) = (
                   SELECT seen, position FROM programme_snapshot
                   WHERE programme = :programme AND list = :list AND known_from <= :known_at
                     AND seen <= :until
                   ORDER BY seen DESC, position DESC LIMIT 1))
             ORDER BY seen, position",
        )?;
        let mut rows = statement.query(named_params! {
            ":programme": programme,
            ":list": list.word(),
            ":known_at": known_at.as_millisecond(),
            ":until": last_until.map(|until| until.as_millisecond()),
        })?;
        let mut found: Vec<KeptSnapshot> = vec![];
        let mut last: Option<[u8; 32]> = None;
        while let Some(row) = rows.next()? {
            let content: [u8; 32] = row.get(3)?;
            let snapshot = match found.last() {
                // Lists stay the same for months.
                Some(before) if last == Some(content) => before.snapshot.clone(),
                _ => self.content(content)?,
            };
            last = Some(content);
            found.push(KeptSnapshot {
                seen: instant(row.get(0)?)?,
                position: unsigned(row.get(1)?)?,
                known_from: instant(row.get(2)?)?,
                snapshot,
                root: row.get(4)?,
            });
        }
        Ok(found)
    }

    /// The certificates that these lists name only by a hash and that any programme held since.
    ///
    /// # Errors
    /// When SQLite fails, or a row is not as it was written.
    pub fn known(&self, snapshots: &[KeptSnapshot]) -> Result<ListSnapshot, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT sha256, sha1, key, subject, issuer FROM programme_known_certificate
             WHERE sha256 = :sha256 OR sha1 = :sha1 ORDER BY sha256",
        )?;
        let hashes: BTreeSet<Hashes> = snapshots
            .iter()
            .flat_map(|kept| &kept.snapshot.entries)
            .filter(|entry| !matches!(entry.key, ListedKey::Spki(_)))
            .flat_map(|entry| &entry.certificates)
            .map(|certificate| {
                (
                    certificate.sha256.map(|hash| hash.0),
                    certificate.sha1.map(|hash| hash.0),
                )
            })
            .collect();
        let mut entries = vec![];
        for (sha256, sha1) in hashes {
            let mut rows = statement.query(named_params! {":sha256": sha256, ":sha1": sha1})?;
            while let Some(row) = rows.next()? {
                let key: String = row.get(2)?;
                entries.push(ListEntry {
                    form: KeyForm::X509,
                    key: key.parse().map_err(|_| damaged("a key", &key))?,
                    role: None,
                    public_key: None,
                    key_ids: vec![],
                    name: None,
                    state: vec![],
                    certificates: vec![ListedCertificate {
                        sha256: Some(Sha256(row.get(0)?)),
                        sha1: Some(Sha1(row.get(1)?)),
                        subject: row.get(3)?,
                        issuer: row.get(4)?,
                        state: vec![],
                    }],
                });
            }
        }
        Ok(ListSnapshot::new(ListKind::Certificates, None, entries))
    }

    fn content(&self, id: [u8; 32]) -> Result<ListSnapshot, StoreError> {
        let (list, version): (String, Option<i64>) = self
            .connection
            .prepare_cached("SELECT list, version FROM programme_content WHERE id = :id")?
            .query_row(named_params! {":id": id}, |row| {
                Ok((row.get(0)?, row.get(1)?))
            })?;
        let mut certificates = self.certificates(id)?.into_iter().peekable();
        let mut statement = self.connection.prepare_cached(
            "SELECT ordinal, form, key, role, public_key, key_ids, name, state
             FROM programme_entry WHERE content = :content ORDER BY ordinal",
        )?;
        let mut rows = statement.query(named_params! {":content": id})?;
        let mut entries = vec![];
        while let Some(row) = rows.next()? {
            let ordinal: i64 = row.get(0)?;
            let form: String = row.get(1)?;
            let key: String = row.get(2)?;
            let mut entry = ListEntry {
                form: KeyForm::from_word(&form).ok_or_else(|| damaged("a form", &form))?,
                key: key.parse().map_err(|_| damaged("a key", &key))?,
                role: row.get(3)?,
                public_key: row.get(4)?,
                key_ids: from_json(&row.get::<_, String>(5)?)?,
                name: row.get(6)?,
                state: from_json(&row.get::<_, String>(7)?)?,
                certificates: vec![],
            };
            while let Some((_, certificate)) =
                certificates.next_if(|(of_entry, _)| *of_entry == ordinal)
            {
                entry.certificates.push(certificate);
            }
            entries.push(entry);
        }
        Ok(ListSnapshot {
            list: list_kind(&list)?,
            version: version.map(unsigned).transpose()?,
            entries,
        })
    }

    /// With the ordinal of their entry, in its order.
    fn certificates(&self, id: [u8; 32]) -> Result<Vec<(i64, ListedCertificate)>, StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT entry, sha256, sha1, subject, issuer, state
             FROM programme_certificate WHERE content = :content ORDER BY entry, ordinal",
        )?;
        let mut rows = statement.query(named_params! {":content": id})?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            let certificate = ListedCertificate {
                sha256: row.get::<_, Option<[u8; 32]>>(1)?.map(Sha256),
                sha1: row.get::<_, Option<[u8; 20]>>(2)?.map(Sha1),
                subject: row.get(3)?,
                issuer: row.get(4)?,
                state: from_json(&row.get::<_, String>(5)?)?,
            };
            found.push((row.get(0)?, certificate));
        }
        Ok(found)
    }
}

fn keep(connection: &Connection, programme: &str, kept: &KeptSnapshot) -> Result<(), StoreError> {
    let id = identity(&kept.snapshot)?;
    let added = connection
        .prepare_cached(
            "INSERT INTO programme_content (id, list, version) VALUES (:id, :list, :version)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(named_params! {
            ":id": id,
            ":list": kept.snapshot.list.word(),
            ":version": kept.snapshot.version.map(signed).transpose()?,
        })?;
    if added > 0 {
        for (ordinal, entry) in (0i64..).zip(&kept.snapshot.entries) {
            keep_entry(connection, id, ordinal, entry)?;
            keep_known(connection, entry)?;
        }
    }
    connection
        .prepare_cached(
            "INSERT INTO programme_snapshot
             (programme, list, seen, position, content, known_from, root)
             VALUES (:programme, :list, :seen, :position, :content, :known_from, :root)",
        )?
        .execute(named_params! {
            ":programme": programme,
            ":list": kept.snapshot.list.word(),
            ":seen": kept.seen.as_millisecond(),
            ":position": signed(kept.position)?,
            ":content": id,
            ":known_from": kept.known_from.as_millisecond(),
            ":root": kept.root,
        })?;
    Ok(())
}

fn keep_entry(
    connection: &Connection,
    content: [u8; 32],
    ordinal: i64,
    entry: &ListEntry,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO programme_entry
             (content, ordinal, form, key, role, public_key, key_ids, name, state)
             VALUES (:content, :ordinal, :form, :key, :role, :public_key, :key_ids, :name, :state)",
        )?
        .execute(named_params! {
            ":content": content,
            ":ordinal": ordinal,
            ":form": entry.form.word(),
            ":key": entry.key.to_string(),
            ":role": entry.role,
            ":public_key": entry.public_key,
            ":key_ids": to_json(&entry.key_ids)?,
            ":name": entry.name,
            ":state": to_json(&entry.state)?,
        })?;
    for (place, certificate) in (0i64..).zip(&entry.certificates) {
        connection
            .prepare_cached(
                "INSERT INTO programme_certificate
                 (content, entry, ordinal, sha256, sha1, subject, issuer, state)
                 VALUES (:content, :entry, :ordinal, :sha256, :sha1, :subject, :issuer, :state)",
            )?
            .execute(named_params! {
                ":content": content,
                ":entry": ordinal,
                ":ordinal": place,
                ":sha256": certificate.sha256.map(|hash| hash.0),
                ":sha1": certificate.sha1.map(|hash| hash.0),
                ":subject": certificate.subject,
                ":issuer": certificate.issuer,
                ":state": to_json(&certificate.state)?,
            })?;
    }
    Ok(())
}

/// Notes which key the certificates of an entry have, when the list held them.
fn keep_known(connection: &Connection, entry: &ListEntry) -> Result<(), StoreError> {
    if !matches!(entry.key, ListedKey::Spki(_)) {
        return Ok(());
    }
    for certificate in &entry.certificates {
        let (Some(sha256), Some(sha1)) = (certificate.sha256, certificate.sha1) else {
            continue;
        };
        connection
            .prepare_cached(
                "INSERT INTO programme_known_certificate (sha256, sha1, key, subject, issuer)
                 VALUES (:sha256, :sha1, :key, :subject, :issuer)
                 ON CONFLICT (sha256) DO NOTHING",
            )?
            .execute(named_params! {
                ":sha256": sha256.0,
                ":sha1": sha1.0,
                ":key": entry.key.to_string(),
                ":subject": certificate.subject,
                ":issuer": certificate.issuer,
            })?;
    }
    Ok(())
}

/// The SHA-256 over everything in a snapshot, each part with its length before it.
pub(super) fn identity(snapshot: &ListSnapshot) -> Result<[u8; 32], StoreError> {
    let mut hasher = Hasher::new(HashAlgorithm::Sha256);
    let mut part = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_be_bytes());
        hasher.update(bytes);
    };
    let optional = |text: &Option<String>| match text {
        None => vec![],
        Some(text) => [b"+", text.as_bytes()].concat(),
    };
    part(snapshot.list.word().as_bytes());
    part(&snapshot.version.unwrap_or(0).to_be_bytes());
    for entry in &snapshot.entries {
        part(b"entry");
        part(entry.form.word().as_bytes());
        part(entry.key.to_string().as_bytes());
        part(&optional(&entry.role));
        part(&optional(&entry.public_key));
        part(to_json(&entry.key_ids)?.as_bytes());
        part(&optional(&entry.name));
        part(to_json(&entry.state)?.as_bytes());
        for certificate in &entry.certificates {
            part(b"certificate");
            part(
                certificate
                    .sha256
                    .map_or(vec![], |hash| hash.0.to_vec())
                    .as_slice(),
            );
            part(
                certificate
                    .sha1
                    .map_or(vec![], |hash| hash.0.to_vec())
                    .as_slice(),
            );
            part(&optional(&certificate.subject));
            part(&optional(&certificate.issuer));
            part(to_json(&certificate.state)?.as_bytes());
        }
    }
    let mut id = [0; 32];
    id.copy_from_slice(&hasher.finish());
    Ok(id)
}

fn to_json<T: serde::Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| damaged("a statement", error))
}

pub(super) fn from_json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| damaged("a statement", error))
}

fn list_kind(word: &str) -> Result<ListKind, StoreError> {
    ListKind::from_word(word).ok_or_else(|| damaged("a list", word))
}

fn signed(number: u64) -> Result<i64, StoreError> {
    i64::try_from(number).map_err(|_| damaged("a number", number))
}

fn unsigned(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| damaged("a number", number))
}

pub(super) fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| damaged("a time", error))
}

fn damaged(what: &'static str, detail: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged {
        what,
        detail: detail.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Stance, Statement};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn snapshot(name: &str) -> ListSnapshot {
        let statement = Statement {
            about: "server-auth".to_owned(),
            stance: Stance::NoNewIssuance,
            from: Some(at(1_000_000_000)),
            until: None,
            reason: "distrust-after".to_owned(),
        };
        ListSnapshot::new(
            ListKind::CertData,
            None,
            vec![ListEntry {
                form: KeyForm::X509,
                key: ListedKey::Spki(Sha256([1; 32])),
                role: None,
                public_key: None,
                key_ids: vec!["an id".to_owned()],
                name: Some(name.to_owned()),
                state: vec![],
                certificates: vec![ListedCertificate {
                    sha256: Some(Sha256([2; 32])),
                    sha1: Some(Sha1([3; 20])),
                    subject: Some("CN=A".to_owned()),
                    issuer: None,
                    state: vec![statement],
                }],
            }],
        )
    }

    fn kept(name: &str, seen: i64, known_from: i64) -> KeptSnapshot {
        KeptSnapshot {
            seen: at(seen),
            position: 0,
            known_from: at(known_from),
            snapshot: snapshot(name),
            root: None,
        }
    }

    fn only(snapshots: Vec<KeptSnapshot>) -> Addition {
        Addition {
            snapshots,
            ..Addition::default()
        }
    }

    #[test]
    fn snapshots_come_back_as_they_were_kept_and_in_order() {
        let mut store = Store::in_memory().unwrap();
        let late = [
            kept("b", 300, 1000),
            kept("a", 100, 2000),
            kept("b", 400, 3000),
        ];
        for one in &late {
            store
                .import_programme("moz", |_| {
                    Ok::<_, StoreError>((only(vec![one.clone()]), ()))
                })
                .unwrap();
        }
        let programmes = store.programmes();
        let all = programmes
            .snapshots("moz", ListKind::CertData, at(9999))
            .unwrap();
        assert_eq!(all, [late[1].clone(), late[0].clone(), late[2].clone()]);
        let on = |day, known_at| {
            programmes
                .snapshot_on("moz", ListKind::CertData, at(day), at(known_at))
                .unwrap()
                .map(|kept| kept.seen.as_second())
        };
        assert_eq!(on(350, 9999), Some(300));
        assert_eq!(on(299, 9999), Some(100));
        // Before the late file was known, nothing was known of that day.
        assert_eq!(on(299, 1999), None);
        assert_eq!(on(99, 9999), None);
        assert_eq!(programmes.names().unwrap(), ["moz"]);
        assert_eq!(programmes.lists("moz").unwrap(), [ListKind::CertData]);
    }

    #[test]
    fn a_failed_import_keeps_nothing() {
        let mut store = Store::in_memory().unwrap();
        let twice = vec![kept("a", 100, 1000), kept("b", 100, 1000)];
        let outcome = store.import_programme("moz", |_| Ok::<_, StoreError>((only(twice), ())));
        assert!(outcome.is_err());
        assert!(store.programmes().names().unwrap().is_empty());
    }
}
