//! The local store: SQLite, and the only module that knows SQL.

mod facts;
mod open;
mod programmes;

pub use facts::Reading;
pub use open::{Store, StoreError};
pub use programmes::{Addition, KeptSnapshot, Programmes};
