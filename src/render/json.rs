//! The report of `check` as JSON, schema 1. Keys are added, never renamed or removed.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::message;
use super::next_step::next_step;
use super::openpgp;
use super::plain::plain_json;
use crate::domain::{AnchorId, Finding, hex};
use crate::formats::x509::Certificate;
use crate::judge::facts::KeyFacts;
use crate::judge::report::{PackageReport, SignatureReport};

/// What a whole run has in common.
#[derive(Debug, Clone, Copy)]
pub struct Run<'a> {
    pub rules_version: &'a str,
    pub profile: &'a str,
    pub at: Timestamp,
    pub known_at: Timestamp,
}

/// The whole report as one document, ending in a line feed.
#[must_use]
pub fn check_json(run: &Run<'_>, packages: &[PackageReport]) -> String {
    let document = json!({
        "schema": 1,
        "rules_version": run.rules_version,
        "profile": run.profile,
        "at": run.at.to_string(),
        "known_at": run.known_at.to_string(),
        "packages": packages.iter().map(package).collect::<Vec<_>>(),
    });
    plain_json(&format!("{document:#}\n"))
}

fn package(report: &PackageReport) -> Value {
    let mut findings: Vec<_> = report.findings.iter().map(finding).collect();
    for signature in &report.signatures {
        findings.extend(signature.findings.iter().map(finding));
    }
    json!({
        "path": report.path,
        "sha256": report.sha256.map(|digest| digest.to_string()),
        "size": report.size,
        "format": report.format,
        "verdict": report.verdict.word(),
        "explained": {
            "level": report.explained.level.word(),
            "by": report.explained.by,
        },
        "vendor": report.vendor,
        "findings": findings,
        "signatures": report.signatures.iter().map(signature).collect::<Vec<_>>(),
        "children": report.children.iter().map(package).collect::<Vec<_>>(),
    })
}

pub(super) fn finding(finding: &Finding) -> Value {
    json!({
        "code": finding.kind.code(),
        "severity": finding.kind.severity().word(),
        "place": finding.place,
        "message": message(finding),
        "next": next_step(finding),
    })
}

fn signature(report: &SignatureReport) -> Value {
    json!({
        "kind": report.kind,
        "place": report.place,
        "crypto": report.crypto.word(),
        "verdict": report.verdict.word(),
        "covers": report.covers,
        "signer": report.signer.as_ref().map(signer)
            .or_else(|| report.key.as_ref().map(key))
            .or_else(|| report.openpgp.as_ref().map(openpgp::signer)),
        "openpgp": report.openpgp.as_ref().map(openpgp::answers),
        "path": report.path.iter().map(|c| c.sha256().to_string()).collect::<Vec<_>>(),
        "anchor": report.anchor.as_ref().map(|anchor| json!({
            "id": anchor.id.to_string(),
            "vendor": anchor.vendor,
            "kind": anchor.kind,
        })),
        "time": {
            "ground": report.time.ground.word(),
            "at": report.time.at.map(|at| at.to_string()),
        },
        "timestamp": report.timestamp.as_ref().map(|timestamp| json!({
            "time": timestamp.time.to_string(),
            "tsa": timestamp.authority,
        })),
        "revocation": "unchecked",
        "missing_issuer": report.missing_issuer.as_ref().map(|missing| json!({
            "subject": missing.subject,
            "key_id": missing.key_identifier,
            "known_name_with_other_key":
                missing.known_name_with_other_key.map(|id| id.to_string()),
        })),
        "near_paths": report.near_paths.iter().map(|near| json!({
            "subjects": near.subjects,
            "lacks": near.lacks,
        })).collect::<Vec<_>>(),
        "program": report.program,
    })
}

pub(super) fn signer(certificate: &Certificate) -> Value {
    json!({
        "subject": certificate.subject().to_string(),
        "issuer": certificate.issuer().to_string(),
        "serial": hex(certificate.serial()),
        "sha256": certificate.sha256().to_string(),
        "spki_sha256": certificate.spki_sha256().to_string(),
        "fingerprint": certificate.sha256().to_string(),
    })
}

/// A bare key in the same form, with what only such signatures have.
pub(super) fn key(key: &KeyFacts) -> Value {
    let spki = match &key.id {
        Some(AnchorId::Raw(digest) | AnchorId::X509(digest)) => Some(digest.to_string()),
        Some(AnchorId::OpenPgp(_)) | None => None,
    };
    json!({
        "subject": null,
        "issuer": null,
        "serial": null,
        "sha256": null,
        "spki_sha256": spki,
        "fingerprint": (!key.named.is_empty()).then_some(&key.named),
        "trusted_comment": key.trusted_comment,
        "untrusted_comment": key.untrusted_comment,
        "namespace": key.namespace,
    })
}
