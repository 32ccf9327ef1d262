//! `anchorwatch pin`: the signer rule that an unpinned file suggests.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use jiff::tz::TimeZone;

use super::arguments::TrustArguments;
use super::out;
use super::settings::{folder_view, now, profile, settings};
use super::speak::{SpeakerArguments, ask};
use crate::service::change::build::{PinRequest, pin};
use crate::service::show::{Shown, show};

#[derive(Debug, Clone, Args)]
pub(super) struct PinArguments {
    /// The signed file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The vendor whose signer it shows
    #[arg(long, value_name = "SLUG")]
    vendor: String,
    /// The rule's name, which begins with local- [default: local- and today's date]
    #[arg(long)]
    name: Option<String>,
    /// Pin the leaf's key even where an identity could be told
    #[arg(long)]
    leaf: bool,
    /// Only print the files, as they would stand in a trust folder
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    speaker: SpeakerArguments,
}

pub(super) fn run(arguments: &PinArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.speaker.store.config.as_deref())?;
    let now = now();
    let trust = TrustArguments::default();
    let view = folder_view(&trust, &arguments.speaker.store, &config, now)?;
    let package = match show(&arguments.file, &view, now, profile(&trust, &config)) {
        Shown::Package(package) => package,
        Shown::Certificates(_) => {
            return Err(out::Usage("certificates are no signed file".to_owned()).into());
        }
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    let name = arguments
        .name
        .clone()
        .unwrap_or_else(|| format!("local-{today}"));
    let request = PinRequest {
        vendor: &arguments.vendor,
        name: &name,
        leaf_only: arguments.leaf,
        today,
    };
    let asked = pin(&view, &package, &request)?;
    let files = asked
        .files
        .iter()
        .fold(String::new(), |mut text, (path, file)| {
            let _ = write!(text, "# {path}\n{file}\n");
            text
        });
    out::write(&files)?;
    if arguments.print {
        return Ok(0);
    }
    ask(&arguments.speaker, &asked)
}
