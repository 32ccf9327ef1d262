//! Attributes of a SignerInfo (RFC 5652 5.3, 11): as encoded, and the ones that checks need.

use jiff::Timestamp;

use super::error::{CmsError, at};
use crate::domain::{HashAlgorithm, Oid};
use crate::formats::algorithm::{AlgorithmIdentifier, hash_algorithm};
use crate::formats::der::{DerError, Reader, Tag, Value};
use crate::formats::limits;

const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
const SIGNING_CERTIFICATE: &str = "1.2.840.113549.1.9.16.2.12";
const SIGNING_CERTIFICATE_V2: &str = "1.2.840.113549.1.9.16.2.47";

/// One attribute as encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub oid: Oid,
    /// The whole DER of each value, in encoded order.
    pub values: Vec<Vec<u8>>,
}

/// The hash of a certificate that a signer names as its own (RFC 5035 ESSCertID, ESSCertIDv2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateHash {
    /// The algorithm as named; `None` of [`CertificateHash::hash`] when we cannot compute it.
    pub algorithm: Oid,
    pub hash: Option<HashAlgorithm>,
    pub value: Vec<u8>,
}

/// The signed attributes of a signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAttributes {
    /// What the signature covers: the attributes as they stand, with the tag of a SET OF instead of
    /// the implicit `[0]` (RFC 5652 5.4).
    pub message: Vec<u8>,
    /// Every attribute, in encoded order.
    pub list: Vec<Attribute>,
    /// Countersignatures may go without.
    pub content_type: Option<Oid>,
    pub message_digest: Vec<u8>,
    /// What the signer claims; nobody vouches for it.
    pub signing_time: Option<Timestamp>,
    /// One for each of the attributes signing-certificate and signing-certificate-v2 that is there.
    pub certificate_hashes: Vec<CertificateHash>,
}

impl SignedAttributes {
    /// Reads `[0] IMPLICIT SET OF Attribute`.
    pub(super) fn read(field: &Value<'_>) -> Result<Self, CmsError> {
        let list = attributes(field.content)?;
        for (index, attribute) in list.iter().enumerate() {
            if list
                .iter()
                .take(index)
                .any(|other| other.oid == attribute.oid)
            {
                return Err(CmsError::DuplicateAttribute(attribute.oid.clone()));
            }
        }
        let mut message = field.whole.to_vec();
        if let Some(tag) = message.first_mut() {
            *tag = Tag::SET.0;
        }
        let mut certificate_hashes = vec![];
        if let Some(hash) = one(&list, SIGNING_CERTIFICATE, certificate_hash)? {
            certificate_hashes.push(hash);
        }
        if let Some(hash) = one(&list, SIGNING_CERTIFICATE_V2, certificate_hash_v2)? {
            certificate_hashes.push(hash);
        }
        Ok(Self {
            message,
            content_type: one(&list, CONTENT_TYPE, |value| value.oid())?,
            message_digest: one(&list, MESSAGE_DIGEST, octets)?
                .ok_or(CmsError::MessageDigestMissing)?,
            signing_time: one(&list, SIGNING_TIME, |value| value.time())?,
            certificate_hashes,
            list,
        })
    }

    /// The attributes in the order that DER asks for a SET OF (X.690 11.6), or `None` when they
    /// already stand so.
    #[must_use]
    pub fn sorted_message(&self) -> Option<Vec<u8>> {
        let mut members = vec![];
        let mut reader = Reader::new(&self.message).any().ok()?.reader();
        let head = self.message.len() - reader.rest().len();
        while !reader.is_empty() {
            members.push(reader.any().ok()?.whole);
        }
        if members.is_sorted() {
            return None;
        }
        members.sort_unstable();
        let mut sorted = self.message.get(..head)?.to_vec();
        members
            .iter()
            .for_each(|member| sorted.extend_from_slice(member));
        Some(sorted)
    }

    /// The first value of an attribute.
    #[must_use]
    pub fn first(&self, oid: &str) -> Option<&[u8]> {
        let attribute = self.list.iter().find(|attribute| attribute.oid == oid)?;
        attribute.values.first().map(Vec::as_slice)
    }
}

