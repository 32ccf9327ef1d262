//! What can be wrong on the way from a leaf to an anchor, with its facts.

use jiff::Timestamp;

use crate::domain::{Oid, Sha256};
use crate::formats::algorithm::{SignatureError, Weakness};
use crate::formats::x509::{Certificate, GeneralName, Name};

/// One thing that is wrong with one certificate, or with its link to one issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// SHA-256 of the certificate's DER.
    pub certificate: Sha256,
    pub subject: Name,
    /// The candidate, or the constraining certificate above, under which it fails; `None` when the
    /// certificate fails by itself.
    pub issuer: Option<Issuer>,
    pub defect: Defect,
}

/// A certificate that was tried as an issuer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issuer {
    /// SHA-256 of the certificate's DER.
    pub certificate: Sha256,
    pub subject: Name,
    pub spki_sha256: Sha256,
    pub is_anchor: bool,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    #[error("not valid before {not_before} (judged at {at})")]
    NotYetValid {
        at: Timestamp,
        not_before: Timestamp,
    },
    #[error("expired on {not_after} (judged at {at})")]
    Expired { at: Timestamp, not_after: Timestamp },
    /// The candidate has the issuer's name, but another key made the signature.
    #[error("signed by another key")]
    SignatureMismatch,
    #[error("signature not checked: {0}")]
    SignatureUnchecked(SignatureError),
    /// Verified, but too weak for the strict profile.
    #[error("too weak: {0:?}")]
    WeakSignature(Weakness),
    /// The candidate has the key identifier, but not the issuer's name.
    #[error("the issuer is named {expected}")]
    IssuerName { expected: Name },
    /// Nothing at hand issued this certificate.
    #[error("the issuer {subject} is not at hand")]
    IssuerMissing {
        subject: Name,
        /// The authority key identifier.
        key_identifier: Option<Vec<u8>>,
    },
    /// The issuer is at hand, but the authorities from there on only certify each other.
    #[error("the issuer {subject} leads in a circle, to no anchor")]
    IssuerCircular { subject: Name },
    #[error("has no issuer name")]
    EmptyIssuer,
    #[error("version {0} cannot be a CA's")]
    Version(u32),
    #[error("is no CA (basicConstraints absent)")]
    BasicConstraintsMissing,
    #[error("is no CA")]
    NotACa,
    /// RFC 5280 4.2.1.9; self-issued certificates are not counted.
    #[error("allows {limit} CAs below itself, {found} are there")]
    PathLength { limit: u32, found: u32 },
    #[error("keyUsage does not allow {0}")]
    KeyUsage(KeyUse),
    #[error("keyUsage is absent")]
    KeyUsageMissing,
    /// The extended key usages do not allow the purpose.
    #[error("is not for purpose {wanted}")]
    Purpose {
        wanted: Oid,
        /// `None` when the extension is absent.
        found: Option<Vec<Oid>>,
    },
    /// RFC 3161 2.3: time stamping must be the only purpose, and critical.
    #[error("has other purposes than time stamping, or names it without being critical")]
    TimeStampingNotExclusive,
    #[error("unknown critical extension {0}")]
    UnknownCritical(Oid),
    #[error("extension {0} is not well formed")]
    MalformedExtension(Oid),
    /// RFC 5280 6.1.3 (f), 6.1.5 (g): a policy is asked for, and none holds down to here.
    #[error("no certificate policy holds down to here, and one is required")]
    PolicyMissing,
    /// RFC 5280 6.1.4 (a).
    #[error("maps anyPolicy, which stands for no policy of its own")]
    PolicyMappingOfAny,
    /// A demand of RFC 5280 on the certificate by itself.
    #[error("{0}")]
    Mandate(Mandate),
    /// A certificate above constrains names, and this one's are not among the allowed (RFC 5280
    /// 4.2.1.10).
    #[error("{name} {breach} {by}")]
    NameConstraint {
        /// The subject of the constraining certificate.
        by: Name,
        name: GeneralName,
        breach: Breach,
    },
    /// RFC 5280 demands it for this extension.
    #[error("extension {0} is not critical")]
    NotCritical(Oid),
    #[error("extension {0} is for CAs only")]
    OnlyForCa(Oid),
    /// RFC 5280 4.1.1.2.
    #[error("names one signature algorithm inside and another outside")]
    AlgorithmsDisagree,
}

/// What RFC 5280 section 4 demands of every certificate, broken. No path hangs on it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mandate {
    /// 4.1.2.1.
    #[error("has extensions, and is not of version 3")]
    VersionForExtensions,
    /// 4.1.2.2, in octets.
    #[error("has a serial number of {0} octets, more than 20")]
    SerialTooLong(usize),
    /// 4.1.2.2.
    #[error("has a serial number that is not positive")]
    SerialNotPositive,
    /// 4.1.2.6.
    #[error("is a CA without a name")]
    EmptySubject,
    /// 4.1.2.6.
    #[error("has neither a subject nor an alternative name")]
    NoName,
    /// 4.2.1.1.
    #[error("does not name its issuer's key (authorityKeyIdentifier)")]
    AuthorityKeyIdentifierMissing,
    /// 4.2.1.2.
    #[error("is a CA that does not name its key (subjectKeyIdentifier)")]
    SubjectKeyIdentifierMissing,
    #[error("extension {0} is critical, and must not be")]
    Critical(Oid),
    #[error("extension {0} is not critical, and must be")]
    NotCritical(Oid),
    /// 4.2.1.4.
    #[error("names policy {0} twice")]
    PolicyTwice(Oid),
    /// 4.2.1.3, 4.2.1.9.
    #[error("is no CA, and its keyUsage allows {0}")]
    KeyUsageWithoutCa(KeyUse),
    /// 4.2.1.9.
    #[error("is no CA, and limits how many may stand below it")]
    PathLengthWithoutCa,
    /// 4.2.1.6.
    #[error("{0} is not written as its form asks")]
    NameSyntax(GeneralName),
}

/// What a key would have to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyUse {
    #[error("signing certificates")]
    CertificateSign,
    #[error("signatures")]
    DigitalSignature,
}

/// How a name breaks a name constraint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Breach {
    #[error("is not permitted by")]
    NotPermitted,
    #[error("is excluded by")]
    Excluded,
    /// The form is constrained, and this name is not what its form demands.
    #[error("is not well formed, yet constrained by")]
    Malformed,
    /// The form is constrained, and constraints on it are not processed.
    #[error("is of a form that is not processed, yet constrained by")]
    Unprocessed,
}

impl Defect {
    /// Whether only the clock is in the way.
    #[must_use]
    pub fn is_validity(&self) -> bool {
        matches!(self, Self::NotYetValid { .. } | Self::Expired { .. })
    }
}

impl Failure {
    pub(super) fn of(certificate: &Certificate, defect: Defect) -> Self {
        Self {
            certificate: certificate.sha256(),
            subject: certificate.subject().clone(),
            issuer: None,
            defect,
        }
    }

    pub(super) fn under(
        certificate: &Certificate,
        issuer: &Certificate,
        is_anchor: bool,
        defect: Defect,
    ) -> Self {
        Self {
            issuer: Some(Issuer {
                certificate: issuer.sha256(),
                subject: issuer.subject().clone(),
                spki_sha256: issuer.spki_sha256(),
                is_anchor,
            }),
            ..Self::of(certificate, defect)
        }
    }
}
