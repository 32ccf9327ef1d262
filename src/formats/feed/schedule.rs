//! How often a publisher wants to be asked: `ttl`, `sy:updatePeriod`, `skipHours`, `skipDays`.

use std::collections::BTreeSet;

use jiff::civil::Weekday;

use super::namespace::Ns;
use super::tree::Element;

/// What a feed says of its own rhythm. Nothing of it is believed beyond the asker's own bounds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Schedule {
    /// RSS `ttl`: how long a copy is good, in minutes.
    pub ttl_minutes: Option<u32>,
    /// From the syndication module of RSS 1.0, in minutes.
    pub update_minutes: Option<u32>,
    /// Hours of the day, UTC, 0 to 23, in which not to ask.
    pub skip_hours: BTreeSet<i8>,
    /// Days on which not to ask, UTC; Monday is 1.
    pub skip_days: BTreeSet<i8>,
}

impl Schedule {
    /// Reads it from the channel of an RSS or RDF document.
    pub(super) fn read(root: &Element) -> Self {
        let mut schedule = Self::default();
        schedule.take(root);
        for channel in root
            .elements()
            .filter(|child| child.is(Ns::Core, "channel"))
        {
            schedule.take(channel);
        }
        schedule
    }

    fn take(&mut self, channel: &Element) {
        let (mut period, mut frequency) = (None, 1u32);
        for child in channel.elements() {
            match (child.ns, child.name.to_ascii_lowercase().as_str()) {
                (Ns::Core, "ttl") => self.ttl_minutes = child.text().parse().ok(),
                (Ns::Syndication, "updateperiod") => period = minutes(&child.text()),
                (Ns::Syndication, "updatefrequency") => {
                    frequency = child.text().parse().ok().filter(|f| *f > 0).unwrap_or(1);
                }
                (Ns::Core, "skiphours") => {
                    // Some count to 24.
                    let hours = child
                        .elements()
                        .filter_map(|hour| hour.text().parse::<i8>().ok());
                    self.skip_hours.extend(
                        hours
                            .filter(|hour| (0..=24).contains(hour))
                            .map(|hour| hour % 24),
                    );
                }
                (Ns::Core, "skipdays") => {
                    let days = child.elements().filter_map(|day| weekday(&day.text()));
                    self.skip_days
                        .extend(days.map(Weekday::to_monday_one_offset));
                }
                _ => {}
            }
        }
        if let Some(period) = period {
            self.update_minutes = Some((period / frequency).max(1));
        }
    }
}

fn minutes(period: &str) -> Option<u32> {
    match period.trim().to_ascii_lowercase().as_str() {
        "hourly" => Some(60),
        "daily" => Some(24 * 60),
        "weekly" => Some(7 * 24 * 60),
        "monthly" => Some(30 * 24 * 60),
        "yearly" => Some(365 * 24 * 60),
        _ => None,
    }
}

fn weekday(name: &str) -> Option<Weekday> {
    Some(match name.trim().to_ascii_lowercase().as_str() {
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}
