//! What a team wants to be told of.

use super::kind::known_kinds;
use super::notice::Notice;
use super::when::{Digest, Quiet};
use crate::domain::Severity;
use crate::judge::trust::fits;

/// A team's wish. A vendor need not be known: it may be heard of later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// A slug, or a pattern with `*` and `?`.
    pub vendor: String,
    /// Kinds or patterns of kinds; empty for all.
    pub kinds: Vec<String>,
    pub min_severity: Severity,
    /// At least one must stand in what is recorded; empty for all.
    pub keywords: Vec<String>,
    /// Products or patterns; an event that names no product concerns all. Empty for all.
    pub products: Vec<String>,
    pub digest: Option<Digest>,
    pub quiet: Option<Quiet>,
}

/// Why a wish cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SubscriptionError {
    #[error("no kind of event is called {word}{}", hint(.nearest))]
    Kind {
        word: String,
        nearest: Option<&'static str>,
    },
    #[error("an empty vendor; `*` stands for all")]
    Vendor,
}

fn hint(nearest: &Option<&'static str>) -> String {
    nearest.map_or_else(String::new, |word| format!("; did you mean {word}?"))
}

impl Subscription {
    /// All of a vendor's events, at once.
    #[must_use]
    pub fn to(vendor: &str) -> Self {
        Self {
            vendor: vendor.to_owned(),
            kinds: vec![],
            min_severity: Severity::Note,
            keywords: vec![],
            products: vec![],
            digest: None,
            quiet: None,
        }
    }

    /// Holds the words against what there is.
    ///
    /// # Errors
    /// [`SubscriptionError`].
    pub fn check(&self) -> Result<(), SubscriptionError> {
        if self.vendor.is_empty() {
            return Err(SubscriptionError::Vendor);
        }
        for word in &self.kinds {
            if !known_kinds().any(|kind| fits(word, kind)) {
                return Err(SubscriptionError::Kind {
                    word: word.clone(),
                    nearest: nearest(word),
                });
            }
        }
        Ok(())
    }

    /// Whether the event is wanted.
    #[must_use]
    pub fn wants(&self, notice: &Notice) -> bool {
        let any = |patterns: &[String], word: &str| {
            patterns.is_empty() || patterns.iter().any(|pattern| fits(pattern, word))
        };
        fits(&self.vendor, notice.vendor.as_deref().unwrap_or_default())
            && any(&self.kinds, &notice.kind)
            && notice.severity >= self.min_severity
            && (self.keywords.is_empty() || self.keywords.iter().any(|word| notice.says(word)))
            && notice
                .product
                .as_deref()
                .is_none_or(|product| any(&self.products, product))
    }

    /// Whether trust that changes would be told: what must not stay without a listener.
    #[must_use]
    pub fn hears_changes_of_trust(&self) -> bool {
        let heard = |kind: &str| {
            self.kinds.is_empty() || self.kinds.iter().any(|pattern| fits(pattern, kind))
        };
        self.vendor == "*" && self.keywords.is_empty() && heard("trust-changed")
    }
}

/// The severity of a word.
#[must_use]
pub fn severity(word: &str) -> Option<Severity> {
    [Severity::Note, Severity::Warning, Severity::High]
        .into_iter()
        .find(|severity| severity.word() == word)
}

/// The kind that shares most with a mistyped word: by pairs of letters.
fn nearest(word: &str) -> Option<&'static str> {
    let pairs =
        |text: &str| -> Vec<(char, char)> { text.chars().zip(text.chars().skip(1)).collect() };
    let wanted = pairs(word);
    let shared = |kind: &str| {
        let have = pairs(kind);
        let common = wanted.iter().filter(|pair| have.contains(pair)).count();
        (common * 2 * 100)
            .checked_div(wanted.len() + have.len())
            .unwrap_or(0)
    };
    known_kinds()
        .map(|kind| (shared(kind), kind))
        .max()
        .filter(|(score, _)| *score >= 50)
        .map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::judge::watch::Happened;

    fn notice(kind: &str, vendor: &str, detail: &str) -> Notice {
        Notice::of(&Happened {
            id: 1,
            at: Timestamp::UNIX_EPOCH,
            kind,
            vendor: Some(vendor).filter(|slug| !slug.is_empty()),
            anchor: None,
            detail,
        })
    }

    #[test]
    fn every_part_of_a_wish_must_hold() {
        let all = Subscription::to("*");
        let texts = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let kinds = |words: &[&str]| Subscription {
            kinds: texts(words),
            ..all.clone()
        };
        let keywords = |words: &[&str]| Subscription {
            keywords: texts(words),
            ..all.clone()
        };
        let products = |words: &[&str]| Subscription {
            products: texts(words),
            ..all.clone()
        };
        let least = |min_severity| Subscription {
            min_severity,
            ..all.clone()
        };
        let announced = notice(
            "rotation-announced",
            "qt",
            r#"{"title":"New signing key","product":"Qt Installer"}"#,
        );
        for (wish, wanted) in [
            (all.clone(), true),
            (Subscription::to("qt"), true),
            (Subscription::to("q?"), true),
            (Subscription::to("q"), false),
            (kinds(&["rotation-*"]), true),
            (kinds(&["advisory-*", "rotation-announced"]), true),
            (kinds(&["advisory-*"]), false),
            (least(Severity::Warning), true),
            (least(Severity::High), false),
            (keywords(&["SIGNING KEY"]), true),
            (keywords(&["absent"]), false),
            (products(&["qt*"]), true),
            (products(&["gurobi"]), false),
        ] {
            assert_eq!(wish.wants(&announced), wanted, "{wish:?}");
        }
        // No vendor is named by nobody but a wish for all; no product concerns every product.
        assert!(all.wants(&notice("source-broken", "", "{}")));
        assert!(!Subscription::to("qt").wants(&notice("source-broken", "", "{}")));
        assert!(products(&["gurobi"]).wants(&notice("rotation-announced", "qt", "{}")));
    }

    #[test]
    fn a_mistyped_kind_is_told_with_the_nearest() {
        let wish = Subscription {
            kinds: vec!["rotation-anounced".to_owned()],
            ..Subscription::to("*")
        };
        insta::assert_snapshot!(wish.check().unwrap_err(), @"no kind of event is called rotation-anounced; did you mean rotation-announced?");
        let wish = Subscription {
            kinds: vec!["rotation-*".to_owned()],
            ..Subscription::to("of-tomorrow")
        };
        assert_eq!(wish.check(), Ok(()));
    }
}
