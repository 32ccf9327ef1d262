//! Pure judgement over facts, a view of trust and an instant.

pub mod checks;
pub mod context;
pub mod continuity;
pub mod continuity_proof;
pub mod csaf;
pub mod dependency;
pub mod facts;
mod freshness;
pub mod link;
pub mod lint;
pub mod next_poll;
pub mod openpgp;
pub mod package;
pub mod path;
pub mod pin;
pub mod posted;
pub mod programme;
mod raw_key;
pub mod report;
pub mod revocation;
mod signature;
pub mod signatures;
mod standing;
mod time;
pub mod trust;
pub mod watch;
