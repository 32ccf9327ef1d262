//! Hostile bytes into values: readers for certificates, signatures and containers.
//!
//! Every reader takes bytes (or a [`source::Source`]) and gives values or an error with facts. None
//! panics, none allocates by a number it read without a limit, none decides about trust.

pub mod algorithm;
pub mod apt;
pub mod authenticode;
pub mod cms;
pub mod container;
pub mod crl;
pub mod csaf;
pub mod cvss;
pub mod der;
pub mod digest;
pub mod feed;
pub mod limits;
pub mod manifest;
pub mod minisign;
pub mod openpgp;
pub mod package;
pub mod pe;
pub mod pem;
pub mod post;
pub mod post_archive;
pub mod programme;
pub mod public_key;
pub mod raw_signature;
pub mod rpm;
pub mod signable;
pub mod signify;
pub mod source;
pub mod sshsig;
pub mod timestamp;
pub mod trust_folder;
pub mod unread;
pub mod x509;
