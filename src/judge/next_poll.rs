//! When a source is asked again. Pure: the clock and the dice are arguments.
//!
//! The interval adapts to what is found, within fixed bounds; what the publisher and the server ask
//! for may make it longer, within other bounds, and never shorter.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::formats::feed::Schedule;

/// The shortest interval.
pub const SHORTEST: SignedDuration = SignedDuration::from_mins(15);
/// The interval of a source that was never asked.
pub const FIRST: SignedDuration = SignedDuration::from_hours(1);
/// The longest interval that comes of finding nothing new, or of what a publisher asks for: a
/// rotation must be seen within a day.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(24);
/// The longest that a server may send a visitor away for.
pub const PATIENCE: SignedDuration = SignedDuration::from_hours(7 * 24);
/// By how much an interval is stretched at most, in percent, so that sources spread.
const JITTER_PERCENT: f64 = 10.0;

/// What a visit ended in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visit {
    /// Something new was found.
    Changed,
    /// Nothing new, by 304 or by the same content.
    Unchanged,
    /// The server is busy (429, 503).
    Busy,
    /// It failed, for the n-th time in a row, counted from 1.
    Failed { times: u32 },
    /// 410: it will not come back.
    Gone,
}

/// What is known when the next visit is planned.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub now: Timestamp,
    pub visit: Visit,
    /// The interval before this visit; [`FIRST`] for a new source.
    pub interval: SignedDuration,
    /// What the feed says of its rhythm.
    pub schedule: Option<&'a Schedule>,
    /// `max-age` of the answer.
    pub max_age: Option<SignedDuration>,
    /// The earliest moment that the server named by `Retry-After`.
    pub retry_at: Option<Timestamp>,
    /// From 0 up to 1, evenly spread.
    pub dice: f64,
}

/// The plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NextPoll {
    At {
        at: Timestamp,
        /// To be kept for the next question.
        interval: SignedDuration,
    },
    /// Never again by itself; a person decides.
    Stop,
}

/// Plans the next visit.
#[must_use]
pub fn next_poll(question: &Question<'_>) -> NextPoll {
    let last = question.interval.clamp(SHORTEST, LONGEST);
    let (interval, wait) = match question.visit {
        Visit::Gone => return NextPoll::Stop,
        Visit::Changed => (last / 2, last / 2),
        Visit::Unchanged => (last * 3 / 2, last * 3 / 2),
        Visit::Busy => (last, last),
        // The interval is kept for better days.
        Visit::Failed { times } => {
            let doublings = times.saturating_sub(1).min(8);
            (last, last * (1 << doublings))
        }
    };
    let interval = interval.clamp(SHORTEST, LONGEST);
    let wait = wait.clamp(SHORTEST, LONGEST).max(asked_for(question));
    let dice = if question.dice.is_finite() {
        question.dice.clamp(0.0, 1.0)
    } else {
        0.0
    };
    let stretched = wait + wait.mul_f64(dice * JITTER_PERCENT / 100.0);
    let mut at = later(question.now, stretched);
    if let Some(retry_at) = question.retry_at {
        // Spread as well: everybody was told the same moment.
        let retry_at = retry_at.min(later(question.now, PATIENCE));
        at = at.max(later(retry_at, stretched - wait));
    }
    if let Some(schedule) = question.schedule {
        at = outside_of_quiet_times(at, schedule);
    }
    NextPoll::At { at, interval }
}

/// How long publisher and server want a copy to be used, believed up to [`LONGEST`].
fn asked_for(question: &Question<'_>) -> SignedDuration {
    let minutes = |minutes: Option<u32>| minutes.map(|n| SignedDuration::from_mins(i64::from(n)));
    let schedule = question.schedule;
    [
        minutes(schedule.and_then(|schedule| schedule.ttl_minutes)),
        minutes(schedule.and_then(|schedule| schedule.update_minutes)),
        question.max_age,
    ]
    .into_iter()
    .flatten()
    .max()
    .unwrap_or_default()
    .clamp(SignedDuration::ZERO, LONGEST)
}

/// The first moment from `at` on, hour by hour, that is in no skipped hour and on no skipped day. A
/// feed that skips a whole week is asked all the same.
fn outside_of_quiet_times(at: Timestamp, schedule: &Schedule) -> Timestamp {
    let hour = SignedDuration::from_hours(1);
    let mut moment = at;
    for _ in 0..7 * 24 {
        let local = moment.to_zoned(TimeZone::UTC);
        let skipped = schedule.skip_hours.contains(&local.hour())
            || schedule
                .skip_days
                .contains(&local.weekday().to_monday_one_offset());
        if !skipped {
            return moment;
        }
        // The minutes are kept: they spread the sources.
        moment = later(moment, hour);
    }
    at
}

