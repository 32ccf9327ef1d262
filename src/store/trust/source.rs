//! Who told us.

use rusqlite::{Connection, OptionalExtension as _, named_params};

use crate::domain::Sha256;
use crate::judge::trust::Origin;
use crate::store::audit::Change;
use crate::store::{Store, StoreError};

/// The kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// The trust folder inside the program.
    Shipped,
    /// Another trust folder that is authority here.
    Folder,
    /// A trust folder that is no authority.
    Proposals,
    /// A root programme.
    Import,
    /// A person of this instance.
    Person,
}

impl SourceKind {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Shipped => "shipped",
            Self::Folder => "folder",
            Self::Proposals => "proposals",
            Self::Import => "import",
            Self::Person => "person",
        }
    }

    /// The kind that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [
            Self::Shipped,
            Self::Folder,
            Self::Proposals,
            Self::Import,
            Self::Person,
        ]
        .into_iter()
        .find(|kind| kind.word() == word)
    }

    /// How the judge weighs it.
    #[must_use]
    pub fn origin(self) -> Origin {
        match self {
            Self::Shipped | Self::Folder => Origin::Folder,
            Self::Proposals => Origin::Proposals,
            Self::Import => Origin::Import,
            Self::Person => Origin::Person,
        }
    }
}

/// A source of trust.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    pub kind: SourceKind,
    /// A folder's path, a programme's or a person's name; empty for the shipped folder.
    pub name: String,
}

impl Source {
    #[must_use]
    pub fn shipped() -> Self {
        Self {
            kind: SourceKind::Shipped,
            name: String::new(),
        }
    }

    /// Its number, if the store has heard of it.
    pub(super) fn find(&self, connection: &Connection) -> Result<Option<i64>, StoreError> {
        Ok(connection
            .prepare_cached("SELECT id FROM trust_source WHERE kind = :kind AND name = :name")?
            .query_row(
                named_params! {":kind": self.kind.word(), ":name": self.name},
                |row| row.get(0),
            )
            .optional()?)
    }
}

impl Change<'_> {
    /// The source's number, entered if it is new.
    pub(super) fn source(&self, source: &Source) -> Result<i64, StoreError> {
        if let Some(known) = source.find(&self.transaction)? {
            return Ok(known);
        }
        self.transaction
            .prepare_cached(
                "INSERT INTO trust_source (kind, name, change) VALUES (:kind, :name, :change)",
            )?
            .execute(named_params! {
                ":kind": source.kind.word(),
                ":name": source.name,
                ":change": self.sequence,
            })?;
        Ok(self.transaction.last_insert_rowid())
    }
}

impl Store {
    /// The digest of what was loaded last from a source.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn loaded_digest(&self, source: &Source) -> Result<Option<Sha256>, StoreError> {
        loaded_digest(&self.connection, source, i64::MAX)
    }
}

pub(super) fn loaded_digest(
    connection: &Connection,
    source: &Source,
    known_at: i64,
) -> Result<Option<Sha256>, StoreError> {
    let Some(id) = source.find(connection)? else {
        return Ok(None);
    };
    let digest: Option<[u8; 32]> = connection
        .prepare_cached(
            "SELECT digest FROM trust_load
             WHERE source = :source AND known_from <= :known_at ORDER BY id DESC LIMIT 1",
        )?
        .query_row(
            named_params! {":source": id, ":known_at": known_at},
            |row| row.get(0),
        )
        .optional()?;
    Ok(digest.map(Sha256))
}
