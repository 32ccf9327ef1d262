//! The line of a product's signers, from the packages that are known.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::domain::{AnchorId, Sha256};
use crate::formats::trust_folder::VendorProfile;
use crate::formats::x509::Certificate;
use crate::judge::continuity::{Grade, Signer, grade};
use crate::judge::trust::products_of;
use crate::store::{Store, StoreError};

/// One signer, from the first to the last package that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerSpan {
    pub sha256: Sha256,
    pub subject: String,
    pub issuer: String,
    pub anchor: Option<AnchorId>,
    /// By the established signing time, else the claimed one, else when it was judged.
    pub first: Timestamp,
    pub last: Timestamp,
    pub packages: usize,
    /// Against the signer that began last before it.
    pub grade: Grade,
    /// The one before goes on signing after this one began: two leaves side by side, no rotation.
    pub parallel: bool,
}

impl SignerSpan {
    /// Grade, and whether it is parallel, in words.
    #[must_use]
    pub fn told(&self) -> String {
        let parallel = if self.parallel { ", parallel" } else { "" };
        format!("{}{parallel}", self.grade.word())
    }
}

/// The signers of a vendor's packages, or of one product's, in the order in which they began.
///
/// # Errors
/// When the store cannot be read.
pub fn signers(
    store: &Store,
    profile: &VendorProfile,
    product: Option<&str>,
) -> Result<Vec<SignerSpan>, StoreError> {
    let mut spans: BTreeMap<Sha256, (Certificate, SignerSpan)> = BTreeMap::new();
    for judged in store.judged_for(&profile.slug)? {
        let is_product = |wanted: &str| {
            judged.expected_product.as_deref() == Some(wanted)
                || products_of(profile, &judged.file)
                    .iter()
                    .any(|name| name == wanted)
        };
        if product.is_some_and(|wanted| !is_product(wanted)) {
            continue;
        }
        let signer = judged.signer.as_deref().map(Certificate::from_der);
        let Some(Ok(certificate)) = signer else {
            continue;
        };
        let at = judged.signed_at.unwrap_or(judged.judged_at);
        let span = SignerSpan {
            sha256: certificate.sha256(),
            subject: certificate.subject().to_string(),
            issuer: certificate.issuer().to_string(),
            anchor: judged.anchor.as_deref().and_then(|id| id.parse().ok()),
            first: at,
            last: at,
            packages: 0,
            grade: Grade::First,
            parallel: false,
        };
        let entry = spans.entry(span.sha256).or_insert((certificate, span));
        entry.1.first = entry.1.first.min(at);
        entry.1.last = entry.1.last.max(at);
        entry.1.packages += 1;
    }
    let mut line: Vec<(Certificate, SignerSpan)> = spans.into_values().collect();
    line.sort_by_key(|(_, span)| (span.first, span.sha256));
    let mut told: Vec<(Certificate, SignerSpan)> = vec![];
    for (certificate, mut span) in line {
        if let Some((before, earlier)) = told.last() {
            let old = Signer {
                certificate: before,
                anchor: earlier.anchor.as_ref(),
            };
            let new = Signer {
                certificate: &certificate,
                anchor: span.anchor.as_ref(),
            };
            span.grade = grade(old, new);
            span.parallel = earlier.last > span.first;
        }
        told.push((certificate, span));
    }
    Ok(told.into_iter().map(|(_, span)| span).collect())
}
