//! `anchorwatch mail`: whether a mail is this instance's.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::arguments::StoreArguments;
use super::out;
use super::settings::{open_instance, settings};
use crate::formats::public_key::PublicKey;
use crate::service::watch::verify::verify;

/// As `check` says of what is forged.
const FORGED: u8 = 12;

#[derive(Debug, Subcommand)]
pub(super) enum MailCommand {
    /// Check the signature over a mail's alert
    Verify(VerifyArguments),
}

#[derive(Debug, Clone, Args)]
pub(super) struct VerifyArguments {
    /// The mail as it was saved
    #[arg(value_name = "FILE.eml")]
    file: PathBuf,
    /// The public key that was shown when the address was asked [default: this instance's]
    #[arg(long, value_name = "FILE")]
    key: Vec<PathBuf>,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(command: &MailCommand) -> anyhow::Result<u8> {
    let MailCommand::Verify(arguments) = command;
    let read = |path: &PathBuf| {
        std::fs::read(path).map_err(|error| out::Usage(format!("{}: {error}", path.display())))
    };
    let mail = read(&arguments.file)?;
    let mut files = vec![];
    for path in &arguments.key {
        files.push(read(path)?);
    }
    if files.is_empty() {
        let config = settings(arguments.store.config.as_deref())?;
        let instance = open_instance(&arguments.store, &config)?;
        files.push(instance.key().public_key_file().into_bytes());
    }
    let mut keys = vec![];
    for file in &files {
        keys.extend(PublicKey::read(file).map_err(|error| out::Usage(error.to_string()))?);
    }
    match verify(&mail, &keys) {
        Ok(json) => {
            out::write(&json)?;
            out::note("signed by a key at hand, for this mail");
            Ok(0)
        }
        Err(error) => {
            out::note(&error.to_string());
            Ok(FORGED)
        }
    }
}
