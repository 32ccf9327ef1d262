//! `trust expiring`.

use serde_json::json;

use super::table::table;
use super::{document, vendor, whom};
use crate::formats::trust_folder::Rotated;
use crate::judge::trust::Expiring;

/// A row for each; nothing at all when nothing runs out.
#[must_use]
pub fn expiring_text(expiring: &[Expiring]) -> String {
    if expiring.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = expiring
        .iter()
        .map(|one| {
            vec![
                one.not_after.to_string(),
                whom(&one.scope).to_owned(),
                one.purpose.word().to_owned(),
                one.name.clone(),
                what(&one.what),
            ]
        })
        .collect();
    table(&["ends", "for", "purpose", "name", "id"], &rows)
}

/// The same for machines, schema 1.
#[must_use]
pub fn expiring_json(expiring: &[Expiring]) -> String {
    document(&json!({
        "schema": 1,
        "expiring": expiring.iter().map(|one| json!({
            "what": what(&one.what),
            "name": one.name,
            "vendor": vendor(&one.scope),
            "purpose": one.purpose.word(),
            "not_after": one.not_after.to_string(),
        })).collect::<Vec<_>>(),
    }))
}

fn what(what: &Rotated) -> String {
    match what {
        Rotated::Key(id) => id.to_string(),
        Rotated::Rule(name) => format!("signers/{name}"),
    }
}
