//! `source pause`, `resume` and `remove`.

use clap::Args;

use crate::cli::arguments::StoreArguments;
use crate::cli::out;
use crate::cli::settings::{now, open_store_patiently, settings};
use crate::domain::source::State;
use crate::render::plain;
use crate::store::Store;
use crate::store::sources::Source;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct StopArguments {
    /// Its number in `source list`, or its address
    source: String,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(arguments: &StopArguments, state: State) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let mut store = open_store_patiently(&arguments.store, &config)?;
    let source = named(&store, &arguments.source)?;
    store.set_source_state(source.position, state, now())?;
    out::write(&format!(
        "{} {}: {}\n",
        source.position,
        plain(&source.url),
        state.word()
    ))?;
    Ok(0)
}

/// The source that somebody named.
pub(in crate::cli) fn named(store: &Store, what: &str) -> anyhow::Result<Source> {
    store.source(what)?.ok_or_else(|| {
        out::Usage(format!(
            "no source has the number or address {what}; see `source list`"
        ))
        .into()
    })
}
