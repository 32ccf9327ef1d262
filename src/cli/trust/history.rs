//! `anchorwatch trust history`.

use clap::Args;

use super::read::{Form, ReadArguments};
use crate::cli::out;
use crate::cli::settings::{open_store, settings};
use crate::judge::trust::View as _;
use crate::render::trust::{history_json, history_text};
use crate::service::catalogue::history;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct HistoryArguments {
    /// An id or the beginning of a fingerprint, or a part of a name
    #[arg(value_name = "ANCHOR")]
    anchor: String,
    #[command(flatten)]
    read: ReadArguments,
}

pub(super) fn run(arguments: &HistoryArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.read.store.config.as_deref())?;
    // The view comes first: it records the shipped folder, if that is new.
    let (view, _, _) = arguments.read.view()?;
    let store = open_store(&arguments.read.store, &config)?;
    let mut ids = view.anchors_named(&arguments.anchor);
    // What has only records, as a leaf that was distrusted, no file speaks of.
    ids.extend(arguments.anchor.parse().ok());
    ids.sort();
    ids.dedup();
    let mut texts = vec![];
    let mut all = vec![];
    for id in ids {
        let learnt = history(&store, &id)?;
        if !learnt.is_empty() {
            let name = view
                .anchor(&id)
                .map_or_else(|| id.to_string(), |anchor| format!("{} {id}", anchor.name));
            texts.push(history_text(&name, &learnt));
            all.extend(learnt);
        }
    }
    if all.is_empty() {
        return Err(out::Usage(format!("nothing was learnt of {}", arguments.anchor)).into());
    }
    out::write(&match arguments.read.format {
        Form::Text => texts.join("\n"),
        Form::Json => history_json(&all),
    })?;
    Ok(0)
}
