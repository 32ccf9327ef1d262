//! Posts in the store: kept with every revision, found by identity or by words.

mod keep;
mod look_up;
mod posts;
mod search;

pub use keep::{Brought, Origin};
pub(in crate::store) use keep::{Change, keep_at, keep_one};
pub use look_up::{Kept, Named, Revision};
pub(super) use posts::{namings, post};
pub use search::SearchPage;

use jiff::Timestamp;

use super::open::StoreError;

/// The handle of a post: 32 hex digits, the head of the SHA-256 of its address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AnnouncementId(pub [u8; 16]);

impl std::fmt::Display for AnnouncementId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| StoreError::Damaged {
        what: "a time",
        detail: error.to_string(),
    })
}

fn damaged(what: &'static str, detail: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged {
        what,
        detail: detail.to_string(),
    }
}
