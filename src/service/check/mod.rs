//! The use case `check`: packages in, reports out.

mod jobs;

pub use jobs::Grouping;
