//! The trust folder as typed values: `vendors/<slug>/…` and `shared/…` (DESIGN 9).
//!
//! Reading is pure: the caller hands over relative paths and bytes, however it found them. Every
//! fault is reported with file and line, and all of them at once, because a person mends a folder,
//! not a line. A folder with a fault is not used.

pub mod blob;
pub mod compile;
mod error;
mod folder;
mod key_file;
mod openpgp_root;
mod root;
mod rotation;
mod signer;
mod text;
mod vendor;
pub mod write;
pub mod write_openpgp;

pub use error::{FolderError, Problem};
pub use folder::{Folder, Key, Vendor};
pub use openpgp_root::{Copy, Expiry, Subkey};
pub use root::{PolicyException, Root, RootKind, StatusEntry, ValidFromIs};
pub use rotation::{Confirmation, Evidence, Rotated, Rotation, Unproven};
pub use signer::{SignerKind, SignerRule};
pub use text::{Day, Span};
pub use vendor::{Contact, Feed, Host, HostContent, Product, VendorProfile};
