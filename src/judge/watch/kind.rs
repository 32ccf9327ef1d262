//! Kinds of events, and how much each matters when its writer does not say.

use crate::domain::Severity;

/// Kinds that are told, with their severity.
const KINDS: &[(&str, Severity)] = &[
    ("advisory-new", Severity::Note),
    ("advisory-revised", Severity::Note),
    ("anchor-changed", Severity::Warning),
    ("blast-radius", Severity::High),
    ("flagged-key-explained", Severity::Warning),
    ("key-expiring", Severity::Warning),
    ("package-flagged", Severity::High),
    ("root-added", Severity::Note),
    ("root-distrusted", Severity::High),
    ("root-removed", Severity::Warning),
    ("rotation-announced", Severity::Warning),
    ("rotation-confirmed", Severity::Warning),
    ("rotation-corroborated", Severity::Warning),
    ("rotation-in-force", Severity::Warning),
    ("rotation-reverted", Severity::High),
    ("rotation-suspected", Severity::Warning),
    ("signer-changed", Severity::Warning),
    ("source-broken", Severity::Warning),
    ("source-recovered", Severity::Note),
    ("source-silent", Severity::Warning),
    ("trust-changed", Severity::Warning),
    ("verdict-changed", Severity::Warning),
];

/// The words, sorted.
pub fn known_kinds() -> impl Iterator<Item = &'static str> {
    KINDS.iter().map(|(word, _)| *word)
}

/// A kind that this version does not know is a warning: it may come from a newer one.
#[must_use]
pub fn default_severity(kind: &str) -> Severity {
    KINDS
        .iter()
        .find(|(word, _)| *word == kind)
        .map_or(Severity::Warning, |(_, severity)| *severity)
}

/// Whether anybody is told; the others are the store's own marks.
#[must_use]
pub fn is_told(kind: &str) -> bool {
    kind != "judged-again"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_in_order_and_once() {
        let words: Vec<&str> = known_kinds().collect();
        assert!(words.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(default_severity("blast-radius"), Severity::High);
        assert_eq!(default_severity("of-tomorrow"), Severity::Warning);
    }
}
