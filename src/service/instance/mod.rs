//! This instance: its store, its key, and the view over what it knows.

mod key;
mod view;

pub use key::{KeyError, key_path};
pub use view::{Basis, ViewRequest, Viewed, folder, view};

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use crate::formats::minisign::SecretKey;
use crate::judge::trust::{Contents, SHIPPED_DIGEST, shipped};
use crate::store::{AuditHead, Loaded, Source, SourceKind, Store, StoreError};

/// A store that may be changed, and the key that signs its changes.
#[derive(Debug)]
pub struct Instance {
    pub store: Store,
    /// The store's file.
    pub path: PathBuf,
    key: SecretKey,
}

/// Why the instance cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    #[error("the store {path}: {error}")]
    Store { path: PathBuf, error: StoreError },
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error("the shipped trust folder cannot be read back")]
    Shipped,
}

impl Instance {
    /// Opens or makes a store and its key.
    ///
    /// # Errors
    /// When either cannot be read or made.
    pub fn open(path: &Path, patience: Duration) -> Result<Self, InstanceError> {
        let store = Store::open(path, patience).map_err(|error| at(path, error))?;
        Self::with(store, path)
    }

    fn with(store: Store, path: &Path) -> Result<Self, InstanceError> {
        let known = store
            .instance_public_key()
            .map_err(|error| at(path, error))?;
        Ok(Self {
            key: key::of_store(path, known)?,
            store,
            path: path.to_path_buf(),
        })
    }

    /// The key that signs the audit chain's heads.
    #[must_use]
    pub fn key(&self) -> &SecretKey {
        &self.key
    }

    /// Records the trust folder inside the program, if it is not what was loaded last.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn load_shipped(
        &mut self,
        now: Timestamp,
        actor: &str,
    ) -> Result<Option<Loaded>, InstanceError> {
        let source = Source::shipped();
        let known = self
            .store
            .loaded_digest(&source)
            .map_err(|error| at(&self.path, error))?;
        if known == Some(SHIPPED_DIGEST) {
            return Ok(None);
        }
        let contents = shipped().contents().ok_or(InstanceError::Shipped)?;
        self.load(&source, &contents, now, actor)
    }

    /// Records what a folder says; `None` when it is what was loaded last.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub fn load(
        &mut self,
        source: &Source,
        contents: &Contents,
        now: Timestamp,
        actor: &str,
    ) -> Result<Option<Loaded>, InstanceError> {
        self.store
            .load(source, contents, now, actor, Some(&self.key))
            .map_err(|error| at(&self.path, error))
    }
}

impl Instance {
    /// Hands the instance over to a new key, which the old one signs.
    ///
    /// # Errors
    /// When the key file or the store cannot be written; whatever happens on the way, the store's
    /// key is in one of the two files beside it.
    pub fn rotate_key(&mut self, now: Timestamp, actor: &str) -> Result<AuditHead, InstanceError> {
        let path = key_path(&self.path);
        let new = SecretKey::generate().map_err(|error| KeyError::Form {
            path: path.clone(),
            error,
        })?;
        key::stage(&path, &new)?;
        let head = self
            .store
            .rotate_instance_key(&self.key, &new, now, actor)
            .map_err(|error| at(&self.path, error))?;
        key::settle(&path).map_err(|source| KeyError::Io { path, source })?;
        self.key = new;
        Ok(head)
    }
}

/// The source that a folder is, by its path.
#[must_use]
pub fn folder_source(path: &Path, is_authority: bool) -> Source {
    Source {
        kind: if is_authority {
            SourceKind::Folder
        } else {
            SourceKind::Proposals
        },
        name: path.display().to_string(),
    }
}

fn at(path: &Path, error: StoreError) -> InstanceError {
    InstanceError::Store {
        path: path.to_path_buf(),
        error,
    }
}
