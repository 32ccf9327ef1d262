//! People who may change trust, what they ask for, and what they say to it.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

use super::audit::Change;
use super::trust::record_id;
use super::values::instant;
use super::{Store, StoreError};
use crate::domain::RecordId;

/// A registered person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    /// The public key in its own notation.
    pub key: String,
    pub known_from: Timestamp,
    row: i64,
}

/// A change of trust that somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProposal {
    /// Kebab-case: `root`, `rule`, `distrust`...
    pub kind: String,
    pub vendor: Option<String>,
    pub anchor: Option<String>,
    /// JSON.
    pub asks: String,
    pub proposer: String,
}

/// The same, as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    pub id: RecordId,
    pub proposal: NewProposal,
    pub known_from: Timestamp,
    /// `applied` or `rejected`; `None` while it is open.
    pub outcome: Option<String>,
    row: i64,
}

/// What somebody said to a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// `propose`, `confirm` or `reject`.
    pub word: String,
    /// `person:<name>` or `user:<name>`.
    pub speaker: String,
    /// The statement, and what else was told, as JSON.
    pub said: String,
    pub signature: Option<String>,
    pub known_from: Timestamp,
}

impl Store {
    /// Everybody who is registered, by name.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn people(&self) -> Result<Vec<Person>, StoreError> {
        people(&self.connection)
    }

    /// Proposals, oldest first; the open ones alone, or all.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn proposals(&self, open_only: bool) -> Result<Vec<Proposal>, StoreError> {
        let sql = format!("{PROPOSAL} WHERE :all OR outcome IS NULL ORDER BY proposal.id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {":all": !open_only})?;
        let mut proposals = vec![];
        while let Some(row) = rows.next()? {
            proposals.push(proposal(row)?);
        }
        Ok(proposals)
    }

    /// One proposal.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn proposal(&self, id: RecordId) -> Result<Option<Proposal>, StoreError> {
        find(&self.connection, id)
    }

    /// What was said to a proposal, in order.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn words(&self, proposal: &Proposal) -> Result<Vec<Word>, StoreError> {
        words(&self.connection, proposal)
    }
}

impl Change<'_> {
    /// As [`Store::people`], in this change.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn people(&self) -> Result<Vec<Person>, StoreError> {
        people(&self.transaction)
    }

    /// As [`Store::proposal`], in this change.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn proposal(&self, id: RecordId) -> Result<Option<Proposal>, StoreError> {
        find(&self.transaction, id)
    }

    /// As [`Store::words`], in this change.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn words(&self, proposal: &Proposal) -> Result<Vec<Word>, StoreError> {
        words(&self.transaction, proposal)
    }

    /// Enters a proposal under an id of its own choice or a new one.
    ///
    /// # Errors
    /// When SQLite fails, or there is such an id.
    pub fn propose(&self, new: NewProposal, id: Option<RecordId>) -> Result<Proposal, StoreError> {
        let id = id.map_or_else(|| self.new_id(), Ok)?;
        self.transaction
            .prepare_cached(
                "INSERT INTO proposal
                 (uuid, kind, vendor, anchor, asks, proposer, known_from, change)
                 VALUES (:uuid, :kind, :vendor, :anchor, :asks, :proposer, :known_from, :change)",
            )?
            .execute(named_params! {
                ":uuid": id.0.to_be_bytes(),
                ":kind": new.kind,
                ":vendor": new.vendor,
                ":anchor": new.anchor,
                ":asks": new.asks,
                ":proposer": new.proposer,
                ":known_from": self.known_at,
                ":change": self.sequence,
            })?;
        Ok(Proposal {
            id,
            proposal: new,
            known_from: self.known_from()?,
            outcome: None,
            row: self.transaction.last_insert_rowid(),
        })
    }

    /// Enters what somebody says to a proposal.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn say(&self, to: &Proposal, word: &Word) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO proposal_word
                 (proposal, word, speaker, said, signature, known_from, change)
                 VALUES (:proposal, :word, :speaker, :said, :signature, :known_from, :change)",
            )?
            .execute(named_params! {
                ":proposal": to.row,
                ":word": word.word,
                ":speaker": word.speaker,
                ":said": word.said,
                ":signature": word.signature,
                ":known_from": self.known_at,
                ":change": self.sequence,
            })?;
        Ok(())
    }

    /// Closes a proposal: `applied` or `rejected`.
    ///
    /// # Errors
    /// When SQLite fails, or it is closed already.
    pub fn close(&self, proposal: &Proposal, outcome: &str) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO proposal_end (proposal, outcome, known_from, change)
                 VALUES (:proposal, :outcome, :known_from, :change)",
            )?
            .execute(named_params! {
                ":proposal": proposal.row,
                ":outcome": outcome,
                ":known_from": self.known_at,
                ":change": self.sequence,
            })?;
        Ok(())
    }

    /// Registers a person.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn add_person(&self, name: &str, key: &str) -> Result<(), StoreError> {
        self.person_row(name, Some(key), None)
    }

    /// Takes a person off the register.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn remove_person(&self, person: &Person) -> Result<(), StoreError> {
        self.person_row(&person.name, None, Some(person.row))
    }

    fn person_row(
        &self,
        name: &str,
        key: Option<&str>,
        ends: Option<i64>,
    ) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached(
                "INSERT INTO person (name, key, known_from, ends, change)
                 VALUES (:name, :key, :known_from, :ends, :change)",
            )?
            .execute(named_params! {
                ":name": name,
                ":key": key,
                ":known_from": self.known_at,
                ":ends": ends,
                ":change": self.sequence,
            })?;
        Ok(())
    }
}

