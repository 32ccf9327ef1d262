//! `explain` as JSON, schema 1. Keys are added, never renamed or removed.

use serde_json::{Value, json};

use super::{script, words};
use crate::judge::link::{Explanation, Link};
use crate::render::json::signer;
use crate::render::plain::plain_json;

/// The whole answer as one document, ending in a line feed.
#[must_use]
pub fn explain_json(explanation: &Explanation) -> String {
    let key = &explanation.key;
    let identity = match &explanation.certificate {
        Some(certificate) => signer(certificate),
        None => json!({
            "subject": key.named.iter().find(|name| !name.is_empty()),
            "issuer": null,
            "serial": null,
            "sha256": null,
            "spki_sha256": null,
            "fingerprint": key.main_value(),
        }),
    };
    // Hex is kept in both cases for the look-up; told once.
    let mut identities: Vec<&String> = vec![];
    for value in &key.full {
        if identities
            .iter()
            .all(|known| !known.eq_ignore_ascii_case(value))
        {
            identities.push(value);
        }
    }
    let contradictions: Vec<Value> = explanation
        .links
        .links
        .iter()
        .flat_map(|link| {
            link.contradictions.iter().map(|found| {
                json!({
                    "announcement_id": link.post.id,
                    "code": found.objection.code(),
                    "message": words::contradiction(found),
                })
            })
        })
        .collect();
    let look_alikes: Vec<Value> = explanation
        .links
        .look_alikes
        .iter()
        .map(|found| {
            json!({
                "announcement_id": found.post_id,
                "url": found.url,
                "value": found.value,
                "code": found.resemblance.code(),
            })
        })
        .collect();
    let document = json!({
        "schema": 1,
        "key": identity,
        "identities": identities,
        "key_ids": key.key_ids,
        "verdict": explanation.verdict.word(),
        "vendor": explanation.vendor,
        "vendor_candidates": explanation.vendor_candidates.iter().map(|found| json!({
            "slug": found.slug,
            "why": found.why.code(),
        })).collect::<Vec<_>>(),
        "explained": {
            "level": explanation.level.word(),
            "by": explanation.links.links.iter().map(link).collect::<Vec<_>>(),
        },
        "path": {
            "found": explanation.path.iter().map(|c| c.sha256().to_string()).collect::<Vec<_>>(),
            "gap": explanation.gap.as_ref().map(|gap| json!({
                "subject": gap.subject,
                "key_id": gap.key_identifier,
                "known_name_with_other_key":
                    gap.known_name_with_other_key.map(|id| id.to_string()),
            })),
        },
        "unproven": explanation.unproven.iter().map(words::unproven).collect::<Vec<_>>(),
        "contradictions": contradictions,
        "look_alikes": look_alikes,
        "previous_signers": explanation.previous_signers,
        "rotation": explanation.rotations.first().map(|named| json!({
            "id": named.rotation.id,
            "vendor": named.vendor,
            "state": "recorded",
            "evidence": named.rotation.evidence.iter().map(|evidence| json!({
                "url": evidence.url,
                "title": evidence.title,
                "published": evidence.published.map(|day| day.to_string()),
                "says": evidence.says,
            })).collect::<Vec<_>>(),
        })),
        "next": words::next(explanation),
        "script": script::value(explanation),
    });
    plain_json(&format!("{document:#}\n"))
}

fn link(link: &Link) -> Value {
    let dates: Vec<Value> = link
        .dates
        .iter()
        .map(|date| json!({"date": date.to_string(), "role": date.role.word()}))
        .collect();
    json!({
        "announcement_id": link.post.id,
        "url": link.post.url,
        "title": link.post.title,
        "published": link.post.published.map(|at| at.to_string()),
        "level": link.level.word(),
        "ground": link.ground.code(),
        "match": link.matched.code(),
        "speaker": link.speaker.word(),
        "vendor": link.vendor,
        "side": link.side.word(),
        "passage": link.passage,
        "facts": { "old": link.old, "new": link.new, "dates": dates },
    })
}
