//! Sending what the outbox holds: one mail at a time, each noted before the next one begins, so that
//! a crash can repeat one mail at most.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::judge::watch::next_attempt;
use crate::mail::{
    Content, Options, OptionsError, SendError, Signed, SmtpSender, Transport, compose,
    deliver_to_folder,
};
use crate::render::watch::{
    AllQuiet, Letter, LetterFacts, Meaning, Told, alert_json, all_quiet, letter, notice, opt_in,
};
use crate::service::instance::Instance;
use crate::store::{AuditHead, Failure, Outgoing, Store, StoreError};

/// How many mails are claimed at once.
const BATCH: u32 = 50;
/// For how long a claim holds.
const LEASE: SignedDuration = SignedDuration::from_mins(30);

/// Where mails go.
#[derive(Debug)]
pub enum Sender {
    Folder(PathBuf),
    Smtp(Box<SmtpSender>),
}

impl Sender {
    /// By the settings; the folder is beside the store unless it is named.
    ///
    /// # Errors
    /// [`OptionsError`].
    pub fn new(options: &Options, store: &Path) -> Result<Self, OptionsError> {
        options.check()?;
        Ok(match options.transport {
            Transport::Folder => Self::Folder(
                options
                    .folder
                    .clone()
                    .unwrap_or_else(|| store.with_file_name("outbox")),
            ),
            Transport::Smtp => Self::Smtp(Box::new(SmtpSender::new(options)?)),
        })
    }

    async fn send(&mut self, mail: &Outgoing, bytes: &[u8]) -> Result<String, SendError> {
        match self {
            Self::Folder(folder) => deliver_to_folder(folder, &mail.message_id, bytes)
                .map(|path| format!("written to {}", path.display())),
            Self::Smtp(sender) => sender.send(&mail.address, bytes).await,
        }
    }

    /// Ends an open conversation.
    pub async fn close(&mut self) {
        if let Self::Smtp(sender) = self {
            sender.close().await;
        }
    }
}

/// What a round of sending did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Posted {
    pub sent: u64,
    /// To be tried again.
    pub deferred: u64,
    /// Given up.
    pub failed: u64,
    /// Why the round ended early: what the next mail would have met as well.
    pub trouble: Option<String>,
}

/// Sends what is due until nothing is, `go_on` says no, or a fault shows that is not one mail's.
///
/// # Errors
/// When the store fails.
pub async fn send_due(
    instance: &mut Instance,
    sender: &mut Sender,
    options: &Options,
    clock: &(dyn Fn() -> Timestamp + Sync),
    go_on: &(dyn Fn() -> bool + Sync),
) -> Result<Posted, StoreError> {
    let mut posted = Posted::default();
    let mut known = BTreeMap::new();
    while go_on() && posted.trouble.is_none() {
        let head = instance.store.audit_head()?;
        let claimed = instance.store.claim(BATCH, clock(), LEASE)?;
        if claimed.is_empty() {
            break;
        }
        let mut rest = claimed.iter();
        for mail in rest.by_ref() {
            let bytes = message(instance, mail, options, head, &mut known)?;
            let outcome = match &bytes {
                Ok(bytes) => sender.send(mail, bytes).await,
                Err(error) => Err(SendError::Refused(error.clone())),
            };
            let now = clock();
            match outcome {
                Ok(said) => {
                    instance.store.sent(mail.id, &said, now)?;
                    posted.sent += 1;
                }
                Err(error) => {
                    note(&mut instance.store, mail, &error, now, &mut posted)?;
                }
            }
            if !go_on() || posted.trouble.is_some() {
                break;
            }
        }
        let untried: Vec<i64> = rest.map(|mail| mail.id).collect();
        if !untried.is_empty() {
            instance.store.give_back(&untried)?;
        }
    }
    Ok(posted)
}

