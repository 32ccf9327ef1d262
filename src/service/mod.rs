//! Use cases: the glue between what is read, what is trusted and what is told.

pub mod catalogue;
pub mod check;
pub mod csaf;
pub mod draft;
pub mod formats;
pub mod import;
pub mod instance;
pub mod show;
pub mod source;
pub mod trust;
