//! `anchorwatch poll`.

use clap::Args;

use super::arguments::{ListFormatArgument, StoreArguments};
use super::blast::follow_up_posts;
use super::out;
use super::settings::{now, settings};
use super::source::{TrustFolder, means, stated, visit_line};
use crate::render::{VisitLine, poll_json, poll_text};
use crate::service::poll::{PollReport, poll_and_wait, watch_and_wait};

#[derive(Debug, Clone, Args)]
pub(super) struct PollArguments {
    /// Ask this source now, whatever its schedule: its number in `source list`, or its address
    source: Option<String>,
    /// Ask what is due and end, instead of going on as sources become due
    #[arg(long)]
    once: bool,
    #[arg(long, value_enum, default_value_t = ListFormatArgument::Text)]
    format: ListFormatArgument,
    #[command(flatten)]
    trust: TrustFolder,
    #[command(flatten)]
    store: StoreArguments,
}

/// 1 when the one source that was named failed.
pub(super) fn run(arguments: &PollArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let (view, mut store) = arguments.trust.open(&arguments.store, &config)?;
    let mut means = means(&*view, &config)?;
    store.sync_sources(&stated(&*view, &config), now())?;
    let format = arguments.format;
    if let Some(what) = &arguments.source {
        let source = store.source(what)?.ok_or_else(|| {
            out::Usage(format!(
                "no source has the number or address {what}; see `source list`"
            ))
        })?;
        let report = poll_and_wait(vec![source], &mut store, &mut means)?;
        tell(&report, format)?;
        follow_up_posts(&arguments.store, &config)?;
        let failed = report
            .visits
            .iter()
            .any(|visit| !matches!(visit.end.word(), "good" | "unchanged"));
        return Ok(u8::from(failed));
    }
    if arguments.once {
        let due = store.due_sources(now())?;
        tell(&poll_and_wait(due, &mut store, &mut means)?, format)?;
        follow_up_posts(&arguments.store, &config)?;
        return Ok(0);
    }
    let mut trouble = None;
    let trouble_seen = std::cell::Cell::new(false);
    watch_and_wait(
        &mut store,
        &mut means,
        &mut || trouble_seen.get(),
        &mut |report| {
            let told = tell(report, format).and_then(|()| {
                // What came may explain keys that were flagged before.
                follow_up_posts(&arguments.store, &config).map(drop)
            });
            if let Err(error) = told {
                trouble = Some(error);
                trouble_seen.set(true);
            }
        },
    )?;
    trouble.map_or(Ok(0), Err)
}

fn tell(report: &PollReport, format: ListFormatArgument) -> anyhow::Result<()> {
    let lines: Vec<VisitLine<'_>> = report.visits.iter().map(visit_line).collect();
    out::write(&match format {
        ListFormatArgument::Text => poll_text(&lines),
        ListFormatArgument::Json => poll_json(&lines),
    })
}
