//! The store's side of a view: what was known at a time, looked up when asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags, named_params};

use super::record::{SELECT, stored};
use super::source::{Source, SourceKind, loaded_digest};
use crate::domain::{AnchorId, ListedKey, Sha256};
use crate::formats::trust_folder::blob::Map;
use crate::judge::posted::{Naming, Post};
use crate::judge::trust::{Knowledge, KnownRecord, Listing, RootName};
use crate::store::announcements::{namings, post};
use crate::store::{Store, StoreError, programme_roots};

/// Which part of the store's knowledge a view takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgeBounds {
    /// What was known at this time; `None` for everything known.
    pub known_at: Option<Timestamp>,
    /// The folder that is authority here; other folders are left out. `None` leaves out all.
    pub folder: Option<Source>,
    /// The digest of the compiled folder that will lie under the view. Its entries are then not
    /// asked of the store, if it is what the store had loaded last.
    pub at_hand: Option<Sha256>,
}

/// What was read of posts once, by handle.
type Posts = BTreeMap<String, Option<Arc<Post>>>;

/// How many read posts are held: many packages are signed by one key.
const POSTS: usize = 256;

/// A snapshot of the store, by a connection of its own.
#[derive(Debug)]
pub struct StoreKnowledge {
    connection: Mutex<Connection>,
    posts: Mutex<Posts>,
    known_at: i64,
    /// The folder whose records count.
    folder: Option<Source>,
    /// The sources whose entries count, in the order in which they are asked: authority first.
    entries: Vec<i64>,
    folder_is_at_hand: bool,
    includes_folder: bool,
    /// The root programmes that are accepted, and those whose distrust condemns.
    programmes: AcceptedProgrammes,
}

/// Which root programmes the settings name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AcceptedProgrammes {
    /// Their roots may end a path that is at most `unpinned`.
    pub accepted: Vec<String>,
    /// Their distrust condemns, where the list is signed.
    pub distrust: Vec<String>,
}

impl StoreKnowledge {
    /// With the lists of these programmes; without this call none counts.
    #[must_use]
    pub fn accepting(mut self, programmes: AcceptedProgrammes) -> Self {
        self.programmes = programmes;
        self
    }

    /// Opens the store for reading alone.
    ///
    /// # Errors
    /// When there is no store, or it cannot be read.
    pub fn open(path: &Path, bounds: &KnowledgeBounds) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_millis(50))?;
        connection.pragma_update(None, "trusted_schema", false)?;
        Self::over(connection, bounds)
    }

    /// Over a store that is not written any more.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of(store: Store, bounds: &KnowledgeBounds) -> Result<Self, StoreError> {
        Self::over(store.connection, bounds)
    }

    fn over(connection: Connection, bounds: &KnowledgeBounds) -> Result<Self, StoreError> {
        // One snapshot for the whole view: it must not change while it is asked.
        connection.execute_batch("BEGIN")?;
        let known_at = bounds.known_at.map_or(i64::MAX, Timestamp::as_millisecond);
        let mut folder_is_at_hand = false;
        let mut folder_id = None;
        if let Some(folder) = &bounds.folder {
            folder_id = folder.find(&connection)?;
            let loaded = loaded_digest(&connection, folder, known_at)?;
            folder_is_at_hand = loaded.is_some() && loaded == bounds.at_hand;
        }
        let mut entries = vec![];
        {
            let mut statement = connection.prepare_cached(
                "SELECT id, kind,
                        EXISTS (SELECT 1 FROM trust_entry WHERE source = trust_source.id)
                 FROM trust_source ORDER BY id",
            )?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let id: i64 = row.get(0)?;
                let Some(kind) = SourceKind::from_word(&row.get::<_, String>(1)?) else {
                    continue;
                };
                let counts = match kind {
                    SourceKind::Shipped | SourceKind::Folder => Some(id) == folder_id,
                    SourceKind::Proposals | SourceKind::Import | SourceKind::Person => true,
                };
                let at_hand = Some(id) == folder_id && folder_is_at_hand;
                if counts && !at_hand && row.get(2)? {
                    entries.push((kind, id));
                }
            }
        }
        entries.sort();
        Ok(Self {
            connection: Mutex::new(connection),
            posts: Mutex::default(),
            known_at,
            folder: bounds.folder.clone(),
            entries: entries.into_iter().map(|(_, id)| id).collect(),
            folder_is_at_hand,
            includes_folder: folder_id.is_some(),
            programmes: AcceptedProgrammes::default(),
        })
    }

    /// Whether the folder at hand is what the store had loaded last at that time. If not, a view
    /// over the store's knowledge takes the folder from the store, and none at hand.
    #[must_use]
    pub fn folder_is_at_hand(&self) -> bool {
        self.folder_is_at_hand
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn values_of(&self, map: Map, key: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT value FROM trust_entry
             WHERE map = :map AND key = :key AND source = :source AND known_from <= :known_at
               AND NOT EXISTS (SELECT 1 FROM trust_entry_end
                               WHERE entry = trust_entry.id
                                 AND trust_entry_end.known_from <= :known_at)
             ORDER BY id",
        )?;
        let mut values = vec![];
        for source in &self.entries {
            let mut rows = statement.query(named_params! {
                ":map": map as u8, ":key": key, ":source": source, ":known_at": self.known_at
            })?;
            while let Some(row) = rows.next()? {
                values.push(row.get(0)?);
            }
        }
        Ok(values)
    }

    fn keys_of(&self, map: Map, prefix: &[u8]) -> Result<Vec<Vec<u8>>, StoreError> {
        let connection = self.lock();
        let mut statement = connection.prepare_cached(
            "SELECT key, source FROM trust_entry
             WHERE map = :map AND key >= :prefix AND known_from <= :known_at
               AND NOT EXISTS (SELECT 1 FROM trust_entry_end
                               WHERE entry = trust_entry.id
                                 AND trust_entry_end.known_from <= :known_at)
             ORDER BY key",
        )?;
        let mut rows = statement.query(named_params! {
            ":map": map as u8, ":prefix": prefix, ":known_at": self.known_at
        })?;
        let mut keys: Vec<Vec<u8>> = vec![];
        while let Some(row) = rows.next()? {
            let key: Vec<u8> = row.get(0)?;
            if !key.starts_with(prefix) {
                break;
            }
            if self.entries.contains(&row.get(1)?) && keys.last() != Some(&key) {
                keys.push(key);
            }
        }
        Ok(keys)
    }

    fn records_of(&self, anchor: &AnchorId) -> Result<Vec<KnownRecord>, StoreError> {
        let connection = self.lock();
        let sql = format!(
            "{SELECT} WHERE anchor = :anchor AND trust_record.known_from <= :known_at
             ORDER BY trust_record.id"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let mut rows = statement.query(named_params! {
            ":anchor": anchor.to_string(), ":known_at": self.known_at
        })?;
        let mut records = vec![];
        while let Some(row) = rows.next()? {
            let record = stored(row)?;
            let counts = match record.source.kind {
                SourceKind::Shipped | SourceKind::Folder => {
                    self.folder.as_ref() == Some(&record.source)
                }
                _ => true,
            };
            if counts {
                records.push(record.known());
            }
        }
        Ok(records)
    }
}

