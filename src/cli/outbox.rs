//! `anchorwatch outbox`: what waits, what went, what was given up.

use clap::{Args, Subcommand, ValueEnum};

use super::arguments::StoreArguments;
use super::out;
use super::settings::{now, open_watch};
use crate::render::watch::{outbox_text, shown_text};
use crate::store::{Attempt, OutboxHealth, OutgoingEvent, Waiting};

#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// List the latest mails
    List(ListArguments),
    /// Show a mail: what it tells, what was tried
    Show {
        id: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
    /// Try again a mail that was given up, or sooner one that waits
    Retry {
        id: i64,
        #[command(flatten)]
        store: StoreArguments,
    },
}

#[derive(Debug, Clone, Args)]
pub(super) struct ListArguments {
    #[arg(long, value_enum)]
    state: Option<StateArgument>,
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    limit: u32,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StateArgument {
    Held,
    Queued,
    Sending,
    Sent,
    Failed,
    Dropped,
}

impl StateArgument {
    fn word(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Dropped => "dropped",
        }
    }
}

pub(super) fn run(command: &OutboxCommand) -> anyhow::Result<u8> {
    match command {
        OutboxCommand::List(arguments) => {
            let (store, _) = open_watch(&arguments.store)?;
            let state = arguments.state.map(StateArgument::word);
            let rows: Vec<Vec<String>> = store
                .outbox(state, arguments.limit)?
                .iter()
                .map(row)
                .collect();
            let standing = standing(&store.outbox_health(now())?);
            out::write(&outbox_text(&rows, &standing))?;
        }
        OutboxCommand::Show { id, store } => {
            let (store, _) = open_watch(store)?;
            let Some((mail, events, attempts)) = store.delivery(*id)? else {
                return Err(no_mail(*id));
            };
            out::write(&shown_text(
                &facts(&mail),
                &events.iter().map(event).collect::<Vec<_>>(),
                &attempts.iter().map(attempt).collect::<Vec<_>>(),
            ))?;
        }
        OutboxCommand::Retry { id, store } => {
            if !open_watch(store)?.0.retry_delivery(*id, now())? {
                return Err(no_mail(*id));
            }
        }
    }
    Ok(0)
}

/// One line that counts.
pub(super) fn standing(health: &OutboxHealth) -> String {
    let overdue = health.overdue_since.map_or_else(String::new, |since| {
        format!("; the oldest is due since {since}")
    });
    format!(
        "{} queued, {} held, {} being sent, {} sent, {} failed, {} dropped{overdue}",
        health.queued, health.held, health.sending, health.sent, health.failed, health.dropped
    )
}

fn no_mail(id: i64) -> anyhow::Error {
    out::Usage(format!("there is no mail {id} that waits or was given up")).into()
}

fn row(mail: &Waiting) -> Vec<String> {
    vec![
        mail.id.to_string(),
        mail.state.clone(),
        mail.due_at.strftime("%FT%RZ").to_string(),
        mail.attempts.to_string(),
        mail.team.clone().unwrap_or_default(),
        mail.address.clone(),
        mail.kind.clone(),
        mail.subject.clone(),
    ]
}

fn facts(mail: &Waiting) -> Vec<(&'static str, String)> {
    let mut facts = vec![
        ("state", mail.state.clone()),
        ("message-id", mail.message_id.clone()),
        ("team", mail.team.clone().unwrap_or_default()),
        ("to", mail.address.clone()),
        ("kind", mail.kind.clone()),
        ("subject", mail.subject.clone()),
        ("thread", mail.thread.clone()),
        ("written", mail.created_at.to_string()),
        ("due", mail.due_at.to_string()),
    ];
    facts.extend(mail.ended_at.map(|at| ("ended", at.to_string())));
    facts
}

fn event(one: &OutgoingEvent) -> String {
    let vendor = one.event.vendor.as_deref().unwrap_or("no vendor");
    format!(
        "event {}: {} {} {vendor}, {}",
        one.id, one.severity, one.event.kind, one.event.at
    )
}

fn attempt(one: &Attempt) -> String {
    format!("{} {} {}", one.at, one.outcome, one.said)
}