fn note(
    store: &mut Store,
    mail: &Outgoing,
    error: &SendError,
    now: Timestamp,
    posted: &mut Posted,
) -> Result<(), StoreError> {
    let next = if error.is_final() {
        None
    } else {
        next_attempt(mail.attempts + 1, mail.claimed_at, now)
    };
    let failure = Failure {
        outcome: error.word(),
        said: error.to_string(),
        next,
    };
    store.not_sent(mail.id, &failure, now)?;
    if next.is_some() {
        posted.deferred += 1;
    } else {
        posted.failed += 1;
    }
    if error.concerns_all() {
        posted.trouble = Some(error.word().to_owned());
    }
    Ok(())
}

/// How many known packages hang on a key or vendor; asked once a round.
type Known = BTreeMap<(Option<String>, Option<String>), u64>;

/// The mail's bytes, or why it cannot be put together.
fn message(
    instance: &mut Instance,
    mail: &Outgoing,
    options: &Options,
    head: AuditHead,
    known: &mut Known,
) -> Result<Result<Vec<u8>, String>, StoreError> {
    let public_key_file = instance.key().public_key_file();
    let public_key = public_key_file.lines().last().unwrap_or_default();
    let team = mail.team.as_deref().unwrap_or("owners");
    let head = head.to_string();
    let facts = LetterFacts {
        kind: &mail.kind,
        team,
        message_id: &mail.message_id,
        public_key,
        head: &head,
    };
    let body: Value = serde_json::from_str(&mail.body).unwrap_or_default();
    let (words, alert): (Letter, Option<Signed>) = match mail.kind.as_str() {
        "opt-in" => {
            let code = body.get("code").and_then(Value::as_str).unwrap_or_default();
            (opt_in(team, &mail.address, code, public_key), None)
        }
        "all-quiet" => (all_quiet(&quiet_facts(&body)), None),
        "notice" => (notice(&mail.body), None),
        _ => {
            let details: Vec<Value> = mail
                .events
                .iter()
                .map(|one| serde_json::from_str(&one.event.detail).unwrap_or_default())
                .collect();
            let products = instance.store.products_of_team(team)?;
            let mut told = vec![];
            for (one, detail) in mail.events.iter().zip(&details) {
                let event = &one.event;
                told.push(Told {
                    id: one.id,
                    at: event.at,
                    kind: &event.kind,
                    severity: &one.severity,
                    vendor: event.vendor.as_deref(),
                    anchor: event.anchor.as_deref(),
                    detail,
                    meaning: Meaning {
                        packages: hanging(&instance.store, known, event)?,
                        products: products.clone(),
                    },
                });
            }
            let json = alert_json(&facts, &told);
            let comment = format!("anchorwatch alert {}", mail.message_id);
            let signature = instance.key().sign(json.as_bytes(), &comment);
            (letter(&facts, &told), Some(Signed { json, signature }))
        }
    };
    let content = Content {
        message_id: &mail.message_id,
        to: &mail.address,
        subject: &mail.subject,
        date: mail.claimed_at,
        first_id: mail.first_id.as_deref(),
        thread: &mail.thread,
        team: mail.team.as_deref(),
        text: &words.text,
        html: &words.html,
        alert: alert.as_ref(),
    };
    Ok(compose(&content, options).map_err(|error| error.to_string()))
}

fn hanging(
    store: &Store,
    known: &mut Known,
    event: &crate::store::Event,
) -> Result<u64, StoreError> {
    let place = (event.anchor.clone(), event.vendor.clone());
    if let Some(count) = known.get(&place) {
        return Ok(*count);
    }
    let count = store.known_packages(event.anchor.as_deref(), event.vendor.as_deref())?;
    known.insert(place, count);
    Ok(count)
}

fn quiet_facts(body: &Value) -> AllQuiet {
    let number = |name: &str| body.get(name).and_then(Value::as_u64).unwrap_or(0);
    AllQuiet {
        sources: number("sources"),
        healthy: number("healthy"),
        events: number("events"),
        failed_mails: number("failed"),
        head: body
            .get("head")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
    }
}