impl Knowledge for StoreKnowledge {
    fn values(&self, map: Map, key: &[u8]) -> Vec<Vec<u8>> {
        if self.entries.is_empty() {
            return vec![];
        }
        self.values_of(map, key).unwrap_or_default()
    }

    fn keys(&self, map: Map, prefix: &[u8]) -> Vec<Vec<u8>> {
        if self.entries.is_empty() {
            return vec![];
        }
        self.keys_of(map, prefix).unwrap_or_default()
    }

    fn records(&self, anchor: &AnchorId) -> Option<Vec<KnownRecord>> {
        self.records_of(anchor).ok()
    }

    fn posts_naming(&self, values: &[String]) -> Vec<Naming> {
        namings(&self.lock(), values, self.known_at).unwrap_or_default()
    }

    fn post(&self, id: &str) -> Option<Arc<Post>> {
        let locked = |posts: &'_ Mutex<Posts>| -> Option<Option<Arc<Post>>> {
            let posts = posts.lock().unwrap_or_else(PoisonError::into_inner);
            posts.get(id).cloned()
        };
        if let Some(known) = locked(&self.posts) {
            return known;
        }
        let read = post(&self.lock(), id, self.known_at)
            .ok()
            .flatten()
            .map(Arc::new);
        let mut posts = self.posts.lock().unwrap_or_else(PoisonError::into_inner);
        if posts.len() >= POSTS {
            posts.clear();
        }
        posts.insert(id.to_owned(), read.clone());
        read
    }

    fn has_programmes(&self) -> bool {
        self.programmes != AcceptedProgrammes::default()
    }

    fn programme_roots(&self, name: RootName<'_>) -> Vec<Vec<u8>> {
        programme_roots::roots(&self.lock(), &name, self.known_at).unwrap_or_default()
    }

    fn listings(&self, names: &[ListedKey], at: Timestamp) -> Option<Vec<Listing>> {
        let AcceptedProgrammes { accepted, distrust } = &self.programmes;
        let programmes: BTreeSet<&String> = accepted.iter().chain(distrust).collect();
        let connection = self.lock();
        let mut found = vec![];
        for programme in programmes {
            let listings =
                programme_roots::listings(&connection, programme, names, at, self.known_at);
            found.extend(listings.ok()?);
        }
        Some(found)
    }

    fn listings_of_all_days(&self, names: &[ListedKey]) -> Vec<Listing> {
        let connection = self.lock();
        let accepted = self.programmes.accepted.iter();
        accepted
            .flat_map(|programme| {
                programme_roots::ever_listed(&connection, programme, names, self.known_at)
                    .unwrap_or_default()
            })
            .collect()
    }

    fn accepts(&self, programme: &str) -> bool {
        self.programmes.accepted.iter().any(|one| one == programme)
    }

    fn applies_distrust_of(&self, programme: &str) -> bool {
        self.programmes.distrust.iter().any(|one| one == programme)
    }

    fn includes_folder(&self) -> bool {
        self.includes_folder
    }
}
