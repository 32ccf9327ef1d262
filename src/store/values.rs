//! Between SQL's numbers and ours.

use jiff::Timestamp;

use super::StoreError;

pub(super) fn instant(milliseconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(milliseconds).map_err(|e| damaged("a time", e))
}

pub(super) fn number(value: i64) -> Result<u64, StoreError> {
    u64::try_from(value).map_err(|_| damaged("a number", value))
}

pub(super) fn sequence(value: u64) -> Result<i64, StoreError> {
    i64::try_from(value).map_err(|_| damaged("a number", value))
}

pub(super) fn damaged(what: &'static str, detail: impl std::fmt::Display) -> StoreError {
    StoreError::Damaged {
        what,
        detail: detail.to_string(),
    }
}
