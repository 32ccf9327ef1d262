//! The path walker: published suites, and chains made for the purpose.

mod chains;
mod defects;
mod names;
mod policies;
mod properties;
mod rotation;
mod suites;

use anchorwatch::formats::x509::Certificate;
use anchorwatch::judge::path::{
    AnchorSet, Budget, KeyPurpose, PolicyDemand, Profile, Question, SignatureCache, Walk, walk,
};

/// A question with the usual answers to what a test does not care about.
pub(crate) struct Ask<'a> {
    leaf: &'a Certificate,
    offered: &'a [Certificate],
    anchors: AnchorSet,
    at: String,
    purpose: KeyPurpose,
    profile: Profile,
    policies: Option<PolicyDemand>,
    intermediates: Option<u32>,
    budget: Budget,
    cache: Option<&'a SignatureCache>,
}

pub(crate) fn ask<'a>(
    leaf: &'a Certificate,
    offered: &'a [Certificate],
    anchors: &[Certificate],
) -> Ask<'a> {
    Ask {
        leaf,
        offered,
        anchors: AnchorSet::new(anchors.iter().cloned()),
        at: "2026-01-01T00:00:00Z".to_owned(),
        purpose: KeyPurpose::CodeSigningRequired,
        profile: Profile::Strict,
        policies: None,
        intermediates: None,
        budget: Budget::default(),
        cache: None,
    }
}

impl<'a> Ask<'a> {
    pub(crate) fn at(mut self, at: &str) -> Self {
        at.clone_into(&mut self.at);
        self
    }

    pub(crate) fn purpose(mut self, purpose: KeyPurpose) -> Self {
        self.purpose = purpose;
        self
    }

    pub(crate) fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    pub(crate) fn policies(mut self, policies: PolicyDemand) -> Self {
        self.policies = Some(policies);
        self
    }

    pub(crate) fn intermediates(mut self, limit: Option<u32>) -> Self {
        self.intermediates = limit;
        self
    }

    pub(crate) fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    pub(crate) fn cache(mut self, cache: &'a SignatureCache) -> Self {
        self.cache = Some(cache);
        self
    }

    pub(crate) fn walk(&self) -> Walk {
        walk(&Question {
            leaf: self.leaf,
            offered: self.offered,
            anchors: &self.anchors,
            at: self.at.parse().unwrap(),
            purpose: &self.purpose,
            profile: self.profile,
            policies: self.policies.as_ref(),
            intermediates: self.intermediates,
            budget: self.budget,
            cache: self.cache,
        })
    }
}