/// Reads the content of a SET OF Attribute.
pub(super) fn attributes(content: &[u8]) -> Result<Vec<Attribute>, CmsError> {
    const PLACE: &str = "the attributes";
    let mut list = vec![];
    let mut reader = Reader::new(content);
    while !reader.is_empty() {
        if list.len() == limits::ATTRIBUTES {
            return Err(CmsError::TooManyAttributes {
                limit: limits::ATTRIBUTES,
            });
        }
        let mut pair = at(PLACE, reader.expect(Tag::SEQUENCE))?.reader();
        let oid = at(PLACE, pair.expect(Tag::OID).and_then(|value| value.oid()))?;
        let mut set = at(PLACE, pair.expect(Tag::SET))?.reader();
        at(PLACE, pair.finish())?;
        let mut values = vec![];
        while !set.is_empty() {
            values.push(at(PLACE, set.any())?.whole.to_vec());
        }
        list.push(Attribute { oid, values });
    }
    Ok(list)
}

/// Whether bytes could be the message of signed attributes: a SET OF Attribute with a message digest
/// or a content type among them.
///
/// A signer without signed attributes signs its content itself. Whoever holds a signature over
/// attributes can offer those attributes as "content"; this tells the two apart.
#[must_use]
pub fn looks_like_attributes(content: &[u8]) -> bool {
    let Ok(set) = crate::formats::der::single(content, Tag::SET) else {
        return false;
    };
    attributes(set.content).is_ok_and(|list| {
        list.iter()
            .any(|attribute| attribute.oid == MESSAGE_DIGEST || attribute.oid == CONTENT_TYPE)
    })
}

/// The one value of an attribute, read.
fn one<T>(
    list: &[Attribute],
    oid: &str,
    read: impl FnOnce(&Value<'_>) -> Result<T, DerError>,
) -> Result<Option<T>, CmsError> {
    let Some(attribute) = list.iter().find(|attribute| attribute.oid == oid) else {
        return Ok(None);
    };
    let [value] = attribute.values.as_slice() else {
        return Err(CmsError::AttributeValues {
            oid: attribute.oid.clone(),
            count: attribute.values.len(),
        });
    };
    Reader::new(value)
        .any()
        .and_then(|value| read(&value))
        .map(Some)
        .map_err(|error| CmsError::Attribute {
            oid: attribute.oid.clone(),
            error,
        })
}

fn octets(value: &Value<'_>) -> Result<Vec<u8>, DerError> {
    if value.tag == Tag::OCTET_STRING {
        Ok(value.content.to_vec())
    } else {
        Err(DerError::Tag {
            expected: Tag::OCTET_STRING.0,
            found: value.tag.0,
        })
    }
}

/// The first ESSCertID, which is the signer's (RFC 2634 5.4.1); SHA-1 by definition.
fn certificate_hash(value: &Value<'_>) -> Result<CertificateHash, DerError> {
    let mut id = first_id(value)?;
    Ok(CertificateHash {
        algorithm: Oid::new("1.3.14.3.2.26"),
        hash: Some(HashAlgorithm::Sha1),
        value: id.expect(Tag::OCTET_STRING)?.content.to_vec(),
    })
}

/// The first ESSCertIDv2 (RFC 5035 4); SHA-256 unless it names another algorithm.
fn certificate_hash_v2(value: &Value<'_>) -> Result<CertificateHash, DerError> {
    let mut id = first_id(value)?;
    let algorithm = match id.optional(Tag::SEQUENCE)? {
        Some(named) => AlgorithmIdentifier::from_content(named.content)?.oid,
        None => Oid::new("2.16.840.1.101.3.4.2.1"),
    };
    Ok(CertificateHash {
        hash: hash_algorithm(&algorithm),
        algorithm,
        value: id.expect(Tag::OCTET_STRING)?.content.to_vec(),
    })
}

fn first_id<'a>(value: &Value<'a>) -> Result<Reader<'a>, DerError> {
    if value.tag != Tag::SEQUENCE {
        return Err(DerError::Tag {
            expected: Tag::SEQUENCE.0,
            found: value.tag.0,
        });
    }
    let mut ids = value.reader().expect(Tag::SEQUENCE)?.reader();
    Ok(ids.expect(Tag::SEQUENCE)?.reader())
}
