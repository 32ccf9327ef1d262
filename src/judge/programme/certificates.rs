//! What happened to the certificates of a key that stayed in its list.

use super::difference::{of_entry, words};
use super::{Change, ProgrammeEvent};
use crate::domain::{ListEntry, ListedCertificate};

/// New certificates, dropped ones, and changed statements about one that stayed.
pub(super) fn between(
    before: &ListEntry,
    now: &ListEntry,
    version: Option<u64>,
) -> Vec<ProgrammeEvent> {
    let event = |change, certificate: &ListedCertificate| ProgrammeEvent {
        certificate: certificate.sha256,
        ..of_entry(change, now, version)
    };
    let gone: Vec<_> = before
        .certificates
        .iter()
        .filter(|was| !now.certificates.iter().any(|one| same(was, one)))
        .collect();
    let come: Vec<_> = now
        .certificates
        .iter()
        .filter(|one| !before.certificates.iter().any(|was| same(was, one)))
        .collect();
    let mut events = vec![];
    for certificate in &come {
        let change = if certificate.issuer.is_some() {
            Change::CrossCertified
        } else {
            Change::Reissued
        };
        events.push(ProgrammeEvent {
            before: list(before),
            after: list(now),
            ..event(change, certificate)
        });
    }
    // What a reissue replaced is told by it.
    if come.is_empty() {
        for certificate in gone {
            events.push(ProgrammeEvent {
                before: list(before),
                after: list(now),
                ..event(Change::Changed, certificate)
            });
        }
    }
    for certificate in &now.certificates {
        let was = before
            .certificates
            .iter()
            .find(|was| same(was, certificate));
        if let Some(was) = was.filter(|was| was.state != certificate.state) {
            events.push(ProgrammeEvent {
                before: words(&was.state),
                after: words(&certificate.state),
                ..event(Change::Changed, certificate)
            });
        }
    }
    events
}

/// Whether both are one certificate, by whatever hash both have.
fn same(one: &ListedCertificate, other: &ListedCertificate) -> bool {
    match (one.sha256, other.sha256) {
        (Some(one), Some(other)) => one == other,
        _ => one.sha1 == other.sha1,
    }
}

/// The certificates by their hashes.
fn list(entry: &ListEntry) -> Option<String> {
    let names: Vec<_> = entry
        .certificates
        .iter()
        .map(|certificate| match (certificate.sha256, certificate.sha1) {
            (Some(sha256), _) => format!("certificate {sha256}"),
            (None, Some(sha1)) => format!("certificate sha1-{sha1}"),
            (None, None) => "certificate without a hash".to_owned(),
        })
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}
