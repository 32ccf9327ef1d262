//! `trust diff`.

use std::fmt::Write as _;

use serde_json::json;

use super::{document, vendor, whom, word};
use crate::judge::trust::{Difference, FileChangeKind};
use crate::render::plain;

/// A line for each change: `+` came, `-` went, `~` stands otherwise.
#[must_use]
pub fn difference_text(difference: &Difference) -> String {
    let mut text = String::new();
    for change in &difference.anchors {
        let (mark, what) = match (change.before, change.after) {
            (None, after) => ('+', word(after.flatten()).to_owned()),
            (Some(before), None) => ('-', word(before).to_owned()),
            (Some(before), Some(after)) => ('~', format!("{} -> {}", word(before), word(after))),
        };
        let _ = writeln!(
            text,
            "{mark} {} {} for {}, {}: {what}",
            change.anchor,
            plain(&change.name),
            whom(&change.scope),
            change.purpose.word()
        );
    }
    for change in &difference.files {
        let mark = match change.kind {
            FileChangeKind::Added => '+',
            FileChangeKind::Removed => '-',
            FileChangeKind::Changed => '~',
        };
        let _ = writeln!(text, "{mark} {}", plain(&change.path));
    }
    if text.is_empty() {
        text.push_str("no difference\n");
    }
    text
}

/// The same for machines, schema 1.
#[must_use]
pub fn difference_json(difference: &Difference) -> String {
    let status = |known: Option<Option<crate::domain::Status>>| json!({"known": known.is_some(), "status": known.flatten().map(|s| s.word())});
    document(&json!({
        "schema": 1,
        "anchors": difference.anchors.iter().map(|change| json!({
            "id": change.anchor.to_string(),
            "name": change.name,
            "vendor": vendor(&change.scope),
            "purpose": change.purpose.word(),
            "before": status(change.before),
            "after": status(change.after),
        })).collect::<Vec<_>>(),
        "files": difference.files.iter().map(|change| json!({
            "path": change.path,
            "change": match change.kind {
                FileChangeKind::Added => "added",
                FileChangeKind::Removed => "removed",
                FileChangeKind::Changed => "changed",
            },
        })).collect::<Vec<_>>(),
    }))
}
