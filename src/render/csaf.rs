//! The report of `csaf check`: advisories, how their signatures stand, and their provider's keys.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::findings::findings;
use super::json::finding;
use super::plain::plain_json;
use super::text::Palette;
use super::{in_groups_of_four, plain};
use crate::domain::{Crypto, Finding, Fingerprint};
use crate::formats::csaf::{Head, Label};
use crate::judge::csaf::{
    DocumentReport, KeyRotation, KeyStanding, RotationKind, SignatureStanding, Step,
};

/// For a person.
#[must_use]
pub fn csaf_text(
    documents: &[DocumentReport],
    rotations: &[KeyRotation],
    about_keys: &[Finding],
    palette: Palette,
) -> String {
    let mut text = String::new();
    for report in documents {
        one_document(report, palette, &mut text);
    }
    for rotation in rotations {
        one_rotation(rotation, &mut text);
    }
    let about_keys: Vec<&Finding> = about_keys.iter().collect();
    findings(&about_keys, "", palette, "", &mut text);
    text
}

fn one_document(report: &DocumentReport, palette: Palette, text: &mut String) {
    let _ = writeln!(text, "{}", plain(&report.name));
    let mut line = |label: &str, value: &str| {
        let _ = writeln!(text, "  {label:<11}{value}");
    };
    if let Some(head) = &report.head {
        let words = |field: &Option<String>| field.as_deref().unwrap_or("none").to_owned();
        line("id", &plain(&words(&head.id)));
        line("title", &plain(&words(&head.title)));
        line("publisher", &plain(&words(&head.publisher.name)));
        let released = head
            .released
            .map_or("no date".to_owned(), |at| at.to_string());
        let state = format!(
            "{} {} of {released}",
            words(&head.status),
            words(&head.version)
        );
        line("state", &plain(&state));
        line("TLP", label(head));
    }
    for signature in &report.signatures {
        let style = match signature.crypto() {
            Crypto::Good => palette.good,
            Crypto::Bad => palette.bad,
            Crypto::Unchecked => palette.doubt,
        };
        let crypto = signature.crypto().word();
        let key = match signature.assessment.primary {
            Some(primary) => in_groups_of_four(&primary.to_string()),
            None => format!(
                "{} (as the signature names it)",
                in_groups_of_four(&plain(&signature.signature.issuer_text()))
            ),
        };
        line(
            "signature",
            &format!("{style}{crypto}{style:#}, {}", standing_words(signature)),
        );
        line("", &key);
    }
    let list: Vec<&Finding> = report.findings.iter().collect();
    findings(&list, "", palette, "  ", text);
}

fn standing_words(signature: &SignatureStanding) -> &'static str {
    match signature.key {
        None => "by a key that is not at hand",
        Some(_) if signature.crypto() != Crypto::Good => "by no key that fits",
        Some(KeyStanding::Listed) => "by a key that the provider lists",
        Some(KeyStanding::Former { .. }) => "by a key that the provider listed before",
        Some(KeyStanding::Later { .. }) => "by a key that the provider listed later",
    }
}

fn one_rotation(rotation: &KeyRotation, text: &mut String) {
    let _ = writeln!(text, "rotation: {}", kind_words(rotation.kind));
    for (label, keys) in [("old", &rotation.old), ("new", &rotation.new)] {
        for key in keys {
            let again = if rotation.returned.contains(key) {
                " (listed before)"
            } else {
                ""
            };
            let key = in_groups_of_four(&key.to_string());
            let _ = writeln!(text, "  {label:<11}{key}{again}");
        }
    }
    if let Some(primary) = rotation.primary {
        let key = in_groups_of_four(&primary.to_string());
        let _ = writeln!(text, "  {:<11}{key}", "of");
    }
    for (label, steps) in [
        ("listed", &rotation.appeared),
        ("withdrawn", &rotation.withdrawn),
    ] {
        if let Some((before, after)) = steps {
            let (last, first) = (before.seen, after.seen);
            let _ = writeln!(text, "  {label:<11}between {last} and {first}");
            if let Some(at) = after.last_updated {
                let _ = writeln!(text, "  {:<11}the provider dates its metadata {at}", "");
            }
        }
    }
    text.push_str("  unproven   that the old key vouches for the new one\n");
}

