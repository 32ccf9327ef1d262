//! `anchorwatch trust show`.

use clap::Args;

use super::read::{Form, ReadArguments};
use crate::cli::out;
use crate::render::trust::{show_anchor_json, show_anchor_text};
use crate::service::catalogue::shown;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ShowArguments {
    /// An id or the beginning of a fingerprint, a part of a name, or a vendor's slug
    #[arg(value_name = "ANCHOR")]
    anchor: String,
    #[command(flatten)]
    read: ReadArguments,
}

pub(super) fn run(arguments: &ShowArguments) -> anyhow::Result<u8> {
    let (view, at, _) = arguments.read.view()?;
    let found = shown(&view, &arguments.anchor, at);
    if found.is_empty() {
        return Err(out::Usage(format!("no anchor {} is known", arguments.anchor)).into());
    }
    out::write(&match arguments.read.format {
        Form::Text => {
            let texts: Vec<String> = found.iter().map(show_anchor_text).collect();
            texts.join("\n")
        }
        Form::Json => show_anchor_json(&found),
    })?;
    Ok(0)
}
