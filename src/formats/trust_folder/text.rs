//! How dates, digests and ids are written in the trust folder.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor, value::MapAccessDeserializer};

use crate::domain::Oid;

/// A day, UTC; written as a TOML date or, in the compiled form, as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub Date);

impl Day {
    /// The first instant of the day.
    #[must_use]
    pub fn start(self) -> Timestamp {
        self.0
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_or(Timestamp::MAX, |zoned| zoned.timestamp())
    }

    /// The first instant of the day after.
    #[must_use]
    pub fn end(self) -> Timestamp {
        self.0
            .tomorrow()
            .map_or(Timestamp::MAX, |next| Self(next).start())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct DayVisitor;
        impl<'de> Visitor<'de> for DayVisitor {
            type Value = Day;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date such as 2026-11-22")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Day, E> {
                text.parse()
                    .map(Day)
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }

            // The TOML reader hands out dates as a map with one private key.
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Day, A::Error> {
                let written = toml::value::Datetime::deserialize(MapAccessDeserializer::new(map))?;
                if written.time.is_some() || written.offset.is_some() {
                    return Err(A::Error::custom("expected a date without time of day"));
                }
                self.visit_str(&written.to_string())
            }
        }
        deserializer.deserialize_any(DayVisitor)
    }
}

/// A span of days, both included; an open end has no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Span {
    pub from: Option<Day>,
    pub to: Option<Day>,
}

impl Span {
    #[must_use]
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from.start() <= at) && self.to.is_none_or(|to| at < to.end())
    }
}

/// A value that is written as text and read by its `FromStr`.
pub(super) fn parsed<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    String::deserialize(deserializer)?
        .parse()
        .map_err(D::Error::custom)
}

/// As [`parsed`], where absent or empty text means unknown.
pub(super) fn parsed_if_known<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    let text = String::deserialize(deserializer)?;
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(D::Error::custom)
}

/// A list of values that are written as text.
pub(super) fn parsed_list<'de, D, T>(deserializer: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: fmt::Display>,
{
    Vec::<String>::deserialize(deserializer)?
        .iter()
        .map(|text| text.parse().map_err(D::Error::custom))
        .collect()
}

/// One text or several: names that changed over the years.
pub(super) fn one_or_many<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "a text or a list of texts")]
    enum Written {
        One(String),
        Many(Vec<String>),
    }
    Ok(match Written::deserialize(deserializer)? {
        Written::One(text) => vec![text],
        Written::Many(texts) => texts,
    })
}

/// An object identifier in dotted decimal text.
pub(super) fn oid<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Oid>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let arcs: Vec<&str> = text.split('.').collect();
    let well_formed = arcs.len() >= 2
        && arcs.iter().all(|arc| {
            !arc.is_empty()
                && arc.bytes().all(|digit| digit.is_ascii_digit())
                && (*arc == "0" || !arc.starts_with('0'))
        });
    if well_formed {
        Ok(Some(Oid::new(text)))
    } else {
        Err(D::Error::custom("not an object identifier in dotted text"))
    }
}
