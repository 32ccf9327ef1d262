//! `anchorwatch person`: who may change trust.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::StoreArguments;
use super::out;
use super::settings::{open_store, settings};
use super::speak::{SpeakerArguments, ask};
use crate::render::plain;
use crate::service::change::build;

#[derive(Debug, Subcommand)]
pub(super) enum PersonCommand {
    /// Register a person by their public key (Ed25519: SSH or minisign)
    Add(AddArguments),
    /// Take a person off the register
    Remove(RemoveArguments),
    /// List who is registered
    List(ListArguments),
}

#[derive(Debug, Clone, Args)]
pub(super) struct AddArguments {
    name: String,
    /// The public key file
    #[arg(value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    speaker: SpeakerArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct RemoveArguments {
    name: String,
    #[command(flatten)]
    speaker: SpeakerArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct ListArguments {
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(command: &PersonCommand) -> anyhow::Result<u8> {
    match command {
        PersonCommand::Add(arguments) => {
            let store = &arguments.speaker.store;
            let config = settings(store.config.as_deref())?;
            let people = open_store(store, &config)?.people()?;
            let key = std::fs::read(&arguments.key)
                .map_err(|error| out::Usage(format!("{}: {error}", arguments.key.display())))?;
            let asked = build::register(&arguments.name, &key, &people)?;
            ask(&arguments.speaker, &asked)
        }
        PersonCommand::Remove(arguments) => {
            ask(&arguments.speaker, &build::remove(&arguments.name))
        }
        PersonCommand::List(arguments) => {
            let config = settings(arguments.store.config.as_deref())?;
            let people = open_store(&arguments.store, &config)?.people()?;
            let text = people.iter().fold(String::new(), |mut text, person| {
                let _ = writeln!(
                    text,
                    "{}  since {}  {}",
                    plain(&person.name),
                    person.known_from,
                    plain(person.key.lines().last().unwrap_or_default())
                );
                text
            });
            out::write(&text)?;
            Ok(0)
        }
    }
}