fn kind_words(kind: RotationKind) -> &'static str {
    match kind {
        RotationKind::Replaced => "new keys stand for old ones",
        RotationKind::Added => "new keys stand beside the old ones",
        RotationKind::Withdrawn => "keys are listed no more",
        RotationKind::Subkeys => "the same key has other subkeys",
    }
}

fn label(head: &Head) -> &'static str {
    match head.tlp {
        Label::None => "none",
        Label::Known(tlp) => tlp.word(),
        Label::Unknown => "unknown, taken for RED",
    }
}

/// For a machine: schema 1. Keys are added, never renamed or removed.
#[must_use]
pub fn csaf_json(
    documents: &[DocumentReport],
    rotations: &[KeyRotation],
    about_keys: &[Finding],
) -> String {
    let document = json!({
        "schema": 1,
        "documents": documents.iter().map(document_json).collect::<Vec<_>>(),
        "rotations": rotations.iter().map(rotation_json).collect::<Vec<_>>(),
        "findings": about_keys.iter().map(finding).collect::<Vec<_>>(),
    });
    plain_json(&format!("{document:#}\n"))
}

fn document_json(report: &DocumentReport) -> Value {
    json!({
        "path": report.name,
        "sha256": report.sha256.map(|digest| digest.to_string()),
        "document": report.head.as_ref().map(|head| json!({
            "id": head.id,
            "title": head.title,
            "category": head.category,
            "csaf_version": head.csaf_version,
            "publisher": head.publisher.name,
            "namespace": head.publisher.namespace,
            "status": head.status,
            "version": head.version,
            "released": head.released.map(|at| at.to_string()),
            "language": head.language,
            "tlp": match head.tlp {
                Label::None => None,
                Label::Known(tlp) => Some(tlp.word()),
                Label::Unknown => Some("UNKNOWN"),
            },
        })),
        "signed_by_provider": report.is_providers(),
        "signatures": report.signatures.iter().map(signature_json).collect::<Vec<_>>(),
        "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn signature_json(standing: &SignatureStanding) -> Value {
    let check = &standing.assessment.check;
    json!({
        "crypto": standing.crypto().word(),
        "primary": standing.assessment.primary.map(|key| key.to_string()),
        "key": check.key.as_ref().map(|key| key.fingerprint.to_string()),
        "issuer": standing.signature.issuer_text(),
        "claimed": standing.signature.created.map(|at| at.to_string()),
        "standing": standing.key.map(|key| match key {
            KeyStanding::Listed => "listed",
            KeyStanding::Former { .. } => "former",
            KeyStanding::Later { .. } => "later",
        }),
    })
}

fn rotation_json(rotation: &KeyRotation) -> Value {
    let keys = |keys: &BTreeSet<Fingerprint>| -> Vec<String> {
        keys.iter().map(ToString::to_string).collect()
    };
    let steps = |steps: &Option<(Step, Step)>| {
        steps
            .as_ref()
            .map(|(before, after)| json!({"before": step_json(before), "after": step_json(after)}))
    };
    json!({
        "kind": match rotation.kind {
            RotationKind::Replaced => "replaced",
            RotationKind::Added => "added",
            RotationKind::Withdrawn => "withdrawn",
            RotationKind::Subkeys => "subkeys",
        },
        "old": keys(&rotation.old),
        "new": keys(&rotation.new),
        "primary": rotation.primary.map(|key| key.to_string()),
        "returned": keys(&rotation.returned),
        "listed": steps(&rotation.appeared),
        "withdrawn": steps(&rotation.withdrawn),
    })
}

fn step_json(step: &Step) -> Value {
    json!({
        "seen": step.seen.to_string(),
        "last_updated": step.last_updated.map(|at| at.to_string()),
        "canonical_url": step.canonical_url,
        "sha256": step.sha256.to_string(),
    })
}
