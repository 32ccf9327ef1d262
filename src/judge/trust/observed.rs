//! The view's side of accepted root programmes: which of their roots may end a path, and what they
//! say of a key.
//!
//! A root that only programmes list ends paths of code signing alone: were it to end a timestamp's
//! path too, it would prove times, and an observed root could help a package to be anchored.

use jiff::Timestamp;

use super::knowledge::Knowledge;
use super::listing::{Listing, RootName, names_in_lists};
use super::record::{Origin, Record, Scope};
use super::{Anchor, FolderView};
use crate::domain::{AnchorId, ListedKey, Purpose, Sha256, Status};
use crate::formats::trust_folder::ValidFromIs;
use crate::formats::trust_folder::blob::Map;
use crate::formats::x509::Certificate;

impl FolderView {
    /// Adds the roots under a name that some accepted programme trusts for code signing, at
    /// whatever time. At which, is asked when a path ends there.
    pub(super) fn with_observed(
        &self,
        mut known: Vec<Certificate>,
        purpose: Purpose,
        name: RootName<'_>,
    ) -> Vec<Certificate> {
        if purpose == Purpose::CodeSigning {
            for root in self.programme_roots(name) {
                if !known.contains(&root) && self.is_observed(&root) {
                    known.push(root);
                }
            }
        }
        known
    }

    /// What was learnt, where programmes count in it.
    fn programmes(&self) -> Option<&dyn Knowledge> {
        let learnt = self.knowledge.as_deref();
        learnt.filter(|learnt| learnt.has_programmes())
    }

    fn programme_roots(&self, name: RootName<'_>) -> Vec<Certificate> {
        let learnt = self.programmes();
        let ders = learnt.map_or_else(Vec::new, |learnt| learnt.programme_roots(name));
        ders.iter()
            .filter_map(|der| Certificate::from_der(der).ok())
            .collect()
    }

    /// Whether some list of an accepted programme ever allowed the key to sign code.
    fn is_observed(&self, root: &Certificate) -> bool {
        self.programmes().is_some_and(|learnt| {
            let listings = learnt.listings_of_all_days(&self.names_in_lists(root));
            listings.iter().any(Listing::is_for_code)
        })
    }

    pub(super) fn programme_listings(
        &self,
        certificate: &Certificate,
        at: Timestamp,
    ) -> Option<Vec<Listing>> {
        let Some(learnt) = self.programmes() else {
            return Some(vec![]);
        };
        let mut listings = learnt.listings(&self.names_in_lists(certificate), at)?;
        listings.retain(|listing| learnt.accepts(&listing.programme));
        Some(listings)
    }

    fn names_in_lists(&self, certificate: &Certificate) -> Vec<ListedKey> {
        let mut names = self.names_of(certificate.spki_sha256());
        names.extend(names_in_lists(certificate));
        names.sort();
        names.dedup();
        names
    }

    /// Every name of the key and of the certificates that are known of it.
    fn names_of(&self, key: Sha256) -> Vec<ListedKey> {
        let mut names = vec![ListedKey::Spki(key)];
        let folder = self.look_up(Map::CodeSpki, &key.0);
        for certificate in folder
            .iter()
            .chain(&self.programme_roots(RootName::Spki(key)))
        {
            names.extend(names_in_lists(certificate));
        }
        names
    }

    /// The anchor of a key of which nobody but an accepted programme speaks.
    pub(super) fn observed_anchor(&self, id: &AnchorId) -> Option<Anchor> {
        let AnchorId::X509(key) = id else {
            return None;
        };
        let roots = self.programme_roots(RootName::Spki(*key));
        let root = roots.iter().find(|root| self.is_observed(root))?;
        let subject = root.subject();
        Some(Anchor {
            id: id.clone(),
            name: subject
                .common_name()
                .map_or_else(|| subject.to_string(), str::to_owned),
            shared: true,
            observed: true,
            vendors: vec![],
            namespaces: vec![],
            policy_exceptions: vec![],
        })
    }

    /// The distrust of programmes whose word condemns here, as records: only from lists whose
    /// signature held. `None` when lists cannot be read, among which one may distrust.
    pub(super) fn programme_distrust(&self, id: &AnchorId) -> Option<Vec<Record>> {
        let (Some(learnt), AnchorId::X509(key)) = (self.programmes(), id) else {
            return Some(vec![]);
        };
        let listings = learnt.listings(&self.names_of(*key), Timestamp::MAX)?;
        let mut records = vec![];
        for listing in listings {
            let distrust = listing.distrust().filter(|found| !found.newer_only);
            let Some(distrust) = distrust else {
                continue;
            };
            if !listing.is_signed || !learnt.applies_distrust_of(&listing.programme) {
                continue;
            }
            records.push(Record {
                anchor: id.clone(),
                scope: Scope::Global,
                purpose: Purpose::CodeSigning,
                status: Status::Distrusted,
                // Without a date it is distrusted for whatever it ever signed.
                valid_from: distrust.since.unwrap_or(Timestamp::UNIX_EPOCH),
                valid_from_is: ValidFromIs::Stated,
                known_from: listing.known_from,
                evidence: vec![format!(
                    "{} of the root programme {}, seen {}",
                    listing.list.word(),
                    listing.programme,
                    listing.seen
                )],
                origin: Origin::Import,
            });
        }
        Some(records)
    }
}
