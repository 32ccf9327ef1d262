//! OpenPGP signatures: which key made them, what three questions about it answer, and what that key is
//! worth.
//!
//! Is it a key we know, was the signature good under the policy of the day on which it says that it
//! was made, and is it good under today's? Trust hangs on the first two; the third is told. Subkeys
//! are judged through their primary key, on the certificate merged from every copy at hand.

mod read;
mod telling;
mod verdict;

pub(super) use read::signature_of;
pub(super) use verdict::judge_openpgp;

use jiff::Timestamp;

use crate::domain::Fingerprint;
use crate::formats::openpgp::{OpenPgpCertificate, OpenPgpSignature, SignatureCheck};

/// An OpenPGP signature with all that is at hand to judge it; the mathematics is done.
#[derive(Debug, Clone)]
pub struct OpenPgpFacts {
    pub signature: OpenPgpSignature,
    pub check: SignatureCheck,
    /// Each merged from every copy: those that came with the package, and the view's.
    pub certificates: Vec<OpenPgpCertificate>,
    /// The copies that came with the package or were named by the caller, as they came.
    pub offered: Vec<OpenPgpCertificate>,
    /// The view's copies, as they are kept.
    pub recorded: Vec<OpenPgpCertificate>,
}

/// What a report tells of an OpenPGP signature beside its verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenPgpReport {
    /// Whom the signature names, as fingerprint or key id; a claim until a key fits.
    pub issuer: String,
    /// The key that made it, or should have; often a subkey.
    pub key: Option<Fingerprint>,
    /// Its primary key: what trust is about.
    pub primary: Option<Fingerprint>,
    /// By the names of RFC 9580: `RSA of 4096 bits`, `SHA512`.
    pub algorithm: String,
    pub hash: String,
    /// User ids of the certificate: claims of whoever made the key.
    pub user_ids: Vec<String>,
    /// When it says that it was made.
    pub created: Option<Timestamp>,
    /// When the copy at hand says that the key ends.
    pub key_expires: Option<Timestamp>,
    /// Whether the trust records know the primary key.
    pub known: bool,
    /// Against it by the policy of the day of signing, waived or not; codes and words.
    pub at_signing: Vec<(&'static str, String)>,
    /// Against it by the policy of the instant of judgement.
    pub now: Vec<(&'static str, String)>,
}
