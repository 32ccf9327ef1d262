//! `anchorwatch ack` and `anchorwatch silence`.

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Timestamp};

use super::arguments::{StoreArguments, instant};
use super::settings::{now, open_watch};
use super::team::span;
use super::{out, places};
use crate::render::watch::silences_text;
use crate::store::{KeptSilence, NewSilence};

#[derive(Debug, Clone, Args)]
pub(super) struct AckArguments {
    /// The event's number, as the mail says it
    id: i64,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum SilenceCommand {
    /// Hold back mail about a vendor for a while
    Add(AddArguments),
    /// End a silence before its time
    End {
        id: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// List silences with what each held back
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(Debug, Clone, Args)]
pub(super) struct AddArguments {
    /// A vendor's slug or a pattern; '*' for all
    #[arg(long, value_name = "SLUG")]
    vendor: String,
    /// A kind of event or a pattern
    #[arg(long, value_name = "KIND", default_value = "*")]
    kind: String,
    #[arg(long)]
    why: String,
    /// For how long: 30m, 4h, 3d
    #[arg(long = "for", value_name = "SPAN", value_parser = span, conflicts_with = "until",
          required_unless_present = "until")]
    span: Option<SignedDuration>,
    /// Until when: a date, or a time as in RFC 3339
    #[arg(long, value_name = "TIME", value_parser = instant)]
    until: Option<Timestamp>,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run_ack(arguments: &AckArguments) -> anyhow::Result<u8> {
    let (mut store, _) = open_watch(&arguments.store)?;
    let who = places::actor();
    let Some(thread) = store.acknowledge(arguments.id, &who, now())? else {
        return Err(out::Usage(format!("there is no event {}", arguments.id)).into());
    };
    out::write(&format!(
        "{who} takes care of {}\n",
        crate::render::plain(&thread)
    ))?;
    Ok(0)
}

pub(super) fn run(command: &SilenceCommand) -> anyhow::Result<u8> {
    match command {
        SilenceCommand::Add(arguments) => {
            let (mut store, _) = open_watch(&arguments.store)?;
            let from = now();
            let until = match (arguments.until, arguments.span) {
                (Some(until), _) => until,
                (None, span) => from.checked_add(span.unwrap_or_default())?,
            };
            if until <= from {
                return Err(out::Usage(format!("{until} is past")).into());
            }
            let id = store.silence(&NewSilence {
                who: places::actor(),
                why: arguments.why.clone(),
                vendor: arguments.vendor.clone(),
                kind: arguments.kind.clone(),
                from,
                until,
            })?;
            out::write(&format!("silence {id} until {until}\n"))?;
        }
        SilenceCommand::End { id, store } => {
            if !open_watch(store)?.0.end_silence(*id, now())? {
                return Err(out::Usage(format!("no silence {id} holds")).into());
            }
        }
        SilenceCommand::List { store } => {
            let now = now();
            let kept = open_watch(store)?.0.silences()?;
            let rows: Vec<Vec<String>> = kept.iter().map(|one| row(one, now)).collect();
            out::write(&silences_text(&rows))?;
        }
    }
    Ok(0)
}

fn row(kept: &KeptSilence, now: Timestamp) -> Vec<String> {
    let state = match kept.ended_at {
        Some(_) => "ended",
        None if kept.silence.until <= now => "over",
        None => "holds",
    };
    vec![
        kept.silence.id.to_string(),
        kept.silence.vendor.clone(),
        kept.silence.kind.clone(),
        kept.silence.until.strftime("%FT%RZ").to_string(),
        kept.who.clone(),
        kept.why.clone(),
        kept.suppressed.to_string(),
        state.to_owned(),
    ]
}
