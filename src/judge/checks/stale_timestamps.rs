//! `stale-timestamps`: the times of the files do not fit the time of the release.
//!
//! Binaries years older than the release that ships them may be old versions put back, or a build
//! that nobody can reproduce; files from after the signing cannot have been in what was signed at
//! that time. Times are the packer's to choose, so this is a hint and never a verdict.

use jiff::{Timestamp, ToSpan as _, civil, tz::TimeZone};

use crate::domain::{Finding, FindingKind};
use crate::formats::container::Member;

/// How much older than the release a file may be.
const OLD_DAYS: i64 = 2 * 365;
/// How much later: a zip's local times are up to 14 hours off, and clocks are wrong.
const LATE_HOURS: i64 = 48;
/// Up to here times are placeholders: zero of Unix, zero of DOS, npm's 1985-10-26.
const PLACEHOLDERS_END: civil::DateTime = civil::datetime(1986, 1, 1, 0, 0, 0, 0);

/// Findings on the files among `members`. `released` is the signing time or the manifest's own date.
///
/// Placeholder times say nothing, unless every file has the same one: then one finding tells that no
/// file says when it was made.
#[must_use]
pub fn check<'a>(
    members: impl IntoIterator<Item = &'a Member>,
    released: Option<Timestamp>,
) -> Vec<Finding> {
    let times: Vec<Timestamp> = members
        .into_iter()
        .filter(|member| member.is_file())
        .filter_map(|member| member.modified?.about())
        .collect();
    let real: Vec<Timestamp> = times
        .iter()
        .copied()
        .filter(|t| !is_placeholder(*t))
        .collect();
    if real.is_empty() {
        let same = times.windows(2).all(|pair| pair.first() == pair.last());
        return if times.len() > 1 && same {
            finding(&times, None).into_iter().collect()
        } else {
            vec![]
        };
    }
    let Some(released) = released else {
        return vec![];
    };
    // Beyond what a timestamp can hold nothing is old or late.
    let oldest = released.checked_sub((OLD_DAYS * 24).hours());
    let latest = released.checked_add(LATE_HOURS.hours());
    let old: Vec<Timestamp> = real
        .iter()
        .copied()
        .filter(|time| oldest.as_ref().is_ok_and(|oldest| time < oldest))
        .collect();
    let late: Vec<Timestamp> = real
        .iter()
        .copied()
        .filter(|time| latest.as_ref().is_ok_and(|latest| time > latest))
        .collect();
    finding(&old, Some(released))
        .into_iter()
        .chain(finding(&late, Some(released)))
        .collect()
}

fn finding(times: &[Timestamp], released: Option<Timestamp>) -> Option<Finding> {
    let newest = *times.iter().max()?;
    Some(Finding::whole(FindingKind::StaleTimestamps {
        count: u32::try_from(times.len()).unwrap_or(u32::MAX),
        newest,
        released,
    }))
}

fn is_placeholder(time: Timestamp) -> bool {
    time.to_zoned(TimeZone::UTC).datetime() < PLACEHOLDERS_END
}

/// A date as manifests write it: RFC 3339, a date with or without time, eight digits, seconds since
/// 1970, or RFC 2822. Without a zone it is UTC.
#[must_use]
pub fn declared_date(written: &str) -> Option<Timestamp> {
    let written = written.trim();
    if let Ok(instant) = written.parse::<Timestamp>() {
        return Some(instant);
    }
    let digits = written.bytes().all(|byte| byte.is_ascii_digit());
    if digits && matches!(written.len(), 9 | 10) {
        return Timestamp::from_second(written.parse().ok()?).ok();
    }
    if digits && written.len() == 13 {
        return Timestamp::from_millisecond(written.parse().ok()?).ok();
    }
    if let Ok(zoned) = jiff::fmt::rfc2822::parse(written) {
        return Some(zoned.timestamp());
    }
    let local = written
        .parse::<civil::DateTime>()
        .or_else(|_| written.parse::<civil::Date>().map(Into::into))
        .ok()?;
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::container::{MemberKind, Modified};

    fn counts(times: &[&str], released: Option<&str>) -> Vec<u32> {
        let members: Vec<Member> = times
            .iter()
            .map(|time| Member {
                path: "a".to_owned(),
                kind: MemberKind::File,
                size: 1,
                packed: None,
                modified: Some(Modified::Instant(declared_date(time).unwrap())),
                mode: None,
            })
            .collect();
        check(&members, released.and_then(declared_date))
            .into_iter()
            .map(|finding| match finding.kind {
                FindingKind::StaleTimestamps { count, .. } => count,
                kind => panic!("{kind:?}"),
            })
            .collect()
    }

    #[test]
    fn times_far_from_the_release_are_counted() {
        let released = Some("2026-03-01");
        let cases: [(&[&str], Option<&str>, &[u32]); 9] = [
            (&["2026-02-27", "2025-06-01"], released, &[]),
            (&["2026-02-27", "2019-06-01", "2020-01-01"], released, &[2]),
            (&["2026-03-02"], released, &[]),
            (&["2027-03-02"], released, &[1]),
            (&["2027-03-02", "2019-01-01"], released, &[1, 1]),
            (&["2019-01-01"], None, &[]),
            (&["1980-01-01", "1980-01-01"], released, &[2]),
            (&["1980-01-01", "2026-02-27"], released, &[]),
            (&["1980-01-01"], None, &[]),
        ];
        for (times, released, expected) in cases {
            assert_eq!(counts(times, released), expected, "{times:?} {released:?}");
        }
    }

    #[test]
    fn dates_come_in_many_spellings() {
        let day = "2026-03-01T00:00:00Z".parse::<Timestamp>().unwrap();
        for written in [
            "2026-03-01",
            "20260301",
            "2026-03-01T00:00:00Z",
            "2026-03-01T01:00:00+01:00",
            "2026-03-01 00:00:00",
            "1772323200",
            "1772323200000",
            "Sun, 1 Mar 2026 00:00:00 +0000",
        ] {
            assert_eq!(declared_date(written), Some(day), "{written}");
        }
        for written in ["", "spring", "2026-13-01", "99999999999999999999"] {
            assert_eq!(declared_date(written), None, "{written}");
        }
    }
}
