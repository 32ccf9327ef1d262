//! `anchorwatch trust proposals`: what somebody asked for, and what was said to it.

use std::fmt::Write as _;

use clap::Args;

use crate::cli::arguments::StoreArguments;
use crate::cli::out;
use crate::cli::settings::{open_store, settings};
use crate::render::plain;
use crate::service::change::Ask;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct ProposalsArguments {
    /// Those that were applied or rejected, too
    #[arg(long)]
    all: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run(arguments: &ProposalsArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let store = open_store(&arguments.store, &config)?;
    let (mut text, mut told) = (String::new(), vec![]);
    for one in store.proposals(!arguments.all)? {
        let ask = Ask::from_json(&one.proposal.asks)?;
        let state = one.outcome.as_deref().unwrap_or("open");
        let files: Vec<&str> = ask.files.iter().map(|(path, _)| path.as_str()).collect();
        let statuses: Vec<String> = ask
            .records
            .iter()
            .map(|record| {
                format!(
                    "{} from {}",
                    record.status,
                    record.valid_from.strftime("%F")
                )
            })
            .collect();
        let words = store.words(&one)?;
        let _ = writeln!(
            text,
            "{} {state} {} {} for {}, asked by {}",
            one.id,
            ask.kind.word(),
            plain(ask.anchor.as_deref().unwrap_or("-")),
            plain(ask.vendor.as_deref().unwrap_or("everybody")),
            plain(&one.proposal.proposer),
        );
        for line in std::iter::once(ask.says.as_str())
            .filter(|says| !says.is_empty())
            .chain(files.iter().copied())
            .chain(statuses.iter().map(String::as_str))
        {
            let _ = writeln!(text, "  {}", plain(line));
        }
        for word in &words {
            let _ = writeln!(text, "  {} {}", word.word, plain(&word.speaker));
        }
        told.push(serde_json::json!({
            "id": one.id.to_string(),
            "state": state,
            "kind": ask.kind.word(),
            "vendor": ask.vendor,
            "anchor": ask.anchor,
            "proposer": one.proposal.proposer,
            "known_from": one.known_from.to_string(),
            "says": ask.says,
            "files": files,
            "statuses": statuses,
            "words": words.iter().map(|word| serde_json::json!({
                "word": word.word,
                "speaker": word.speaker,
                "known_from": word.known_from.to_string(),
            })).collect::<Vec<_>>(),
        }));
    }
    if arguments.json {
        let document = serde_json::json!({"schema": 1, "proposals": told});
        text = crate::render::plain_json(&format!("{document:#}\n"));
    } else if text.is_empty() {
        text.push_str("nothing is asked\n");
    }
    out::write(&text)?;
    Ok(0)
}
