//! Certificate revocation lists (RFC 5280 section 5): whole, delta and indirect ones.

mod list;
mod reason;

pub use list::{Entry, ListFault, RevocationList, RevocationListError};
pub use reason::RevocationReason;
