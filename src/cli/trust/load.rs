//! `anchorwatch trust load`.

use std::path::PathBuf;

use clap::Args;

use crate::cli::arguments::StoreArguments;
use crate::cli::settings::{now, open_instance, settings};
use crate::cli::{out, places};
use crate::service::catalogue::load_folder;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct LoadArguments {
    /// The trust folder; without it, the one built in
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Whether its statuses count as they stand; otherwise its roots are only proposed
    #[arg(long, requires = "folder")]
    authority: bool,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(arguments: &LoadArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let mut instance = open_instance(&arguments.store, &config)?;
    let (now, actor) = (now(), places::actor());
    let loaded = match &arguments.folder {
        None => instance.load_shipped(now, &actor)?,
        Some(folder) => {
            let folder = std::path::absolute(folder)?;
            load_folder(&mut instance, &folder, arguments.authority, now, &actor)?
        }
    };
    out::write(&match loaded {
        None => "nothing new\n".to_owned(),
        Some(loaded) => format!(
            "statuses: {} new, {} withdrawn; keys, profiles, rules and rotations: {} entries new, \
             {} gone\n",
            loaded.records_new, loaded.records_withdrawn, loaded.entries_new, loaded.entries_gone
        ),
    })?;
    Ok(0)
}
