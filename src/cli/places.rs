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

/// The user of the operating system, as the audit log names them: by the number that the system
/// itself gives, since names come from the environment.
pub(super) fn actor() -> String {
    let name = ["LOGNAME", "USER"]
        .into_iter()
        .find_map(|variable| std::env::var(variable).ok())
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_graphic()))
        .unwrap_or_else(|| "unknown".to_owned());
    match user_number() {
        Some(number) => format!("user:{name}({number})"),
        None => format!("user:{name}"),
    }
}

#[cfg(unix)]
fn user_number() -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").ok().map(|own| own.uid())
}

#[cfg(not(unix))]
fn user_number() -> Option<u32> {
    None
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
