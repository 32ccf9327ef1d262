//! The report of `check` for a person at a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::findings::findings;
use super::{in_groups_of_four, openpgp, plain};
use crate::domain::{Finding, FindingKind, Severity, TimeGround, Verdict};
use crate::judge::facts::KeyFacts;
use crate::judge::report::{PackageReport, SignatureReport};

/// The styles of a report; all empty when colour is off.
#[derive(Debug, Clone, Copy, Default)]
pub struct Palette {
    pub good: Style,
    pub doubt: Style,
    pub bad: Style,
    pub faint: Style,
}

impl Palette {
    /// Colours for a terminal.
    #[must_use]
    pub fn coloured() -> Self {
        let bold = |colour: AnsiColor| colour.on_default().bold();
        Self {
            good: bold(AnsiColor::Green),
            doubt: bold(AnsiColor::Yellow),
            bad: bold(AnsiColor::Red),
            faint: Style::new().dimmed(),
        }
    }

    fn of(&self, verdict: Verdict) -> Style {
        match verdict {
            Verdict::Anchored => self.good,
            Verdict::Unpinned | Verdict::Explained | Verdict::Unsigned | Verdict::Unjudged => {
                self.doubt
            }
            Verdict::Unanchored
            | Verdict::Foreign
            | Verdict::Distrusted
            | Verdict::Refused
            | Verdict::Invalid => self.bad,
        }
    }
}

/// The whole report: every package, then one line of totals when there are several.
#[must_use]
pub fn check_text(packages: &[PackageReport], skipped: usize, palette: Palette) -> String {
    let mut text = String::new();
    for package in packages {
        one_package(package, palette, 0, &mut text);
    }
    if packages.len() > 1 || skipped > 0 {
        let _ = writeln!(text, "{}", totals(packages, skipped));
    }
    text
}

/// `12 packages: 10 anchored, 2 unsigned; 3 files skipped, which no format can sign`.
fn totals(packages: &[PackageReport], skipped: usize) -> String {
    let counts: Vec<_> = Verdict::ALL
        .into_iter()
        .filter_map(|verdict| {
            let count = packages.iter().filter(|p| p.verdict == verdict).count();
            let explained = if verdict == Verdict::Explained {
                " (explained)"
            } else {
                ""
            };
            (count > 0).then(|| format!("{count} {}{explained}", verdict.word()))
        })
        .collect();
    let mut line = match packages.len() {
        1 => "1 package".to_owned(),
        count => format!("{count} packages"),
    };
    if !counts.is_empty() {
        let _ = write!(line, ": {}", counts.join(", "));
    }
    if skipped > 0 {
        let _ = write!(line, "; {skipped} skipped, which no format can sign");
    }
    line
}

fn one_package(package: &PackageReport, palette: Palette, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let style = palette.of(package.verdict);
    let _ = write!(
        text,
        "{indent}{}: {style}{}{style:#}",
        plain(&package.path),
        package.verdict.word()
    );
    if package.verdict == Verdict::Explained {
        text.push_str(", explained");
    }
    if let Some(vendor) = &package.vendor {
        let _ = write!(text, " ({})", plain(vendor));
    }
    text.push('\n');
    let inner = format!("{indent}  ");
    // What decided stands next to the verdict; the rest can wait for the signatures.
    let (decisive, further): (Vec<&Finding>, Vec<&Finding>) = package
        .findings
        .iter()
        .partition(|finding| finding.kind.severity() == Severity::High);
    findings(&decisive, "", palette, &inner, text);
    let told = |finding: &&Finding| finding.kind == FindingKind::UnknownFormat;
    if package.verdict == Verdict::Unsigned && !further.iter().any(told) {
        let _ = writeln!(text, "{inner}no signature, neither inside nor beside it");
        let _ = writeln!(
            text,
            "{inner}  next: ask the vendor for the signature, and name it with --signature"
        );
    }
    for signature in &package.signatures {
        one_signature(signature, palette, &inner, text);
    }
    findings(&further, "", palette, &inner, text);
    for child in &package.children {
        one_package(child, palette, depth + 1, text);
    }
}

fn one_signature(signature: &SignatureReport, palette: Palette, indent: &str, text: &mut String) {
    let style = palette.of(signature.verdict);
    let _ = writeln!(
        text,
        "{indent}signature  {} in {}, crypto {}, {style}{}{style:#}; covers {}",
        signature.kind,
        plain(&signature.place),
        signature.crypto.word(),
        signature.verdict.word(),
        plain(&signature.covers)
    );
    if let Some(signer) = &signature.signer {
        let _ = writeln!(
            text,
            "{indent}signer     {}",
            plain(&signer.subject().to_string())
        );
        let _ = writeln!(
            text,
            "{indent}           SHA-256 {}",
            in_groups_of_four(&signer.sha256().to_string())
        );
    }
    if let Some(key) = &signature.key {
        one_key(key, indent, text);
    }
    if let Some(report) = &signature.openpgp {
        openpgp::lines(report, indent, text);
    }
    let mut chain: Vec<String> = signature
        .path
        .iter()
        .skip(1)
        .map(|certificate| certificate.subject().to_string())
        .collect();
    if signature.path.is_empty()
        && let Some(near) = signature.near_paths.first()
    {
        chain = near.subjects.iter().skip(1).cloned().collect();
        if let Some(missing) = &signature.missing_issuer {
            chain.push(format!("? {} (not known here)", missing.subject));
        }
    }
    for (index, subject) in chain.iter().enumerate() {
        let label = if index == 0 { "path" } else { "" };
        let _ = writeln!(
            text,
            "{indent}{label:<11}{}└ {}",
            "  ".repeat(index),
            plain(subject)
        );
    }
    if let Some(anchor) = &signature.anchor {
        let _ = writeln!(
            text,
            "{indent}anchor     {} ({}){}",
            anchor.id,
            anchor.kind,
            anchor
                .vendor
                .as_ref()
                .map(|vendor| format!(", of {}", plain(vendor)))
                .unwrap_or_default()
        );
    }
    if let Some(at) = signature.time.at {
        let by = match (&signature.timestamp, signature.time.ground) {
            (Some(timestamp), _) => format!("by {}", plain(&timestamp.authority)),
            (None, TimeGround::Witnessed) => "by this store, which saw these bytes then".to_owned(),
            (None, _) => "by the signer alone".to_owned(),
        };
        let _ = writeln!(
            text,
            "{indent}time       {at}, {} {by}",
            signature.time.ground.word()
        );
    }
    let told: Vec<&Finding> = signature
        .findings
        .iter()
        .filter(|finding| !matches!(finding.kind, FindingKind::TimeOnlyClaimed { .. }))
        .collect();
    findings(&told, &signature.place, palette, indent, text);
}

/// A bare key as its field writes it, its id, and what was said along with the signature.
pub(super) fn one_key(key: &KeyFacts, indent: &str, text: &mut String) {
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "{indent}{label:<11}{}", plain(value));
    };
    if !key.named.is_empty() {
        line("key", &key.named);
    }
    if let Some(id) = &key.id
        && id.to_string() != key.named
    {
        line("", &id.to_string());
    }
    if let Some(namespace) = &key.namespace {
        line("namespace", namespace);
    }
    if let Some(comment) = &key.trusted_comment {
        line("says", &format!("{comment} (signed)"));
    }
    if !key.untrusted_comment.is_empty() {
        line("says", &format!("{} (not signed)", key.untrusted_comment));
    }
}
