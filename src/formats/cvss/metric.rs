//! One metric of a vector: its letters, the property of the JSON form, and its values.

/// Whether a vector must have a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Base,
    Temporal,
    Environmental,
}

/// A metric of one version of CVSS.
#[derive(Debug, PartialEq)]
pub struct Metric {
    /// As vectors write it: `AV`.
    pub key: &'static str,
    /// As the JSON form writes it: `attackVector`.
    pub property: &'static str,
    pub group: Group,
    pub values: &'static [MetricValue],
}

/// A value of a metric.
#[derive(Debug, PartialEq)]
pub struct MetricValue {
    /// As vectors write it: `N`.
    pub key: &'static str,
    /// As the JSON form writes it: `NETWORK`.
    pub word: &'static str,
    pub(super) weight: f64,
}

impl Metric {
    /// The value of these letters.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&'static MetricValue> {
        self.values.iter().find(|value| value.key == key)
    }
}

pub(super) const fn value(key: &'static str, word: &'static str, weight: f64) -> MetricValue {
    MetricValue { key, word, weight }
}

pub(super) const fn metric(
    key: &'static str,
    property: &'static str,
    group: Group,
    values: &'static [MetricValue],
) -> Metric {
    Metric {
        key,
        property,
        group,
        values,
    }
}
