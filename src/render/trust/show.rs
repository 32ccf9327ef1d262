//! `trust show`: one anchor with its timeline, its rules and its rotations.

use std::fmt::Write as _;

use serde_json::json;

use super::list::one;
use super::{day, document, ground, origin, vendor, whom, word};
use crate::formats::trust_folder::{Root, SignerRule};
use crate::judge::trust::{Anchor, Listed, NamedRotation, NamedRule, Record};
use crate::render::{in_groups_of_four, plain};

/// Everything about one anchor.
#[derive(Debug, Clone)]
pub struct ShownAnchor {
    pub anchor: Anchor,
    pub root: Option<std::sync::Arc<Root>>,
    pub standings: Vec<Listed>,
    /// In force, in order of the dates from which they hold.
    pub records: Vec<Record>,
    pub rules: Vec<NamedRule>,
    pub rotations: Vec<NamedRotation>,
}

/// For a person.
#[must_use]
pub fn show_anchor_text(shown: &ShownAnchor) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}", plain(&shown.anchor.name));
    let _ = writeln!(text, "  id          {}", shown.anchor.id);
    let key = shown.anchor.id.to_string();
    let key = key.rsplit('-').next().unwrap_or_default();
    let _ = writeln!(text, "  fingerprint {}", in_groups_of_four(key));
    let kind = if shown.anchor.shared {
        "shared: alone it vouches for nobody"
    } else {
        "a vendor's own"
    };
    let _ = writeln!(text, "  kind        {kind}");
    if !shown.anchor.vendors.is_empty() {
        let _ = writeln!(text, "  vendors     {}", shown.anchor.vendors.join(", "));
    }
    if let Some(root) = &shown.root {
        for sha256 in &root.cert_sha256 {
            let sha256 = in_groups_of_four(&sha256.to_string());
            let _ = writeln!(text, "  certificate {sha256}");
        }
        if let (Some(from), Some(to)) = (root.not_before, root.not_after) {
            let _ = writeln!(text, "  valid       {from} to {to}");
        }
        for source in &root.sources {
            let _ = writeln!(text, "  read from   {}", plain(source));
        }
    }
    for standing in &shown.standings {
        let status = word(standing.standing.as_ref().map(|s| s.record.status));
        let _ = writeln!(
            text,
            "  now         {status} for {}, {}",
            whom(&standing.scope),
            standing.purpose.word()
        );
    }
    if !shown.records.is_empty() {
        text.push_str("timeline\n");
    }
    for record in &shown.records {
        let _ = writeln!(
            text,
            "  {} ┃ {:<10} {}, {}; known since {} by {}",
            day(record.valid_from),
            record.status.word(),
            whom(&record.scope),
            record.purpose.word(),
            day(record.known_from),
            origin(record.origin)
        );
        for evidence in &record.evidence {
            let _ = writeln!(text, "             ┃   {}", plain(evidence));
        }
    }
    for named in &shown.rules {
        let _ = writeln!(
            text,
            "rule {}/{}: {}",
            named.vendor,
            named.name,
            plain(&signer(&named.rule))
        );
    }
    for named in &shown.rotations {
        let rotation = &named.rotation;
        let when = rotation.effective.or(rotation.announced);
        let _ = writeln!(
            text,
            "rotation {} ({}{})",
            plain(&rotation.id),
            plain(&rotation.kind),
            when.map_or_else(String::new, |day| format!(", {day}"))
        );
    }
    text
}

/// The same for machines, schema 1.
#[must_use]
pub fn show_anchor_json(shown: &[ShownAnchor]) -> String {
    let anchors: Vec<_> = shown
        .iter()
        .map(|shown| {
            json!({
                "id": shown.anchor.id.to_string(),
                "name": shown.anchor.name,
                "shared": shown.anchor.shared,
                "vendors": shown.anchor.vendors,
                "certificates": shown.root.as_ref().map_or_else(Vec::new, |root| {
                    root.cert_sha256.iter().map(ToString::to_string).collect()
                }),
                "standings": shown.standings.iter().map(one).collect::<Vec<_>>(),
                "records": shown.records.iter().map(|record| json!({
                    "vendor": vendor(&record.scope),
                    "purpose": record.purpose.word(),
                    "status": record.status.word(),
                    "valid_from": record.valid_from.to_string(),
                    "valid_from_is": ground(record.valid_from_is),
                    "known_from": record.known_from.to_string(),
                    "origin": origin(record.origin),
                    "evidence": record.evidence,
                })).collect::<Vec<_>>(),
                "rules": shown.rules.iter().map(|named| {
                    format!("{}/{}", named.vendor, named.name)
                }).collect::<Vec<_>>(),
                "rotations": shown.rotations.iter().map(|named| {
                    named.rotation.id.clone()
                }).collect::<Vec<_>>(),
            })
        })
        .collect();
    document(&json!({"schema": 1, "anchors": anchors}))
}

/// Whom a rule names, in short.
fn signer(rule: &SignerRule) -> String {
    if let Some(leaf) = rule.leaf_sha256 {
        return format!("the certificate {leaf}");
    }
    if let Some(key) = rule.leaf_spki_sha256 {
        return format!("the key {key}");
    }
    rule.subject_o.join(" or ")
}
