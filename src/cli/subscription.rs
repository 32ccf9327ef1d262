//! `anchorwatch subscribe`, `unsubscribe` and `subscription`: what teams want to hear.

use clap::{Args, Subcommand};

use super::arguments::StoreArguments;
use super::out;
use super::settings::{now, open_watch};
use super::team::{told, warn};
use crate::domain::Severity;
use crate::judge::watch::{Digest, Quiet, Subscription, severity};
use crate::render::watch::{rehearsal_text, subscriptions_text};
use crate::service::watch::teams::{REHEARSED_DAYS, rehearsal, subscribe, unsubscribe};

#[derive(Debug, Clone, Args)]
pub(super) struct SubscribeArguments {
    team: String,
    /// A vendor's slug or a pattern with `*` and `?`; it need not be known yet
    #[arg(long, value_name = "SLUG")]
    vendor: String,
    /// Kinds of events, or patterns such as 'rotation-*' [default: all]
    #[arg(long, value_name = "KIND", value_delimiter = ',')]
    kind: Vec<String>,
    /// note, warning or high
    #[arg(long, value_name = "SEVERITY", default_value = "note", value_parser = severity_word)]
    min_severity: Severity,
    /// Only events in whose record one of these stands [default: all]
    #[arg(long, value_name = "WORD")]
    keyword: Vec<String>,
    /// Only events about these products, or about none [default: all]
    #[arg(long, value_name = "NAME")]
    product: Vec<String>,
    /// One mail at eight in the morning: daily@ZONE or weekly@ZONE (Mondays)
    #[arg(long, value_name = "WHEN")]
    digest: Option<Digest>,
    /// Hours without mail, but for what is high: 22:00-07:00, or with a time zone behind an @
    #[arg(long, value_name = "HOURS")]
    quiet: Option<Quiet>,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct UnsubscribeArguments {
    /// The number that `subscription list` shows
    id: i64,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Subcommand)]
pub(super) enum SubscriptionCommand {
    /// List what teams want to hear
    List {
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Tell what a subscription would have sent in the last 90 days
    Test {
        /// The number that `subscription list` shows
        id: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
}

pub(super) fn run_subscribe(arguments: &SubscribeArguments) -> anyhow::Result<u8> {
    let (mut store, _) = open_watch(&arguments.store)?;
    let wish = Subscription {
        vendor: arguments.vendor.clone(),
        kinds: arguments.kind.clone(),
        min_severity: arguments.min_severity,
        keywords: arguments.keyword.clone(),
        products: arguments.product.clone(),
        digest: arguments.digest.clone(),
        quiet: arguments.quiet.clone(),
    };
    let id = subscribe(&mut store, &arguments.team, &wish, now()).map_err(told)?;
    out::write(&format!(
        "subscription {id}; see what it would have sent with `anchorwatch subscription test {id}`\n"
    ))?;
    Ok(0)
}

pub(super) fn run_unsubscribe(arguments: &UnsubscribeArguments) -> anyhow::Result<u8> {
    let (mut store, config) = open_watch(&arguments.store)?;
    let owners = &config.watch.owners;
    warn(
        unsubscribe(&mut store, arguments.id, owners, now()).map_err(told)?,
        owners,
    );
    Ok(0)
}

pub(super) fn run(command: &SubscriptionCommand) -> anyhow::Result<u8> {
    match command {
        SubscriptionCommand::List { store } => {
            let kept = open_watch(store)?.0.subscriptions()?;
            let rows: Vec<(i64, &str, &Subscription)> = kept
                .iter()
                .map(|one| (one.id, one.team.as_str(), &one.subscription))
                .collect();
            out::write(&subscriptions_text(&rows))?;
        }
        SubscriptionCommand::Test { id, store } => {
            let (store, config) = open_watch(store)?;
            let window = config.watch.window();
            let (mails, notices) = rehearsal(&store, *id, window, now()).map_err(told)?;
            out::write(&rehearsal_text(&mails, &notices, REHEARSED_DAYS))?;
        }
    }
    Ok(0)
}

fn severity_word(text: &str) -> Result<Severity, String> {
    severity(text).ok_or_else(|| "expected note, warning or high".to_owned())
}
