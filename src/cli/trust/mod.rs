//! `anchorwatch trust`: one file a subcommand.

mod import;
mod lint;
mod program;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum TrustCommand {
    /// Keep a root programme's list as it was seen on a day, and tell what changed; never trusts
    Import(import::ImportArguments),
    /// Show what a root programme listed on a day
    Program(program::ProgramArguments),
    /// Check a trust folder: each fault with its file, line and mend
    Lint(lint::LintArguments),
}

pub(super) fn run(command: &TrustCommand) -> anyhow::Result<u8> {
    match command {
        TrustCommand::Import(arguments) => import::run(arguments),
        TrustCommand::Program(arguments) => program::run(arguments),
        TrustCommand::Lint(arguments) => lint::run(arguments),
    }
}
