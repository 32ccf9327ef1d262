//! SpcIndirectDataContent: which subject an Authenticode signature covers, by its digest.
//!
//! Source: Microsoft, "Windows Authenticode Portable Executable Signature Format" (2008), and its
//! subject interface packages (SIP) for other files.

use crate::domain::{HashAlgorithm, Oid};
use crate::formats::algorithm::{AlgorithmIdentifier, hash_algorithm};
use crate::formats::der::{DerError, Reader, Tag, Value};

const PE_IMAGE_DATA: &str = "1.3.6.1.4.1.311.2.1.15";
const SIP_INFO: &str = "1.3.6.1.4.1.311.2.1.30";
const CABINET_DATA: &str = "1.3.6.1.4.1.311.2.1.25";
/// The class of a serialised object that holds page hashes.
const PAGE_HASHES: [u8; 16] = [
    0xa6, 0xb5, 0x86, 0xd5, 0xb4, 0xa1, 0x24, 0x66, 0xae, 0x05, 0xa2, 0x17, 0xda, 0x8e, 0x60, 0xd6,
];

/// What kind of file was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// PE/COFF: executables, libraries, drivers, EFI images.
    PeImage {
        /// Whether hashes of the single pages come along. They are covered by the same signature.
        page_hashes: bool,
    },
    Cabinet,
    /// A file handled by a subject interface package (MSI, scripts), by its class id as it
    /// is written.
    Package {
        class: [u8; 16],
    },
    Other(Oid),
}

/// What the signer vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndirectData {
    pub subject: Subject,
    /// The algorithm as named.
    pub digest_oid: Oid,
    /// `None` when we cannot compute it.
    pub digest_algorithm: Option<HashAlgorithm>,
    pub digest: Vec<u8>,
}

impl IndirectData {
    /// Reads the content octets of SpcIndirectDataContent, without its own tag and length.
    ///
    /// # Errors
    /// When they are not well formed, or a known algorithm's digest has another length.
    pub fn from_content(octets: &[u8]) -> Result<Self, DerError> {
        let mut fields = Reader::new(octets);
        let mut data = fields.expect(Tag::SEQUENCE)?.reader();
        let kind = data.expect(Tag::OID)?.oid()?;
        let value = match data.peek() {
            Some(_) => Some(data.any()?),
            None => None,
        };
        data.finish()?;
        let mut info = fields.expect(Tag::SEQUENCE)?.reader();
        fields.finish()?;
        let algorithm = AlgorithmIdentifier::from_content(info.expect(Tag::SEQUENCE)?.content)?;
        let digest = info.expect(Tag::OCTET_STRING)?.content.to_vec();
        info.finish()?;
        let hash = hash_algorithm(&algorithm.oid);
        if hash.is_some_and(|hash| hash.length() != digest.len()) {
            return Err(DerError::Content);
        }
        let subject = match kind.as_str() {
            PE_IMAGE_DATA => Subject::PeImage {
                page_hashes: value.is_some_and(|value| page_hashes(&value).unwrap_or(false)),
            },
            CABINET_DATA => Subject::Cabinet,
            SIP_INFO => Subject::Package {
                class: package_class(&value.ok_or(DerError::Truncated)?)?,
            },
            _ => Subject::Other(kind),
        };
        Ok(Self {
            subject,
            digest_oid: algorithm.oid,
            digest_algorithm: hash,
            digest,
        })
    }
}

/// SpcPeImageData: `{ flags BIT STRING, file [0] EXPLICIT SpcLink OPTIONAL }`, where a link that is a
/// serialised object, `[1] { classId, data }`, holds page hashes.
fn page_hashes(value: &Value<'_>) -> Result<bool, DerError> {
    let mut fields = value.reader();
    fields.optional(Tag::BIT_STRING)?;
    let Some(file) = fields.optional(Tag::context(0))? else {
        return Ok(false);
    };
    let Some(object) = file.reader().optional(Tag::context(1))? else {
        return Ok(false);
    };
    let class = object.reader().expect(Tag::OCTET_STRING)?;
    Ok(class.content == PAGE_HASHES)
}

/// SpcSipInfo: `{ version INTEGER, class OCTET STRING, five INTEGERs }`.
fn package_class(value: &Value<'_>) -> Result<[u8; 16], DerError> {
    let mut fields = value.reader();
    fields.expect(Tag::INTEGER)?;
    let class = fields.expect(Tag::OCTET_STRING)?;
    class.content.try_into().map_err(|_| DerError::Content)
}
