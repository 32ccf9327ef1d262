//! Who is told of an event, when, and in which mail: pure, with the clock as an argument.

mod blast;
mod kind;
mod notice;
mod rehearsal;
mod retry;
mod route;
mod subscription;
mod when;

pub use blast::{Blast, Struck, blasts};
pub use kind::{default_severity, is_told, known_kinds};
pub use notice::{Happened, Notice};
pub use rehearsal::{Rehearsed, rehearse};
pub use retry::{GIVE_UP, next_attempt};
pub use route::{Decision, Grouping, Recipient, Routed, Silence, Suppressed, route};
pub use subscription::{Subscription, SubscriptionError, severity};
pub use when::{Digest, Quiet, TimingError};
