//! `anchorwatch instance`: this instance's own key.

use clap::{Args, Subcommand};

use super::arguments::StoreArguments;
use super::settings::{now, open_instance, settings};
use super::{out, places};

#[derive(Debug, Subcommand)]
pub(super) enum InstanceCommand {
    /// Print the public key that signs the audit chain's heads
    Show(InstanceArguments),
    /// Hand over to a new key, which the old one signs
    Rotate(InstanceArguments),
}

#[derive(Debug, Clone, Args)]
pub(super) struct InstanceArguments {
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(command: &InstanceCommand) -> anyhow::Result<u8> {
    let (InstanceCommand::Show(arguments) | InstanceCommand::Rotate(arguments)) = command;
    let config = settings(arguments.store.config.as_deref())?;
    let mut instance = open_instance(&arguments.store, &config)?;
    if matches!(command, InstanceCommand::Rotate(_)) {
        instance.rotate_key(now(), &places::actor())?;
    }
    out::write(&instance.key().public_key_file())?;
    Ok(0)
}
