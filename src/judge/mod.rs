//! Pure judgement over facts, a view of trust and an instant.

pub mod checks;
pub mod context;
pub mod facts;
pub mod lint;
pub mod next_poll;
pub mod package;
pub mod path;
mod raw_key;
pub mod report;
mod signature;
pub mod signatures;
mod standing;
mod time;
pub mod trust;
