//! The local store: SQLite, and the only module that knows SQL.

mod facts;
mod open;

pub use facts::Reading;
pub use open::{Store, StoreError};
