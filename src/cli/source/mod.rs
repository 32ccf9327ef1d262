//! `anchorwatch source`: where announcements are read.

mod add;
mod exchange;
mod list;
mod means;
mod stop;
mod test;

pub(super) use means::{TrustFolder, means, stated, visit_line};

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(super) enum SourceCommand {
    /// Watch an address: a feed, a CSAF provider, or a page. Without --kind the address is asked what
    /// it is
    Add(add::AddArguments),
    /// List every source: how it stands, when it was last good, when it is asked next
    List(list::ListArguments),
    /// Ask a source now, and tell what would be kept, keeping nothing
    Test(test::TestArguments),
    /// Ask a source no more until it is resumed
    Pause(stop::StopArguments),
    /// Ask a source again that was paused or has stopped
    Resume(stop::StopArguments),
    /// Take a source out; what it brought is kept
    Remove(stop::StopArguments),
    /// Show which host was asked what, when, and what it answered
    Ledger(list::LedgerArguments),
    /// Print the sources as OPML
    Export(exchange::ExportArguments),
    /// Add the sources of an OPML file
    Import(exchange::ImportArguments),
}

pub(super) fn run(command: &SourceCommand) -> anyhow::Result<u8> {
    use crate::domain::source::State;
    match command {
        SourceCommand::Add(arguments) => add::run(arguments),
        SourceCommand::List(arguments) => list::run(arguments),
        SourceCommand::Test(arguments) => test::run(arguments),
        SourceCommand::Pause(arguments) => stop::run(arguments, State::Paused),
        SourceCommand::Resume(arguments) => stop::run(arguments, State::Active),
        SourceCommand::Remove(arguments) => stop::run(arguments, State::Removed),
        SourceCommand::Ledger(arguments) => list::run_ledger(arguments),
        SourceCommand::Export(arguments) => exchange::export(arguments),
        SourceCommand::Import(arguments) => exchange::import(arguments),
    }
}
