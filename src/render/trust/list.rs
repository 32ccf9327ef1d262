//! `trust list`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::table::table;
use super::{day, document, ground, origin, vendor, whom, word};
use crate::judge::trust::Listed;

/// Every anchor a row.
#[must_use]
pub fn list_text(listed: &[Listed]) -> String {
    let rows: Vec<Vec<String>> = listed
        .iter()
        .map(|one| {
            let standing = one.standing.as_ref();
            vec![
                whom(&one.scope).to_owned(),
                word(standing.map(|s| s.record.status)).to_owned(),
                standing.map_or_else(String::new, |s| day(s.record.valid_from)),
                one.not_after
                    .map_or_else(String::new, |day| day.to_string()),
                one.purpose.word().to_owned(),
                one.anchor.name.clone(),
                one.anchor.id.to_string(),
            ]
        })
        .collect();
    table(
        &["for", "status", "since", "ends", "purpose", "name", "id"],
        &rows,
    )
}

/// The same for machines, schema 1.
#[must_use]
pub fn list_json(listed: &[Listed], at: Timestamp, known_at: Timestamp) -> String {
    document(&json!({
        "schema": 1,
        "at": at.to_string(),
        "known_at": known_at.to_string(),
        "anchors": listed.iter().map(one).collect::<Vec<_>>(),
    }))
}

pub(super) fn one(listed: &Listed) -> Value {
    let record = listed.standing.as_ref().map(|standing| &standing.record);
    json!({
        "id": listed.anchor.id.to_string(),
        "name": listed.anchor.name,
        "shared": listed.anchor.shared,
        "vendor": vendor(&listed.scope),
        "purpose": listed.purpose.word(),
        "status": record.map(|record| record.status.word()),
        "valid_from": record.map(|record| record.valid_from.to_string()),
        "valid_from_is": record.map(|record| ground(record.valid_from_is)),
        "known_from": record.map(|record| record.known_from.to_string()),
        "origin": record.map(|record| origin(record.origin)),
        "not_before": listed.not_before.map(|day| day.to_string()),
        "not_after": listed.not_after.map(|day| day.to_string()),
    })
}
