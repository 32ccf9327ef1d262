//! Opening the store for commands that are about it.

use std::time::Duration;

use super::arguments::StoreArguments;
use super::check::settings;
use super::{out, places};
use crate::store::Store;

/// How long a command that a person waits for waits for another writer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The store that the arguments or the settings name, else the user's own.
pub(super) fn open(arguments: &StoreArguments) -> anyhow::Result<Store> {
    let config = settings(arguments.config.as_deref())?;
    let path = arguments
        .store
        .clone()
        .or(config.store.path)
        .or_else(places::store)
        .ok_or_else(|| {
            out::Usage("no place for a store is known; name one with --store".to_owned())
        })?;
    Ok(Store::open(&path, PATIENCE)?)
}
