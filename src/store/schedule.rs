//! When the service does what: kept here, so that a restart neither forgets nor repeats.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, named_params};

use super::values::instant;
use super::{Store, StoreError};

/// A task of the service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub name: String,
    pub next_at: Timestamp,
    pub last_at: Option<Timestamp>,
    /// What came of the last time, in our words.
    pub outcome: String,
}

/// A file of a watched folder, as it was when it was judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchedFile {
    pub path: String,
    pub size: i64,
    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub modified: i64,
    pub verdict: String,
}

impl Store {
    /// When a task is next; `None` for one that never ran.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn task(&self, name: &str) -> Result<Option<Task>, StoreError> {
        Ok(self.tasks()?.into_iter().find(|task| task.name == name))
    }

    /// Every task, by name.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn tasks(&self) -> Result<Vec<Task>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT name, next_at, last_at, outcome FROM schedule ORDER BY name")?;
        let mut rows = statement.query([])?;
        let mut found = vec![];
        while let Some(row) = rows.next()? {
            found.push(Task {
                name: row.get(0)?,
                next_at: instant(row.get(1)?)?,
                last_at: row.get::<_, Option<i64>>(2)?.map(instant).transpose()?,
                outcome: row.get(3)?,
            });
        }
        Ok(found)
    }

    /// Notes that a task ran, and when it runs again.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn task_ran(
        &mut self,
        name: &str,
        at: Timestamp,
        outcome: &str,
        next: Timestamp,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO schedule (name, next_at, last_at, outcome)
                 VALUES (:name, :next, :at, :outcome)
                 ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at,
                    last_at = excluded.last_at, outcome = excluded.outcome",
            )?
            .execute(named_params! {
                ":name": name,
                ":next": next.as_millisecond(),
                ":at": at.as_millisecond(),
                ":outcome": outcome,
            })?;
        Ok(())
    }

    /// A file of a watched folder, if it was judged.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn watched_file(&self, path: &str) -> Result<Option<WatchedFile>, StoreError> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT path, size, modified, verdict FROM watched_file WHERE path = :path",
            )?
            .query_row(named_params! {":path": path}, |row| {
                Ok(WatchedFile {
                    path: row.get(0)?,
                    size: row.get(1)?,
                    modified: row.get(2)?,
                    verdict: row.get(3)?,
                })
            })
            .optional()?)
    }

    /// Notes that a file of a watched folder was judged.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn keep_watched_file(
        &mut self,
        file: &WatchedFile,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.connection
            .prepare_cached(
                "INSERT INTO watched_file (path, size, modified, verdict, at)
                 VALUES (:path, :size, :modified, :verdict, :at)
                 ON CONFLICT (path) DO UPDATE SET size = excluded.size,
                    modified = excluded.modified, verdict = excluded.verdict, at = excluded.at",
            )?
            .execute(named_params! {
                ":path": file.path,
                ":size": file.size,
                ":modified": file.modified,
                ":verdict": file.verdict,
                ":at": at.as_millisecond(),
            })?;
        Ok(())
    }

    /// Copies the store to a new file while others use it; the copy is whole or it is not there.
    ///
    /// # Errors
    /// When SQLite fails, or the file cannot be made.
    pub fn back_up(&self, to: &std::path::Path) -> Result<(), StoreError> {
        let mut unfinished = to.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = std::path::PathBuf::from(unfinished);
        let folder = |source| StoreError::Folder {
            path: to.to_path_buf(),
            source,
        };
        match std::fs::remove_file(&unfinished) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(folder(error));
            }
            _ => {}
        }
        {
            let mut copy = rusqlite::Connection::open(&unfinished)?;
            let backup = rusqlite::backup::Backup::new(&self.connection, &mut copy)?;
            backup.run_to_completion(1024, std::time::Duration::ZERO, None)?;
        }
        std::fs::rename(&unfinished, to).map_err(folder)
    }

    /// Whether the file is whole, by SQLite's own check; else what is wrong with it.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn integrity(&self) -> Result<Option<String>, StoreError> {
        let said: String = self
            .connection
            .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok(Some(said).filter(|said| said != "ok"))
    }
}
