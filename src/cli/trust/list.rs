//! `anchorwatch trust list`.

use clap::Args;

use super::read::{Form, ReadArguments};
use crate::cli::out;
use crate::judge::trust::Scope;
use crate::render::trust::{list_json, list_text};

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ListArguments {
    /// Only what stands for this vendor
    #[arg(long, value_name = "SLUG")]
    vendor: Option<String>,
    #[command(flatten)]
    read: ReadArguments,
}

pub(super) fn run(arguments: &ListArguments) -> anyhow::Result<u8> {
    let (view, at, known_at) = arguments.read.view()?;
    let mut listed = view.listing(at);
    if let Some(slug) = &arguments.vendor {
        listed.retain(|one| one.scope == Scope::Vendor(slug.clone()));
    }
    out::write(&match arguments.read.format {
        Form::Text => list_text(&listed),
        Form::Json => list_json(&listed, at, known_at),
    })?;
    Ok(0)
}