fn people(connection: &Connection) -> Result<Vec<Person>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, name, key, known_from FROM person
         WHERE key IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM person AS later WHERE later.ends = person.id)
         ORDER BY name, id",
    )?;
    let mut rows = statement.query([])?;
    let mut people = vec![];
    while let Some(row) = rows.next()? {
        people.push(Person {
            row: row.get(0)?,
            name: row.get(1)?,
            key: row.get(2)?,
            known_from: instant(row.get(3)?)?,
        });
    }
    Ok(people)
}

const PROPOSAL: &str = "SELECT proposal.id, uuid, kind, vendor, anchor, asks, proposer,
        proposal.known_from, outcome
 FROM proposal LEFT JOIN proposal_end ON proposal_end.proposal = proposal.id";

fn find(connection: &Connection, id: RecordId) -> Result<Option<Proposal>, StoreError> {
    let sql = format!("{PROPOSAL} WHERE uuid = :uuid");
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement
        .query_row(named_params! {":uuid": id.0.to_be_bytes()}, |row| {
            Ok(proposal(row))
        })
        .optional()?;
    found.transpose()
}

fn proposal(row: &Row<'_>) -> Result<Proposal, StoreError> {
    Ok(Proposal {
        row: row.get(0)?,
        id: record_id(row.get(1)?),
        proposal: NewProposal {
            kind: row.get(2)?,
            vendor: row.get(3)?,
            anchor: row.get(4)?,
            asks: row.get(5)?,
            proposer: row.get(6)?,
        },
        known_from: instant(row.get(7)?)?,
        outcome: row.get(8)?,
    })
}

fn words(connection: &Connection, proposal: &Proposal) -> Result<Vec<Word>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT word, speaker, said, signature, known_from FROM proposal_word
         WHERE proposal = :proposal ORDER BY id",
    )?;
    let mut rows = statement.query(named_params! {":proposal": proposal.row})?;
    let mut words = vec![];
    while let Some(row) = rows.next()? {
        words.push(Word {
            word: row.get(0)?,
            speaker: row.get(1)?,
            said: row.get(2)?,
            signature: row.get(3)?,
            known_from: instant(row.get(4)?)?,
        });
    }
    Ok(words)
}
