//! `anchorwatch serve`: the service, its signals and its log.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::{Args, ValueEnum};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::Notify;

use super::arguments::{StoreArguments, TrustArguments};
use super::settings::{
    accepted_programmes, declare, moment, needed, now, profile, settings, trust_choice,
};
use super::source::{dice, fetcher};
use super::{notify, out, places};
use crate::config::Config;
use crate::mail::Transport;
use crate::service::instance::Instance;
use crate::service::watch::health::Health;
use crate::service::watch::lock::ServiceLock;
use crate::service::watch::post::Sender;
use crate::service::watch::rounds::{RoundSettings, Rounds, SourceSettings};
use crate::web;

/// The longest wait for another writer of the store.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two rounds.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a round may take to end once the service shall end.
const DRAIN: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Args)]
pub(super) struct ServeArguments {
    /// Do one round and end
    #[arg(long)]
    once: bool,
    /// Where /healthz, /readyz and /metrics are; this machine only
    #[arg(
        long,
        value_name = "ADDRESS",
        default_value = "127.0.0.1:7410",
        conflicts_with = "no_web"
    )]
    listen: SocketAddr,
    /// Have no endpoints
    #[arg(long)]
    no_web: bool,
    /// Ask no source; another command or machine does
    #[arg(long)]
    no_poll: bool,
    /// How the log is written
    #[arg(long, value_enum, default_value_t = LogArgument::Text)]
    log: LogArgument,
    #[command(flatten)]
    store: StoreArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LogArgument {
    Text,
    Json,
}

pub(super) fn run(arguments: &ServeArguments) -> anyhow::Result<u8> {
    begin_log(arguments.log);
    if !arguments.listen.ip().is_loopback() {
        return Err(
            out::Usage("--listen takes an address of this machine alone".to_owned()).into(),
        );
    }
    let config = settings(arguments.store.config.as_deref())?;
    let path = needed(&arguments.store, &config)?;
    let mut instance = Instance::open(&path, PATIENCE)?;
    let lock = ServiceLock::take(&path).map_err(|error| out::Usage(error.to_string()))?;
    // Whatever was being sent belongs to a service that is gone: we hold its lock.
    let again = instance.store.reclaim(now(), true)?;
    if again > 0 {
        tracing::info!(
            mails = again,
            "mails of an earlier service are queued again"
        );
    }
    instance.load_shipped(now(), &places::actor())?;
    let (round_settings, sender) = read(&config, &path, &mut instance, !arguments.no_poll)?;
    let health = Arc::new(Health::default());
    let rounds = Rounds::new(instance, round_settings, sender, Arc::clone(&health));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let outcome = if arguments.once {
        runtime.block_on(once(rounds));
        Ok(u8::from(!health.standing().troubles.is_empty()))
    } else {
        runtime.block_on(keep_watch(rounds, arguments, &path, health))
    };
    // What does not end by itself is left: it is noted as unfinished, and goes on at the next start.
    runtime.shutdown_timeout(Duration::ZERO);
    drop(lock);
    outcome
}

async fn once(mut rounds: Rounds) {
    rounds.round(&moment, &|| true).await;
    rounds.close().await;
}

