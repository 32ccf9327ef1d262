//! Use cases: the glue between what is read, what is trusted and what is told.

pub mod check;
pub mod import;
pub mod show;
pub mod source;
pub mod trust;
