//! The trust folder that ships inside the program, compiled by `build.rs`.

use std::borrow::Cow;

use super::FolderView;
use crate::domain::Sha256;

/// A constant of the program: opening it reads nothing.
static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/trust.blob"));

/// The SHA-256 of the compiled folder; a constant, so that no start needs to compute it.
pub const SHIPPED_DIGEST: Sha256 = Sha256(*include_bytes!(concat!(
    env!("OUT_DIR"),
    "/trust.blob.sha256"
)));

/// The view over the shipped folder.
#[must_use]
pub fn shipped() -> FolderView {
    FolderView::over(Cow::Borrowed(BLOB))
}
