//! Use cases: the glue between what is read, what is trusted and what is told.

pub mod announcements;
pub mod check;
pub mod explain;
pub mod show;
pub mod source;
pub mod trust;
