//! A folder instead of a server: one file a mail, named by its Message-ID, whole or not there. A mail
//! that goes again replaces itself.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::outcome::SendError;

/// Writes a mail, and gives the file's path.
///
/// # Errors
/// [`SendError::Local`].
pub fn deliver(folder: &Path, message_id: &str, bytes: &[u8]) -> Result<PathBuf, SendError> {
    let local = |error: std::io::Error| SendError::Local(error.to_string());
    fs::create_dir_all(folder).map_err(local)?;
    // The part before the `@` is ours: a UUID.
    let name: String = message_id
        .trim_start_matches('<')
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
        .collect();
    let unfinished = folder.join(format!(".{name}.unfinished"));
    let whole = folder.join(format!("{name}.eml"));
    let mut file = File::create(&unfinished).map_err(local)?;
    file.write_all(bytes).map_err(local)?;
    file.sync_all().map_err(local)?;
    fs::rename(&unfinished, &whole).map_err(local)?;
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_that_goes_again_replaces_itself_and_leaves_the_folder_never() {
        let folder = tempfile::tempdir().unwrap();
        let inside = folder.path().join("outbox");
        for bytes in [b"one", b"two"] {
            let path = deliver(&inside, "<0190-aa@example.org>", bytes).unwrap();
            assert_eq!(fs::read(path).unwrap(), bytes);
        }
        let hostile = deliver(&inside, "<../../x@example.org>", b"x").unwrap();
        assert_eq!(hostile.parent(), Some(inside.as_path()));
        assert_eq!(fs::read_dir(&inside).unwrap().count(), 2);
        let blocked = folder.path().join("file");
        fs::write(&blocked, "").unwrap();
        assert_eq!(
            deliver(&blocked, "<a@b>", b"x").unwrap_err().word(),
            "not-written"
        );
    }
}
