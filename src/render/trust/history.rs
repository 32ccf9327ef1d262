//! `trust history`: what was learnt about an anchor, and when; with what was taken back.

use std::fmt::Write as _;

use serde_json::json;

use super::{day, document, ground, vendor, whom};
use crate::judge::trust::{Learnt, withdrawn_by};
use crate::render::plain;

/// A timeline of knowledge: latest at the bottom.
#[must_use]
pub fn history_text(name: &str, learnt: &[Learnt]) -> String {
    let mut text = format!("{}\n", plain(name));
    let withdrawn = withdrawn_by(learnt);
    for one in learnt {
        let what = match &one.claim {
            Some(claim) => format!(
                "{} from {} ({})",
                claim.status.word(),
                day(claim.valid_from),
                ground(claim.valid_from_is)
            ),
            None => "withdrawn".to_owned(),
        };
        let mark = if withdrawn.contains_key(&one.id) {
            '╳'
        } else {
            '●'
        };
        let _ = writeln!(
            text,
            "  {} {mark} {what} for {}, {}; told by {}",
            one.known_from,
            whom(&one.scope),
            one.purpose.word(),
            plain(&one.source)
        );
        let _ = writeln!(text, "  {:20} ┃ record {}", "", one.id);
        if let Some(earlier) = one.withdraws {
            let _ = writeln!(text, "  {:20} ┃ in place of {earlier}", "");
        }
        if let Some(later) = withdrawn.get(&one.id) {
            let _ = writeln!(text, "  {:20} ┃ taken back by {later}", "");
        }
        if !one.says.is_empty() {
            let _ = writeln!(text, "  {:20} ┃ {}", "", plain(&one.says));
        }
        for evidence in one.claim.iter().flat_map(|claim| &claim.evidence) {
            let _ = writeln!(text, "  {:20} ┃ {}", "", plain(evidence));
        }
    }
    text
}

/// The same for machines, schema 1.
#[must_use]
pub fn history_json(learnt: &[Learnt]) -> String {
    let withdrawn = withdrawn_by(learnt);
    let records: Vec<_> = learnt
        .iter()
        .map(|one| {
            let claim = one.claim.as_ref();
            json!({
                "id": one.id.to_string(),
                "anchor": one.anchor.to_string(),
                "source": one.source,
                "known_from": one.known_from.to_string(),
                "withdraws": one.withdraws.map(|id| id.to_string()),
                "withdrawn_by": withdrawn.get(&one.id).map(ToString::to_string),
                "vendor": vendor(&one.scope),
                "purpose": one.purpose.word(),
                "status": claim.map(|claim| claim.status.word()),
                "valid_from": claim.map(|claim| claim.valid_from.to_string()),
                "valid_from_is": claim.map(|claim| ground(claim.valid_from_is)),
                "recorded": claim.and_then(|c| c.recorded).map(|at| at.to_string()),
                "evidence": claim.map(|claim| claim.evidence.clone()),
                "says": one.says,
            })
        })
        .collect();
    document(&json!({"schema": 1, "records": records}))
}
