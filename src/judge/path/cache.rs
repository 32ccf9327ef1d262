//! Signature checks remembered across walks, because a hundred files of one vendor share a chain.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::domain::Sha256;
use crate::formats::algorithm::{self, SignatureError, Weakness};
use crate::formats::limits;
use crate::formats::x509::Certificate;

type Checked = Result<Vec<Weakness>, SignatureError>;

/// Remembers which certificate verified under which key. The check is a pure function of the two,
/// so that sharing changes no answer; it may be shared by threads.
#[derive(Debug, Default)]
pub struct SignatureCache {
    checks: RwLock<BTreeMap<(Sha256, Sha256), Checked>>,
}

impl SignatureCache {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many checks are remembered.
    #[must_use]
    pub fn len(&self) -> usize {
        self.checks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the key of `issuer` signed `certificate`, remembered or computed.
    pub(super) fn check(&self, certificate: &Certificate, issuer: &Certificate) -> Checked {
        let pair = (certificate.sha256(), issuer.spki_sha256());
        let remembered = self
            .checks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&pair)
            .cloned();
        if let Some(checked) = remembered {
            return checked;
        }
        let checked = check(certificate, issuer);
        let mut checks = self.checks.write().unwrap_or_else(PoisonError::into_inner);
        // Forgetting everything is the cheapest bound, and costs one round of checks.
        if checks.len() >= limits::REMEMBERED_CHECKS {
            checks.clear();
        }
        checks.insert(pair, checked.clone());
        checked
    }
}

/// Whether the key of `issuer` signed `certificate`.
pub(super) fn check(certificate: &Certificate, issuer: &Certificate) -> Checked {
    algorithm::verify(
        issuer.spki(),
        certificate.signature_algorithm(),
        certificate.tbs(),
        certificate.signature(),
    )
}
