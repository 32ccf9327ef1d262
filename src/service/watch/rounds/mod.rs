//! The rounds of the service: what is due is done, each step by itself, and what came of it is kept.
//!
//! A step that fails is told, and stops no other. Times lie in the store: a restart repeats nothing,
//! and after a long night every step runs once.

mod expiry;
mod folders;
mod programmes;
mod sources;

use std::path::PathBuf;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::health::Health;
use super::post::{Sender, send_due};
use crate::fetch::Fetcher;
use crate::formats::digest::sha256;
use crate::judge::path::Profile;
use crate::judge::trust::FolderView;
use crate::mail::Options as MailOptions;
use crate::service::consequences::reevaluate;
use crate::service::instance::{Basis, Instance, ViewRequest, folder};
use crate::service::trust::{TrustChoice, TrustError};
use crate::store::{AcceptedProgrammes, StoreError};

pub use folders::WatchedFolder;
pub use programmes::ProgrammeSource;
pub use sources::SourceSettings;

/// What the settings say of the rounds.
#[derive(Debug, Clone)]
pub struct RoundSettings {
    pub mail: MailOptions,
    pub folders: Vec<WatchedFolder>,
    pub programmes: Vec<ProgrammeSource>,
    /// `None` where no source is asked.
    pub sources: Option<SourceSettings>,
    /// What programmes and sources are asked with.
    pub fetcher: Option<Fetcher>,
    pub trust: TrustChoice,
    /// The root programmes whose lists count.
    pub accepted: AcceptedProgrammes,
    pub profile: Profile,
    /// Who runs the service, as the audit log names them.
    pub actor: String,
}

/// The service between two rounds.
#[derive(Debug)]
pub struct Rounds {
    pub instance: Instance,
    pub settings: RoundSettings,
    sender: Sender,
    health: Arc<Health>,
    /// Whether the store knows the sources of these settings.
    sources_are_known: bool,
    /// Until when no mail is tried, because the server took none.
    mail_rests_until: Option<Timestamp>,
}

