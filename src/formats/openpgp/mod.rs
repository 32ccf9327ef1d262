//! OpenPGP (RFC 9580): certificates, detached signatures and cleartexts, read and checked.
//!
//! A narrow door to the field's library. Three answers about one signature are kept apart: what the
//! mathematics says ([`check`]), what policy said when it was made, and what policy says now
//! ([`assess`]). The library never sees a clock, compressed data or unbounded input.

mod algorithm;
mod armour;
mod assessment;
mod certificate;
mod certification;
mod cleartext;
mod digests;
mod error;
mod key_state;
mod library;
mod packet;
mod policy;
mod revocation;
mod signature;
mod user_id;
mod verification;

pub use algorithm::{HashId, KeyAlgorithmId};
pub use assessment::{Assessment, assess, assess_checked};
pub use certificate::{CertificateFile, Key, LeftOut, LeftOutReason, OpenPgpCertificate};
pub use certification::Certification;
pub use cleartext::{Cleartext, CleartextFault};
pub use digests::Digests;
pub use error::OpenPgpError;
pub use key_state::{KeyState, Revocation};
pub use policy::{Objection, WAIVABLE, key_objections, signature_objections};
pub use signature::{Issuer, OpenPgpSignature, SignatureType};
pub use user_id::without_address;
pub use verification::{BadReason, Mathematics, SignatureCheck, UncheckedReason, check};
