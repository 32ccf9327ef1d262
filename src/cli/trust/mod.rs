//! `anchorwatch trust`: one file a subcommand.

mod add_root;
mod diff;
mod expiring;
mod history;
mod import;
mod lint;
mod list;
mod load;
mod new_vendor;
mod program;
mod proposals;
mod read;
mod show;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum TrustCommand {
    /// List every anchor: for whom, how it stands, since when
    List(list::ListArguments),
    /// Show an anchor, or every anchor of a vendor, with timeline, rules and rotations
    Show(show::ShowArguments),
    /// Tell what was learnt about an anchor, when, and what was taken back
    History(history::HistoryArguments),
    /// Compare what was known, and held, on two dates
    Diff(diff::DiffArguments),
    /// List what runs out soon and has no active successor
    Expiring(expiring::ExpiringArguments),
    /// Record what a trust folder says, as proposals unless it is authority
    Load(load::LoadArguments),
    /// List what somebody asked for: the open proposals, with their ids
    Proposals(proposals::ProposalsArguments),
    /// Keep a root programme's list as it was seen on a day, and tell what changed; never trusts
    Import(import::ImportArguments),
    /// Show what a root programme listed on a day
    Program(program::ProgramArguments),
    /// Check a trust folder: each fault with its file, line and mend
    Lint(lint::LintArguments),
    /// Write a vendor's profile into a trust folder, to be filled in and reviewed
    NewVendor(new_vendor::NewVendorArguments),
    /// Write a key's files into a trust folder, to be reviewed
    AddRoot(add_root::AddRootArguments),
}

pub(super) fn run(command: &TrustCommand) -> anyhow::Result<u8> {
    match command {
        TrustCommand::List(arguments) => list::run(arguments),
        TrustCommand::Show(arguments) => show::run(arguments),
        TrustCommand::History(arguments) => history::run(arguments),
        TrustCommand::Diff(arguments) => diff::run(arguments),
        TrustCommand::Expiring(arguments) => expiring::run(arguments),
        TrustCommand::Load(arguments) => load::run(arguments),
        TrustCommand::Proposals(arguments) => proposals::run(arguments),
        TrustCommand::Import(arguments) => import::run(arguments),
        TrustCommand::Program(arguments) => program::run(arguments),
        TrustCommand::Lint(arguments) => lint::run(arguments),
        TrustCommand::NewVendor(arguments) => new_vendor::run(arguments),
        TrustCommand::AddRoot(arguments) => add_root::run(arguments),
    }
}
