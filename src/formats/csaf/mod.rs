//! CSAF 2.0 (2.1 is read too): advisories, and how a provider hands them out.
//!
//! A document is kept as the JSON value that it is, whole, and looked into by the paths that the
//! standard itself writes ([`select`]). So nothing is lost, neither fields that nobody knows nor
//! fields of a wrong type, and what breaks a rule is a finding of `judge::csaf` with its place.

mod address;
mod directory;
mod discovery;
mod document;
mod error;
mod hash_file;
mod head;
mod json;
mod provider;
mod rolie;
mod select;
mod text;
mod tlp;

pub use address::{below, host, is_https};
pub use directory::{Change, Listing, changes, index};
pub use discovery::{candidates, in_security_txt};
pub use document::Document;
pub use error::CsafError;
pub use hash_file::HashFile;
pub use head::{Head, Publisher};
pub use provider::{Distribution, FeedLink, ListedKey, ProviderMetadata};
pub use rolie::{Entry, Feed};
pub use select::{Found, select};
pub use text::{Text, TextKind};
pub use tlp::{Label, Tlp};
