//! `.dsc`: a Debian source package's control file, clearsigned by whoever uploaded it.

use super::deb822::{Deb822Fault, Paragraph};
use super::file_list::{self, FileListFault, ListedFile};
use super::has_line;
use crate::domain::HashAlgorithm;
use crate::formats::limits;

/// The lists by their fields (deb-src-control(5)).
const LISTS: [(&str, HashAlgorithm); 3] = [
    ("Files", HashAlgorithm::Md5),
    ("Checksums-Sha1", HashAlgorithm::Sha1),
    ("Checksums-Sha256", HashAlgorithm::Sha256),
];

/// What a `.dsc` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceControl {
    pub source: String,
    pub version: String,
    /// By name.
    pub files: Vec<ListedFile>,
}

/// Why a text is no `.dsc`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SourceControlFault {
    #[error(transparent)]
    Text(#[from] Deb822Fault),
    #[error(transparent)]
    Files(#[from] FileListFault),
    #[error("it names no source, no version or no files")]
    NotASourceControl,
}

impl SourceControl {
    /// Whether a text means to be a `.dsc`: a source package's format, a source and its files, by any of
    /// the lists. `.changes` has another format; `.buildinfo` has format 1.0 without `Files`.
    #[must_use]
    pub fn is_meant(text: &[u8]) -> bool {
        let listed = has_line(text, &[b"Files:"])
            || has_line(text, &[b"Checksums-Sha1:", b"Checksums-Sha256:"])
                && !has_line(text, &[b"Format: 1.0"]);
        has_line(text, &[b"Format: 3.0 ", b"Format: 1.0", b"Format: 2.0"])
            && has_line(text, &[b"Source:"])
            && listed
    }

    /// Reads the signed text of a `.dsc`.
    ///
    /// # Errors
    /// When it is none, or its lists of files differ.
    pub fn read(text: &[u8]) -> Result<Self, SourceControlFault> {
        let paragraph = Paragraph::read(text)?;
        let files = file_list::read(&paragraph, &LISTS, false, true)?;
        let word = |name: &str| -> Result<String, SourceControlFault> {
            let value = paragraph.get(name).unwrap_or_default();
            if value.is_empty() {
                return Err(SourceControlFault::NotASourceControl);
            }
            Ok(value.chars().take(limits::DESCRIPTION).collect())
        };
        if files.is_empty() {
            return Err(SourceControlFault::NotASourceControl);
        }
        Ok(Self {
            source: word("Source")?,
            version: word("Version")?,
            files,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";
    const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn every_list_names_every_file() {
        let text = |rest: &str| format!("Source: x\nVersion: 1\nFiles:\n {MD5} 0 a.tar\n{rest}");
        let whole = text(&format!("Checksums-Sha256:\n {SHA256} 0 a.tar"));
        let read = SourceControl::read(whole.as_bytes()).unwrap();
        assert_eq!((read.source.as_str(), read.files.len()), ("x", 1));
        let cases = [
            (
                format!("Checksums-Sha256:\n {SHA256} 0 b.tar"),
                FileListFault::Missing {
                    field: "Checksums-Sha256",
                    path: "a.tar".into(),
                },
            ),
            (
                format!("Checksums-Sha256:\n {SHA256} 0 a/b"),
                FileListFault::Path {
                    field: "Checksums-Sha256",
                    path: "a/b".into(),
                },
            ),
        ];
        for (list, expected) in cases {
            let found = SourceControl::read(text(&list).as_bytes()).unwrap_err();
            assert_eq!(found, SourceControlFault::Files(expected));
        }
    }
}
