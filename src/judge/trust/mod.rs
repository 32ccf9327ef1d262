//! Trust as the judge sees it: never a store, always a [`View`].
//!
//! A view answers three kinds of questions: which keys may end a path (by name, key identifier or
//! key), what a key's standing was at an instant, and whose signer a path shows. Two views exist:
//! [`FolderView`] over a compiled trust folder ([`shipped`] or given), overlaid with what this
//! instance learnt ([`Knowledge`]), and [`AnchorBundle`] over bare key files, where every key anchors
//! anything.

mod asked_once;
mod bundle;
mod catalogue;
mod contents;
mod difference;
mod embedded;
mod expiring;
mod folder_view;
mod history;
mod key_file;
mod knowledge;
mod listing;
mod observed;
mod openpgp_bundle;
mod pattern;
mod record;
mod root_place;
mod rule;
mod supposed;
mod without;

pub use bundle::{AnchorBundle, BundleError};
pub use catalogue::Listed;
pub use contents::{Claim, Contents, Entry};
pub use difference::{AnchorChange, Difference, FileChange, FileChangeKind, difference};
pub use embedded::{SHIPPED_DIGEST, shipped};
pub use expiring::{Expiring, expiring};
pub use folder_view::{FolderView, LoadError};
pub use history::{Learnt, withdrawn_by};
pub use knowledge::Knowledge;
pub use listing::{Distrust, Listing, RootName, names_in_lists};
pub use openpgp_bundle::OpenPgpKeysError;
pub use pattern::{fits, products_of};
pub use record::{KnownRecord, Origin, Record, Scope, Standing, in_force, resolve};
pub use rule::{Mismatch, RuleMatch, Sighting, matching_rules, mismatches, nearly_matching_rules};
pub use without::Without;

use std::sync::Arc;

use jiff::Timestamp;

use super::path::Walks;
use crate::domain::{AnchorId, Purpose, Sha256};
use crate::formats::openpgp::{Issuer, OpenPgpCertificate};
use crate::formats::public_key::KeyNumber;
use crate::formats::trust_folder::{PolicyException, Rotation, SignerRule, VendorProfile};
use crate::formats::x509::{Certificate, Name};
use crate::judge::posted::{Naming, Post};

/// What is known about trust, at one state of knowledge.
///
/// Look-ups give every certificate of a key (self-signed and cross); they choose candidates, and
/// signatures decide.
pub trait View: Send + Sync + std::fmt::Debug {
    /// The keys that may end a path of this purpose, under this subject name.
    fn by_subject(&self, purpose: Purpose, subject: &Name) -> Vec<Certificate>;

    /// As [`View::by_subject`], by subject key identifier.
    fn by_key_identifier(&self, purpose: Purpose, key_identifier: &[u8]) -> Vec<Certificate>;

    /// As [`View::by_subject`], by the key itself.
    fn by_spki(&self, purpose: Purpose, spki_sha256: &Sha256) -> Vec<Certificate>;

    /// The raw keys of minisign or signify with this number, as DER SubjectPublicKeyInfo. A number
    /// is a label that anybody can copy: signatures decide.
    fn raw_keys_by_number(&self, number: KeyNumber) -> Vec<Vec<u8>>;

    /// The OpenPGP certificates that hold a key which one of these issuers means, each merged from
    /// every copy that is known. Issuers are claims: signatures decide.
    fn openpgp_certificates(&self, issuers: &[Issuer]) -> Vec<OpenPgpCertificate>;

    /// What is known about a key as such; `None` when the view does not know it.
    fn anchor(&self, id: &AnchorId) -> Option<Anchor>;

    /// How a key stood at an instant, for a vendor (`None`: for everybody). For timestamping the
    /// vendor is not asked. A global record that condemns wins over a vendor's own record.
    fn status_at(
        &self,
        id: &AnchorId,
        vendor: Option<&str>,
        purpose: Purpose,
        at: Timestamp,
    ) -> Option<Standing>;

    /// Every signer rule below a root, of all vendors, ordered by vendor and name.
    fn signer_rules(&self, root: &AnchorId) -> Vec<NamedRule>;

    /// A vendor's profile.
    fn vendor(&self, slug: &str) -> Option<Arc<VendorProfile>>;

    /// The slugs of all vendors, sorted.
    fn vendors(&self) -> Vec<String>;

    /// The vendors whose product patterns fit a file name, sorted. A hint for people: file names
    /// are the attacker's.
    fn vendors_suggested_by(&self, file_name: &str) -> Vec<String>;

    /// The recorded rotations that name a key (root, intermediate or leaf), old or new.
    fn rotations_of_key(&self, key: &AnchorId) -> Vec<NamedRotation>;

    /// The recorded rotations that name a vendor's signer rule, old or new.
    fn rotations_of_rule(&self, vendor: &str, rule: &str) -> Vec<NamedRotation>;

    /// Which known posts print one of these values, newest first.
    fn posts_naming(&self, values: &[String]) -> Vec<Naming>;

    /// A known post, by its handle.
    fn post(&self, id: &str) -> Option<Arc<Post>>;

    /// How the root programmes that are accepted here list a certificate's key, as last seen at
    /// `at`; `None` when that cannot be read. Whoever accepts none gets none.
    fn listings(&self, certificate: &Certificate, at: Timestamp) -> Option<Vec<Listing>>;

    /// Whether every key anchors anything and nobody's name counts (`--anchors`): no vendor, no
    /// signer rule, never explained.
    fn is_bare(&self) -> bool;

    /// Where walks to this view's anchors of one purpose are remembered, if it remembers any.
    fn walks(&self, _purpose: Purpose) -> Option<&Walks> {
        None
    }
}

/// A key that may end a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub id: AnchorId,
    /// What people call it.
    pub name: String,
    /// Whether others' code is signed under it, so that it needs a signer rule.
    pub shared: bool,
    /// Whether nobody but a root programme speaks of it: then it never anchors, and whether it ends
    /// a path at all, [`View::listings`] say.
    pub observed: bool,
    /// The vendors whose folder names it, sorted: its owners when it is not shared.
    pub vendors: Vec<String>,
    /// The namespaces of the SSH signatures it may vouch with; empty = `file`.
    pub namespaces: Vec<String>,
    /// What of the OpenPGP policy is waived for this key, with reasons.
    pub policy_exceptions: Vec<PolicyException>,
}

/// A signer rule with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRule {
    /// The vendor's slug.
    pub vendor: String,
    /// The rule's file name without ending.
    pub name: String,
    pub rule: Arc<SignerRule>,
}

/// A rotation with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedRotation {
    /// The vendor's slug.
    pub vendor: String,
    /// The rotation's file name without ending.
    pub name: String,
    pub rotation: Arc<Rotation>,
}
