//! `source list` and `source ledger`.

use clap::Args;

use crate::cli::arguments::{ListFormatArgument, StoreArguments};
use crate::cli::out;
use crate::cli::settings::{open_store, settings};
use crate::domain::source::State;
use crate::render::{AskedLine, SourceLine, ledger_json, ledger_text, sources_json, sources_text};

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ListArguments {
    #[arg(long, value_enum, default_value_t = ListFormatArgument::Text)]
    format: ListFormatArgument,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct LedgerArguments {
    /// Only questions to this host, with its port where it is no usual one
    host: Option<String>,
    /// How many questions to show, the newest first
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    #[arg(long, value_enum, default_value_t = ListFormatArgument::Text)]
    format: ListFormatArgument,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(arguments: &ListArguments) -> anyhow::Result<u8> {
    let store = open_store(
        &arguments.store,
        &settings(arguments.store.config.as_deref())?,
    )?;
    let sources = store.sources()?;
    let lines: Vec<SourceLine<'_>> = sources
        .iter()
        .map(|source| SourceLine {
            number: source.position,
            url: &source.url,
            vendor: &source.vendor,
            kind: source.kind,
            origin: source.origin,
            state: source.state,
            asked_at: (source.address != source.url).then_some(source.address.as_str()),
            last_good: source.last_good,
            next: (source.state == State::Active).then_some(source.next_visit),
            interval: source.interval,
            failures: source.failures,
            reason: source.reason.as_deref(),
            entries: source.entries,
        })
        .collect();
    out::write(&match arguments.format {
        ListFormatArgument::Text => sources_text(&lines),
        ListFormatArgument::Json => sources_json(&lines),
    })?;
    Ok(0)
}

pub(super) fn run_ledger(arguments: &LedgerArguments) -> anyhow::Result<u8> {
    let store = open_store(
        &arguments.store,
        &settings(arguments.store.config.as_deref())?,
    )?;
    let asked = store.ledger(arguments.host.as_deref(), arguments.limit)?;
    let lines: Vec<AskedLine<'_>> = asked
        .iter()
        .map(|line| AskedLine {
            at: line.at,
            host: &line.host,
            url: &line.url,
            got: &line.got,
            bytes: line.bytes,
        })
        .collect();
    out::write(&match arguments.format {
        ListFormatArgument::Text => ledger_text(&lines),
        ListFormatArgument::Json => ledger_json(&lines),
    })?;
    Ok(0)
}
