//! Use cases: the glue between what is read, what is trusted and what is told.

pub mod announcements;
pub mod catalogue;
pub mod change;
pub mod check;
pub mod consequences;
pub mod csaf;
pub mod draft;
pub mod explain;
pub mod formats;
pub mod import;
pub mod instance;
pub mod poll;
pub mod show;
pub mod signers;
pub mod source;
pub mod trust;
pub mod watch;
