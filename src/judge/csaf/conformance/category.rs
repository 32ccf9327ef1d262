//! 6.1.26: no document without a profile passes for one with a profile.

use super::subject::Subject;
use super::{Report, cut};

/// The profiles of CSAF 2.0 beside the base.
pub(super) const PROFILES: [&str; 4] = [
    "csaf_security_incident_response",
    "csaf_informational_advisory",
    "csaf_security_advisory",
    "csaf_vex",
];

pub(super) fn check(subject: &Subject<'_>, report: &mut Report) {
    let Some(category) = subject.category() else {
        return;
    };
    if category == "csaf_base" || PROFILES.contains(&category) {
        return;
    }
    let own = plain(category);
    let of_profile = PROFILES.iter().any(|profile| {
        own == plain(profile) || Some(own.as_str()) == plain(profile).strip_prefix("csaf")
    });
    if of_profile {
        let detail = format!("{} is a profile's name in disguise", cut(category));
        report.fail("/document/category", detail);
    } else if category.to_lowercase().starts_with("csaf_") {
        report.fail(
            "/document/category",
            format!("{} begins with the reserved csaf_", cut(category)),
        );
    }
}

fn plain(category: &str) -> String {
    category
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}
