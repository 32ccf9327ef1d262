//! Changes of trust: one transaction, one link of a hash chain, one signature over its new end.

mod chain;
mod change;
mod log;

pub use chain::{AuditEntry, AuditHead, HeadTextError};
pub use change::{Change, Deed};
pub use log::{AuditFault, AuditReport};
