//! `anchorwatch doctor`, `status` and `backup`: how the watch stands, and a copy of what it knows.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use jiff::SignedDuration;

use super::arguments::StoreArguments;
use super::outbox::standing;
use super::settings::{needed, now, open_watch, settings};
use super::{out, places};
use crate::mail::Transport;
use crate::render::plain;
use crate::service::watch::doctor::{Grade, look_at_mail, look_at_store};
use crate::service::watch::lock::{LockError, ServiceLock};

/// The exit code when something is broken.
const BROKEN: u8 = 1;

#[derive(Debug, Clone, Args)]
pub(super) struct LookArguments {
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Args)]
pub(super) struct BackupArguments {
    /// The copy; an older one of this name is replaced once the new one is whole
    file: PathBuf,
    #[command(flatten)]
    store: StoreArguments,
}

pub(super) fn run_doctor(arguments: &LookArguments) -> anyhow::Result<u8> {
    let (mut store, config) = open_watch(&arguments.store)?;
    let path = needed(&arguments.store, &config)?;
    let mut looks = look_at_store(&mut store, &path, now())?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    looks.push(runtime.block_on(look_at_mail(&config.mail)));
    let mut text = String::new();
    for look in &looks {
        let _ = writeln!(
            text,
            "{:<8} {:<8} {}",
            look.grade.word(),
            look.what,
            plain(&look.says)
        );
    }
    out::write(&text)?;
    let worst = looks.iter().map(|look| look.grade).max();
    Ok(if worst == Some(Grade::Broken) {
        BROKEN
    } else {
        0
    })
}

pub(super) fn run_status(arguments: &LookArguments) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let path = needed(&arguments.store, &config)?;
    let (store, _) = open_watch(&arguments.store)?;
    let now = now();
    let mut text = String::new();
    let service = match ServiceLock::take(&path) {
        Err(LockError::Held { .. }) => "runs",
        Ok(_) | Err(LockError::Io { .. }) => "does not run; start `anchorwatch serve`",
    };
    let _ = writeln!(text, "service   {service}");
    let _ = writeln!(
        text,
        "store     {}, audit head {}",
        path.display(),
        store.audit_head()?
    );
    let teams = store.teams()?;
    let addresses: usize = teams.iter().map(|team| team.addresses.len()).sum();
    let _ = writeln!(
        text,
        "teams     {}, {addresses} addresses, {} subscriptions",
        teams.len(),
        store.subscriptions()?.len()
    );
    let _ = writeln!(text, "outbox    {}", standing(&store.outbox_health(now)?));
    let week = now.checked_sub(SignedDuration::from_hours(7 * 24))?;
    let _ = writeln!(
        text,
        "events    {} in the last week",
        store.events_since(week)?.len()
    );
    for task in store.tasks()? {
        let last = task
            .last_at
            .map_or_else(|| "never".to_owned(), |at| at.to_string());
        let _ = writeln!(
            text,
            "task      {}: {}; last {last}, next {}",
            plain(&task.name),
            plain(&task.outcome),
            task.next_at
        );
    }
    out::write(&text)?;
    if config.mail.transport == Transport::Folder {
        out::note("no transport sends: mails are written into a folder; set mail.transport");
    }
    Ok(0)
}

pub(super) fn run_backup(arguments: &BackupArguments) -> anyhow::Result<u8> {
    let (mut store, _) = open_watch(&arguments.store)?;
    store.back_up(&arguments.file)?;
    let now = now();
    let said = format!("by {}", places::actor());
    store.task_ran(
        "backup",
        now,
        &said,
        now.checked_add(SignedDuration::from_hours(24))?,
    )?;
    out::write(&format!(
        "{} is whole; keep the key file beside the store as well, elsewhere\n",
        arguments.file.display()
    ))?;
    Ok(0)
}
