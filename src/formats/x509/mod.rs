//! X.509 certificates as owned values (RFC 5280).

mod certificate;
mod distribution_point;
mod general_name;
mod name;
mod name_constraints;
mod policies;
mod skeleton;

pub use certificate::{
    AuthorityKeyIdentifier, BasicConstraints, Certificate, CertificateError, Extension, KeyUsage,
};
pub(crate) use distribution_point::directory_names;
pub use distribution_point::{
    DistributionPoint, IssuingDistributionPoint, PointName, Reasons, distribution_points,
};
pub use general_name::{GeneralName, NameForm, subject_alternative_names};
pub use name::{Name, canonical_form};
pub use name_constraints::{NameConstraints, NameConstraintsError, Subtree, is_host};
pub use policies::{
    ANY_POLICY, PolicyConstraints, certificate_policies, inhibit_any_policy, policy_mappings,
};
pub use skeleton::Skeleton;