fn later(from: Timestamp, by: SignedDuration) -> Timestamp {
    from.checked_add(by).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: &str = "2026-03-04T10:00:00Z"; // a Wednesday

    fn question() -> Question<'static> {
        Question {
            now: NOW.parse().unwrap(),
            visit: Visit::Unchanged,
            interval: FIRST,
            schedule: None,
            max_age: None,
            retry_at: None,
            dice: 0.0,
        }
    }

    /// The wait in minutes and the interval to be kept.
    fn told(question: &Question<'_>) -> (i64, i64) {
        match next_poll(question) {
            NextPoll::At { at, interval } => {
                let wait = at.duration_since(question.now);
                (wait.as_mins(), interval.as_mins())
            }
            NextPoll::Stop => (-1, -1),
        }
    }

    #[test]
    fn intervals_adapt_within_bounds() {
        let mins = SignedDuration::from_mins;
        let cases = [
            (Visit::Changed, 60, (30, 30)),
            (Visit::Changed, 20, (15, 15)),
            (Visit::Unchanged, 60, (90, 90)),
            (Visit::Unchanged, 20 * 60, (1440, 1440)),
            (Visit::Unchanged, 1 << 40, (1440, 1440)),
            (Visit::Unchanged, -5, (22, 22)),
            (Visit::Busy, 60, (60, 60)),
            (Visit::Failed { times: 1 }, 60, (60, 60)),
            (Visit::Failed { times: 3 }, 60, (240, 60)),
            (Visit::Failed { times: u32::MAX }, 60, (1440, 60)),
            (Visit::Gone, 60, (-1, -1)),
        ];
        for (visit, interval, expected) in cases {
            let interval = mins(interval);
            let question = Question {
                visit,
                interval,
                ..question()
            };
            assert_eq!(told(&question), expected, "{visit:?} {interval:?}");
        }
    }

    #[test]
    fn publishers_and_servers_may_ask_for_longer_never_for_shorter() {
        let schedule = |ttl_minutes, update_minutes| Schedule {
            ttl_minutes,
            update_minutes,
            ..Schedule::default()
        };
        let cases = [
            (schedule(Some(1), None), None, 90),
            (schedule(Some(180), None), None, 180),
            (schedule(Some(180), Some(240)), None, 240),
            (schedule(Some(u32::MAX), None), None, 1440),
            (schedule(None, None), Some(7200), 120),
            (schedule(None, None), Some(i64::MAX), 1440),
            (schedule(None, None), Some(-7200), 90),
        ];
        for (schedule, max_age, minutes) in cases {
            let question = Question {
                schedule: Some(&schedule),
                max_age: max_age.map(SignedDuration::from_secs),
                ..question()
            };
            assert_eq!(told(&question), (minutes, 90), "{schedule:?} {max_age:?}");
        }
    }

    #[test]
    fn a_busy_server_is_left_alone_as_long_as_it_says_up_to_a_week() {
        let cases = [
            ("2026-03-04T10:01:00Z", 60),
            ("2026-03-04T14:00:00Z", 240),
            ("2027-01-01T00:00:00Z", 7 * 1440),
            ("1999-01-01T00:00:00Z", 60),
        ];
        for (retry_at, minutes) in cases {
            let question = Question {
                visit: Visit::Busy,
                retry_at: Some(retry_at.parse().unwrap()),
                ..question()
            };
            assert_eq!(told(&question), (minutes, 60), "{retry_at}");
        }
    }

    #[test]
    fn quiet_times_are_kept() {
        let cases: [(&[i8], &[i8], &str); 5] = [
            (&[11], &[], "2026-03-04T12:30:00Z"),
            (&[11, 12, 13], &[], "2026-03-04T14:30:00Z"),
            (&[], &[3, 4], "2026-03-06T00:30:00Z"),
            (&[0], &[3], "2026-03-05T01:30:00Z"),
            (&[], &[1, 2, 3, 4, 5, 6, 7], "2026-03-04T11:30:00Z"),
        ];
        for (hours, days, expected) in cases {
            let schedule = Schedule {
                skip_hours: hours.iter().copied().collect(),
                skip_days: days.iter().copied().collect(),
                ..Schedule::default()
            };
            let question = Question {
                schedule: Some(&schedule),
                ..question()
            };
            let NextPoll::At { at, .. } = next_poll(&question) else {
                panic!("stopped");
            };
            assert_eq!(at.to_string(), expected, "{hours:?} {days:?}");
        }
    }

    fn visits() -> impl Strategy<Value = Visit> {
        prop_oneof![
            Just(Visit::Changed),
            Just(Visit::Unchanged),
            Just(Visit::Busy),
            any::<u32>().prop_map(|times| Visit::Failed { times }),
        ]
    }

    proptest! {
        #[test]
        fn never_sooner_than_the_shortest_and_never_before_the_server_says(
            visit in visits(),
            now in -300_000_000_000i64..=253_000_000_000,
            interval in any::<i64>(),
            max_age in prop::option::of(any::<i64>()),
            ttl_minutes in prop::option::of(any::<u32>()),
            retry in prop::option::of(-100_000i64..1_000_000),
            skip_hours in prop::collection::btree_set(0i8..24, 0..24),
            skip_days in prop::collection::btree_set(1i8..=7, 0..7),
            dice in prop::num::f64::ANY,
        ) {
            let now = Timestamp::from_second(now).unwrap();
            let schedule = Schedule { ttl_minutes, update_minutes: None, skip_hours, skip_days };
            let retry_at = retry.and_then(|seconds| now.checked_add(SignedDuration::from_secs(seconds)).ok());
            let plan = next_poll(&Question {
                now,
                visit,
                interval: SignedDuration::from_secs(interval),
                schedule: Some(&schedule),
                max_age: max_age.map(SignedDuration::from_secs),
                retry_at,
                dice,
            });
            let NextPoll::At { at, interval } = plan else { panic!("stopped") };
            let wait = at.duration_since(now);
            prop_assert!(wait >= SHORTEST);
            prop_assert!(wait <= PATIENCE + LONGEST + PATIENCE);
            prop_assert!((SHORTEST..=LONGEST).contains(&interval));
            if let Some(retry_at) = retry_at {
                prop_assert!(at >= retry_at.min(later(now, PATIENCE)));
            }
        }
    }
}
