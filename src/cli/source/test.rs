//! `source test`.

use clap::Args;

use super::add::{KindArgument, web_address};
use super::means::{TrustFolder, means, visit_line};
use crate::cli::arguments::{ListFormatArgument, StoreArguments};
use crate::cli::out;
use crate::cli::settings::{now, settings};
use crate::domain::source::Kind;
use crate::render::{TrialLine, trial_json, trial_text};
use crate::service::poll::try_out;
use crate::store::sources::Source;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct TestArguments {
    /// Its number in `source list`, or an address
    source: String,
    /// What stands there, for an address that is not in the list
    #[arg(long, value_enum)]
    kind: Option<KindArgument>,
    /// The vendor whose news it brings, for an address that is not in the list
    #[arg(long, value_name = "SLUG", default_value = "")]
    vendor: String,
    #[arg(long, value_enum, default_value_t = ListFormatArgument::Text)]
    format: ListFormatArgument,
    #[command(flatten)]
    trust: TrustFolder,
    #[command(flatten)]
    store: StoreArguments,
}

/// 1 when the source would fail.
pub(super) fn run(arguments: &TestArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let (view, mut store) = arguments.trust.open(&arguments.store, &config)?;
    let mut means = means(&*view, &config)?;
    let source = match store.source(&arguments.source)? {
        Some(source) => source,
        None => {
            let kind = arguments.kind.map_or(Kind::Feed, Kind::from);
            let url = web_address(&arguments.source)?;
            Source::tried(&url, &arguments.vendor, kind, now())
        }
    };
    let trial = try_out(source, &mut store, &mut means)?;
    let visit = visit_line(&trial.visit);
    let posts: Vec<TrialLine<'_>> = trial
        .posts
        .iter()
        .map(|post| TrialLine {
            url: &post.url,
            title: &post.title,
            score: post.score,
            identities: post.identities,
            files: &post.files,
        })
        .collect();
    out::write(&match arguments.format {
        ListFormatArgument::Text => trial_text(&visit, trial.entries, &posts),
        ListFormatArgument::Json => trial_json(&visit, trial.entries, &posts),
    })?;
    Ok(u8::from(!matches!(visit.end, "good" | "unchanged")))
}
