//! Signature checks remembered across walks, because a hundred files of one vendor share a chain.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use crate::domain::Sha256;
use crate::formats::algorithm::{self, SignatureError, Weakness};
use crate::formats::crl::RevocationList;
use crate::formats::limits;
use crate::formats::x509::Certificate;

pub(crate) type Checked = Result<Vec<Weakness>, SignatureError>;

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
        self.remembered(pair, || check(certificate, issuer))
    }

    /// Whether the key of `issuer` signed `list`, remembered or computed.
    pub(crate) fn check_list(&self, list: &RevocationList, issuer: &Certificate) -> Checked {
        let pair = (list.sha256(), issuer.spki_sha256());
        self.remembered(pair, || check_list(list, issuer))
    }

    fn remembered(&self, pair: (Sha256, Sha256), compute: impl FnOnce() -> Checked) -> Checked {
        let remembered = self
            .checks
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&pair)
            .cloned();
        if let Some(checked) = remembered {
            return checked;
        }
        let checked = compute();
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

/// Whether the key of `issuer` signed `list`.
pub(crate) fn check_list(list: &RevocationList, issuer: &Certificate) -> Checked {
    algorithm::verify(
        issuer.spki(),
        list.signature_algorithm(),
        list.tbs(),
        list.signature(),
    )
}
