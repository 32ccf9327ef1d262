//! Pure judgement over facts, a view of trust and an instant.

pub mod lint;
pub mod trust;
