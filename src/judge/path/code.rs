//! The stable code of every check on a path.

use super::failure::{Breach, Defect, Mandate};

impl Defect {
    /// The check's code, in kebab case.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotYetValid { .. } => "not-yet-valid",
            Self::Expired { .. } => "expired",
            Self::SignatureMismatch => "signature-mismatch",
            Self::SignatureUnchecked(_) => "signature-unchecked",
            Self::WeakSignature(_) => "weak-signature",
            Self::IssuerName { .. } => "issuer-name",
            Self::IssuerMissing { .. } => "issuer-missing",
            Self::IssuerCircular { .. } => "issuer-circular",
            Self::EmptyIssuer => "empty-issuer",
            Self::Version(_) => "version",
            Self::BasicConstraintsMissing => "basic-constraints-missing",
            Self::NotACa => "not-a-ca",
            Self::PathLength { .. } => "path-length",
            Self::KeyUsage(_) => "key-usage",
            Self::KeyUsageMissing => "key-usage-missing",
            Self::Purpose { .. } => "purpose",
            Self::TimeStampingNotExclusive => "time-stamping-not-exclusive",
            Self::UnknownCritical(_) => "unknown-critical-extension",
            Self::MalformedExtension(_) => "malformed-extension",
            Self::PolicyMissing => "policy-missing",
            Self::PolicyMappingOfAny => "policy-mapping-of-any",
            Self::Mandate(mandate) => mandate.code(),
            Self::NameConstraint { breach, .. } => match breach {
                Breach::NotPermitted => "name-not-permitted",
                Breach::Excluded => "name-excluded",
                Breach::Malformed => "name-malformed",
                Breach::Unprocessed => "name-form-unprocessed",
            },
            Self::NotCritical(_) => "name-constraints-not-critical",
            Self::OnlyForCa(_) => "name-constraints-on-leaf",
            Self::AlgorithmsDisagree => "algorithms-disagree",
        }
    }
}

impl Mandate {
    fn code(&self) -> &'static str {
        match self {
            Self::VersionForExtensions => "version-for-extensions",
            Self::SerialTooLong(_) => "serial-too-long",
            Self::SerialNotPositive => "serial-not-positive",
            Self::EmptySubject => "empty-subject",
            Self::NoName => "no-name",
            Self::AuthorityKeyIdentifierMissing => "authority-key-identifier-missing",
            Self::SubjectKeyIdentifierMissing => "subject-key-identifier-missing",
            Self::Critical(_) => "extension-critical",
            Self::NotCritical(_) => "extension-not-critical",
            Self::PolicyTwice(_) => "policy-twice",
            Self::KeyUsageWithoutCa(_) => "key-usage-without-ca",
            Self::PathLengthWithoutCa => "path-length-without-ca",
            Self::NameSyntax(_) => "name-syntax",
        }
    }
}
