//! An OpenPGP signature as a person and as a machine read it: whose key, and the three answers.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{in_groups_of_four, plain};
use crate::judge::openpgp::OpenPgpReport;

/// How many user ids are told.
const USER_IDS: usize = 3;

/// The lines below `signature` in a text report.
pub(super) fn lines(report: &OpenPgpReport, indent: &str, text: &mut String) {
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "{indent}{label:<11}{value}");
    };
    match (report.primary, report.key) {
        (Some(primary), key) => {
            line("key", &in_groups_of_four(&primary.to_string()));
            if let Some(subkey) = key.filter(|key| *key != primary) {
                let subkey = in_groups_of_four(&subkey.to_string());
                line("", &format!("by its subkey {subkey}"));
            }
        }
        (None, _) if !report.issuer.is_empty() => {
            let issuer = in_groups_of_four(&report.issuer);
            line(
                "key",
                &format!("{} (as the signature names it)", plain(&issuer)),
            );
        }
        (None, _) => {}
    }
    for user in report.user_ids.iter().take(USER_IDS) {
        line("", &plain(user));
    }
    if report.primary.is_some() {
        line("known", if report.known { "yes" } else { "no" });
    }
    if report.key.is_some() {
        line("policy", &policy(report));
    }
}

/// `good when signed; refused today: ...`.
fn policy(report: &OpenPgpReport) -> String {
    let side = |objections: &[(&str, String)]| match objections {
        [] => None,
        some => {
            let codes: Vec<&str> = some.iter().map(|(code, _)| *code).collect();
            Some(codes.join(", "))
        }
    };
    let signing = match side(&report.at_signing) {
        None => "nothing against it when signed".to_owned(),
        Some(codes) => format!("against it when signed: {codes}"),
    };
    let now = match side(&report.now) {
        None => "nothing now".to_owned(),
        Some(codes) => format!("now: {codes}"),
    };
    format!("{signing}; {now}")
}

/// The signer in the form that all signatures share.
pub(super) fn signer(report: &OpenPgpReport) -> Value {
    json!({
        "subject": report.user_ids.first(),
        "issuer": null,
        "serial": null,
        "sha256": null,
        "spki_sha256": null,
        "fingerprint": match (report.key, report.issuer.as_str()) {
            (Some(key), _) => Some(key.to_string()),
            (None, "") => None,
            (None, named) => Some(named.to_owned()),
        },
        "primary": report.primary.map(|primary| primary.to_string()),
    })
}

/// The three answers and what they rest on.
pub(super) fn answers(report: &OpenPgpReport) -> Value {
    let objections = |found: &[(&str, String)]| -> Vec<Value> {
        found
            .iter()
            .map(|(code, words)| json!({ "code": code, "message": words }))
            .collect()
    };
    json!({
        "issuer": report.issuer,
        "algorithm": report.algorithm,
        "hash": report.hash,
        "user_ids": report.user_ids,
        "created": report.created.map(|at| at.to_string()),
        "key_expires": report.key_expires.map(|at| at.to_string()),
        "known": report.known,
        "at_signing": objections(&report.at_signing),
        "now": objections(&report.now),
    })
}
