//! `anchorwatch trust lint`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;

use crate::cli::out;
use crate::render::plain;
use crate::service::trust::lint_folder;

/// As for a folder that cannot be loaded: it was named by somebody, and is to be mended.
const FAULTS: u8 = 2;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct LintArguments {
    /// The trust folder
    #[arg(default_value = "trust", value_name = "DIR")]
    folder: PathBuf,
}

pub(super) fn run(arguments: &LintArguments) -> anyhow::Result<u8> {
    let found = lint_folder(&arguments.folder)?;
    let mut report = String::new();
    for lint in &found {
        let _ = writeln!(report, "{}", plain(&lint.to_string()));
    }
    out::write(&report)?;
    Ok(if found.is_empty() { 0 } else { FAULTS })
}
