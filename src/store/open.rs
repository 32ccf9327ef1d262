//! Opening the store: one file in WAL mode, migrated forward by `user_version`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// Every migration, in order; entry 0 brings `user_version` from 0 to 1. A landed one is never edited.
const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_facts.sql"),
    include_str!("../../migrations/0002_trust.sql"),
    include_str!("../../migrations/0003_programmes.sql"),
    include_str!("../../migrations/0004_announcements.sql"),
    include_str!("../../migrations/0005_sources.sql"),
    include_str!("../../migrations/0006_judgements_by_set.sql"),
    include_str!("../../migrations/0007_watch.sql"),
    include_str!("../../migrations/0008_followed_posts.sql"),
    include_str!("../../migrations/0009_programme_certificates.sql"),
];

/// How many statements a connection keeps prepared: more than any use case takes turns with.
const STATEMENTS: usize = 64;

/// A store, open for reading and writing by one thread.
#[derive(Debug)]
pub struct Store {
    pub(super) connection: Connection,
}

/// Why the store could not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the store {path} has schema {found}; this program knows schemas up to {known}")]
    Newer {
        path: PathBuf,
        found: i64,
        known: i64,
    },
    #[error("the store's folder {path} could not be made: {source}")]
    Folder {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{what} in the store is not as it was written: {detail}")]
    Damaged { what: &'static str, detail: String },
    #[error("the instance key at hand is not the one that this store knows")]
    OtherInstance,
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

impl StoreError {
    /// What a person can do about it.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "use the newer anchorwatch that wrote it, or another --store",
            Self::Folder { .. } => "make the folder, or name another with --store",
            Self::Damaged { .. } => "restore the store from its last backup",
            Self::OtherInstance => "put the store's own key file back beside it",
            Self::Sqlite(_) => "check the file's permissions, or judge without it by --no-store",
        }
    }
}

impl Store {
    /// Opens or makes the store at `path`, waiting at most `patience` for another writer.
    ///
    /// # Errors
    /// When the file is no store, is newer than this program, or cannot be written.
    pub fn open(path: &Path, patience: Duration) -> Result<Self, StoreError> {
        if let Some(folder) = path.parent()
            && !folder.as_os_str().is_empty()
        {
            std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
                path: folder.to_path_buf(),
                source,
            })?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(patience)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "NORMAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        migrate(connection, path)
    }

    /// A store that lives in memory, for tests.
    ///
    /// # Errors
    /// When SQLite has no memory left.
    pub fn in_memory() -> Result<Self, StoreError> {
        migrate(Connection::open_in_memory()?, Path::new(":memory:"))
    }
}

fn migrate(mut connection: Connection, path: &Path) -> Result<Store, StoreError> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    let version = |connection: &Connection| -> rusqlite::Result<i64> {
        connection.query_row("PRAGMA user_version", [], |row| row.get(0))
    };
    let found = version(&connection)?;
    if found > known {
        return Err(StoreError::Newer {
            path: path.to_path_buf(),
            found,
            known,
        });
    }
    if found < known {
        let transaction =
            connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Read again under the write lock, so that two first starts do not both migrate.
        let found = version(&transaction)?;
        for migration in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
            transaction.execute_batch(migration)?;
        }
        transaction.pragma_update(None, "user_version", known)?;
        transaction.commit()?;
    }
    Ok(Store { connection })
}
