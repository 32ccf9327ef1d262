//! The instance's key: an Ed25519 key in minisign's notation, in a file beside the store that only
//! its owner may read.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::formats::limits;
use crate::formats::minisign::{SecretKey, SecretKeyError};

/// Why the instance has no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the instance key {path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("the instance key {path}: {error}")]
    Form {
        path: PathBuf,
        error: SecretKeyError,
    },
    #[error("the instance key {path} is gone, and the store was signed by it")]
    Gone { path: PathBuf },
}

/// Where the key of a store lies.
#[must_use]
pub fn key_path(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}

/// The key beside a store; made when the store knows of none.
pub(super) fn of_store(store: &Path, known: Option<[u8; 32]>) -> Result<SecretKey, KeyError> {
    let path = key_path(store);
    match read(&path) {
        Err(KeyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
        Ok(key) if known.is_some_and(|known| known != key.public_key()) => {
            // A rotation that was cut off after the store had it.
            return match read(&staged(&path)) {
                Ok(new) if known == Some(new.public_key()) => {
                    settle(&path).map_err(|source| KeyError::Io { path, source })?;
                    Ok(new)
                }
                _ => Ok(key),
            };
        }
        outcome => return outcome,
    }
    if known.is_some() {
        return Err(KeyError::Gone { path });
    }
    let form = |error| KeyError::Form {
        path: path.clone(),
        error,
    };
    let key = SecretKey::generate().map_err(form)?;
    match write_new(&path, &key) {
        // Another first start was quicker; its key is the instance's.
        Err(source) if source.kind() == io::ErrorKind::AlreadyExists => read(&path),
        Err(source) => Err(KeyError::Io { path, source }),
        Ok(()) => Ok(key),
    }
}

fn read(path: &Path) -> Result<SecretKey, KeyError> {
    let trouble = |source| KeyError::Io {
        path: path.to_path_buf(),
        source,
    };
    let size = fs::metadata(path).map_err(trouble)?.len();
    if size > limits::PUBLIC_KEYS as u64 {
        return Err(KeyError::Form {
            path: path.to_path_buf(),
            error: SecretKeyError::Form,
        });
    }
    SecretKey::parse(&fs::read(path).map_err(trouble)?).map_err(|error| KeyError::Form {
        path: path.to_path_buf(),
        error,
    })
}

/// Appears whole or not at all, and never over another file.
fn write_new(path: &Path, key: &SecretKey) -> io::Result<()> {
    let unfinished = unfinished(path, key);
    write_private(&unfinished, key)?;
    let linked = fs::hard_link(&unfinished, path);
    fs::remove_file(&unfinished)?;
    linked
}

/// Writes a new key beside the one in use; [`settle`] puts it in its place.
pub(super) fn stage(path: &Path, key: &SecretKey) -> Result<(), KeyError> {
    let staged = staged(path);
    let trouble = |source| KeyError::Io {
        path: staged.clone(),
        source,
    };
    match fs::remove_file(&staged) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(trouble(error)),
        _ => {}
    }
    write_private(&staged, key).map_err(trouble)
}

pub(super) fn settle(path: &Path) -> io::Result<()> {
    fs::rename(staged(path), path)
}

fn staged(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn unfinished(path: &Path, key: &SecretKey) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}", key.number()));
    PathBuf::from(name)
}

fn write_private(path: &Path, key: &SecretKey) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(key.to_file("anchorwatch instance key").as_bytes())?;
    file.sync_all()
}
