//! `anchorwatch formats`.

use super::arguments::FormatsArguments;
use super::out;
use crate::render::{formats_json, formats_text};
use crate::service::formats::formats;

pub(super) fn run(arguments: &FormatsArguments) -> anyhow::Result<u8> {
    let lines = formats();
    out::write(&if arguments.json {
        formats_json(&lines)
    } else {
        formats_text(&lines)
    })?;
    Ok(0)
}
