//! Java's own truststore (JKS): trusted certificates and a digest keyed by the store's password.

use super::error::ProgrammeError;
use crate::domain::HashAlgorithm;
use crate::formats::digest::digest;
use crate::formats::limits;
use crate::formats::x509::Certificate;

/// What every JDK ships with; the digest guards against accidents and nothing else.
const USUAL_PASSWORD: &str = "changeit";
/// Mixed into the digest before the content.
const SALT: &[u8] = b"Mighty Aphrodite";

/// Every trusted certificate. The digest must fit under the usual password.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, ProgrammeError> {
    let mut reader = Bytes { all: bytes, at: 0 };
    let magic = reader.number()?;
    let version = reader.number()?;
    if magic != 0xfeed_feed || !matches!(version, 1 | 2) {
        return Err(reader.wrong("not a Java truststore of version 1 or 2"));
    }
    let count = reader.number()? as usize;
    if count > limits::ANCHORS {
        return Err(ProgrammeError::TooMany {
            what: "entries",
            limit: limits::ANCHORS,
        });
    }
    let mut found = vec![];
    for number in 1..=count {
        if reader.number()? != 2 {
            return Err(reader.wrong("an entry that is no trusted certificate"));
        }
        let alias = reader.short()?;
        reader.take(alias)?;
        reader.take(8)?;
        if version == 2 {
            let kind = reader.short()?;
            if reader.take(kind)? != b"X.509" {
                return Err(reader.wrong("a certificate of another kind than X.509"));
            }
        }
        let length = reader.number()? as usize;
        let der = reader.take(length)?;
        let certificate = Certificate::from_der(der)
            .map_err(|error| ProgrammeError::Certificate { number, error })?;
        found.push(certificate);
    }
    let end = reader.at;
    let stated = reader.take(20)?;
    if reader.at != bytes.len() {
        return Err(reader.wrong("something follows the digest"));
    }
    let mut covered: Vec<u8> = USUAL_PASSWORD
        .encode_utf16()
        .flat_map(u16::to_be_bytes)
        .collect();
    covered.extend_from_slice(SALT);
    covered.extend_from_slice(bytes.get(..end).unwrap_or_default());
    if digest(HashAlgorithm::Sha1, &covered) != stated {
        return Err(ProgrammeError::StoreDigest);
    }
    Ok(found)
}

struct Bytes<'a> {
    all: &'a [u8],
    at: usize,
}

impl<'a> Bytes<'a> {
    fn wrong(&self, what: &'static str) -> ProgrammeError {
        ProgrammeError::Offset {
            offset: self.at,
            what,
        }
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], ProgrammeError> {
        let end = self.at.checked_add(length);
        let taken = end
            .and_then(|end| self.all.get(self.at..end))
            .ok_or_else(|| self.wrong("the truststore ends here, too early"))?;
        self.at += length;
        Ok(taken)
    }

    fn number(&mut self) -> Result<u32, ProgrammeError> {
        let digits = self.take(4)?;
        Ok(digits
            .iter()
            .fold(0, |number, digit| number << 8 | u32::from(*digit)))
    }

    fn short(&mut self) -> Result<usize, ProgrammeError> {
        let digits = self.take(2)?;
        Ok(digits
            .iter()
            .fold(0, |number, digit| number << 8 | usize::from(*digit)))
    }
}
