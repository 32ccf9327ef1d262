//! `Release`: what an apt repository signs, in `InRelease` or beside it with `Release.gpg`.

use jiff::Timestamp;

use super::date;
use super::deb822::{Deb822Fault, Paragraph};
use super::file_list::{self, FileListFault, ListedFile};
use super::has_line;
use crate::domain::HashAlgorithm;
use crate::formats::limits;

/// The lists by their fields; apt takes SHA-256 and better only.
const LISTS: [(&str, HashAlgorithm); 4] = [
    ("MD5Sum", HashAlgorithm::Md5),
    ("SHA1", HashAlgorithm::Sha1),
    ("SHA256", HashAlgorithm::Sha256),
    ("SHA512", HashAlgorithm::Sha512),
];

/// A repository's index of indices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    pub origin: Option<String>,
    pub label: Option<String>,
    pub suite: Option<String>,
    pub codename: Option<String>,
    pub date: Option<Timestamp>,
    /// After this instant a mirror must not serve it: it may be an old one played back.
    pub valid_until: Option<Timestamp>,
    /// By path.
    pub files: Vec<ListedFile>,
}

/// Why a text is no `Release`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReleaseFault {
    #[error(transparent)]
    Text(#[from] Deb822Fault),
    #[error(transparent)]
    Files(#[from] FileListFault),
    #[error("the field {field} is no date in UTC")]
    Date { field: &'static str },
    /// No suite, no codename and no date, or no files at all.
    #[error("it names no suite and no date, or no files")]
    NotARelease,
}

impl Release {
    /// Reads the signed text of an `InRelease`, or a whole `Release`.
    ///
    /// # Errors
    /// When it is none, or two readers could see different files or dates.
    pub fn read(text: &[u8]) -> Result<Self, ReleaseFault> {
        let paragraph = Paragraph::read(text)?;
        let files = file_list::read(&paragraph, &LISTS, true, false)?;
        let word = |name: &str| -> Option<String> {
            let value = paragraph.get(name)?;
            Some(value.chars().take(limits::DESCRIPTION).collect())
        };
        let day = |field: &'static str| match paragraph.get(field) {
            None => Ok(None),
            Some(value) => date::read(value)
                .map(Some)
                .ok_or(ReleaseFault::Date { field }),
        };
        let release = Self {
            origin: word("Origin"),
            label: word("Label"),
            suite: word("Suite"),
            codename: word("Codename"),
            date: day("Date")?,
            valid_until: day("Valid-Until")?,
            files,
        };
        let named = release.suite.is_some()
            || release.codename.is_some()
            || release.date.is_some()
            || release.valid_until.is_some();
        if !named || release.files.is_empty() {
            return Err(ReleaseFault::NotARelease);
        }
        Ok(release)
    }

    /// Whether a text means to be a `Release`, however broken it may be: it names a suite or a date,
    /// and lists files. Flat repositories name no suite, and apt takes them.
    #[must_use]
    pub fn is_meant(text: &[u8]) -> bool {
        let named = [&b"Suite:"[..], b"Codename:", b"Date:", b"Valid-Until:"];
        let listed = [&b"MD5Sum:"[..], b"SHA1:", b"SHA256:", b"SHA512:"];
        has_line(text, &named) && has_line(text, &listed)
    }

    /// Whether it ran out before `at`; `None` when it says no end.
    #[must_use]
    pub fn is_stale(&self, at: Timestamp) -> Option<bool> {
        self.valid_until.map(|until| until < at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "d41d8cd98f00b204e9800998ecf8427e";
    const SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn text(list: &str) -> String {
        format!(
            "Origin: Example\nSuite: stable\nDate: Sat, 11 Jul 2026 10:17:11 UTC\nValid-Until: Sat, 18 Jul 2026 10:17:11 UTC\n{list}"
        )
    }

    #[test]
    fn reads_dates_and_lists() {
        let text = text(&format!(
            "MD5Sum:\n {MD5} 0 main/Release\nSHA256:\n {SHA256}        0 main/Release\n {SHA256} 3 b"
        ));
        let release = Release::read(text.as_bytes()).unwrap();
        assert_eq!(release.files.len(), 2);
        assert_eq!(release.files[1].path, "main/Release");
        assert_eq!(release.files[1].digests.len(), 2);
        let at = |day: &str| format!("2026-07-{day}T00:00:00Z").parse().unwrap();
        assert_eq!(release.is_stale(at("12")), Some(false));
        assert_eq!(release.is_stale(at("19")), Some(true));
    }

    #[test]
    fn refuses_what_can_be_read_in_two_ways() {
        let cases = [
            (String::new(), ReleaseFault::NotARelease),
            (
                format!("SHA256:\n {SHA256} 0 a\n {SHA256} 0 a"),
                FileListFault::Duplicate {
                    field: "SHA256",
                    path: "a".into(),
                }
                .into(),
            ),
            (
                format!("MD5Sum:\n {MD5} 1 a\nSHA256:\n {SHA256} 0 a"),
                FileListFault::Sizes { path: "a".into() }.into(),
            ),
            (
                format!("SHA256:\n {SHA256} 0 ../a"),
                FileListFault::Path {
                    field: "SHA256",
                    path: "../a".into(),
                }
                .into(),
            ),
            (
                format!("SHA256:\n {MD5} 0 a"),
                FileListFault::Entry {
                    field: "SHA256",
                    number: 1,
                }
                .into(),
            ),
            (
                format!("SHA256:\n {SHA256} 0 a\nSHA256:\n {SHA256} 0 b"),
                Deb822Fault::DuplicateField {
                    name: "SHA256".into(),
                    line: 7,
                }
                .into(),
            ),
        ];
        for (list, expected) in cases {
            assert_eq!(
                Release::read(text(&list).as_bytes()).unwrap_err(),
                expected,
                "{list}"
            );
        }
        let cet = text(&format!("SHA256:\n {SHA256} 0 a")).replace("11 UTC\nV", "11 CET\nV");
        assert_eq!(
            Release::read(cet.as_bytes()).unwrap_err(),
            ReleaseFault::Date { field: "Date" }
        );
    }
}
