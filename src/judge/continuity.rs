//! Key continuity: who signed a product over time, and what kind of change each new signer is.

use crate::domain::AnchorId;
use crate::formats::x509::Certificate;

/// How a new signer relates to the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Nobody signed before.
    First,
    /// The same key in another certificate.
    SameKey,
    /// Another leaf of the same subscriber, under the same root.
    SameIdentity,
    /// The same subject, letter case and punctuation aside, from another issuer under the same root.
    IssuerChanged,
    /// The same subject under another root.
    RootChanged,
    /// Another subject.
    Foreign,
}

impl Grade {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::SameKey => "same-key",
            Self::SameIdentity => "same-identity",
            Self::IssuerChanged => "issuer-changed",
            Self::RootChanged => "root-changed",
            Self::Foreign => "foreign",
        }
    }
}

/// A signer with the anchor at which its path ended, if it did.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    pub certificate: &'a Certificate,
    pub anchor: Option<&'a AnchorId>,
}

/// Grades a signer against the one before.
///
/// Short-lived leaves change their key and issuing certificate every few days; what stays is the
/// subscriber's own purpose in them, or subject and issuer's name.
#[must_use]
pub fn grade(before: Signer<'_>, after: Signer<'_>) -> Grade {
    let (old, new) = (before.certificate, after.certificate);
    if old.spki_sha256() == new.spki_sha256() {
        return Grade::SameKey;
    }
    let same_root = before.anchor == after.anchor;
    let identity = subscriber(new);
    if identity.is_some() && identity == subscriber(old) && same_root {
        return Grade::SameIdentity;
    }
    let subject = |certificate: &Certificate| {
        let name = certificate.subject();
        let organisation = name.organisation().map(folded);
        organisation.map_or_else(
            || (None, name.common_name().map(folded)),
            |organisation| (Some(organisation), None),
        )
    };
    if subject(old) != subject(new) {
        return Grade::Foreign;
    }
    if !same_root {
        return Grade::RootChanged;
    }
    if old.issuer() == new.issuer() {
        Grade::SameIdentity
    } else {
        Grade::IssuerChanged
    }
}

/// The purpose that stands for one subscriber (Azure Trusted Signing), but not those that stand for
/// the service's kinds.
pub(super) fn subscriber(certificate: &Certificate) -> Option<&str> {
    certificate
        .extended_key_usage()?
        .iter()
        .map(crate::domain::Oid::as_str)
        .find(|oid| {
            oid.strip_prefix("1.3.6.1.4.1.311.97.")
                .is_some_and(|rest| rest.split('.').count() > 3)
        })
}

/// Letters and digits alone, in lower case: "The Qt Company Oy" and "The QT Company, Oy" are one.
fn folded(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
