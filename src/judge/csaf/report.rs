//! One document with what lies beside it, judged: findings, and how its signatures stand.

use jiff::Timestamp;

use super::conformance;
use super::history::KeyHistory;
use super::standing::{Fetched, KeyStanding, SignatureStanding, standings};
use crate::domain::{Finding, FindingKind, Sha256};
use crate::formats::csaf::{Document, HashFile, Head};
use crate::formats::digest::sha256;
use crate::formats::openpgp::{Mathematics, UncheckedReason};

/// A document and the files beside it, as they were read.
#[derive(Debug, Clone, Copy)]
pub struct DocumentFiles<'a> {
    /// Its path or address.
    pub name: &'a str,
    pub document: &'a [u8],
    pub signature: Option<&'a [u8]>,
    /// Each with its name.
    pub hashes: &'a [(String, Vec<u8>)],
    /// When they were first held.
    pub at: Timestamp,
}

/// What is known of one document.
#[derive(Debug, Clone)]
pub struct DocumentReport {
    pub name: String,
    /// Of the document; `None` when it could not be read from its medium.
    pub sha256: Option<Sha256>,
    /// `None` when it could not be read as JSON within the limits.
    pub head: Option<Head>,
    pub signatures: Vec<SignatureStanding>,
    /// Places are JSON pointers, or names of files.
    pub findings: Vec<Finding>,
}

impl DocumentReport {
    /// A document that could not be read from its medium.
    #[must_use]
    pub fn unreadable(name: &str, why: &str) -> Self {
        Self {
            name: name.to_owned(),
            sha256: None,
            head: None,
            signatures: vec![],
            findings: vec![Finding::whole(FindingKind::Unreadable {
                detail: why.to_owned(),
            })],
        }
    }

    /// Whether a provider's key of its time vouches for the document.
    #[must_use]
    pub fn is_providers(&self) -> bool {
        self.signatures.iter().any(SignatureStanding::is_providers)
    }
}

/// Judges one document. `now` is the instant of judgement.
#[must_use]
pub fn document_report(
    files: &DocumentFiles<'_>,
    history: &KeyHistory,
    now: Timestamp,
) -> DocumentReport {
    let mut report = DocumentReport {
        name: files.name.to_owned(),
        sha256: Some(sha256(files.document)),
        head: None,
        signatures: vec![],
        findings: vec![],
    };
    for (name, bytes) in files.hashes {
        report.findings.extend(hash_finding(files, name, bytes));
    }
    signatures(files, history, now, &mut report);
    match Document::read(files.document) {
        Ok(document) => {
            report.head = Some(document.head());
            report.findings.extend(conformance_findings(&document));
        }
        Err(error) => report
            .findings
            .push(Finding::whole(FindingKind::Unreadable {
                detail: error.to_string(),
            })),
    }
    report
}

/// What is wrong with the keys that a provider listed, each told once, and with looks at it that go
/// back in time.
#[must_use]
pub fn history_findings(history: &KeyHistory) -> Vec<Finding> {
    let mut found: Vec<Finding> = vec![];
    let mut latest: Option<Timestamp> = None;
    for sight in history.sights() {
        for fault in &sight.faults {
            let kind = FindingKind::ProviderKeyFault {
                detail: fault.to_string(),
            };
            let finding = Finding::whole(kind);
            if !found.contains(&finding) {
                found.push(finding);
            }
        }
        let Some(dated) = sight.metadata.last_updated else {
            continue;
        };
        match latest {
            Some(known) if dated < known => {
                let kind = FindingKind::ProviderMetadataOlder {
                    seen: sight.at,
                    dated,
                    known,
                };
                found.push(Finding::whole(kind));
            }
            _ => latest = Some(dated),
        }
    }
    found
}

