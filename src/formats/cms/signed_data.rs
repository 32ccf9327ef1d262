//! SignedData (RFC 5652 5.1, PKCS#7 1.5) as owned values.

use std::borrow::Cow;

use super::ber;
use super::error::{CmsError, at};
use super::signer_info::SignerInfo;
use crate::domain::Oid;
use crate::formats::algorithm::AlgorithmIdentifier;
use crate::formats::der::{DerError, Reader, Tag, Value, single};
use crate::formats::limits;
use crate::formats::x509::Certificate;

const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
/// Microsoft's content types are PKCS#7's "ANY", not CMS' OCTET STRING.
const MICROSOFT: &str = "1.3.6.1.4.1.311.";

/// What may follow the object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trailing {
    Nothing,
    /// Zero and fewer than eight: the alignment of a PE certificate table.
    Alignment,
}

/// What was signed, when the object carries it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// The tag of the value: an OCTET STRING, or a SEQUENCE for Microsoft's types.
    pub tag: Tag,
    /// The content octets, without tag and length: what the message digest covers (RFC 5652 5.4,
    /// PKCS#7 1.5 9.3).
    pub octets: Vec<u8>,
}

/// A member of the certificates set that is not a certificate we can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OtherCertificate {
    /// One of the other choices of RFC 5652 10.2.2, such as AttributeCertificateV1 in the tokens of
    /// some timestamp authorities; by its tag octet.
    Choice { tag: u8, bytes: usize },
    /// A certificate that cannot be read.
    Unreadable { bytes: usize, why: String },
}

/// A signed object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedData {
    pub version: u32,
    /// The type of what was signed.
    pub content_type: Oid,
    /// `None`: a detached signature.
    pub content: Option<Content>,
    /// In encoded order, at most [`limits::CERTIFICATES`].
    pub certificates: Vec<Certificate>,
    pub other_certificates: Vec<OtherCertificate>,
    /// How many members of the certificates set were left out because of the limit.
    pub certificates_left_out: usize,
    /// The whole DER of each member of the CRLs set.
    pub crls: Vec<Vec<u8>>,
    /// At least one.
    pub signers: Vec<SignerInfo>,
    /// The envelope had indefinite lengths.
    pub ber: bool,
}

impl SignedData {
    /// Reads a ContentInfo that holds SignedData.
    ///
    /// # Errors
    /// When it is something else, is not well formed, goes over a limit, has no signer, or has a
    /// signer whose attributes are ambiguous or belong to other content.
    pub fn from_der(bytes: &[u8], trailing: Trailing) -> Result<Self, CmsError> {
        if bytes.len() > limits::SIGNATURE_OBJECT {
            return Err(CmsError::TooLarge {
                limit: limits::SIGNATURE_OBJECT,
            });
        }
        let data = Self::read(bytes, trailing, limits::CERTIFICATES)?;
        if data.signers.is_empty() {
            return Err(CmsError::NoSigners);
        }
        Ok(data)
    }

    fn read(bytes: &[u8], trailing: Trailing, certificates: usize) -> Result<Self, CmsError> {
        const PLACE: &str = "SignedData";
        let (object, taken) = ber::definite(bytes)?;
        check_trailing(bytes.get(taken..).unwrap_or_default(), trailing)?;
        let mut fields = signed_data(&object)?;
        let version = at(
            PLACE,
            fields
                .expect(Tag::INTEGER)
                .and_then(|value| value.small_integer()),
        )?;
        if !matches!(version, 1 | 3..=5) {
            let place = PLACE;
            return Err(CmsError::Version { place, version });
        }
        let announced = at(PLACE, announced(&mut fields))?;
        let (content_type, content) = encapsulated(&at(PLACE, fields.expect(Tag::SEQUENCE))?)?;
        let mut data = Self {
            version,
            content_type,
            content,
            certificates: vec![],
            other_certificates: vec![],
            certificates_left_out: 0,
            crls: vec![],
            signers: vec![],
            ber: matches!(object, Cow::Owned(_)),
        };
        if let Some(set) = at(PLACE, fields.optional(Tag::context(0)))? {
            data.take_certificates(set.reader(), certificates)?;
        }
        if let Some(set) = at(PLACE, fields.optional(Tag::context(1)))? {
            let mut members = set.reader();
            while !members.is_empty() {
                data.crls.push(at("a CRL", members.any())?.whole.to_vec());
            }
        }
        let mut signers = at(PLACE, fields.expect(Tag::SET))?.reader();
        at(PLACE, fields.finish())?;
        while !signers.is_empty() {
            if data.signers.len() == limits::SIGNERS {
                return Err(CmsError::TooManySigners {
                    limit: limits::SIGNERS,
                });
            }
            let signer = SignerInfo::of_content(&mut signers, &data.content_type)?;
            let digest = &signer.digest_algorithm;
            if !announced.is_empty() && !announced.iter().any(|known| known.means(digest)) {
                return Err(CmsError::DigestNotAnnounced(digest.oid.clone()));
            }
            data.signers.push(signer);
        }
        Ok(data)
    }

