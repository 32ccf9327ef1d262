//! One sentence for each finding about what a manifest or a script says.

use super::plain::plain;
use super::wording::{day, files};
use crate::domain::FindingKind;

/// The sentence; empty for a finding about something else, which [`super::message`] tells itself.
pub(super) fn of_content(kind: &FindingKind) -> String {
    let p = plain;
    match kind {
        FindingKind::LooseDependency { dependency, range } => format!(
            "depends on {} with {}, which any later version satisfies",
            p(dependency),
            p(range)
        ),
        FindingKind::RebootOnlyRecommended { replaces } => format!(
            "a reboot is only recommended, though {} is replaced and the old one keeps running",
            p(replaces)
        ),
        FindingKind::StaleTimestamps {
            count,
            newest,
            released,
        } => match released {
            Some(released) => format!(
                "{} with times that do not fit the release of {}, newest {}",
                files(*count),
                day(*released),
                day(*newest)
            ),
            None => format!(
                "{} with times that fit no release, newest {}",
                files(*count),
                day(*newest)
            ),
        },
        FindingKind::ScriptNeedsSudo { line, command } => {
            format!(
                "line {line} asks for the administrator's rights: {}",
                p(command)
            )
        }
        _ => String::new(),
    }
}
