//! What an installation decides about polling.

use crate::formats::csaf::Tlp;
use crate::store::sources::Quota;

/// Settings of polling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PollOptions {
    /// How many sources are asked at once.
    pub concurrency: usize,
    /// How many of them on one host.
    pub per_host: usize,
    pub quota: Quota,
    /// How many documents one visit to a CSAF provider fetches; the next one goes on.
    pub documents: usize,
    /// Advisories up to this label may be read here.
    pub tlp: Tlp,
}

impl Default for PollOptions {
    fn default() -> Self {
        let days = |days: i64| jiff::SignedDuration::from_hours(24 * days);
        Self {
            concurrency: 16,
            per_host: 2,
            quota: Quota {
                posts: 10_000,
                age: days(3 * 365),
                ledger: days(30),
            },
            documents: 20_000,
            tlp: Tlp::Clear,
        }
    }
}
