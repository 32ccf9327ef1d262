//! Where this user's files lie (XDG Base Directory Specification).

use std::path::PathBuf;

/// The default store.
pub(super) fn store() -> Option<PathBuf> {
    base("XDG_DATA_HOME", ".local/share").map(|folder| folder.join("anchorwatch/store.sqlite3"))
}

/// The default settings.
pub(super) fn config() -> Option<PathBuf> {
    base("XDG_CONFIG_HOME", ".config").map(|folder| folder.join("anchorwatch/config.toml"))
}

/// The specification says to ignore relative paths.
fn base(variable: &str, below_home: &str) -> Option<PathBuf> {
    let named = std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute());
    named.or_else(|| {
        std::env::var_os("HOME")
            .filter(|home| !home.is_empty())
            .map(|home| PathBuf::from(home).join(below_home))
    })
}
