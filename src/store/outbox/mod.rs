//! The outbox: mails that wait, are being sent, are sent, or failed for good.

mod claim;
mod look;
mod second_contact;

pub use claim::{Failure, Outgoing, OutgoingEvent};
pub use look::{Attempt, Delivery, OutboxHealth, Waiting};

#[cfg(test)]
mod tests;
