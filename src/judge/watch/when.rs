//! When mail may go: digests and quiet hours, each in its own time zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _, Zoned};

/// The local hour at which digests go.
const DIGEST_HOUR: i8 = 8;

/// A digest: every day, or every Monday, at eight in the morning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest {
    weekly: bool,
    zone: Zone,
}

/// Hours in which nothing but what is `high` is sent; they may span midnight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quiet {
    from: Time,
    to: Time,
    zone: Zone,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Zone {
    name: String,
    zone: TimeZone,
}

/// Why a digest or quiet hours cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TimingError {
    #[error("expected daily or weekly, with a time zone: daily@Europe/Berlin")]
    Digest,
    #[error("expected hours such as 22:00-07:00, or with a time zone 22:00-07:00@Europe/Berlin")]
    Quiet,
    #[error("no time zone has this name; names are those of IANA, such as Europe/Berlin or UTC")]
    Zone,
}

impl Digest {
    /// The first moment after `now` at which this digest goes.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Timestamp {
        let local = now.to_zoned(self.zone.zone.clone());
        let mut day = local.date();
        for _ in 0..15 {
            let wanted = !self.weekly || day.weekday() == Weekday::Monday;
            let at = day
                .at(DIGEST_HOUR, 0, 0, 0)
                .to_zoned(self.zone.zone.clone());
            if let Ok(at) = at
                && wanted
                && at.timestamp() > now
            {
                return at.timestamp();
            }
            let Ok(next) = day.tomorrow() else { return now };
            day = next;
        }
        now
    }
}

impl Quiet {
    /// `now`, or the end of the quiet hours that it lies in.
    #[must_use]
    pub fn after(&self, now: Timestamp) -> Timestamp {
        let local: Zoned = now.to_zoned(self.zone.zone.clone());
        let time = local.time();
        let spans_midnight = self.from > self.to;
        let is_quiet = if spans_midnight {
            time >= self.from || time < self.to
        } else {
            time >= self.from && time < self.to
        };
        if !is_quiet {
            return now;
        }
        let day = if spans_midnight && time >= self.from {
            local.date().saturating_add(1.day())
        } else {
            local.date()
        };
        day.to_datetime(self.to)
            .to_zoned(self.zone.zone.clone())
            .map_or(now, |end| end.timestamp().max(now))
    }
}

impl FromStr for Zone {
    type Err = TimingError;

    fn from_str(name: &str) -> Result<Self, TimingError> {
        let zone = if name == "UTC" {
            TimeZone::UTC
        } else {
            TimeZone::get(name).map_err(|_| TimingError::Zone)?
        };
        Ok(Self {
            name: name.to_owned(),
            zone,
        })
    }
}

impl FromStr for Digest {
    type Err = TimingError;

    fn from_str(text: &str) -> Result<Self, TimingError> {
        let (rhythm, zone) = text.split_once('@').unwrap_or((text, "UTC"));
        let weekly = match rhythm {
            "daily" => false,
            "weekly" => true,
            _ => return Err(TimingError::Digest),
        };
        Ok(Self {
            weekly,
            zone: zone.parse()?,
        })
    }
}

impl FromStr for Quiet {
    type Err = TimingError;

    fn from_str(text: &str) -> Result<Self, TimingError> {
        let (hours, zone) = text.split_once('@').unwrap_or((text, "UTC"));
        let (from, to) = hours.split_once('-').ok_or(TimingError::Quiet)?;
        let time = |text: &str| {
            let usual = text.len() == 5 && text.as_bytes().get(2) == Some(&b':');
            let parsed = Time::strptime("%H:%M", text).ok();
            parsed.filter(|_| usual).ok_or(TimingError::Quiet)
        };
        let (from, to) = (time(from)?, time(to)?);
        if from == to {
            return Err(TimingError::Quiet);
        }
        Ok(Self {
            from,
            to,
            zone: zone.parse()?,
        })
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rhythm = if self.weekly { "weekly" } else { "daily" };
        write!(f, "{rhythm}@{}", self.zone.name)
    }
}

impl fmt::Display for Quiet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |time: Time| time.strftime("%H:%M").to_string();
        write!(
            f,
            "{}-{}@{}",
            time(self.from),
            time(self.to),
            self.zone.name
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_go_at_eight_where_the_team_is() {
        for (digest, now, due) in [
            ("daily@UTC", "2026-03-04T07:59:00Z", "2026-03-04T08:00:00Z"),
            ("daily@UTC", "2026-03-04T08:00:00Z", "2026-03-05T08:00:00Z"),
            (
                "daily@Europe/Berlin",
                "2026-03-04T06:00:00Z",
                "2026-03-04T07:00:00Z",
            ),
            // The night in which Berlin's clocks go forward.
            (
                "daily@Europe/Berlin",
                "2026-03-28T20:00:00Z",
                "2026-03-29T06:00:00Z",
            ),
            ("weekly@UTC", "2026-03-04T10:00:00Z", "2026-03-09T08:00:00Z"),
            ("weekly", "2026-03-09T08:00:00Z", "2026-03-16T08:00:00Z"),
        ] {
            let digest: Digest = digest.parse().unwrap();
            assert_eq!(
                digest.due(now.parse().unwrap()).to_string(),
                due,
                "{digest} {now}"
            );
        }
    }

    #[test]
    fn quiet_hours_span_midnight_and_end_where_the_team_is() {
        for (quiet, now, after) in [
            (
                "22:00-07:00",
                "2026-03-04T21:59:59Z",
                "2026-03-04T21:59:59Z",
            ),
            (
                "22:00-07:00",
                "2026-03-04T22:00:00Z",
                "2026-03-05T07:00:00Z",
            ),
            (
                "22:00-07:00",
                "2026-03-05T06:59:59Z",
                "2026-03-05T07:00:00Z",
            ),
            (
                "22:00-07:00",
                "2026-03-05T07:00:00Z",
                "2026-03-05T07:00:00Z",
            ),
            (
                "12:00-13:00@UTC",
                "2026-03-05T12:30:00Z",
                "2026-03-05T13:00:00Z",
            ),
            (
                "22:00-07:00@Asia/Tokyo",
                "2026-03-04T14:00:00Z",
                "2026-03-04T22:00:00Z",
            ),
        ] {
            let hours: Quiet = quiet.parse().unwrap();
            assert_eq!(
                hours.after(now.parse().unwrap()).to_string(),
                after,
                "{quiet} {now}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for text in ["hourly", "daily@", "daily@Europe/Brelin", ""] {
            assert!(text.parse::<Digest>().is_err(), "{text}");
        }
        for text in [
            "22-07",
            "22:00-22:00",
            "22:00",
            "22:00-07:00@Mars",
            "25:00-07:00",
        ] {
            assert!(text.parse::<Quiet>().is_err(), "{text}");
        }
        for text in ["weekly@Europe/Berlin", "daily@UTC"] {
            assert_eq!(text.parse::<Digest>().unwrap().to_string(), text);
        }
        assert_eq!(
            "22:00-07:00".parse::<Quiet>().unwrap().to_string(),
            "22:00-07:00@UTC"
        );
    }
}
