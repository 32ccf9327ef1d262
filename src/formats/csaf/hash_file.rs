//! `.sha256` and `.sha512` files beside a document (CSAF 2.0 7.1.18).

use super::error::CsafError;
use crate::domain::HashAlgorithm;
use crate::formats::digest::digest;
use crate::formats::limits;

/// The digest that a file states, and for which name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashFile {
    /// Told by the digest's length: SHA-256 or SHA-512.
    pub algorithm: HashAlgorithm,
    pub digest: Vec<u8>,
    /// As written, often with the folder before it; empty when the digest stands alone.
    pub name: String,
}

impl HashFile {
    /// Reads the first line, as `sha256sum` and `sha512sum` write it.
    ///
    /// # Errors
    /// When no digest of a known length begins it.
    pub fn read(bytes: &[u8]) -> Result<Self, CsafError> {
        if bytes.len() > limits::NAME {
            return Err(CsafError::TooLarge {
                limit: limits::NAME,
            });
        }
        let text = str::from_utf8(bytes).map_err(|_| CsafError::NotText)?;
        let line = text.trim().lines().next().unwrap_or_default();
        let (hex, name) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        let digest = decode(hex).ok_or(CsafError::NoDigest)?;
        let algorithm = [HashAlgorithm::Sha256, HashAlgorithm::Sha512]
            .into_iter()
            .find(|algorithm| algorithm.length() == digest.len())
            .ok_or(CsafError::NoDigest)?;
        let name = name.trim_start();
        Ok(Self {
            algorithm,
            digest,
            name: name.strip_prefix('*').unwrap_or(name).to_owned(),
        })
    }

    /// Whether `document` has this digest.
    #[must_use]
    pub fn fits(&self, document: &[u8]) -> bool {
        digest(self.algorithm, document) == self.digest
    }

    /// Whether the name that stands beside the digest is that of the document at `url`; a digest
    /// alone names nothing and contradicts nothing.
    #[must_use]
    pub fn names(&self, url: &str) -> bool {
        let last = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        self.name.is_empty() || last(&self.name) == last(url)
    }
}

fn decode(hex: &str) -> Option<Vec<u8>> {
    if !hex.len().is_multiple_of(2) || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    hex.as_bytes()
        .chunks_exact(2)
        .map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_with_and_without_names() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for (text, name) in [
            (hex.to_owned(), ""),
            (format!("{hex}\n"), ""),
            (
                format!("{}  2024/a.json", hex.to_uppercase()),
                "2024/a.json",
            ),
            (format!("{hex} *a.json\r\nmore"), "a.json"),
        ] {
            let read = HashFile::read(text.as_bytes()).unwrap();
            assert_eq!(read.algorithm, HashAlgorithm::Sha256);
            assert_eq!(read.name, name, "{text}");
            assert!(read.fits(b"") && !read.fits(b"x"), "{text}");
            assert!(read.names("https://a.example/csaf/2024/a.json"), "{text}");
            assert_eq!(read.names("https://a.example/b.json"), name.is_empty());
        }
        for text in ["", "zz", &hex[1..], &hex[2..], "é"] {
            assert_eq!(
                HashFile::read(text.as_bytes()),
                Err(CsafError::NoDigest),
                "{text}"
            );
        }
    }
}
