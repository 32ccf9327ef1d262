//! `explain` for a terminal.

use std::fmt::Write as _;

use super::words;
use crate::domain::Verdict;
use crate::judge::link::{Explanation, Link};
use crate::judge::report::ExplainedLevel;
use crate::render::text::Palette;
use crate::render::{in_groups_of_four, plain};

/// How many posts are told; JSON has them all.
const TOLD: usize = 5;

/// The whole answer.
#[must_use]
pub fn explain_text(explanation: &Explanation, palette: Palette) -> String {
    let mut text = String::new();
    let style = match explanation.verdict {
        Verdict::Anchored => palette.good,
        Verdict::Distrusted | Verdict::Invalid | Verdict::Refused | Verdict::Foreign => palette.bad,
        _ => palette.doubt,
    };
    let _ = writeln!(
        text,
        "{}: {style}{}{style:#}",
        plain(&explanation.what),
        words::headline(explanation)
    );
    key(explanation, &mut text);
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label:<11}{value}");
    };
    for found in &explanation.vendor_candidates {
        line(
            "vendor",
            &format!("{} ({})", plain(&found.slug), words::why(found.why)),
        );
    }
    for named in &explanation.rotations {
        line(
            "rotation",
            &format!(
                "{} of {}, {}",
                plain(&named.rotation.id),
                plain(&named.vendor),
                plain(&named.rotation.kind)
            ),
        );
        // What was recorded of who said it is as good as a post, and was looked at by a person.
        for evidence in &named.rotation.evidence {
            let dated = evidence
                .dated()
                .map_or_else(String::new, |day| format!(" ({day})"));
            let place = match evidence.url.as_str() {
                "" => &evidence.reference,
                url => url,
            };
            line("", &format!("{}{dated}", plain(place)));
            if !evidence.says.is_empty() {
                line("", &format!("  {}", plain(&evidence.says)));
            }
        }
    }
    for link in explanation.links.links.iter().take(TOLD) {
        one_link(link, &mut text);
    }
    let more = explanation.links.links.len().saturating_sub(TOLD);
    if more > 0 {
        let _ = writeln!(text, "  and {more} more posts; --format json has them all");
    }
    for found in &explanation.links.look_alikes {
        let _ = writeln!(
            text,
            "  look-alike {}\n             {}; {}",
            in_groups_of_four(&found.value),
            words::resemblance(found.resemblance),
            plain(&found.url)
        );
    }
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label:<11}{value}");
    };
    for previous in &explanation.previous_signers {
        line("before", &plain(previous));
    }
    for found in &explanation.unproven {
        line("unproven", &words::unproven(found));
    }
    for command in words::next(explanation) {
        line("next", &plain(&command));
    }
    text
}

fn key(explanation: &Explanation, text: &mut String) {
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label:<11}{value}");
    };
    if let Some(certificate) = &explanation.certificate {
        line("signer", &plain(&certificate.subject().to_string()));
        line("issuer", &plain(&certificate.issuer().to_string()));
    }
    for name in explanation.key.named.iter().filter(|name| !name.is_empty()) {
        if explanation.certificate.is_none() {
            line("name", &plain(name));
        }
    }
    if let Some(value) = explanation.key.main_value() {
        let grouped = if value.contains(':') {
            value.to_owned()
        } else {
            in_groups_of_four(value)
        };
        line("key", &plain(&grouped));
    }
    if let Some(gap) = &explanation.gap {
        line("missing", &plain(&gap.subject));
    }
}

fn one_link(link: &Link, text: &mut String) {
    let label = match link.level {
        ExplainedLevel::Explained => "explains",
        _ => "candidate",
    };
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label:<11}{value}");
    };
    line(label, &plain(&link.post.title));
    line("", &plain(&link.post.url));
    line("", &words::ground(link));
    line("", &format!("\"{}\"", plain(&link.passage)));
    let dates: Vec<String> = link
        .dates
        .iter()
        .take(6)
        .map(|date| format!("{date} ({})", date.role.word()))
        .collect();
    if !dates.is_empty() {
        line("", &format!("dates: {}", dates.join(", ")));
    }
    for found in &link.contradictions {
        line(
            "",
            &format!(
                "[{}] {}",
                found.objection.code(),
                words::contradiction(found)
            ),
        );
    }
}
