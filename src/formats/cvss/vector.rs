//! Reading a vector: every base metric once, none twice, none that the version does not have.

use super::metric::{Group, Metric, MetricValue};
use super::{version_2, version_3};

/// A version of CVSS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    V2,
    V3_0,
    V3_1,
}

impl Version {
    /// As the JSON form writes it.
    #[must_use]
    pub fn number(self) -> &'static str {
        match self {
            Self::V2 => "2.0",
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
        }
    }

    #[must_use]
    pub fn metrics(self) -> &'static [Metric] {
        match self {
            Self::V2 => &version_2::METRICS,
            Self::V3_0 | Self::V3_1 => &version_3::METRICS,
        }
    }
}

/// The values that a vector gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Vector {
    pub version: Version,
    /// In the order of the version's metrics.
    values: Vec<Option<&'static MetricValue>>,
}

/// The three scores, each from 0.0 to 10.0 with one decimal. What a vector leaves out counts as not
/// defined.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scores {
    pub base: f64,
    pub temporal: f64,
    pub environmental: f64,
}

/// Why a text is no vector.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    #[error("no vector of CVSS {0}")]
    OtherVersion(&'static str),
    /// The text is cut.
    #[error("{0} is no metric of this version")]
    Unknown(String),
    #[error("{0} stands twice")]
    Twice(&'static str),
    #[error("{0} is missing")]
    Missing(&'static str),
}

impl Vector {
    /// Reads a vector of a version: `AV:N/...` for 2.0, `CVSS:3.1/AV:N/...` for the others.
    ///
    /// # Errors
    /// When it is of another version, names what the version does not have, a metric twice, or not
    /// every base metric.
    pub fn parse(text: &str, version: Version) -> Result<Self, VectorError> {
        let body = match version {
            Version::V2 => Some(text),
            Version::V3_0 => text.strip_prefix("CVSS:3.0/"),
            Version::V3_1 => text.strip_prefix("CVSS:3.1/"),
        };
        let body = body.ok_or(VectorError::OtherVersion(version.number()))?;
        let metrics = version.metrics();
        let mut values = vec![None; metrics.len()];
        for part in body.split('/') {
            let unknown = || VectorError::Unknown(part.chars().take(16).collect());
            let (key, letters) = part.split_once(':').ok_or_else(unknown)?;
            let (slot, metric) = values
                .iter_mut()
                .zip(metrics)
                .find(|(_, metric)| metric.key == key)
                .ok_or_else(unknown)?;
            let value = metric.value(letters).ok_or_else(unknown)?;
            if slot.replace(value).is_some() {
                return Err(VectorError::Twice(metric.key));
            }
        }
        let missing = metrics
            .iter()
            .zip(&values)
            .find(|(metric, value)| metric.group == Group::Base && value.is_none());
        match missing {
            Some((metric, _)) => Err(VectorError::Missing(metric.key)),
            None => Ok(Self { version, values }),
        }
    }

    /// The value of a metric, by its letters.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&'static MetricValue> {
        let metrics = self.version.metrics();
        let at = metrics.iter().position(|metric| metric.key == key)?;
        *self.values.get(at)?
    }

    #[must_use]
    pub fn scores(&self) -> Scores {
        match self.version {
            Version::V2 => version_2::scores(self),
            Version::V3_0 | Version::V3_1 => version_3::scores(self),
        }
    }

    pub(super) fn weight(&self, key: &str) -> Option<f64> {
        self.value(key).map(|value| value.weight)
    }

    pub(super) fn is(&self, key: &str, value: &str) -> bool {
        self.value(key).is_some_and(|found| found.key == value)
    }
}

impl Scores {
    /// The severity of a score in CVSS 3 (section 5 of its specification).
    #[must_use]
    pub fn severity(score: f64) -> &'static str {
        match score {
            score if score < 0.1 => "NONE",
            score if score < 4.0 => "LOW",
            score if score < 7.0 => "MEDIUM",
            score if score < 9.0 => "HIGH",
            _ => "CRITICAL",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors of the specifications' own examples and guides, with their published scores.
    #[test]
    fn scores_are_those_that_the_specifications_publish() {
        let table = [
            // CVSS v2 guide, 3.3.1 to 3.3.3.
            (
                Version::V2,
                "AV:N/AC:L/Au:N/C:N/I:N/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H",
                [7.8, 6.4, 9.2],
            ),
            (
                Version::V2,
                "AV:N/AC:L/Au:N/C:C/I:C/A:C/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:L",
                [10.0, 8.3, 9.0],
            ),
            (
                Version::V2,
                "AV:L/AC:H/Au:N/C:C/I:C/A:C/E:POC/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:M",
                [6.2, 4.9, 7.5],
            ),
            (Version::V2, "AV:N/AC:L/Au:N/C:N/I:N/A:N", [0.0, 0.0, 0.0]),
            // CVSS v3.1 examples: CVE-2013-1937, CVE-2013-0375, CVE-2014-3566, CVE-2012-1516...
            (
                Version::V3_1,
                "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",
                [6.1, 6.1, 6.1],
            ),
            (
                Version::V3_1,
                "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N",
                [6.4, 6.4, 6.4],
            ),
            (
                Version::V3_1,
                "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N",
                [3.1, 3.1, 3.1],
            ),
            (
                Version::V3_1,
                "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H",
                // The modified equations of 3.1 differ from the base ones.
                [9.9, 9.9, 10.0],
            ),
            (
                Version::V3_1,
                "CVSS:3.1/AV:L/AC:L/PR:H/UI:N/S:U/C:L/I:L/A:L",
                [4.2, 4.2, 4.2],
            ),
            (
                Version::V3_1,
                "CVSS:3.1/AV:P/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N",
                [0.0, 0.0, 0.0],
            ),
            (
                Version::V3_0,
                "CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/RC:U",
                [9.8, 7.8, 7.8],
            ),
        ];
        for (version, text, expected) in table {
            let scores = Vector::parse(text, version).unwrap().scores();
            let found = [scores.base, scores.temporal, scores.environmental];
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_vector_says_why() {
        for (version, text, expected) in [
            (
                Version::V3_1,
                "CVSS:3.0/AV:N",
                VectorError::OtherVersion("3.1"),
            ),
            (Version::V2, "", VectorError::Unknown(String::new())),
            (
                Version::V2,
                "(AV:N/AC:L/Au:N/C:N/I:N/A:N)",
                VectorError::Unknown("(AV:N".to_owned()),
            ),
            (
                Version::V2,
                "AV:P/AC:L/Au:N/C:N/I:N/A:N",
                VectorError::Unknown("AV:P".to_owned()),
            ),
            (
                Version::V2,
                "AV:N/AC:L/Au:N/C:N/I:N/A:N/A:N",
                VectorError::Twice("A"),
            ),
            (
                Version::V2,
                "AV:N/AC:L/Au:N/C:N/I:N",
                VectorError::Missing("A"),
            ),
        ] {
            assert_eq!(Vector::parse(text, version), Err(expected), "{text}");
        }
    }
}
