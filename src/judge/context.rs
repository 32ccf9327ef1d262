//! What every judgement is given besides the facts: the view, the instant, the expectation.

use std::sync::Arc;

use jiff::Timestamp;

use super::continuity_proof::Search;
use super::path::{Anchors, Profile, Question, SignatureCache, Walk, walk};
use super::trust::View;
use crate::domain::{Purpose, Sha256};
use crate::formats::x509::{Certificate, Name};

/// The circumstances of a judgement. The same facts and circumstances give the same report.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub view: &'a dyn View,
    /// The instant of judgement.
    pub at: Timestamp,
    pub profile: Profile,
    /// The vendor that the caller expects, by slug.
    pub vendor: Option<&'a str>,
    /// The product that the caller expects, by its name in that vendor's profile.
    pub product: Option<&'a str>,
    /// When our own store first saw these bytes.
    pub witnessed: Option<Timestamp>,
    pub cache: Option<&'a SignatureCache>,
}

impl<'a> Context<'a> {
    /// A search for proofs of continuity in these circumstances; where to look is left to fill in.
    /// Only our own witness counts for it: a timestamp is about a signature, and not about the
    /// certificates beside it.
    pub(super) fn continuity(&self) -> Search<'a> {
        Search {
            certificates: &[],
            openpgp: &[],
            view: self.view,
            vendor: self.vendor,
            established: self.witnessed,
            at: self.at,
            profile: self.profile,
            cache: self.cache,
        }
    }
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("at", &self.at)
            .field("profile", &self.profile)
            .field("vendor", &self.vendor)
            .field("witnessed", &self.witnessed)
            .finish_non_exhaustive()
    }
}

impl Context<'_> {
    /// The walk to the view's anchors of one purpose; `question` must ask for no others. Packages
    /// of one signer share it, where the view remembers.
    pub(super) fn walk(&self, purpose: Purpose, question: &Question<'_>) -> Arc<Walk> {
        match self.view.walks(purpose) {
            Some(walks) => walks.walk(question),
            None => Arc::new(walk(question)),
        }
    }
}

/// The anchors of one purpose, as the path walker asks for them.
pub(super) struct AnchorsFor<'a> {
    pub(super) view: &'a dyn View,
    pub(super) purpose: Purpose,
}

impl Anchors for AnchorsFor<'_> {
    fn by_subject(&self, name: &Name) -> Vec<Certificate> {
        self.view.by_subject(self.purpose, name)
    }

    fn by_key_identifier(&self, key_identifier: &[u8]) -> Vec<Certificate> {
        self.view.by_key_identifier(self.purpose, key_identifier)
    }

    fn by_key(&self, spki_sha256: Sha256) -> Vec<Certificate> {
        self.view.by_spki(self.purpose, &spki_sha256)
    }
}
