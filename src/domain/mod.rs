//! Plain values of the field: no wire formats, no clock, no IO.

mod anchor;
mod digest;
mod finding;
mod hex;
mod oid;
mod openpgp;
mod programme;
pub mod source;
mod time;
mod verdict;

pub use anchor::{AnchorId, AnchorIdError, Purpose, RecordId, RecordIdError, Status};
pub use digest::{DigestTextError, HashAlgorithm, Sha256};
pub use finding::{Finding, FindingKind, Severity};
pub use hex::hex;
pub use oid::Oid;
pub use openpgp::{Fingerprint, FingerprintTextError, KeyId};
pub use programme::{
    KeyForm, ListEntry, ListKind, ListSnapshot, ListedCertificate, ListedKey, ListedKeyError, Sha1,
    Stance, Statement,
};
pub use time::{SigningTime, TimeGround, Validity};
pub use verdict::{Crypto, Verdict};
