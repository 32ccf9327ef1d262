//! Where a walk looks up trust anchors, and the plain set that lives in memory.

use std::collections::BTreeMap;

use crate::domain::Sha256;
use crate::formats::x509::{Certificate, Name};

/// Look-ups over trust anchors. An anchor is a key with a name; it is given as the certificates
/// that hold both, which need not be self-signed. The order of the answers does not matter, and
/// they may be parsed only when asked for.
pub trait Anchors {
    /// Certificates of anchors whose subject matches `name`.
    fn by_subject(&self, name: &Name) -> Vec<Certificate>;

    /// Certificates of anchors with this subject key identifier.
    fn by_key_identifier(&self, key_identifier: &[u8]) -> Vec<Certificate>;

    /// Certificates of anchors with this key (SHA-256 of the DER SubjectPublicKeyInfo).
    fn by_key(&self, spki_sha256: Sha256) -> Vec<Certificate>;
}

/// Anchors held in memory.
#[derive(Debug, Clone, Default)]
pub struct AnchorSet {
    certificates: Vec<Certificate>,
    by_subject: BTreeMap<Vec<u8>, Vec<usize>>,
    by_key_identifier: BTreeMap<Vec<u8>, Vec<usize>>,
    by_key: BTreeMap<Sha256, Vec<usize>>,
}

impl AnchorSet {
    #[must_use]
    pub fn new(certificates: impl IntoIterator<Item = Certificate>) -> Self {
        let mut set = Self::default();
        for certificate in certificates {
            set.insert(certificate);
        }
        set
    }

    /// Adds an anchor; one that is there already stays one.
    pub fn insert(&mut self, certificate: Certificate) {
        let of_key = self.by_key.entry(certificate.spki_sha256()).or_default();
        if of_key
            .iter()
            .any(|index| self.certificates.get(*index) == Some(&certificate))
        {
            return;
        }
        let index = self.certificates.len();
        of_key.push(index);
        self.by_subject
            .entry(certificate.subject().canonical().to_vec())
            .or_default()
            .push(index);
        if let Some(key_identifier) = certificate.key_identifier() {
            self.by_key_identifier
                .entry(key_identifier.to_vec())
                .or_default()
                .push(index);
        }
        self.certificates.push(certificate);
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.certificates.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    fn at(&self, indices: Option<&Vec<usize>>) -> Vec<Certificate> {
        indices
            .into_iter()
            .flatten()
            .filter_map(|index| self.certificates.get(*index).cloned())
            .collect()
    }
}

impl Anchors for AnchorSet {
    fn by_subject(&self, name: &Name) -> Vec<Certificate> {
        self.at(self.by_subject.get(name.canonical()))
    }

    fn by_key_identifier(&self, key_identifier: &[u8]) -> Vec<Certificate> {
        self.at(self.by_key_identifier.get(key_identifier))
    }

    fn by_key(&self, spki_sha256: Sha256) -> Vec<Certificate> {
        self.at(self.by_key.get(&spki_sha256))
    }
}
