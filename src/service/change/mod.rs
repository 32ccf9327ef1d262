//! Changing trust: somebody asks, people say so by their keys, policy counts them, the store records.

mod apply;
mod ask;
pub mod build;
mod policy;
mod speaker;
mod statement;

pub use ask::{Ask, AskError, AskKind, AskedRecord};
pub use policy::{Policy, Tally};
pub use speaker::{Speaker, SpeakerError, ed25519_key};
pub use statement::{Confirmation, FingerprintError, compare_fingerprint, statement};

use jiff::Timestamp;

use crate::domain::RecordId;
use crate::service::instance::Instance;
use crate::store::{Change, Deed, NewProposal, Proposal, StoreError, Word};

/// Why trust was not changed; nothing is recorded then.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Speaker(#[from] SpeakerError),
    #[error(transparent)]
    Fingerprint(#[from] FingerprintError),
    #[error("there is no record {0}")]
    NoRecord(RecordId),
    #[error("there is no proposal {0}")]
    NoProposal(RecordId),
    #[error("proposal {id} is {outcome} already")]
    Closed { id: RecordId, outcome: String },
    #[error("{0} has said so already")]
    Twice(String),
    #[error("say over which channel, with whom, and where the contact came from")]
    NoChannel,
}

/// Where a proposal stands after a word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub id: RecordId,
    pub kind: AskKind,
    pub tally: Tally,
    /// `applied`, `rejected`, or `None` while it is open.
    pub closed: Option<&'static str>,
}

/// Asks for a change. It is made at once where policy is content with the proposer alone; where a
/// fingerprint must be read out, it never is.
///
/// # Errors
/// [`ChangeError`].
pub fn propose(
    instance: &mut Instance,
    ask: &Ask,
    speaker: &Speaker<'_>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Outcome, ChangeError> {
    let asks = ask.to_json()?;
    let (key, store) = instance.parts();
    let instance_key = key.public_key();
    let change = store.change(now)?;
    let people = change.people()?;
    let new = NewProposal {
        kind: ask.kind.word().to_owned(),
        vendor: ask.vendor.clone(),
        anchor: ask.anchor.clone(),
        asks,
        proposer: speaker.told_as(&people)?,
    };
    let proposal = change.propose(new, None)?;
    let text = statement(&instance_key, &proposal, "propose", None);
    let word = speaker.word(&people, "propose", &text, None)?;
    change.say(&proposal, &word)?;
    settle(change, key, &proposal, ask, policy, &word)
}

/// Confirms a proposal, out of band.
///
/// # Errors
/// [`ChangeError`]; a fingerprint that nearly fits is told, and never accepted.
pub fn confirm(
    instance: &mut Instance,
    id: RecordId,
    confirmation: &Confirmation,
    speaker: &Speaker<'_>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Outcome, ChangeError> {
    let (key, store) = instance.parts();
    let instance_key = key.public_key();
    let change = store.change(now)?;
    let proposal = open(&change, id)?;
    let ask = Ask::from_json(&proposal.proposal.asks)?;
    confirmation.fits(&ask)?;
    let people = change.people()?;
    let text = statement(&instance_key, &proposal, "confirm", Some(confirmation));
    let word = speaker.word(&people, "confirm", &text, Some(confirmation))?;
    let said = change.words(&proposal)?;
    let twice = |earlier: &Word| earlier.word == "confirm" && earlier.speaker == word.speaker;
    if said.iter().any(twice) {
        return Err(ChangeError::Twice(word.speaker));
    }
    change.say(&proposal, &word)?;
    settle(change, key, &proposal, &ask, policy, &word)
}

/// Closes a proposal without doing what it asks.
///
/// # Errors
/// [`ChangeError`].
pub fn reject(
    instance: &mut Instance,
    id: RecordId,
    speaker: &Speaker<'_>,
    why: &str,
    now: Timestamp,
) -> Result<Outcome, ChangeError> {
    let (key, store) = instance.parts();
    let instance_key = key.public_key();
    let change = store.change(now)?;
    let proposal = open(&change, id)?;
    let ask = Ask::from_json(&proposal.proposal.asks)?;
    let people = change.people()?;
    let text = statement(&instance_key, &proposal, "reject", None);
    let mut word = speaker.word(&people, "reject", &text, None)?;
    word.said = serde_json::json!({"statement": text, "why": why}).to_string();
    change.say(&proposal, &word)?;
    change.close(&proposal, "rejected")?;
    let deed = Deed {
        actor: word.speaker.clone(),
        action: "reject",
        detail: serde_json::json!({"proposal": id.to_string(), "why": why}),
    };
    change.commit(&deed, Some(key))?;
    Ok(Outcome {
        id,
        kind: ask.kind,
        tally: Tally::default(),
        closed: Some("rejected"),
    })
}

/// What somebody who signs elsewhere has to sign, byte for byte.
///
/// # Errors
/// As [`confirm`].
pub fn to_sign(
    instance: &Instance,
    id: RecordId,
    confirmation: &Confirmation,
) -> Result<String, ChangeError> {
    let proposal = instance
        .store
        .proposal(id)?
        .ok_or(ChangeError::NoProposal(id))?;
    confirmation.fits(&Ask::from_json(&proposal.proposal.asks)?)?;
    let key = instance.key().public_key();
    Ok(statement(&key, &proposal, "confirm", Some(confirmation)))
}

fn open(change: &Change<'_>, id: RecordId) -> Result<Proposal, ChangeError> {
    let proposal = change.proposal(id)?.ok_or(ChangeError::NoProposal(id))?;
    match proposal.outcome {
        Some(outcome) => Err(ChangeError::Closed { id, outcome }),
        None => Ok(proposal),
    }
}

/// Counts who said so, does what is asked once they are enough, and ends the change.
fn settle(
    change: Change<'_>,
    key: &crate::formats::minisign::SecretKey,
    proposal: &Proposal,
    ask: &Ask,
    policy: &Policy,
    word: &Word,
) -> Result<Outcome, ChangeError> {
    let words = change.words(proposal)?;
    let people = change.people()?;
    let tally = policy.tally(ask, &words, &people);
    let closed = tally.is_met().then_some("applied");
    if closed.is_some() {
        apply::apply(&change, proposal, ask, &words, &tally)?;
        change.close(proposal, "applied")?;
        change.emit(&apply::event(&change, proposal, ask, &tally)?)?;
    }
    let deed = Deed {
        actor: word.speaker.clone(),
        action: match word.word.as_str() {
            "confirm" => "confirm",
            _ => "propose",
        },
        detail: serde_json::json!({
            "proposal": proposal.id.to_string(),
            "kind": ask.kind.word(),
            "vendor": ask.vendor,
            "anchor": ask.anchor,
            "people": tally.people,
            "needed": tally.needed,
            "single_person": tally.single_person,
            "promoted_by": tally.promoted_by,
            "applied": closed.is_some(),
        }),
    };
    change.commit(&deed, Some(key))?;
    Ok(Outcome {
        id: proposal.id,
        kind: ask.kind,
        tally,
        closed,
    })
}
