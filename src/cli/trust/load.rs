//! `anchorwatch trust load`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::cli::arguments::TrustArguments;
use crate::cli::settings::{folder_view, now, open_instance, settings};
use crate::cli::speak::{SpeakerArguments, policy};
use crate::cli::{out, places};
use crate::render::plain;
use crate::service::catalogue::load_folder;
use crate::service::change::{FolderProposal, Speaker, propose_folder};

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct LoadArguments {
    /// The trust folder; without it, the one built in
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// Whether its statuses count as they stand; otherwise its roots are only proposed
    #[arg(long, requires = "folder")]
    authority: bool,
    #[command(flatten)]
    speaker: SpeakerArguments,
}

pub(super) fn run(arguments: &LoadArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.speaker.store.config.as_deref())?;
    let mut instance = open_instance(&arguments.speaker.store, &config)?;
    let (now, actor) = (now(), places::actor());
    let mut proposals = vec![];
    let loaded = match &arguments.folder {
        None => instance.load_shipped(now, &actor)?,
        Some(folder) => {
            let folder = std::path::absolute(folder)?;
            let loaded = load_folder(&mut instance, &folder, arguments.authority, now, &actor)?;
            if !arguments.authority {
                let (trust, store) = (TrustArguments::default(), &arguments.speaker.store);
                let view = folder_view(&trust, store, &config, now)?;
                let key = arguments.speaker.key()?;
                let speaker = match &key {
                    Some(key) => key.speaker(),
                    None => Speaker::User(&actor),
                };
                let policy = policy(&config);
                proposals = propose_folder(&mut instance, &view, &folder, &speaker, &policy, now)?;
            }
            loaded
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
    out::write(&told(&proposals))?;
    Ok(0)
}

/// A line for each, and what is next.
fn told(proposals: &[FolderProposal]) -> String {
    let mut text = String::new();
    for FolderProposal { ask, outcome } in proposals {
        let _ = writeln!(
            text,
            "proposed {} {} {} for {}",
            outcome.id,
            ask.kind.word(),
            plain(ask.anchor.as_deref().unwrap_or("-")),
            plain(ask.vendor.as_deref().unwrap_or("everybody")),
        );
    }
    if !proposals.is_empty() {
        text.push_str("  next: anchorwatch confirm or reject each, by its id\n");
    }
    text
}
