//! `anchorwatch trust import`.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use crate::cli::{arguments::instant, out, places, settings::now};
use crate::render::{import_json, import_text};
use crate::service::import::{ImportError, ImportRequest, import};
use crate::store::Store;

/// The longest wait for another writer of the store.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ImportArguments {
    /// The programme whose lists these are, such as `mozilla`
    #[arg(long, value_name = "NAME")]
    program: String,
    /// When the files were what the programme published: a date, or a time as in RFC 3339
    #[arg(long, value_name = "DATE", value_parser = instant)]
    seen: Timestamp,
    /// PEM or PKCS#7 bundles, authroot.stl, certdata.txt, CCADB reports, OpenPGP keyrings, TUF roots,
    /// sigstore's `trusted_root.json`, Java and PKCS#12 truststores
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Tell the events as JSON
    #[arg(long)]
    json: bool,
    /// Where lists are kept [default: the user's data folder]
    #[arg(long, value_name = "FILE", env = "ANCHORWATCH_STORE")]
    store: Option<PathBuf>,
}

pub(super) fn run(arguments: &ImportArguments) -> anyhow::Result<u8> {
    let path = arguments
        .store
        .clone()
        .or_else(places::store)
        .ok_or_else(|| {
            out::Usage("no place for the store is known; name one with --store".into())
        })?;
    let mut store = Store::open(&path, PATIENCE).map_err(told)?;
    let request = ImportRequest {
        programme: arguments.program.clone(),
        paths: arguments.files.clone(),
        seen: arguments.seen,
        now: now(),
    };
    let report = import(&request, &mut store).map_err(|error| match error {
        ImportError::Store(error) => told(error),
        error => out::Usage(format!("{error}\nnothing was kept: {}", error.hint())).into(),
    })?;
    out::write(&if arguments.json {
        import_json(&report)
    } else {
        import_text(&report)
    })?;
    Ok(0)
}

fn told(error: crate::store::StoreError) -> anyhow::Error {
    let hint = error.hint();
    anyhow::Error::from(error).context(format!("nothing was kept: {hint}"))
}
