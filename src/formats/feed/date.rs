//! Dates as feeds write them: RFC 3339 and its short forms, RFC 822 and its misspellings, asctime.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::Offset;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
/// The longest text that is looked at, in bytes.
const LONGEST: usize = 128;

/// Reads a date; UTC where no zone is stated, midnight where no time is.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.len() > LONGEST || !text.is_ascii() {
        return None;
    }
    numeric(text).or_else(|| worded(text))
}

/// `2003-12-31T10:14:55Z` and what is left when parts are left out (W3C's note on dates and times).
fn numeric(text: &str) -> Option<Timestamp> {
    let (day, rest) = match text.find(['T', 't', ' ']) {
        Some(at) => (text.get(..at)?, text.get(at + 1..)?.trim()),
        None => (text, ""),
    };
    let mut parts = day.split('-');
    let year = parts.next().filter(|year| year.len() == 4)?;
    let date = date(
        number(year)?,
        parts.next().map_or(Some(1), number)?,
        parts.next().map_or(Some(1), number)?,
    )?;
    if parts.next().is_some() {
        return None;
    }
    let zone = rest.find(['Z', 'z', '+', '-']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(zone);
    at(date, time(clock.trim())?, offset(zone.trim())?)
}

/// `Wed, 31 Dec 2003 10:14:55 GMT`, `Wed Dec 31 10:14:55 2003`, in any order that can be told.
fn worded(text: &str) -> Option<Timestamp> {
    let (mut day, mut month, mut year, mut clock, mut zone) = (None, None, None, None, None);
    for word in text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
    {
        let lower = word.to_ascii_lowercase();
        let named = MONTHS.iter().position(|name| lower.starts_with(name));
        if let Some(named) = named.filter(|_| month.is_none()) {
            month = i64::try_from(named + 1).ok();
        } else if word.contains(':') && clock.is_none() {
            // A zone may cling to the clock.
            let end = word.find(['+', '-', 'Z']).unwrap_or(word.len());
            let (digits, rest) = word.split_at(end);
            clock = Some(time(digits)?);
            zone = (!rest.is_empty()).then(|| offset(rest)).or(zone);
        } else if word.bytes().all(|byte| byte.is_ascii_digit()) {
            let value = number(word)?;
            if day.is_none() && word.len() <= 2 {
                day = Some(value);
            } else if year.is_none() {
                year = Some(match (word.len(), value) {
                    (2, 0..=49) => value + 2000,
                    (2, _) => value + 1900,
                    _ => value,
                });
            } else {
                return None;
            }
        } else if clock.is_some() && zone.is_none() {
            zone = Some(offset(word));
        } else if let Some((first, rest)) = word.split_once('-') {
            // 31-Dec-2003
            let (name, end) = rest.split_once('-')?;
            let name = name.to_ascii_lowercase();
            let named = MONTHS.iter().position(|month| name.starts_with(month))?;
            (day, year) = (number(first), number(end));
            month = i64::try_from(named + 1).ok();
        }
    }
    let date = date(year?, month?, day?)?;
    let zone = zone.unwrap_or(Some(Offset::UTC))?;
    at(date, clock.unwrap_or(Time::midnight()), zone)
}

fn at(date: Date, time: Time, offset: Offset) -> Option<Timestamp> {
    offset.to_timestamp(date.to_datetime(time)).ok()
}

fn date(year: i64, month: i64, day: i64) -> Option<Date> {
    Date::new(
        i16::try_from(year).ok()?,
        i8::try_from(month).ok()?,
        i8::try_from(day).ok()?,
    )
    .ok()
}

/// Hours and minutes, and perhaps seconds with a fraction; nothing is midnight, as is 24:00.
fn time(text: &str) -> Option<Time> {
    if text.is_empty() {
        return Some(Time::midnight());
    }
    let mut parts = text.split(':');
    let hour = number(parts.next()?)? % 24;
    let minute = parts.next().map_or(Some(0), number)?;
    let second = parts.next().map_or(Some(0), |second| {
        number(second.split(['.', ',']).next().unwrap_or(second))
    })?;
    if parts.next().is_some() {
        return None;
    }
    // A leap second is the last of its minute.
    Time::new(
        i8::try_from(hour).ok()?,
        i8::try_from(minute).ok()?,
        i8::try_from(second.min(59)).ok()?,
        0,
    )
    .ok()
}

/// `Z`, `+01:00`, `+0100`, `+01`, and the names of RFC 822.
fn offset(text: &str) -> Option<Offset> {
    let hours = match text.to_ascii_uppercase().as_str() {
        "" | "Z" | "UT" | "UTC" | "GMT" => 0,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "CST" | "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "BST" | "CET" => 1,
        "CEST" => 2,
        signed => return signed_offset(signed),
    };
    Offset::from_hours(hours).ok()
}

fn signed_offset(text: &str) -> Option<Offset> {
    let text = text.trim_start_matches("GMT").trim_start_matches("UTC");
    let sign = match text.bytes().next()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text.get(1..)?.chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (number(&digits)?, 0),
        4 => (number(digits.get(..2)?)?, number(digits.get(2..)?)?),
        _ => return None,
    };
    let seconds = i32::try_from(hours * 3600 + minutes * 60).ok()?;
    Offset::from_seconds(sign * seconds).ok()
}

fn number(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::instant;

    #[test]
    fn dates_as_seen() {
        let cases = [
            ("2003-12-31T10:14:55Z", Some("2003-12-31T10:14:55Z")),
            ("2003-12-31T10:14:55.25-08:00", Some("2003-12-31T18:14:55Z")),
            ("2003-12-31T10:14+0100", Some("2003-12-31T09:14:00Z")),
            ("2003-12-31 10:14:55", Some("2003-12-31T10:14:55Z")),
            ("2003-12-31", Some("2003-12-31T00:00:00Z")),
            ("2003-12", Some("2003-12-01T00:00:00Z")),
            ("2003", Some("2003-01-01T00:00:00Z")),
            (
                "Wed, 31 Dec 2003 10:14:55 GMT",
                Some("2003-12-31T10:14:55Z"),
            ),
            (
                "Thurs, 31 December 03 10:14:55 EST",
                Some("2003-12-31T15:14:55Z"),
            ),
            ("31 Dec 2003 10:14 -0800", Some("2003-12-31T18:14:00Z")),
            ("Wed Dec 31 10:14:55 2003", Some("2003-12-31T10:14:55Z")),
            ("Dec 31, 2003", Some("2003-12-31T00:00:00Z")),
            ("31-Dec-2003", Some("2003-12-31T00:00:00Z")),
            ("2003-13-31", None),
            ("31 Dec 2003 10:14:55 XYZ", None),
            ("99 Dec 2003", None),
            ("yesterday", None),
            ("", None),
            ("-", None),
            ("1-", None),
            ("\u{661}\u{662}", None),
        ];
        for (text, expected) in cases {
            let found = instant(text).map(|at| at.to_string());
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
