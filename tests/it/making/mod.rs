//! Makes signed things: keys and certificates of an own CA, CMS objects, timestamp tokens.
//!
//! Used by the tests and, through `#[path]`, by the program that makes `examples/packages/`. Keys of
//! kind Ed25519 come from fixed seeds, so whatever they sign is the same bytes every time.

pub mod authenticode;
pub mod authority;
pub mod cms;
pub mod crl;
pub mod der;
pub mod story;
pub mod token;
pub mod zip;
