//! `anchorwatch confirm` and `anchorwatch reject`.

use std::path::PathBuf;

use clap::Args;

use super::settings::{now, open_instance, settings};
use super::speak::{SpeakerArguments, consequences, policy, told};
use super::{out, places};
use crate::domain::RecordId;
use crate::service::change::{Confirmation, Speaker, confirm, reject, to_sign};

#[derive(Debug, Clone, Args)]
pub(super) struct ConfirmArguments {
    /// The proposal, as `propose` printed it
    #[arg(value_name = "ID")]
    id: RecordId,
    /// The fingerprint as it was read out, in any grouping
    #[arg(long, value_name = "HEX", default_value = "")]
    fingerprint: String,
    /// How you spoke: phone, meeting, letter
    #[arg(long, default_value = "")]
    channel: String,
    /// With whom
    #[arg(long, default_value = "")]
    whom: String,
    /// Where the contact came from; never from the package in doubt
    #[arg(long, value_name = "TEXT", default_value = "")]
    contact_from: String,
    /// Print what is to be signed, and change nothing
    #[arg(long)]
    print: bool,
    /// A signature made elsewhere over what --print printed: minisign, or `ssh-keygen -Y sign -n
    /// anchorwatch`
    #[arg(long, value_name = "FILE", conflicts_with = "sign_with")]
    signature: Option<PathBuf>,
    #[command(flatten)]
    speaker: SpeakerArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct RejectArguments {
    #[arg(value_name = "ID")]
    id: RecordId,
    /// Why, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    says: String,
    #[command(flatten)]
    speaker: SpeakerArguments,
}

pub(super) fn run(arguments: &ConfirmArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.speaker.store.config.as_deref())?;
    let mut instance = open_instance(&arguments.speaker.store, &config)?;
    let confirmation = Confirmation {
        fingerprint: arguments.fingerprint.clone(),
        channel: arguments.channel.clone(),
        whom: arguments.whom.clone(),
        contact_from: arguments.contact_from.clone(),
    };
    if arguments.print {
        out::write(&to_sign(&instance, arguments.id, &confirmation)?)?;
        return Ok(0);
    }
    let signature = arguments
        .signature
        .as_ref()
        .map(|path| {
            std::fs::read(path).map_err(|error| out::Usage(format!("{}: {error}", path.display())))
        })
        .transpose()?;
    let (key, actor) = (arguments.speaker.key()?, places::actor());
    let speaker = match (&key, &signature) {
        (Some(key), _) => key.speaker(),
        (None, Some(file)) => Speaker::Signature(file),
        (None, None) => Speaker::User(&actor),
    };
    let outcome = confirm(
        &mut instance,
        arguments.id,
        &confirmation,
        &speaker,
        &policy(&config),
        now(),
    )?;
    out::write(&told(&outcome))?;
    drop(instance);
    consequences(&outcome, &arguments.speaker.store, &config)?;
    Ok(0)
}

pub(super) fn run_reject(arguments: &RejectArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.speaker.store.config.as_deref())?;
    let mut instance = open_instance(&arguments.speaker.store, &config)?;
    let (key, actor) = (arguments.speaker.key()?, places::actor());
    let speaker = match &key {
        Some(key) => key.speaker(),
        None => Speaker::User(&actor),
    };
    let outcome = reject(
        &mut instance,
        arguments.id,
        &speaker,
        &arguments.says,
        now(),
    )?;
    out::write(&told(&outcome))?;
    Ok(0)
}
