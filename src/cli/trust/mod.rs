//! `anchorwatch trust`: one file a subcommand.

mod lint;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum TrustCommand {
    /// Check a trust folder: each fault with its file, line and mend
    Lint(lint::LintArguments),
}

pub(super) fn run(command: &TrustCommand) -> anyhow::Result<u8> {
    match command {
        TrustCommand::Lint(arguments) => lint::run(arguments),
    }
}
