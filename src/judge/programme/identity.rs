//! One name for each key over a whole history, though some lists name certificates by hash.
//!
//! A list that names certificates only by SHA-1 says nothing about keys until somebody lays the
//! certificates beside it. What one snapshot tells (this hash is that certificate, which has that
//! key) holds for every other, because certificates never change.

use std::collections::BTreeMap;

use crate::domain::{ListEntry, ListSnapshot, ListedCertificate, ListedKey, Sha1, Sha256};

/// What is known about certificates from all snapshots together.
#[derive(Debug, Default)]
pub(super) struct Identities {
    sha256: BTreeMap<Sha1, Sha256>,
    key: BTreeMap<Sha256, ListedKey>,
    /// Subject and issuer, where a snapshot held the certificate.
    names: BTreeMap<Sha256, (String, Option<String>)>,
}

impl Identities {
    pub(super) fn of<'a>(snapshots: impl IntoIterator<Item = &'a ListSnapshot>) -> Self {
        let mut known = Self::default();
        for entry in snapshots.into_iter().flat_map(|snapshot| &snapshot.entries) {
            for certificate in &entry.certificates {
                let Some(sha256) = certificate.sha256 else {
                    continue;
                };
                if let Some(sha1) = certificate.sha1 {
                    known.sha256.insert(sha1, sha256);
                }
                if matches!(entry.key, ListedKey::Spki(_)) {
                    known.key.insert(sha256, entry.key);
                }
                if let Some(subject) = &certificate.subject {
                    let names = (subject.clone(), certificate.issuer.clone());
                    known.names.insert(sha256, names);
                }
            }
        }
        known
    }

    /// The snapshot with every entry under the best name of its key; entries that turn out to be of
    /// one key become one.
    pub(super) fn apply(&self, snapshot: &ListSnapshot) -> ListSnapshot {
        let entries = snapshot
            .entries
            .iter()
            .map(|entry| {
                let mut entry = entry.clone();
                for certificate in &mut entry.certificates {
                    self.complete(certificate);
                }
                entry.key = self.best(&entry);
                if entry.name.is_none() {
                    entry.name = entry
                        .certificates
                        .iter()
                        .find_map(|certificate| certificate.subject.clone());
                }
                entry
            })
            .collect();
        ListSnapshot::new(snapshot.list, snapshot.version, entries)
    }

    fn complete(&self, certificate: &mut ListedCertificate) {
        if certificate.sha256.is_none() {
            certificate.sha256 = certificate
                .sha1
                .and_then(|sha1| self.sha256.get(&sha1).copied());
        }
        if certificate.subject.is_none()
            && let Some((subject, issuer)) = certificate
                .sha256
                .and_then(|sha256| self.names.get(&sha256))
        {
            certificate.subject = Some(subject.clone());
            certificate.issuer.clone_from(issuer);
        }
    }

    fn best(&self, entry: &ListEntry) -> ListedKey {
        let sha256 = match entry.key {
            ListedKey::CertificateSha256(sha256) => Some(sha256),
            ListedKey::CertificateSha1(sha1) => self
                .sha256
                .get(&sha1)
                .copied()
                .or_else(|| entry.certificates.first().and_then(|first| first.sha256)),
            ListedKey::Spki(_) | ListedKey::OpenPgp(_) | ListedKey::IssuerAndSerial(_) => None,
        };
        match sha256 {
            None => entry.key,
            Some(sha256) => self
                .key
                .get(&sha256)
                .copied()
                .unwrap_or(ListedKey::CertificateSha256(sha256)),
        }
    }
}
