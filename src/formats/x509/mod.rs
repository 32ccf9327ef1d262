//! X.509 certificates as owned values (RFC 5280).

mod certificate;
mod general_name;
mod name;
mod name_constraints;
mod skeleton;

pub use certificate::{
    AuthorityKeyIdentifier, BasicConstraints, Certificate, CertificateError, Extension, KeyUsage,
};
pub use general_name::{GeneralName, NameForm, subject_alternative_names};
pub use name::{Name, canonical_form};
pub use name_constraints::{NameConstraints, NameConstraintsError, Subtree, is_host};
pub use skeleton::Skeleton;
