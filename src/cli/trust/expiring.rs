//! `anchorwatch trust expiring`.

use clap::Args;
use jiff::ToSpan as _;

use super::read::{Form, ReadArguments};
use crate::cli::out;
use crate::judge::trust::expiring;
use crate::render::trust::{expiring_json, expiring_text};

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ExpiringArguments {
    /// How far to look ahead, in days (90d) or weeks (12w)
    #[arg(long, value_name = "SPAN", default_value = "90d", value_parser = days)]
    within: i64,
    #[command(flatten)]
    read: ReadArguments,
}

pub(super) fn run(arguments: &ExpiringArguments) -> anyhow::Result<u8> {
    let (view, at, _) = arguments.read.view()?;
    let hours = arguments.within.saturating_mul(24);
    let until = at.checked_add(hours.hours())?;
    let found = expiring(&view, at, until);
    out::write(&match arguments.read.format {
        Form::Text => expiring_text(&found),
        Form::Json => expiring_json(&found),
    })?;
    Ok(0)
}

fn days(text: &str) -> Result<i64, String> {
    let wrong = || "expected days or weeks such as 90d or 12w".to_owned();
    let (number, factor) = match text.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (text.strip_suffix('d').unwrap_or(text), 1),
    };
    let number: u16 = number.parse().map_err(|_| wrong())?;
    Ok(i64::from(number) * factor)
}
