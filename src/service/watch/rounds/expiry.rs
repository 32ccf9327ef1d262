//! Keys that run out and have no active successor: told at ninety, thirty and seven days.

use jiff::{SignedDuration, Timestamp};

use super::{Rounds, StepError};
use crate::formats::trust_folder::Rotated;
use crate::judge::trust::{Expiring, Scope, expiring};
use crate::store::Event;

/// Days before the end, and how much it matters then.
const STAGES: [(i64, &str); 3] = [(7, "high"), (30, "warning"), (90, "note")];

impl Rounds {
    pub(super) fn expiry(&mut self, now: Timestamp) -> Result<String, StepError> {
        let view = self.view(now)?;
        let ahead = SignedDuration::from_hours(24 * 90);
        let until = now.checked_add(ahead).unwrap_or(Timestamp::MAX);
        let events: Vec<Event> = expiring(&view, now, until)
            .iter()
            .map(|one| event(one, now))
            .collect();
        let told = self.instance.store.emit(&events)?;
        Ok(format!(
            "{} keys run out within 90 days, {told} newly told",
            events.len()
        ))
    }
}

/// The stage is part of the event's identity: each is told once.
fn event(one: &Expiring, now: Timestamp) -> Event {
    let left = now.duration_until(one.not_after.end()).as_hours() / 24;
    let (stage, severity) = STAGES
        .into_iter()
        .find(|(days, _)| left < *days)
        .unwrap_or((90, "note"));
    let vendor = match &one.scope {
        Scope::Global => None,
        Scope::Vendor(slug) => Some(slug.clone()),
    };
    let (what, anchor) = match &one.what {
        Rotated::Key(id) => (id.to_string(), Some(id.to_string())),
        Rotated::Rule(name) => (format!("signers/{name}"), None),
    };
    let whose = vendor.clone().unwrap_or_default();
    Event {
        at: now,
        kind: "key-expiring".to_owned(),
        reading: None,
        anchor,
        detail: serde_json::json!({
            "dedup": format!("expiring:{what}:{whose}:{}:{stage}", one.not_after),
            "thread": format!("expiring:{whose}"),
            "severity": severity,
            "not_after": one.not_after.to_string(),
            "title": one.name,
        })
        .to_string(),
        vendor,
    }
}
