//! `anchorwatch propose`: a root or a vendor's key.

use std::path::PathBuf;

use clap::Args;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::arguments::{TrustArguments, instant};
use super::out;
use super::settings::{folder_view, now, settings};
use super::speak::{SpeakerArguments, ask};
use crate::domain::Status;
use crate::formats::trust_folder::ValidFromIs;
use crate::formats::trust_folder::write::FirstStatus;
use crate::render::continuity;
use crate::service::change::build;

#[derive(Debug, Clone, Args)]
pub(super) struct ProposeArguments {
    /// Certificates of one key (PEM, DER, p7b), or a public key (OpenPGP, minisign, signify, SSH,
    /// PEM)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The vendor whose key it is
    #[arg(long, value_name = "SLUG")]
    vendor: String,
    /// What shows it: an address, in your own words; may be given more than once
    #[arg(long, value_name = "TEXT", required = true)]
    evidence: Vec<String>,
    /// Since when it holds; without it the date is today's, as first seen
    #[arg(long, value_name = "DATE", value_parser = instant)]
    valid_from: Option<Timestamp>,
    /// Why, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    says: String,
    #[command(flatten)]
    speaker: SpeakerArguments,
}

pub(super) fn run(arguments: &ProposeArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.speaker.store.config.as_deref())?;
    let now = now();
    let view = folder_view(
        &TrustArguments::default(),
        &arguments.speaker.store,
        &config,
        now,
    )?;
    let day = |instant: Timestamp| instant.to_zoned(TimeZone::UTC).date();
    let status = FirstStatus {
        status: Status::Active,
        valid_from: day(arguments.valid_from.unwrap_or(now)),
        valid_from_is: match arguments.valid_from {
            Some(_) => ValidFromIs::Stated,
            None => ValidFromIs::Observed,
        },
        recorded: day(now),
        evidence: arguments.evidence.clone(),
        says: arguments.says.clone(),
    };
    let (asked, proofs) = build::root(&view, &arguments.vendor, &arguments.file, &status, now)?;
    out::write(&continuity(&proofs))?;
    ask(&arguments.speaker, &asked)
}
