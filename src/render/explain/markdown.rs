//! `explain` for a ticket: Markdown in which nothing from outside is markup.

use std::fmt::Write as _;

use super::words;
use crate::judge::link::Explanation;
use crate::render::{in_groups_of_four, plain};

/// The whole answer as Markdown.
#[must_use]
pub fn explain_markdown(explanation: &Explanation) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "## {}: {}\n",
        inert(&explanation.what),
        words::headline(explanation)
    );
    if let Some(certificate) = &explanation.certificate {
        let _ = writeln!(
            text,
            "- signer: {}",
            inert(&certificate.subject().to_string())
        );
        let _ = writeln!(
            text,
            "- issuer: {}",
            inert(&certificate.issuer().to_string())
        );
    }
    if let Some(value) = explanation.key.main_value() {
        let _ = writeln!(
            text,
            "- key: `{}`",
            in_groups_of_four(value).replace('`', "")
        );
    }
    for found in &explanation.vendor_candidates {
        let _ = writeln!(
            text,
            "- vendor: {} ({})",
            inert(&found.slug),
            words::why(found.why)
        );
    }
    for named in &explanation.rotations {
        let _ = writeln!(
            text,
            "- recorded rotation: {} of {}",
            inert(&named.rotation.id),
            inert(&named.vendor)
        );
        for evidence in &named.rotation.evidence {
            let _ = writeln!(
                text,
                "  - {}: {}",
                inert(&evidence.url),
                inert(&evidence.says)
            );
        }
    }
    if !explanation.links.links.is_empty() {
        text.push_str("\n### Posts\n\n");
    }
    for link in &explanation.links.links {
        let _ = writeln!(
            text,
            "- **{}** {}",
            link.level.word(),
            inert(&link.post.title)
        );
        let _ = writeln!(text, "  - {}", inert(&link.post.url));
        let _ = writeln!(text, "  - {}", words::ground(link));
        let _ = writeln!(text, "  - says: {}", inert(&link.passage));
        for found in &link.contradictions {
            let _ = writeln!(
                text,
                "  - against it: {}",
                inert(&words::contradiction(found))
            );
        }
    }
    for found in &explanation.links.look_alikes {
        let _ = writeln!(
            text,
            "- look-alike `{}`: {}",
            in_groups_of_four(&found.value),
            words::resemblance(found.resemblance)
        );
    }
    text.push_str("\n### Unproven\n\n");
    for found in &explanation.unproven {
        let _ = writeln!(text, "- {}", inert(&words::unproven(found)));
    }
    text.push_str("\n### Next\n\n");
    for command in words::next(explanation) {
        let _ = writeln!(text, "- `{}`", plain(&command).replace('`', ""));
    }
    text
}

/// Text from outside with everything escaped that Markdown or HTML would act on. An address gets no
/// scheme that would make it a link by itself.
fn inert(text: &str) -> String {
    let mut out = String::new();
    for c in plain(text).chars() {
        match c {
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '!'
            | '|' | '~' | '>' | '@' => {
                out.push('\\');
                out.push(c);
            }
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            ':' => out.push_str("&#58;"),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(
            inert("[x](https://e.example) <img> @team *b*"),
            "\\[x\\]\\(https&#58;//e.example\\) &lt;img\\> \\@team \\*b\\*"
        );
    }
}
