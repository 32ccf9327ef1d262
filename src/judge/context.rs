//! What every judgement is given besides the facts: the view, the instant, the expectation.

use jiff::Timestamp;

use super::path::{Profile, SignatureCache};
use super::trust::View;

/// The circumstances of a judgement. The same facts and circumstances give the same report.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    pub view: &'a dyn View,
    /// The instant of judgement.
    pub at: Timestamp,
    pub profile: Profile,
    /// The vendor that the caller expects, by slug.
    pub vendor: Option<&'a str>,
    /// When our own store first saw these bytes.
    pub witnessed: Option<Timestamp>,
    pub cache: Option<&'a SignatureCache>,
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