/// Why a step did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error(transparent)]
    Import(#[from] crate::service::import::ImportError),
    #[error(transparent)]
    Fetch(#[from] crate::fetch::FetchError),
    #[error(transparent)]
    Poll(#[from] crate::service::poll::PollError),
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{0}")]
    Other(String),
}

/// How often the lasting steps run.
const DAILY: SignedDuration = SignedDuration::from_hours(24);
const WEEKLY: SignedDuration = SignedDuration::from_hours(7 * 24);
/// For how long a round sends before the other steps have their turn.
const MAIL_SHARE: SignedDuration = SignedDuration::from_secs(60);
/// How long the server is left alone when it took no mail at all.
const MAIL_REST: SignedDuration = SignedDuration::from_secs(60);

impl Rounds {
    #[must_use]
    pub fn new(
        instance: Instance,
        settings: RoundSettings,
        sender: Sender,
        health: Arc<Health>,
    ) -> Self {
        Self {
            instance,
            settings,
            sender,
            health,
            sources_are_known: false,
            mail_rests_until: None,
        }
    }

    /// Takes other settings for the rounds to come.
    pub async fn reconfigure(&mut self, settings: RoundSettings, sender: Sender) {
        self.sender.close().await;
        self.sender = sender;
        self.settings = settings;
        self.sources_are_known = false;
        self.mail_rests_until = None;
    }

    /// One round. `go_on` says no once the service shall end.
    pub async fn round(
        &mut self,
        clock: &(dyn Fn() -> Timestamp + Sync),
        go_on: &(dyn Fn() -> bool + Sync),
    ) {
        let mut troubles = vec![];
        let mut keep = |step: &str, outcome: Result<String, StepError>| match outcome {
            Ok(said) if said.is_empty() => {}
            Ok(said) => tracing::info!(step, outcome = said, "a step was done"),
            Err(error) => {
                tracing::warn!(step, error = %error, "a step failed");
                troubles.push(step.to_owned());
            }
        };
        let now = clock();
        keep("outbox", self.tidy(now));
        if go_on() {
            keep("judge-again", self.judge_again(now));
        }
        if go_on() && self.is_due("expiry", now) {
            let outcome = self.expiry(now);
            keep("expiry", self.done("expiry", now, DAILY, outcome));
        }
        if go_on() && self.settings.sources.is_some() {
            keep("sources", self.poll(clock));
        }
        for source in self.settings.programmes.clone() {
            let name = format!("programme {}", source.name);
            if go_on() && self.is_due(&name, now) {
                let outcome = self.import(&source, now).await;
                keep(&name, self.done(&name, now, source.every(), outcome));
            }
        }
        for watched in self.settings.folders.clone() {
            if go_on() {
                let name = format!("folder {}", watched.path.display());
                keep(&name, self.folder(&watched, now));
            }
        }
        if go_on() && self.is_due("all-quiet", now) {
            let outcome = self.all_quiet(now);
            keep("all-quiet", self.done("all-quiet", now, WEEKLY, outcome));
        }
        let outcome = self.post(clock, go_on).await;
        keep("mail", outcome);
        let outbox = self
            .instance
            .store
            .outbox_health(clock())
            .unwrap_or_default();
        self.health.update(|standing| {
            standing.rounds += 1;
            standing.last_round = Some(clock());
            standing.troubles = troubles;
            standing.outbox = outbox;
        });
    }

    /// Ends an open conversation with the mail server.
    pub async fn close(&mut self) {
        self.sender.close().await;
    }

    /// Whether a step's time has come; a step that never ran is due.
    fn is_due(&self, name: &str, now: Timestamp) -> bool {
        match self.instance.store.task(name) {
            Ok(Some(task)) => task.next_at <= now,
            Ok(None) => true,
            Err(_) => false,
        }
    }

    /// Keeps what came of a step, and when it is next: up to a tenth later than its interval, so that
    /// many instances do not ask at one moment. What failed is tried again within the hour.
    fn done(
        &mut self,
        name: &str,
        now: Timestamp,
        every: SignedDuration,
        outcome: Result<String, StepError>,
    ) -> Result<String, StepError> {
        let every = match outcome {
            Ok(_) => every,
            Err(_) => every.min(SignedDuration::from_hours(1)),
        };
        let dice = sha256(format!("{name} {now}").as_bytes()).0;
        let share = f64::from(dice.first().copied().unwrap_or(0)) / 2550.0;
        let next = now
            .checked_add(every + every.mul_f64(share))
            .unwrap_or(Timestamp::MAX);
        let said = match &outcome {
            Ok(said) => said.clone(),
            Err(error) => format!("failed: {error}"),
        };
        self.instance.store.task_ran(name, now, &said, next)?;
        outcome
    }

    /// Mails of a sender that died, events that nobody routed, second contacts.
    fn tidy(&mut self, now: Timestamp) -> Result<String, StepError> {
        let store = &mut self.instance.store;
        let again = store.reclaim(now, false)?;
        let missed = store.route_missed()?;
        let asked = store.ask_second_contacts(now)?;
        if again == 0 && missed == 0 && asked == 0 {
            return Ok(String::new());
        }
        Ok(format!(
            "{again} mails queued again, {missed} events routed, {asked} second contacts"
        ))
    }

    fn judge_again(&mut self, now: Timestamp) -> Result<String, StepError> {
        let (from, to) = self.instance.store.unjudged_changes()?;
        if from >= to {
            return Ok(String::new());
        }
        let view = self.view(now)?;
        let path = self.instance.path.clone();
        let profile = self.settings.profile;
        let store = &mut self.instance.store;
        let found = here(|| reevaluate(&path, store, &view, profile, now))?;
        Ok(format!(
            "{} judged again, {} changed",
            found.touched,
            found.changed.len()
        ))
    }

    /// The view by all that this instance knows now.
    fn view(&self, now: Timestamp) -> Result<FolderView, TrustError> {
        let request = ViewRequest {
            choice: &self.settings.trust,
            basis: Basis::Instance,
            known_at: None,
            programmes: self.settings.accepted.clone(),
            now,
            actor: &self.settings.actor,
        };
        Ok(folder(&request, Some((&self.instance.path, None)))?.0)
    }

    /// The weekly word, so that silence never means that nothing runs.
    fn all_quiet(&mut self, now: Timestamp) -> Result<String, StepError> {
        let store = &mut self.instance.store;
        if store.task("all-quiet")?.is_none() {
            return Ok("the first week begins".to_owned());
        }
        let since = now.checked_sub(WEEKLY).unwrap_or(Timestamp::UNIX_EPOCH);
        let events = store.events_since(since)?;
        let told = events
            .iter()
            .filter(|(_, event)| crate::judge::watch::is_told(&event.kind))
            .count();
        let tasks = store.tasks()?;
        let healthy = tasks
            .iter()
            .filter(|task| !task.outcome.starts_with("failed"))
            .count();
        let body = serde_json::json!({
            "sources": tasks.len(),
            "healthy": healthy,
            "events": told,
            "failed": store.outbox_health(now)?.failed,
            "head": store.audit_head()?.to_string(),
        });
        let subject = "[anchorwatch] the watch runs";
        let mails = store.tell_all_teams(subject, &body.to_string(), now)?;
        Ok(format!("{mails} mails"))
    }

    async fn post(
        &mut self,
        clock: &(dyn Fn() -> Timestamp + Sync),
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<String, StepError> {
        if self.mail_rests_until.is_some_and(|until| clock() < until) {
            return Err(StepError::Other(
                "the mail server takes nothing for now".to_owned(),
            ));
        }
        self.mail_rests_until = None;
        let mail = &self.settings.mail;
        let until = clock().checked_add(MAIL_SHARE).unwrap_or(Timestamp::MAX);
        let go_on = || go_on() && clock() < until;
        let posted = send_due(&mut self.instance, &mut self.sender, mail, clock, &go_on).await?;
        self.health.update(|standing| {
            standing.sent += posted.sent;
            standing.deferred += posted.deferred;
            standing.failed += posted.failed;
        });
        if let Some(trouble) = posted.trouble {
            self.mail_rests_until = clock().checked_add(MAIL_REST).ok();
            return Err(StepError::Other(trouble));
        }
        if posted.sent + posted.deferred + posted.failed == 0 {
            return Ok(String::new());
        }
        Ok(format!(
            "{} sent, {} put off, {} given up",
            posted.sent, posted.deferred, posted.failed
        ))
    }
}

/// Long work on a thread of the runtime that may be held for it.
fn here<T>(work: impl FnOnce() -> T) -> T {
    match tokio::runtime::Handle::try_current().map(|handle| handle.runtime_flavor()) {
        Ok(tokio::runtime::RuntimeFlavor::MultiThread) => tokio::task::block_in_place(work),
        _ => work(),
    }
}
