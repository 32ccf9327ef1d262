//! CMS SignedData (RFC 5652) and PKCS#7 1.5, read over the original bytes.
//!
//! [`SignedData::from_der`] reads the object and refuses what is ambiguous; [`check`] then says for
//! one signer whether the mathematics holds, and under which certificate. Who that certificate is,
//! is for others to judge.

mod attribute;
mod ber;
mod check;
mod error;
mod signed_data;
mod signer_info;

pub use attribute::{Attribute, CertificateHash, SignedAttributes, looks_like_attributes};
pub use check::{BadReason, Covered, Outcome, SignerCheck, UncheckedReason, check};
pub use error::CmsError;
pub use signed_data::{
    Content, OtherCertificate, SignedData, Trailing, certificate_bundle, certificate_members,
};
pub use signer_info::{ID_DATA, SignerId, SignerInfo};
