//! How a source stands after a visit: what is asked next, when, and why it failed. Pure.

use jiff::{SignedDuration, Timestamp};

use super::visit::{Ending, Visited};
use crate::domain::source::State;
use crate::judge::next_poll::{NextPoll, Question, Visit, next_poll};
use crate::store::sources::{Source, Standing};

/// How often in a row a permanent redirect is seen until the new address is asked at once.
const SIGHTS: u32 = 3;
/// After so many failures in a row at an address that a source moved to, its first one is tried.
const GIVE_UP: u32 = 3;

/// Plans. `changed` tells whether anything was new; `dice` is from 0 up to 1.
pub(super) fn standing(visited: &Visited, changed: bool, now: Timestamp, dice: f64) -> Standing {
    let source = &visited.source;
    let failures = source.failures.saturating_add(1);
    let visit = match &visited.ending {
        Ending::Good { .. } if changed => Visit::Changed,
        Ending::Good { .. } | Ending::Unchanged => Visit::Unchanged,
        Ending::Busy { .. } => Visit::Busy,
        Ending::Failed(_) => Visit::Failed { times: failures },
        Ending::Gone => Visit::Gone,
    };
    let (validators, entries, schedule) = match &visited.ending {
        Ending::Good {
            validators,
            entries,
            schedule,
            ..
        } => (
            validators.clone(),
            if *entries > 0 {
                *entries
            } else {
                source.entries
            },
            schedule.clone(),
        ),
        _ => (
            source.validators.clone(),
            source.entries,
            source.schedule.clone(),
        ),
    };
    let max_age = visited
        .max_age_seconds
        .map(|seconds| SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX)));
    let plan = next_poll(&Question {
        now,
        visit,
        interval: source.interval,
        schedule: schedule.as_ref(),
        max_age,
        retry_at: visited.retry_at,
        dice,
    });
    let good = matches!(visited.ending, Ending::Good { .. } | Ending::Unchanged);
    let (mut address, moving) = moved(source, visited, good);
    if !good && failures.is_multiple_of(GIVE_UP) {
        address.clone_from(&source.url);
    }
    let mut standing = Standing {
        state: State::Active,
        address,
        moving,
        validators,
        interval: source.interval,
        next_visit: source.next_visit,
        last_good: if good { Some(now) } else { source.last_good },
        failures: if good { 0 } else { failures },
        reason: visited.ending.reason(),
        entries,
        schedule,
    };
    match plan {
        NextPoll::Stop => standing.state = State::Gone,
        NextPoll::At { at, interval } => {
            standing.next_visit = at;
            standing.interval = interval;
        }
    }
    standing
}

/// The address to ask next, and the move that is under way.
fn moved(source: &Source, visited: &Visited, good: bool) -> (String, Option<(String, u32)>) {
    let stays = source.address.clone();
    match (&visited.moved, &source.moving) {
        // A redirect to an error says nothing about where the source lives.
        _ if !good => (stays, source.moving.clone()),
        (None, _) => (stays, None),
        (Some(to), Some((before, seen))) if to == before => {
            let seen = seen.saturating_add(1);
            if seen >= SIGHTS {
                (to.clone(), None)
            } else {
                (stays, Some((to.clone(), seen)))
            }
        }
        (Some(to), _) => (stays, Some((to.clone(), 1))),
    }
}
