//! `anchorwatch trust diff`.

use clap::Args;
use jiff::Timestamp;

use super::read::{Form, ReadArguments};
use crate::cli::arguments::instant;
use crate::cli::out;
use crate::judge::trust::difference;
use crate::render::trust::{difference_json, difference_text};

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct DiffArguments {
    /// What was known then, and how it stood then (or at --at)
    #[arg(value_name = "DATE1", value_parser = instant)]
    before: Timestamp,
    #[arg(value_name = "DATE2", value_parser = instant)]
    after: Timestamp,
    #[command(flatten)]
    read: ReadArguments,
}

pub(super) fn run(arguments: &DiffArguments) -> anyhow::Result<u8> {
    let read = &arguments.read;
    let before = read.view_known_at(Some(arguments.before))?;
    let after = read.view_known_at(Some(arguments.after))?;
    let found = difference(
        (&before, read.at.unwrap_or(arguments.before)),
        (&after, read.at.unwrap_or(arguments.after)),
    );
    out::write(&match read.format {
        Form::Text => difference_text(&found),
        Form::Json => difference_json(&found),
    })?;
    Ok(0)
}
