//! `anchorwatch trust program`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use crate::cli::{arguments::instant, out, places, settings::now};
use crate::render::{contents_json, contents_text};
use crate::service::import::contents;
use crate::store::Store;

/// The longest wait for a writer of the store.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ProgramArguments {
    /// A programme whose lists were imported
    #[arg(value_name = "NAME")]
    program: String,
    /// The day that is asked about: a date, or a time as in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    at: Option<Timestamp>,
    /// What this store knew then [default: now]
    #[arg(long, value_name = "TIME", value_parser = instant)]
    known_at: Option<Timestamp>,
    #[arg(long)]
    json: bool,
    /// Where lists are kept [default: the user's data folder]
    #[arg(long, value_name = "FILE", env = "ANCHORWATCH_STORE")]
    store: Option<PathBuf>,
}

pub(super) fn run(arguments: &ProgramArguments) -> anyhow::Result<u8> {
    let path = arguments
        .store
        .clone()
        .or_else(places::store)
        .ok_or_else(|| {
            out::Usage("no place for the store is known; name one with --store".into())
        })?;
    let store = Store::open(&path, PATIENCE)?;
    let names = store.programmes().names()?;
    if !names.contains(&arguments.program) {
        return Err(out::Usage(format!(
            "nothing of a programme {} was imported; known: {}",
            arguments.program,
            names.join(", ")
        ))
        .into());
    }
    let at = arguments.at.unwrap_or_else(now);
    let known_at = arguments.known_at.unwrap_or(Timestamp::MAX);
    let found = contents(&store, &arguments.program, at, known_at)?;
    out::write(&if arguments.json {
        contents_json(&found)
    } else {
        contents_text(&found)
    })?;
    Ok(0)
}
