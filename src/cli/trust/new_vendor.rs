//! `anchorwatch trust new-vendor`.

use std::path::PathBuf;

use clap::Args;

use super::add_root::tell;
use crate::service::draft::new_vendor;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct NewVendorArguments {
    /// Lower-case letters, digits and hyphens
    #[arg(value_name = "SLUG")]
    slug: String,
    /// The vendor's name
    #[arg(long)]
    name: String,
    #[arg(long, value_name = "URL", default_value = "")]
    homepage: String,
    /// The trust folder to write into
    #[arg(long, value_name = "DIR", default_value = "trust")]
    into: PathBuf,
}

pub(super) fn run(arguments: &NewVendorArguments) -> anyhow::Result<u8> {
    let written = new_vendor(
        &arguments.into,
        &arguments.slug,
        &arguments.name,
        &arguments.homepage,
    )?;
    tell(&written)
}
