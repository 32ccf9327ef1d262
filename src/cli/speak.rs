//! Who speaks on the command line: a key, a signature made elsewhere, or the user of the machine.

use std::path::PathBuf;

use clap::Args;

use super::arguments::StoreArguments;
use super::settings::{now, open_instance, settings};
use super::{out, places};
use crate::formats::minisign::SecretKey;
use crate::render::plain;
use crate::service::change::{Ask, Outcome, Policy, Speaker, propose};

#[derive(Debug, Clone, Args)]
pub(super) struct SpeakerArguments {
    /// Sign by this minisign secret key (without password)
    #[arg(long, value_name = "FILE")]
    pub(super) sign_with: Option<PathBuf>,
    #[command(flatten)]
    pub(super) store: StoreArguments,
}

impl SpeakerArguments {
    pub(super) fn key(&self) -> anyhow::Result<Option<SecretKey>> {
        let Some(path) = &self.sign_with else {
            return Ok(None);
        };
        let bytes = std::fs::read(path)
            .map_err(|error| out::Usage(format!("{}: {error}", path.display())))?;
        let key = SecretKey::parse(&bytes)
            .map_err(|error| out::Usage(format!("{}: {error}", path.display())))?;
        Ok(Some(key))
    }
}

/// Asks for a change and tells where it stands.
pub(super) fn ask(arguments: &SpeakerArguments, ask: &Ask) -> anyhow::Result<u8> {
    let config = settings(arguments.store.config.as_deref())?;
    let mut instance = open_instance(&arguments.store, &config)?;
    let (key, actor) = (arguments.key()?, places::actor());
    let speaker = match &key {
        Some(key) => Speaker::Key(key),
        None => Speaker::User(&actor),
    };
    let outcome = propose(&mut instance, ask, &speaker, &policy(&config), now())?;
    out::write(&told(&outcome))?;
    drop(instance);
    consequences(&outcome, &arguments.store, &config)?;
    Ok(0)
}

/// Judges again what an applied change touches, and tells what came of it.
pub(super) fn consequences(
    outcome: &Outcome,
    store: &StoreArguments,
    config: &crate::config::Config,
) -> anyhow::Result<()> {
    if outcome.closed == Some("applied") {
        out::write(&super::blast::told(&super::blast::follow_up(
            store, config,
        )?))?;
    }
    Ok(())
}

pub(super) fn policy(config: &crate::config::Config) -> Policy {
    config.policy
}

/// Where a proposal stands, and what is next.
pub(super) fn told(outcome: &Outcome) -> String {
    let tally = &outcome.tally;
    let by = plain(&tally.people.join(", ")).into_owned();
    let single = if tally.single_person {
        " (single-person)"
    } else {
        ""
    };
    match outcome.closed {
        Some("rejected") => format!("rejected {}\n", outcome.id),
        Some(_) => match &tally.promoted_by {
            Some(old) => format!("recorded {} by the word of {old}\n", outcome.id),
            None => format!("recorded {} by {by}{single}\n", outcome.id),
        },
        None => {
            let mut text = format!(
                "proposed {}: {} of {} people\n",
                outcome.id,
                tally.people.len(),
                tally.needed
            );
            if tally.unconfirmed {
                text.push_str("the fingerprint must be read out and typed\n");
            }
            text.push_str(&format!("  next: anchorwatch confirm {}\n", outcome.id));
            text
        }
    }
}
