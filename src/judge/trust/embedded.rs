//! The trust folder that ships inside the program, compiled by `build.rs`.

use std::borrow::Cow;

use super::FolderView;

/// A constant of the program: opening it reads nothing.
static BLOB: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/trust.blob"));

/// The view over the shipped folder.
#[must_use]
pub fn shipped() -> FolderView {
    FolderView::over(Cow::Borrowed(BLOB))
}