fn hash_finding(files: &DocumentFiles<'_>, name: &str, bytes: &[u8]) -> Option<Finding> {
    let kind = match HashFile::read(bytes) {
        Err(error) => FindingKind::Unreadable {
            detail: error.to_string(),
        },
        Ok(hash) if !hash.fits(files.document) => FindingKind::AdvisoryDigestDiffers {
            algorithm: hash.algorithm,
        },
        Ok(_) => return None,
    };
    Some(Finding::new(kind, name))
}

fn conformance_findings(document: &Document) -> Vec<Finding> {
    let found = conformance::check(document);
    let failed = found.failures.into_iter().map(|failure| {
        let kind = FindingKind::AdvisoryTestFailed {
            test: failure.test.to_owned(),
            detail: failure.detail,
        };
        Finding::new(kind, failure.place)
    });
    let further = found.further.into_iter().map(|(test, count)| {
        Finding::whole(FindingKind::AdvisoryTestFailed {
            test: test.to_owned(),
            detail: format!("and {count} more of its kind"),
        })
    });
    let unjudged = found.not_judged.into_iter().map(|one| {
        let kind = FindingKind::AdvisoryTestUnjudged {
            test: one.test.to_owned(),
            detail: one.why,
        };
        Finding::new(kind, one.place)
    });
    failed.chain(further).chain(unjudged).collect()
}

fn signatures(
    files: &DocumentFiles<'_>,
    history: &KeyHistory,
    now: Timestamp,
    report: &mut DocumentReport,
) {
    let Some(signature) = files.signature else {
        report
            .findings
            .push(Finding::whole(FindingKind::AdvisoryUnsigned));
        return;
    };
    let fetched = Fetched {
        document: files.document,
        signature,
        at: files.at,
    };
    match standings(&fetched, history, now) {
        Ok(found) => report.signatures = found,
        Err(error) => report
            .findings
            .push(Finding::whole(FindingKind::SignatureUnchecked {
                detail: error.to_string(),
            })),
    }
    for (index, standing) in report.signatures.iter().enumerate() {
        let place = format!("signature {}", index + 1);
        let kinds = signature_findings(standing);
        let found = kinds
            .into_iter()
            .map(|kind| Finding::new(kind, place.clone()));
        report.findings.extend(found);
    }
}

fn signature_findings(standing: &SignatureStanding) -> Vec<FindingKind> {
    let assessment = &standing.assessment;
    match &assessment.check.mathematics {
        Mathematics::Bad(reason) => {
            return vec![FindingKind::SignatureBad {
                detail: reason.to_string(),
            }];
        }
        Mathematics::Unchecked(UncheckedReason::KeyNotAtHand(_)) => {
            return vec![FindingKind::KeyNotAtHand {
                signer: standing.signature.issuer_text(),
            }];
        }
        Mathematics::Unchecked(reason) => {
            return vec![FindingKind::SignatureUnchecked {
                detail: reason.to_string(),
            }];
        }
        Mathematics::Good => {}
    }
    let key = assessment
        .primary
        .map(|primary| primary.to_string())
        .unwrap_or_default();
    let mut found = vec![];
    match standing.key {
        Some(KeyStanding::Former { gone, claims_later }) => {
            found.push(FindingKind::ProviderKeyFormer {
                key,
                gone,
                claims_later,
            });
        }
        Some(KeyStanding::Later { first }) => {
            found.push(FindingKind::ProviderKeyLater { key, first });
        }
        Some(KeyStanding::Listed) | None => {}
    }
    for objection in &assessment.at_signing {
        found.push(FindingKind::OpenPgpRefused {
            objection: objection.code().to_owned(),
            detail: objection.to_string(),
        });
    }
    let known: Vec<&str> = assessment.at_signing.iter().map(|one| one.code()).collect();
    for objection in &assessment.now {
        if !known.contains(&objection.code()) {
            found.push(FindingKind::OpenPgpRefusedNow {
                objection: objection.code().to_owned(),
                detail: objection.to_string(),
            });
        }
    }
    found
}
