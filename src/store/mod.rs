//! The local store: SQLite, and the only module that knows SQL.

mod announcements;
mod facts;
mod open;

pub use announcements::{AnnouncementId, Brought, Kept, Named, Origin, Revision, SearchPage};
pub use facts::Reading;
pub use open::{Store, StoreError};
