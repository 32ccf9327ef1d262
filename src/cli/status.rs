//! `anchorwatch distrust`, `retire` and `withdraw`.

use clap::Args;
use jiff::Timestamp;

use super::arguments::{TrustArguments, instant};
use super::out;
use super::settings::{folder_view, now, settings};
use super::speak::{SpeakerArguments, ask};
use crate::domain::{AnchorId, RecordId, Status};
use crate::service::change::{AskKind, build};

#[derive(Debug, Clone, Args)]
pub(super) struct DistrustArguments {
    /// An id, the beginning of a fingerprint, or a part of a name; a key that no folder has (a leaf,
    /// an intermediate) by its whole id
    #[arg(value_name = "ANCHOR")]
    anchor: String,
    /// From when on it is condemned
    #[arg(long, value_name = "DATE", value_parser = instant)]
    from: Timestamp,
    /// For this vendor alone
    #[arg(long, value_name = "SLUG")]
    vendor: Option<String>,
    /// Why, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    says: String,
    #[command(flatten)]
    speaker: SpeakerArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct RetireArguments {
    #[arg(value_name = "ANCHOR")]
    anchor: String,
    /// Since when the vendor does not sign by it
    #[arg(long, value_name = "DATE", value_parser = instant)]
    from: Timestamp,
    #[arg(long, value_name = "SLUG")]
    vendor: String,
    /// Why, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    says: String,
    #[command(flatten)]
    speaker: SpeakerArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct WithdrawArguments {
    /// The record, as `trust history` prints it
    #[arg(value_name = "RECORD")]
    record: RecordId,
    /// Why, in your own words
    #[arg(long, value_name = "TEXT")]
    says: String,
    #[command(flatten)]
    speaker: SpeakerArguments,
}

pub(super) fn distrust(arguments: &DistrustArguments) -> anyhow::Result<u8> {
    let anchor = named(&arguments.anchor, &arguments.speaker)?;
    let asked = build::status(
        AskKind::Distrust,
        &anchor,
        arguments.vendor.as_deref(),
        Status::Distrusted,
        arguments.from,
        &arguments.says,
    );
    ask(&arguments.speaker, &asked)
}

pub(super) fn retire(arguments: &RetireArguments) -> anyhow::Result<u8> {
    let anchor = named(&arguments.anchor, &arguments.speaker)?;
    let asked = build::status(
        AskKind::Retire,
        &anchor,
        Some(&arguments.vendor),
        Status::Retired,
        arguments.from,
        &arguments.says,
    );
    ask(&arguments.speaker, &asked)
}

pub(super) fn withdraw(arguments: &WithdrawArguments) -> anyhow::Result<u8> {
    ask(
        &arguments.speaker,
        &build::withdraw(arguments.record, &arguments.says),
    )
}

/// The one anchor that is meant.
pub(super) fn named(typed: &str, speaker: &SpeakerArguments) -> anyhow::Result<AnchorId> {
    if let Ok(id) = typed.parse() {
        return Ok(id);
    }
    let config = settings(speaker.store.config.as_deref())?;
    let view = folder_view(&TrustArguments::default(), &speaker.store, &config, now())?;
    match view.anchors_named(typed).as_slice() {
        [] => Err(out::Usage(format!("no anchor {typed} is known")).into()),
        [id] => Ok(id.clone()),
        many => {
            let ids: Vec<String> = many.iter().map(ToString::to_string).collect();
            Err(out::Usage(format!("{typed} may be any of {}", ids.join(", "))).into())
        }
    }
}