    fn take_certificates(&mut self, mut set: Reader<'_>, limit: usize) -> Result<(), CmsError> {
        while !set.is_empty() {
            let member = at("the certificates", set.any())?;
            let bytes = member.whole.len();
            if self.certificates.len() + self.other_certificates.len() >= limit {
                self.certificates_left_out += 1;
            } else if member.tag != Tag::SEQUENCE {
                let tag = member.tag.0;
                self.other_certificates
                    .push(OtherCertificate::Choice { tag, bytes });
            } else {
                match Certificate::from_der(member.whole) {
                    Ok(certificate) => self.certificates.push(certificate),
                    Err(error) => self.other_certificates.push(OtherCertificate::Unreadable {
                        bytes,
                        why: error.to_string(),
                    }),
                }
            }
        }
        Ok(())
    }
}

/// The certificates of a bundle (`.p7b`, RFC 5652 "certs-only"), whether anybody signed it or not.
///
/// # Errors
/// When it is no well-formed SignedData.
pub fn certificate_bundle(bytes: &[u8]) -> Result<Vec<Certificate>, CmsError> {
    certificate_members(bytes).map(|data| data.certificates)
}

/// A bundle with the members that are no certificates that we can use.
///
/// # Errors
/// When it is no well-formed SignedData.
pub fn certificate_members(bytes: &[u8]) -> Result<SignedData, CmsError> {
    SignedData::read(bytes, Trailing::Nothing, limits::ANCHORS)
}

fn check_trailing(rest: &[u8], allowed: Trailing) -> Result<(), CmsError> {
    let aligned = rest.len() < 8 && rest.iter().all(|byte| *byte == 0);
    if rest.is_empty() || allowed == Trailing::Alignment && aligned {
        Ok(())
    } else {
        Err(CmsError::Trailing { bytes: rest.len() })
    }
}

/// The fields of the SignedData inside a ContentInfo.
fn signed_data(object: &[u8]) -> Result<Reader<'_>, CmsError> {
    const PLACE: &str = "the ContentInfo";
    let mut info = at(PLACE, single(object, Tag::SEQUENCE))?.reader();
    let kind = at(PLACE, info.expect(Tag::OID).and_then(|value| value.oid()))?;
    if kind != SIGNED_DATA {
        return Err(CmsError::NotSignedData(kind));
    }
    let field = at(PLACE, info.expect(Tag::context(0)))?;
    at(PLACE, info.finish())?;
    Ok(at(PLACE, single(field.content, Tag::SEQUENCE))?.reader())
}

/// The digest algorithms that the object announces; writers may announce none.
fn announced(fields: &mut Reader<'_>) -> Result<Vec<AlgorithmIdentifier>, DerError> {
    let mut set = fields.expect(Tag::SET)?.reader();
    let mut algorithms = vec![];
    while !set.is_empty() {
        let algorithm = set.expect(Tag::SEQUENCE)?.content;
        algorithms.push(AlgorithmIdentifier::from_content(algorithm)?);
    }
    Ok(algorithms)
}

fn encapsulated(info: &Value<'_>) -> Result<(Oid, Option<Content>), CmsError> {
    const PLACE: &str = "the content";
    let mut fields = info.reader();
    let content_type = at(PLACE, fields.expect(Tag::OID).and_then(|value| value.oid()))?;
    let field = at(PLACE, fields.optional(Tag::context(0)))?;
    at(PLACE, fields.finish())?;
    let Some(field) = field else {
        return Ok((content_type, None));
    };
    let mut inner = field.reader();
    let value = at(PLACE, inner.any())?;
    at(PLACE, inner.finish())?;
    let expected = if content_type.as_str().starts_with(MICROSOFT) {
        Tag::SEQUENCE
    } else {
        Tag::OCTET_STRING
    };
    if value.tag != expected {
        return Err(CmsError::ContentTag {
            content_type,
            found: value.tag.0,
        });
    }
    let content = Content {
        tag: value.tag,
        octets: value.content.to_vec(),
    };
    Ok((content_type, Some(content)))
}
