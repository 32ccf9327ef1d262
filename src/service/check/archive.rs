//! stub while the package reader is being written
use super::CheckRequest;
use super::beside::Beside;
use super::read::ReadError;
use crate::formats::container::Container;
use crate::judge::facts::PackageFacts;
use crate::service::source::FileSource;
use std::path::{Path, PathBuf};
pub(super) fn is_package(_f: &[PathBuf]) -> bool {
    false
}
pub(super) fn read_folder(
    _p: &Path,
    _f: &[PathBuf],
    _r: &CheckRequest,
) -> Result<PackageFacts, ReadError> {
    Err(ReadError::Empty)
}
pub(super) fn read_archive(
    _s: &FileSource,
    _c: &Container<'_>,
    _b: &Beside,
    _r: &CheckRequest,
) -> Result<PackageFacts, ReadError> {
    Err(ReadError::Empty)
}
