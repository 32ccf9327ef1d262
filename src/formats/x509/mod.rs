//! X.509 certificates as owned values (RFC 5280).

mod certificate;
mod name;
mod skeleton;

pub use certificate::{
    AuthorityKeyIdentifier, BasicConstraints, Certificate, CertificateError, Extension, KeyUsage,
};
pub use name::{Name, canonical_form};
pub use skeleton::Skeleton;
