//! Findings as lines for a person: what matters most first, what repeats itself once.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::next_step::next_step;
use super::text::Palette;
use super::{message, plain};
use crate::domain::{Finding, Severity};

/// How many findings of one code are told before the rest is only counted.
const OF_ONE_CODE: usize = 5;

/// Writes the findings, highest severity first. Those of one code at one place become one line; the
/// machine-readable forms tell each. `here` is the place that the lines above already named.
pub(super) fn findings(
    list: &[&Finding],
    here: &str,
    palette: Palette,
    indent: &str,
    text: &mut String,
) {
    // One code stays together, where it was met first.
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, finding) in list.iter().enumerate() {
        met.entry(finding.kind.code()).or_insert(index);
    }
    let mut sorted = list.to_vec();
    sorted.sort_by_key(|finding| {
        let first = met.get(finding.kind.code()).copied();
        (Reverse(finding.kind.severity()), first)
    });
    let mut groups: Vec<(&Finding, usize)> = vec![];
    let mut places: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for finding in sorted {
        let key = (finding.kind.code(), finding.place.as_str());
        match places.get(&key).and_then(|index| groups.get_mut(*index)) {
            // Findings about the package as a whole name their places in the message.
            Some((_, more)) if !finding.place.is_empty() => *more += 1,
            _ => {
                places.insert(key, groups.len());
                groups.push((finding, 0));
            }
        }
    }
    let mut code = "";
    let mut told = 0;
    let mut step = None;
    for (index, (finding, more)) in groups.iter().enumerate() {
        if finding.kind.code() != code {
            code = finding.kind.code();
            (told, step) = (0, None);
        }
        told += 1;
        if told > OF_ONE_CODE {
            let next = groups.get(index + 1);
            if next.is_none_or(|(next, _)| next.kind.code() != code) {
                let rest = told - OF_ONE_CODE;
                let _ = writeln!(
                    text,
                    "{indent}  and {rest} more [{}]; --format json tells each",
                    plain(code)
                );
            }
            continue;
        }
        line(finding, *more, here, palette, indent, text);
        // The same advice once is enough.
        let advice = next_step(finding);
        if let Some(next) = advice
            && advice != step
        {
            let _ = writeln!(text, "{indent}  next: {next}");
        }
        step = advice;
    }
}

fn line(
    finding: &Finding,
    more: usize,
    here: &str,
    palette: Palette,
    indent: &str,
    text: &mut String,
) {
    let style = match finding.kind.severity() {
        Severity::High => palette.bad,
        Severity::Warning => palette.doubt,
        Severity::Note => palette.faint,
    };
    let place = if finding.place.is_empty() || finding.place == here {
        String::new()
    } else {
        format!(" {}:", plain(&finding.place))
    };
    let more = match more {
        0 => String::new(),
        count => format!(" (and {count} more)"),
    };
    let _ = writeln!(
        text,
        "{indent}{style}{}{style:#} [{}]{place} {}{more}",
        finding.kind.severity().word(),
        plain(finding.kind.code()),
        message(finding)
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FindingKind;

    fn told(list: &[Finding]) -> Vec<String> {
        let list: Vec<&Finding> = list.iter().collect();
        let mut text = String::new();
        findings(&list, "manifest.p7s", Palette::default(), "", &mut text);
        text.lines().map(str::to_owned).collect()
    }

    fn sudo(line: u32, place: &str) -> Finding {
        let command = "sudo x".to_owned();
        Finding::new(FindingKind::ScriptNeedsSudo { line, command }, place)
    }

    #[test]
    fn what_repeats_itself_is_told_once() {
        let bad = Finding::new(
            FindingKind::SignatureBad {
                detail: "no".to_owned(),
            },
            "manifest.p7s",
        );
        let expected = [
            "high [signature-bad] the signature does not hold: no",
            "  next: do not install it; fetch it again from the vendor and compare",
            "warning [script-needs-sudo] a.sh: line 1 asks for the administrator's rights: sudo x (and 2 more)",
            "  next: read the script before running it",
            "warning [script-needs-sudo] b.sh: line 2 asks for the administrator's rights: sudo x",
        ];
        let list = [
            sudo(1, "a.sh"),
            sudo(2, "b.sh"),
            sudo(2, "a.sh"),
            bad,
            sudo(3, "a.sh"),
        ];
        assert_eq!(told(&list), expected);
    }

    #[test]
    fn many_of_one_code_are_counted() {
        let many: Vec<Finding> = (0..300).map(|n| sudo(1, &format!("{n}.sh"))).collect();
        let lines = told(&many);
        assert_eq!(lines.len(), OF_ONE_CODE + 2);
        assert_eq!(
            lines[OF_ONE_CODE + 1],
            "  and 295 more [script-needs-sudo]; --format json tells each"
        );
    }
}
