//! How the running service stands, for whoever asks it over HTTP.

use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use crate::store::OutboxHealth;

/// What was counted since the start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    pub rounds: u64,
    pub last_round: Option<Timestamp>,
    /// Mails taken, put off and given up.
    pub sent: u64,
    pub deferred: u64,
    pub failed: u64,
    /// Steps that did not do what they should, by name, as of the last round.
    pub troubles: Vec<String>,
    pub outbox: OutboxHealth,
}

/// Shared between the rounds and the endpoints.
#[derive(Debug, Default)]
pub struct Health(Mutex<Standing>);

impl Health {
    /// A copy of how things stand.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes it.
    pub fn update(&self, change: impl FnOnce(&mut Standing)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
