//! Test data that lies outside the repository.

use std::path::PathBuf;

/// Where the case collection lies, or would lie.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("ANCHORWATCH_CASES").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cases"),
        PathBuf::from,
    )
}

/// A file of the case collection as text; `None`, and a word on stderr, when it is not there.
pub(crate) fn read(relative: &str) -> Option<String> {
    let path = folder().join(relative);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) => {
            eprintln!("SKIPPED: {}: {error}", path.display());
            None
        }
    }
}
