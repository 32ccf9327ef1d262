//! When a mail that was not taken is tried again.

use jiff::{SignedDuration, Timestamp};

/// From the first attempt on, for so long it is tried.
pub const GIVE_UP: SignedDuration = SignedDuration::from_hours(5 * 24);
/// The waits, in minutes; after the last one, the last one again.
const WAITS: [i64; 8] = [1, 5, 15, 60, 180, 360, 720, 1440];

/// The next attempt after `attempts` (at least one) failed, the first of them at `first`; `None` when
/// it is given up.
#[must_use]
pub fn next_attempt(attempts: u32, first: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let place = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = WAITS.get(place).or(WAITS.last()).copied().unwrap_or(1440);
    let next = now.checked_add(SignedDuration::from_mins(wait)).ok()?;
    let end = first.checked_add(GIVE_UP).ok()?;
    // The last attempt is at the end itself, unless that is past.
    if now >= end {
        None
    } else {
        Some(next.min(end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_longer_and_longer_and_ends_after_five_days() {
        let first = Timestamp::UNIX_EPOCH;
        let (mut now, mut attempts, mut waits) = (first, 1, vec![]);
        while let Some(next) = next_attempt(attempts, first, now) {
            waits.push(now.duration_until(next).as_mins());
            now = next;
            attempts += 1;
        }
        assert_eq!(
            waits,
            [1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440, 1440, 99]
        );
        assert_eq!(first.duration_until(now), GIVE_UP);
    }
}
