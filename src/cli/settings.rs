//! What the settings and the environment say: which trust, which store, who is at the keyboard.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::arguments::{KnowledgeArgument, ProfileArgument, StoreArguments, TrustArguments};
use super::{out, places};
use crate::config::{Config, ProfileName};
use crate::judge::path::Profile;
use crate::judge::trust::View;
use crate::service::instance::{Basis, ViewRequest, Viewed, view};
use crate::service::trust::TrustChoice;
use crate::store::Store;

/// The longest that `check` waits for another writer of the store.
const PATIENCE: Duration = Duration::from_millis(50);

/// The settings: a file that was named must be there, the default one may be absent.
pub(super) fn settings(named: Option<&Path>) -> anyhow::Result<Config> {
    let path = match named {
        Some(path) => path.to_path_buf(),
        None => match places::config() {
            Some(path) if path.exists() => path,
            _ => return Ok(Config::default()),
        },
    };
    let usage = |error: &dyn std::fmt::Display| out::Usage(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(&path).map_err(|error| usage(&error))?;
    Ok(Config::from_toml(&text).map_err(|error| usage(&error))?)
}

pub(super) fn trust_choice(
    arguments: &TrustArguments,
    config: &Config,
) -> anyhow::Result<TrustChoice> {
    if !arguments.anchors.is_empty() {
        return Ok(TrustChoice::Anchors(arguments.anchors.clone()));
    }
    if let Some(folder) = &arguments.trust {
        return Ok(TrustChoice::Folder(folder.clone()));
    }
    match &config.trust.folder {
        None => Ok(TrustChoice::Shipped),
        Some(folder) if config.trust.folder_is_authority => Ok(TrustChoice::Folder(folder.clone())),
        Some(folder) => Err(out::Usage(format!(
            "the settings name the trust folder {}, whose roots are only proposed; \
             set trust.folder_is_authority = true, or name it with --trust",
            folder.display()
        ))
        .into()),
    }
}

pub(super) fn profile(arguments: &TrustArguments, config: &Config) -> Profile {
    match (arguments.profile, config.check.profile) {
        (Some(ProfileArgument::Strict), _) | (None, Some(ProfileName::Strict)) => Profile::Strict,
        _ => Profile::Field,
    }
}

/// The store's place; `None` when there shall be none. Under CI nothing is kept unless a store is
/// named, because such machines are thrown away.
pub(super) fn store_path(arguments: &StoreArguments, config: &Config) -> Option<PathBuf> {
    let named = arguments
        .store
        .clone()
        .or_else(|| config.store.path.clone());
    let in_ci = std::env::var_os("CI").is_some_and(|value| !value.is_empty() && value != "false");
    if arguments.no_store || config.store.disabled || in_ci && named.is_none() {
        return None;
    }
    named.or_else(places::store)
}

/// The view to judge by, and the store to keep facts in. That nothing can be kept is told and stops
/// nothing; that a store is there and cannot be read stops, because a distrust may lie in it.
pub(super) fn view_and_store(
    trust: &TrustArguments,
    store: &StoreArguments,
    config: &Config,
    now: Timestamp,
) -> anyhow::Result<(Box<dyn View>, Option<Store>)> {
    let choice = trust_choice(trust, config)?;
    let actor = places::actor();
    let request = ViewRequest {
        choice: &choice,
        basis: match trust.knowledge {
            Some(KnowledgeArgument::Folder) => Basis::Folder,
            Some(KnowledgeArgument::Instance) | None => Basis::Instance,
        },
        known_at: trust.known_at,
        now,
        actor: &actor,
    };
    let path = store_path(store, config);
    let opened = path
        .as_deref()
        .and_then(|path| match Store::open(path, PATIENCE) {
            Ok(store) => Some((path, Some(store))),
            Err(trouble) => {
                // What cannot be read either is told by the view.
                if !path.exists() {
                    out::note(&format!("nothing is kept: {trouble}; {}", trouble.hint()));
                    return None;
                }
                Some((path, None))
            }
        });
    let kept = opened.as_ref().is_some_and(|(_, store)| store.is_some());
    let named = opened.is_some();
    let (Viewed { view, trouble }, store) = view(&request, opened)?;
    if let Some(trouble) = trouble {
        out::note(&format!("the shipped trust was not recorded: {trouble}"));
    } else if named && !kept {
        out::note("nothing is kept: the store cannot be written");
    }
    Ok((view, store))
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the wall clock is read"
)]
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    // Reports tell whole seconds; finer would only look precise.
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
