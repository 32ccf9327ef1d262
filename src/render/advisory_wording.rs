//! One sentence for each finding about an advisory or who publishes it.

use super::in_groups_of_four;
use super::plain::plain;
use super::wording::day;
use crate::domain::FindingKind;

/// The sentence; empty for a finding about something else, which [`super::message`] tells itself.
pub(super) fn of_advisory(kind: &FindingKind) -> String {
    let p = plain;
    match kind {
        FindingKind::AdvisoryTestFailed { test, detail } => {
            format!("fails test {}: {}", p(test), p(detail))
        }
        FindingKind::AdvisoryTestUnjudged { test, detail } => {
            format!("test {} was not judged: {}", p(test), p(detail))
        }
        FindingKind::AdvisoryDigestDiffers { algorithm } => {
            format!("states another {algorithm} than the document has")
        }
        FindingKind::AdvisoryUnsigned => "no signature lies beside it".to_owned(),
        FindingKind::ProviderKeyFormer {
            key,
            gone,
            claims_later,
        } => {
            let made = if *claims_later {
                "it was made after that, by its own word"
            } else {
                "it was made before, by its own word"
            };
            format!(
                "signed by {}, which the provider no longer listed on {}; {made}",
                in_groups_of_four(key),
                day(*gone)
            )
        }
        FindingKind::ProviderKeyLater { key, first } => format!(
            "signed by {}, which nobody here saw the provider list before {}",
            in_groups_of_four(key),
            day(*first)
        ),
        FindingKind::ProviderMetadataOlder { seen, dated, known } => format!(
            "the provider's metadata of {} is dated {dated}, and one dated {known} was seen before",
            day(*seen)
        ),
        FindingKind::ProviderKeyFault { detail } => {
            format!("a listed key cannot be used: {}", p(detail))
        }
        _ => String::new(),
    }
}
