//! The list of formats, for people and machines.

use std::fmt::Write as _;

use serde_json::json;

use crate::judge::report::FormatLine;

/// One format a paragraph: what it is, what signs it, what such files are called.
#[must_use]
pub fn formats_text(lines: &[FormatLine]) -> String {
    let mut text = "judged\n".to_owned();
    for line in lines {
        if let Some(signatures) = line.signatures {
            let _ = writeln!(text, "  {}\n      {signatures}", line.name);
            if !line.endings.is_empty() {
                let _ = writeln!(text, "      .{}", line.endings.join(" ."));
            }
        }
    }
    let unread: Vec<&str> = lines
        .iter()
        .filter(|line| line.signatures.is_none())
        .map(|line| line.name)
        .collect();
    let _ = writeln!(
        text,
        "recognised, and unjudged until they can be read\n  {}",
        unread.join(", ")
    );
    text
}

/// The same as JSON, schema 1.
#[must_use]
pub fn formats_json(lines: &[FormatLine]) -> String {
    let formats: Vec<_> = lines
        .iter()
        .map(|line| {
            json!({
                "name": line.name,
                "judged": line.signatures.is_some(),
                "signatures": line.signatures,
                "endings": line.endings,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "schema": 1, "formats": formats }))
}