async fn keep_watch(
    rounds: Rounds,
    arguments: &ServeArguments,
    path: &std::path::Path,
    health: Arc<Health>,
) -> anyhow::Result<u8> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let hangup = signal(SignalKind::hangup())?;
    let ends = Arc::new(AtomicBool::new(false));
    let end = Arc::new(Notify::new());
    if !arguments.no_web {
        let listener = TcpListener::bind(arguments.listen)
            .await
            .map_err(|error| out::Usage(format!("{}: {error}", arguments.listen)))?;
        tracing::info!(address = %listener.local_addr()?, "endpoints are open");
        let end = Arc::clone(&end);
        tokio::spawn(async move {
            let outcome = web::serve(listener, health, async move { end.notified().await }).await;
            if let Err(error) = outcome {
                tracing::error!(%error, "the endpoints ended");
            }
        });
    }
    notify::say("READY=1");
    tracing::info!(store = %path.display(), "the watch begins");
    let going = Going {
        ends: Arc::clone(&ends),
        end: Arc::clone(&end),
        config: arguments.store.config.clone(),
        asks_sources: !arguments.no_poll,
        path: path.to_path_buf(),
    };
    let mut watch = tokio::spawn(going.rounds(rounds, hangup));
    tokio::select! {
        outcome = &mut watch => {
            outcome?;
            return Ok(super::INTERNAL);
        }
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    notify::say("STOPPING=1");
    tracing::info!("the watch ends; the round is finished first");
    ends.store(true, Ordering::Relaxed);
    end.notify_waiters();
    if tokio::time::timeout(DRAIN, watch).await.is_err() {
        tracing::warn!("the round did not end in time; it goes on at the next start");
    }
    Ok(0)
}

/// What the rounds need beside themselves.
struct Going {
    ends: Arc<AtomicBool>,
    end: Arc<Notify>,
    config: Option<PathBuf>,
    asks_sources: bool,
    path: PathBuf,
}

impl Going {
    async fn rounds(self, mut rounds: Rounds, mut hangup: Signal) {
        let ends = Arc::clone(&self.ends);
        let go_on = move || !ends.load(Ordering::Relaxed);
        while go_on() {
            rounds.round(&moment, &go_on).await;
            notify::say("WATCHDOG=1");
            if !go_on() {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep(PAUSE) => {}
                () = self.end.notified() => {}
                _ = hangup.recv() => self.reload(&mut rounds).await,
            }
        }
        rounds.close().await;
    }

    /// Reads the settings again; the old ones stay when the new ones cannot be used.
    async fn reload(&self, rounds: &mut Rounds) {
        let read = settings(self.config.as_deref())
            .and_then(|config| read(&config, &self.path, &mut rounds.instance, self.asks_sources));
        match read {
            Ok((settings, sender)) => {
                rounds.reconfigure(settings, sender).await;
                tracing::info!("the settings were read again");
            }
            Err(error) => {
                tracing::error!(
                    error = format!("{error:#}"),
                    "the settings were refused; the old ones stay"
                );
            }
        }
    }
}

/// From the settings to what the rounds need. Nothing is changed unless all of it can be used.
fn read(
    config: &Config,
    path: &std::path::Path,
    instance: &mut Instance,
    asks_sources: bool,
) -> anyhow::Result<(RoundSettings, Sender)> {
    let trust = TrustArguments::default();
    let usage = |why: String| out::Usage(format!("the settings: {why}"));
    let sources = SourceSettings {
        options: config.poll.options().map_err(usage)?,
        stated: config.poll.sources.clone(),
        clock: Arc::new(moment),
        dice,
    };
    let settings = RoundSettings {
        mail: config.mail.clone(),
        folders: config.watch.folder.clone(),
        programmes: config.watch.programme.clone(),
        sources: asks_sources.then_some(sources),
        fetcher: Some(fetcher(config)?),
        trust: trust_choice(&trust, config)?,
        accepted: accepted_programmes(config),
        profile: profile(&trust, config),
        actor: places::actor(),
    };
    let sender = Sender::new(&config.mail, path).map_err(|error| out::Usage(error.to_string()))?;
    declare(&mut instance.store, config, now())?;
    if config.mail.transport == Transport::Folder {
        tracing::warn!("mails are written into a folder and sent to nobody");
    }
    Ok((settings, sender))
}

/// One sentence and its fields, on standard error. Never addresses of people, never bodies.
fn begin_log(form: LogArgument) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ANCHORWATCH_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("anchorwatch=info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(std::io::stderr);
    // A second log in one process is none of ours to forbid.
    let _ = match form {
        LogArgument::Text => builder.try_init(),
        LogArgument::Json => builder.json().try_init(),
    };
}
