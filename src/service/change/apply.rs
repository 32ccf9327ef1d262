//! Recording what was asked, once enough people have said so.

use super::ask::{Ask, AskKind};
use super::{ChangeError, Tally};
use crate::judge::trust::Claim;
use crate::store::{Change, Event, Proposal, Source, SourceKind, Word};

pub(super) fn apply(
    change: &Change<'_>,
    proposal: &Proposal,
    ask: &Ask,
    words: &[Word],
    tally: &Tally,
) -> Result<(), ChangeError> {
    let source = Source {
        kind: SourceKind::Person,
        name: tally.people.join(", "),
    };
    let mut evidence = vec![format!("proposal {}", proposal.id)];
    evidence.extend(words.iter().filter_map(told));
    if tally.single_person {
        evidence.push("single-person".to_owned());
    }
    evidence.extend(
        tally
            .promoted_by
            .as_ref()
            .map(|old| format!("continuity-proof by {old}, by policy without people")),
    );
    let with_evidence = |mut claim: Claim| {
        claim.evidence.extend(evidence.iter().cloned());
        claim
    };
    if !ask.files.is_empty() {
        let contents = ask.contents()?;
        for entry in &contents.entries {
            change.entry(&source, entry)?;
        }
        for claim in contents.claims {
            change.record(&source, &with_evidence(claim), None)?;
        }
    }
    for claim in ask.claims()? {
        change.record(&source, &with_evidence(claim), None)?;
    }
    if let Some(id) = ask.withdrawn()? {
        let earlier = change.find(id)?.ok_or(ChangeError::NoRecord(id))?;
        change.withdraw(&source, &earlier, &ask.says)?;
    }
    if let Some((name, key)) = &ask.registers {
        change.add_person(name, key)?;
    }
    if let Some(name) = &ask.removes {
        for person in change.people()?.iter().filter(|one| one.name == *name) {
            change.remove_person(person)?;
        }
    }
    Ok(())
}

/// What is told of it. A condemned key shares its thread with what it takes with it.
pub(super) fn event(
    change: &Change<'_>,
    proposal: &Proposal,
    ask: &Ask,
    tally: &Tally,
) -> Result<Event, ChangeError> {
    let thread = match &ask.anchor {
        Some(anchor) => format!("key:{anchor}"),
        None => format!("trust:{}", ask.vendor.as_deref().unwrap_or_default()),
    };
    Ok(Event {
        at: change.known_from()?,
        kind: "trust-changed".to_owned(),
        reading: None,
        anchor: ask.anchor.clone(),
        vendor: ask.vendor.clone(),
        detail: serde_json::json!({
            "thread": thread,
            "dedup": format!("proposal:{}", proposal.id),
            "severity": if ask.kind == AskKind::Distrust { "high" } else { "warning" },
            "state": ask.kind.word(),
            "speaker": tally.people.join(", "),
            "why": ask.says,
        })
        .to_string(),
    })
}

/// A confirmation in one line, as evidence.
fn told(word: &Word) -> Option<String> {
    if word.word != "confirm" {
        return None;
    }
    let said: serde_json::Value = serde_json::from_str(&word.said).ok()?;
    let text = |name: &str| said.get(name).and_then(serde_json::Value::as_str);
    Some(
        match (text("channel"), text("whom"), text("contact_from")) {
            (Some(channel), Some(whom), Some(from)) if !channel.is_empty() => format!(
                "confirmed by {} by {channel} with {whom}, contact from {from}",
                word.speaker
            ),
            _ => format!("confirmed by {}", word.speaker),
        },
    )
}
