//! Hashing a document once for all its signatures, as it streams by.
//!
//! A digest here is the final one, with salt and trailer (RFC 9580 5.2.4): with it and the packet, a
//! signature can be checked later by a key that was not at hand when the document was read.

use std::io;

use super::signature::{OpenPgpSignature, SignatureType};
use crate::domain::HashAlgorithm;
use crate::formats::digest::Hasher;
use crate::formats::limits;

/// How a document goes into the hash; signatures that agree share the work.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Manner {
    algorithm: HashAlgorithm,
    text: bool,
    salt: Vec<u8>,
}

/// The digests of one document in the making.
#[derive(Debug, Clone)]
pub struct Digests {
    hashers: Vec<(Manner, Hasher)>,
    /// The last byte of the text so far was a CR.
    after_return: bool,
    canonical: Vec<u8>,
}

impl Digests {
    /// Ready to hash what `signatures` need, in at most [`limits::OPENPGP_HASHES`] ways.
    #[must_use]
    pub fn new(signatures: &[OpenPgpSignature]) -> Self {
        let mut hashers: Vec<(Manner, Hasher)> = vec![];
        for manner in signatures.iter().filter_map(manner) {
            let new = !hashers.iter().any(|(known, _)| *known == manner);
            if new && hashers.len() < limits::OPENPGP_HASHES {
                let mut hasher = Hasher::new(manner.algorithm);
                hasher.update(&manner.salt);
                hashers.push((manner, hasher));
            }
        }
        Self {
            hashers,
            after_return: false,
            canonical: vec![],
        }
    }

    /// Takes the next bytes of the document.
    pub fn update(&mut self, bytes: &[u8]) {
        if self.hashers.iter().any(|(manner, _)| manner.text) {
            self.canonicalise(bytes);
        }
        for (manner, hasher) in &mut self.hashers {
            hasher.update(if manner.text { &self.canonical } else { bytes });
        }
    }

    /// Line ends become CR LF (RFC 9580 5.2.1.2).
    fn canonicalise(&mut self, bytes: &[u8]) {
        self.canonical.clear();
        for line in bytes.split_inclusive(|byte| *byte == b'\n') {
            if let Some(text) = line.strip_suffix(b"\n") {
                let returned = text.last().map_or(self.after_return, |last| *last == b'\r');
                self.canonical.extend_from_slice(text);
                self.canonical
                    .extend_from_slice(if returned { b"\n" } else { b"\r\n" });
                self.after_return = false;
            } else {
                self.canonical.extend_from_slice(line);
                self.after_return = line.last() == Some(&b'\r');
            }
        }
    }

    /// Reads a document to its end.
    ///
    /// # Errors
    /// What the reader says.
    pub fn read(&mut self, document: &mut dyn io::Read) -> io::Result<()> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            match document.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(length) => self.update(buffer.get(..length).unwrap_or_default()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The digest that `signature` is over; `None` when it is none of those given to
    /// [`Digests::new`], or cannot be checked anyway.
    #[must_use]
    pub fn of(&self, signature: &OpenPgpSignature) -> Option<Vec<u8>> {
        let wanted = manner(signature)?;
        let (_, hasher) = self.hashers.iter().find(|(known, _)| *known == wanted)?;
        let mut hasher = hasher.clone();
        hasher.update(&signature.trailer);
        Some(hasher.finish())
    }
}

fn manner(signature: &OpenPgpSignature) -> Option<Manner> {
    if signature.obstacle().is_some() {
        return None;
    }
    Some(Manner {
        algorithm: signature.hash.known()?,
        text: signature.signature_type == SignatureType::Text,
        salt: signature.salt.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_are_converted_across_chunks() {
        let text = b"a\nb\r\n\nc\r\r\nd\re\n";
        for size in 1..=text.len() {
            let mut digests = Digests {
                hashers: vec![],
                after_return: false,
                canonical: vec![],
            };
            let mut whole = vec![];
            for chunk in text.chunks(size) {
                digests.canonicalise(chunk);
                whole.extend_from_slice(&digests.canonical);
            }
            assert_eq!(whole, b"a\r\nb\r\n\r\nc\r\r\nd\re\r\n", "chunks of {size}");
        }
    }
}
