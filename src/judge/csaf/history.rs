//! A provider's keys over time, from each look at its metadata that was kept.
//!
//! A key that a provider no longer lists has not ceased to exist: what it signed while it was listed
//! is verified by the copy that was kept of it then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use jiff::Timestamp;

use crate::domain::{Fingerprint, Sha256};
use crate::formats::csaf::{CsafError, ListedKey, ProviderMetadata};
use crate::formats::digest::sha256;
use crate::formats::openpgp::{CertificateFile, OpenPgpCertificate};

/// A key file as it was fetched.
#[derive(Debug, Clone, Copy)]
pub struct KeyFile<'a> {
    pub url: &'a str,
    pub bytes: &'a [u8],
}

/// One look at a provider: what its metadata said, and the keys that it listed.
#[derive(Debug, Clone)]
pub struct Sight {
    /// When it was fetched.
    pub at: Timestamp,
    pub metadata: ProviderMetadata,
    /// Of the metadata's bytes.
    pub sha256: Sha256,
    /// The primary keys that were listed, whether or not a file of theirs is at hand.
    pub listed: BTreeSet<Fingerprint>,
    /// Those whose files are at hand.
    pub certificates: Vec<OpenPgpCertificate>,
    pub faults: Vec<KeyFault>,
}

/// What is wrong with a listed key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// It is followed all the same, when it is whole.
    #[error("no key file at hand for {0}")]
    NoFile(String),
    #[error("{url} cannot be read: {why}")]
    Unreadable { url: String, why: String },
    #[error("{0} is no whole fingerprint")]
    Fingerprint(String),
    /// The file holds other keys than the one that is listed: these count for nothing.
    #[error("{url} does not hold the listed {listed}")]
    OtherKey { url: String, listed: Fingerprint },
}

/// From when to when a key was listed, as far as anybody looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listing {
    /// The first look that found it.
    pub first: Timestamp,
    /// The last look that found it.
    pub last: Timestamp,
    /// The look after that, which found it no more.
    pub gone: Option<Timestamp>,
}

impl Sight {
    /// Reads one look. `files` are the key files that were fetched with it; those that it does not
    /// list are passed over.
    ///
    /// # Errors
    /// When the metadata cannot be read. A broken key file is a fault, and hides no other.
    pub fn read(at: Timestamp, metadata: &[u8], files: &[KeyFile<'_>]) -> Result<Self, CsafError> {
        let mut sight = Self {
            at,
            sha256: sha256(metadata),
            metadata: ProviderMetadata::read(metadata)?,
            listed: BTreeSet::new(),
            certificates: vec![],
            faults: vec![],
        };
        for key in sight.metadata.keys.clone() {
            sight.add(&key, files);
        }
        Ok(sight)
    }

    fn add(&mut self, key: &ListedKey, files: &[KeyFile<'_>]) {
        if let (Some(written), None) = (&key.written, key.fingerprint) {
            // Never completed from the file: a short id names many keys.
            self.faults.push(KeyFault::Fingerprint(written.clone()));
            return;
        }
        let file = files
            .iter()
            .find(|file| key.url.as_deref() == Some(file.url));
        let Some(file) = file else {
            self.listed.extend(key.fingerprint);
            let missing = key.url.clone().or(key.written.clone());
            self.faults
                .push(KeyFault::NoFile(missing.unwrap_or_default()));
            return;
        };
        let held = match CertificateFile::read(file.bytes) {
            Ok(held) => held.certificates,
            Err(error) => {
                self.listed.extend(key.fingerprint);
                self.faults.push(KeyFault::Unreadable {
                    url: file.url.to_owned(),
                    why: error.to_string(),
                });
                return;
            }
        };
        let meant: Vec<OpenPgpCertificate> = match key.fingerprint {
            None => held,
            // Some list a subkey; the certificate is meant.
            Some(listed) => held
                .into_iter()
                .filter(|one| one.keys().iter().any(|key| key.fingerprint == listed))
                .collect(),
        };
        match key.fingerprint {
            Some(listed) if meant.is_empty() => {
                self.listed.insert(listed);
                self.faults.push(KeyFault::OtherKey {
                    url: file.url.to_owned(),
                    listed,
                });
            }
            _ => {
                self.listed
                    .extend(meant.iter().map(OpenPgpCertificate::fingerprint));
                self.certificates.extend(meant);
            }
        }
    }
}

/// Every look at one provider, in the order of time.
#[derive(Debug, Clone, Default)]
pub struct KeyHistory {
    sights: Vec<Sight>,
    /// Merged once: thousands of documents are judged by them.
    certificates: OnceLock<Vec<OpenPgpCertificate>>,
}

impl KeyHistory {
    #[must_use]
    pub fn new(mut sights: Vec<Sight>) -> Self {
        sights.sort_by_key(|sight| sight.at);
        Self {
            sights,
            certificates: OnceLock::new(),
        }
    }

    /// In the order of time.
    #[must_use]
    pub fn sights(&self) -> &[Sight] {
        &self.sights
    }

    /// The look that was in force at an instant: the last one not after it.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Option<&Sight> {
        self.sights.iter().rev().find(|sight| sight.at <= at)
    }

    /// When a primary key was listed. Several spans when it left and came back.
    #[must_use]
    pub fn listings(&self, key: &Fingerprint) -> Vec<Listing> {
        let mut found: Vec<Listing> = vec![];
        for sight in &self.sights {
            let listed = sight.listed.contains(key);
            match found.last_mut().filter(|last| last.gone.is_none()) {
                Some(open) if listed => open.last = sight.at,
                Some(open) => open.gone = Some(sight.at),
                None if listed => found.push(Listing {
                    first: sight.at,
                    last: sight.at,
                    gone: None,
                }),
                None => {}
            }
        }
        found
    }

    /// Every key that was ever listed and is at hand, copies merged.
    #[must_use]
    pub fn certificates(&self) -> &[OpenPgpCertificate] {
        self.certificates.get_or_init(|| {
            let copies: Vec<OpenPgpCertificate> = self
                .sights
                .iter()
                .flat_map(|sight| sight.certificates.iter().cloned())
                .collect();
            // Copies that cannot be merged are used one by one.
            OpenPgpCertificate::merge(copies.clone()).unwrap_or(copies)
        })
    }

    /// The keys of each certificate at each look: what tells a new subkey from a new key.
    pub(super) fn subkeys(sight: &Sight) -> BTreeMap<Fingerprint, BTreeSet<Fingerprint>> {
        let mut found: BTreeMap<Fingerprint, BTreeSet<Fingerprint>> = BTreeMap::new();
        for certificate in &sight.certificates {
            let keys = certificate.keys();
            let keys = keys.iter().map(|key| key.fingerprint);
            found
                .entry(certificate.fingerprint())
                .or_default()
                .extend(keys);
        }
        found
    }
}
