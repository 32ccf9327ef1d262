//! `anchorwatch trust add-root`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{ArgGroup, Args};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::cli::arguments::instant;
use crate::cli::out;
use crate::cli::settings::now;
use crate::domain::Status;
use crate::formats::trust_folder::ValidFromIs;
use crate::formats::trust_folder::write::FirstStatus;
use crate::render::plain;
use crate::service::draft::{KeyPlace, add_root};

#[derive(Debug, Clone, Args)]
#[command(group = ArgGroup::new("place").required(true).args(["vendor", "shared", "tsa"]))]
pub(in crate::cli) struct AddRootArguments {
    /// Certificates of one key (PEM, DER, p7b), or a public key (OpenPGP, minisign, signify, SSH,
    /// PEM)
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The vendor whose own key it is
    #[arg(long, value_name = "SLUG")]
    vendor: Option<String>,
    /// A key under which others' code is signed
    #[arg(long)]
    shared: bool,
    /// A timestamping authority's key
    #[arg(long)]
    tsa: bool,
    /// What shows it, in your own words or as an address; may be given more than once
    #[arg(long, value_name = "TEXT", required_unless_present = "shared")]
    evidence: Vec<String>,
    #[arg(long, default_value = "active", value_parser = status)]
    status: Status,
    /// Since when it holds; without it the date is today's, as first seen
    #[arg(long, value_name = "DATE", value_parser = instant)]
    valid_from: Option<Timestamp>,
    /// Why, in your own words
    #[arg(long, value_name = "TEXT", default_value = "")]
    says: String,
    /// The trust folder to write into
    #[arg(long, value_name = "DIR", default_value = "trust")]
    into: PathBuf,
}

pub(super) fn run(arguments: &AddRootArguments) -> anyhow::Result<u8> {
    let place = match &arguments.vendor {
        Some(slug) => KeyPlace::Vendor(slug.clone()),
        None if arguments.shared => KeyPlace::Shared,
        None => KeyPlace::Timestamping,
    };
    let today = day(now());
    let status = FirstStatus {
        status: arguments.status,
        valid_from: arguments.valid_from.map_or(today, day),
        valid_from_is: match arguments.valid_from {
            Some(_) => ValidFromIs::Stated,
            None => ValidFromIs::Observed,
        },
        recorded: today,
        evidence: arguments.evidence.clone(),
        says: arguments.says.clone(),
    };
    // A shared root may stand without a status: it vouches for nobody.
    let status = (!arguments.evidence.is_empty()).then_some(&status);
    tell(&add_root(&arguments.into, &place, &arguments.file, status)?)
}

/// The files to review, one a line.
pub(super) fn tell(written: &[PathBuf]) -> anyhow::Result<u8> {
    let lines = written.iter().fold(String::new(), |mut text, path| {
        let _ = writeln!(text, "{}", plain(&path.display().to_string()));
        text
    });
    out::write(&lines)?;
    Ok(0)
}

fn day(instant: Timestamp) -> Date {
    instant.to_zoned(TimeZone::UTC).date()
}

fn status(word: &str) -> Result<Status, String> {
    Status::from_word(word)
        .ok_or_else(|| "expected a status such as active or announced".to_owned())
}
