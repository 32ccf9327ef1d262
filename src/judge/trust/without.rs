//! A view from which one key is gone: what would be, before anybody does it.

use std::sync::Arc;

use jiff::Timestamp;

use super::{Anchor, Listing, NamedRotation, NamedRule, Standing, View};
use crate::domain::{AnchorId, Purpose, Sha256};
use crate::formats::openpgp::{Issuer, OpenPgpCertificate};
use crate::formats::public_key::KeyNumber;
use crate::formats::trust_folder::VendorProfile;
use crate::formats::x509::{Certificate, Name};
use crate::judge::path::{Walks, WalksByPurpose};
use crate::judge::posted::{Naming, Post};

/// The view without an anchor.
#[derive(Debug)]
pub struct Without<'a> {
    view: &'a dyn View,
    gone: AnchorId,
    walks: WalksByPurpose,
}

impl<'a> Without<'a> {
    #[must_use]
    pub fn new(view: &'a dyn View, gone: AnchorId) -> Self {
        Self {
            view,
            gone,
            walks: WalksByPurpose::default(),
        }
    }

    fn left(&self, mut certificates: Vec<Certificate>) -> Vec<Certificate> {
        certificates.retain(|one| AnchorId::X509(one.spki_sha256()) != self.gone);
        certificates
    }
}

impl View for Without<'_> {
    fn by_subject(&self, purpose: Purpose, subject: &Name) -> Vec<Certificate> {
        self.left(self.view.by_subject(purpose, subject))
    }

    fn by_key_identifier(&self, purpose: Purpose, key_identifier: &[u8]) -> Vec<Certificate> {
        self.left(self.view.by_key_identifier(purpose, key_identifier))
    }

    fn by_spki(&self, purpose: Purpose, spki_sha256: &Sha256) -> Vec<Certificate> {
        self.left(self.view.by_spki(purpose, spki_sha256))
    }

    fn raw_keys_by_number(&self, number: KeyNumber) -> Vec<Vec<u8>> {
        // The key still checks a signature; that it is no anchor, the other questions tell.
        self.view.raw_keys_by_number(number)
    }

    fn openpgp_certificates(&self, issuers: &[Issuer]) -> Vec<OpenPgpCertificate> {
        self.view.openpgp_certificates(issuers)
    }

    fn anchor(&self, id: &AnchorId) -> Option<Anchor> {
        (*id != self.gone).then(|| self.view.anchor(id)).flatten()
    }

    fn status_at(
        &self,
        id: &AnchorId,
        vendor: Option<&str>,
        purpose: Purpose,
        at: Timestamp,
    ) -> Option<Standing> {
        (*id != self.gone)
            .then(|| self.view.status_at(id, vendor, purpose, at))
            .flatten()
    }

    fn signer_rules(&self, root: &AnchorId) -> Vec<NamedRule> {
        self.view.signer_rules(root)
    }

    fn vendor(&self, slug: &str) -> Option<Arc<VendorProfile>> {
        self.view.vendor(slug)
    }

    fn vendors(&self) -> Vec<String> {
        self.view.vendors()
    }

    fn vendors_suggested_by(&self, file_name: &str) -> Vec<String> {
        self.view.vendors_suggested_by(file_name)
    }

    fn rotations_of_key(&self, key: &AnchorId) -> Vec<NamedRotation> {
        self.view.rotations_of_key(key)
    }

    fn rotations_of_rule(&self, vendor: &str, rule: &str) -> Vec<NamedRotation> {
        self.view.rotations_of_rule(vendor, rule)
    }

    fn posts_naming(&self, values: &[String]) -> Vec<Naming> {
        self.view.posts_naming(values)
    }

    fn post(&self, id: &str) -> Option<Arc<Post>> {
        self.view.post(id)
    }

    fn listings(&self, certificate: &Certificate, at: Timestamp) -> Option<Vec<Listing>> {
        self.view.listings(certificate, at)
    }

    fn is_bare(&self) -> bool {
        self.view.is_bare()
    }

    fn walks(&self, purpose: Purpose) -> Option<&Walks> {
        Some(self.walks.of(purpose))
    }
}
