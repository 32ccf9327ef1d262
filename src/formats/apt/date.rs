//! Dates of repository indices: `Sat, 11 Jul 2026 10:17:11 UTC` (RFC 2822 with zones that apt takes).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads a date in UTC, as apt does: any other zone than UTC is refused.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let (rest, zone) = text.trim().rsplit_once(' ')?;
    if !matches!(zone, "UTC" | "GMT" | "Z" | "+0000" | "-0000") {
        return None;
    }
    let (weekday, rest) = rest.split_once(", ")?;
    if !["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].contains(&weekday) {
        return None;
    }
    let local = DateTime::strptime("%d %b %Y %H:%M:%S", rest.trim()).ok()?;
    Some(local.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_dates_in_utc() {
        let cases = [
            (
                "Sat, 11 Jul 2026 10:17:11 UTC",
                Some("2026-07-11T10:17:11Z"),
            ),
            (
                "Sat, 1 Aug 2026 00:00:00 +0000",
                Some("2026-08-01T00:00:00Z"),
            ),
            ("Sat, 11 Jul 2026 10:17:11 CET", None),
            ("Sat, 11 Jul 2026 10:17:11", None),
            ("Sat, 31 Feb 2026 10:17:11 UTC", None),
            ("tomorrow UTC", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let read = super::read(text).map(|at| at.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
