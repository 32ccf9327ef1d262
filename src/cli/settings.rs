//! What the settings and the environment say: which trust, which store, who is at the keyboard.

use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;

use super::arguments::{KnowledgeArgument, ProfileArgument, StoreArguments, TrustArguments};
use super::{out, places};
use crate::config::{Config, ProfileName};
use crate::judge::path::Profile;
use crate::judge::trust::{FolderView, View};
use crate::service::instance::{Basis, Instance, ViewRequest, Viewed, folder, view};
use crate::service::trust::{TrustChoice, TrustError};
use crate::store::{AcceptedProgrammes, Store, WatchSettings};

/// The longest that `check` waits for another writer of the store.
const PATIENCE: Duration = Duration::from_millis(50);
/// The same for a person who changes trust.
const LONG_PATIENCE: Duration = Duration::from_secs(10);

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
        Some(folder) if config.trust.folder_is_authority => {
            Ok(TrustChoice::Authority(std::path::absolute(folder)?))
        }
        Some(folder) => Err(out::Usage(format!(
            "the settings name the trust folder {}, whose roots are only proposed; \
             have them proposed by `trust load` and confirm them, \
             set trust.folder_is_authority = true, or name it with --trust",
            folder.display()
        ))
        .into()),
    }
}

/// The root programmes whose lists count.
pub(super) fn accepted_programmes(config: &Config) -> AcceptedProgrammes {
    AcceptedProgrammes {
        accepted: config.trust.accept_programmes.clone(),
        distrust: config.trust.apply_distrust_of.clone(),
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
    let (Viewed { view, trouble }, store) = ask(trust, store, config, now, view)?;
    if let Some(trouble) = trouble {
        out::note(&format!("the shipped trust was not recorded: {trouble}"));
    }
    Ok((view, store))
}

/// The same trust as a folder that can be read from end to end.
pub(super) fn folder_view(
    trust: &TrustArguments,
    store: &StoreArguments,
    config: &Config,
    now: Timestamp,
) -> anyhow::Result<FolderView> {
    let read =
        |request: &ViewRequest<'_>, store: Option<(&Path, Option<Store>)>| folder(request, store);
    let (view, trouble, _) = ask(trust, store, config, now, read)?;
    if let Some(trouble) = trouble {
        out::note(&format!("the shipped trust was not recorded: {trouble}"));
    }
    Ok(view)
}

fn ask<T>(
    trust: &TrustArguments,
    store: &StoreArguments,
    config: &Config,
    now: Timestamp,
    view: impl Fn(&ViewRequest<'_>, Option<(&Path, Option<Store>)>) -> Result<T, TrustError>,
) -> anyhow::Result<T> {
    let choice = trust_choice(trust, config)?;
    let actor = places::actor();
    let request = ViewRequest {
        choice: &choice,
        basis: match trust.knowledge {
            Some(KnowledgeArgument::Folder) => Basis::Folder,
            Some(KnowledgeArgument::Instance) | None => Basis::Instance,
        },
        known_at: trust.known_at,
        programmes: accepted_programmes(config),
        now,
        actor: &actor,
    };
    let path = store_path(store, config);
    let opened = path
        .as_deref()
        .and_then(|path| match Store::open(path, PATIENCE) {
            Ok(store) => Some((path, Some(store))),
            Err(trouble) => {
                // A store that cannot be read either stops the view, and says so.
                if path.exists() {
                    return Some((path, None));
                }
                out::note(&format!("nothing is kept: {trouble}; {}", trouble.hint()));
                None
            }
        });
    let unwritable = matches!(opened, Some((_, None)));
    let found = view(&request, opened)?;
    if unwritable {
        out::note("nothing is kept: the store cannot be written");
    }
    Ok(found)
}

/// The store, for commands that are about it.
pub(super) fn open_store(arguments: &StoreArguments, config: &Config) -> anyhow::Result<Store> {
    let path = needed(arguments, config)?;
    Store::open(&path, PATIENCE).map_err(|error| {
        out::Usage(format!("{}: {error}; {}", path.display(), error.hint())).into()
    })
}

/// The store for commands about the watch, with the settings' teams entered.
pub(super) fn open_watch(arguments: &StoreArguments) -> anyhow::Result<(Store, Config)> {
    let config = settings(arguments.config.as_deref())?;
    let path = needed(arguments, &config)?;
    let mut store = Store::open(&path, LONG_PATIENCE)
        .map_err(|error| out::Usage(format!("{}: {error}; {}", path.display(), error.hint())))?;
    declare(&mut store, &config, now())?;
    Ok((store, config))
}

/// Makes the store know what the settings say of mail and teams.
pub(super) fn declare(store: &mut Store, config: &Config, now: Timestamp) -> anyhow::Result<()> {
    store.set_watch(&WatchSettings {
        domain: config.mail.domain().to_owned(),
        window: config.watch.window(),
    })?;
    let teams = config
        .declared_teams()
        .map_err(|error| out::Usage(error.to_string()))?;
    Ok(store.declare_teams(&teams, now)?)
}

/// The same with patience for other writers: something is to be kept.
pub(super) fn open_store_patiently(
    arguments: &StoreArguments,
    config: &Config,
) -> anyhow::Result<Store> {
    let path = needed(arguments, config)?;
    Store::open(&path, LONG_PATIENCE).map_err(|error| {
        out::Usage(format!("{}: {error}; {}", path.display(), error.hint())).into()
    })
}

/// The store with its key, to change trust.
pub(super) fn open_instance(
    arguments: &StoreArguments,
    config: &Config,
) -> anyhow::Result<Instance> {
    let path = needed(arguments, config)?;
    Ok(Instance::open(&path, LONG_PATIENCE)?)
}

/// The store's place, where there must be one.
pub(super) fn needed(arguments: &StoreArguments, config: &Config) -> anyhow::Result<PathBuf> {
    store_path(arguments, config)
        .ok_or_else(|| out::Usage("this needs a store; name one with --store".to_owned()).into())
}

#[allow(
    clippy::disallowed_methods,
    reason = "the one place where the wall clock is read"
)]
pub(super) fn moment() -> Timestamp {
    Timestamp::now()
}

/// The same as reports tell it.
pub(super) fn now() -> Timestamp {
    let now = moment();
    // Reports tell whole seconds; finer would only look precise.
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}
