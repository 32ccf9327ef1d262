//! What a revocation means for a signature of a given time.

use jiff::Timestamp;

use super::Revocation;

impl Revocation {
    /// From when on the key counts as bad: the invalidity date, where it is earlier.
    #[must_use]
    pub fn since(&self) -> Timestamp {
        self.invalid_since
            .map_or(self.revoked, |since| since.min(self.revoked))
    }

    /// Whether the key was compromised and nobody says since when.
    fn is_without_date(&self) -> bool {
        self.invalid_since.is_none() && self.reason.is_some_and(|reason| reason.is_compromise())
    }
}

/// Whether a revocation condemns a signature. `established` is the proven or witnessed time of
/// signing, `at` the instant of judgement.
#[must_use]
pub fn condemns(revocation: &Revocation, established: Option<Timestamp>, at: Timestamp) -> bool {
    revocation.is_without_date() || established.unwrap_or(at) >= revocation.since()
}

/// Whether the revocation of a timestamp authority voids its token of this time. Whoever has the key
/// writes any time: only a stated reason that leaves the key alone saves earlier tokens (RFC 3161 4.1).
#[must_use]
pub fn condemns_timestamps(revocation: &Revocation, time: Timestamp) -> bool {
    let saves = revocation
        .reason
        .is_some_and(|reason| reason.leaves_timestamps());
    !saves || time >= revocation.since()
}
