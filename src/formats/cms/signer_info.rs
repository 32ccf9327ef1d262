//! One signer of a SignedData (RFC 5652 5.3).

use std::fmt;

use super::attribute::{Attribute, SignedAttributes, attributes};
use super::error::{CmsError, at};
use crate::domain::Oid;
use crate::formats::algorithm::AlgorithmIdentifier;
use crate::formats::der::{DerError, Reader, Tag};
use crate::formats::x509::{Certificate, Name};

/// What every countersignature covers (RFC 5652 11.4) and most detached signatures carry.
pub const ID_DATA: &str = "1.2.840.113549.1.7.1";

/// How a signer names its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignerId {
    IssuerAndSerial {
        issuer: Name,
        /// The content octets of the INTEGER, as [`Certificate::serial`] gives them.
        serial: Vec<u8>,
    },
    KeyIdentifier(Vec<u8>),
}

impl SignerId {
    /// Whether it names this certificate. Many certificates may match: signatures decide.
    #[must_use]
    pub fn names(&self, certificate: &Certificate) -> bool {
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                certificate.serial() == serial.as_slice() && certificate.issuer() == issuer
            }
            Self::KeyIdentifier(id) => certificate.key_identifier() == Some(id.as_slice()),
        }
    }
}

impl fmt::Display for SignerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match self {
            Self::IssuerAndSerial { issuer, serial } => {
                write!(f, "serial of {issuer}: ")?;
                serial
            }
            Self::KeyIdentifier(id) => {
                f.write_str("key id ")?;
                id
            }
        };
        bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// One signer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignerInfo {
    /// As stated; 1 with issuer and serial, 3 with a key id, but writers differ and it decides
    /// nothing.
    pub version: u32,
    pub id: SignerId,
    pub digest_algorithm: AlgorithmIdentifier,
    pub signature_algorithm: AlgorithmIdentifier,
    /// `None`: the signature covers the content itself.
    pub signed_attributes: Option<SignedAttributes>,
    pub signature: Vec<u8>,
    /// In encoded order; nobody signed them.
    pub unsigned_attributes: Vec<Attribute>,
}

impl SignerInfo {
    /// Reads the whole DER of a countersignature (RFC 5652 11.4).
    ///
    /// # Errors
    /// When it is not well formed, has no message digest, or states a content type other than
    /// id-data (it should state none; early Authenticode services do).
    pub fn countersignature(der: &[u8]) -> Result<Self, CmsError> {
        let mut reader = Reader::new(der);
        let signer = Self::read(&mut reader)?;
        at("the countersignature", reader.finish())?;
        if let Some(signed) = signer.stated_content_type()
            && *signed != ID_DATA
        {
            return Err(CmsError::ContentTypeMismatch {
                signed: signed.clone(),
                stated: Oid::new(ID_DATA),
            });
        }
        Ok(signer)
    }

    /// Reads one signer of content of this type.
    pub(super) fn of_content(
        reader: &mut Reader<'_>,
        content_type: &Oid,
    ) -> Result<Self, CmsError> {
        let signer = Self::read(reader)?;
        match &signer.signed_attributes {
            None if *content_type != ID_DATA => {
                Err(CmsError::AttributesMissing(content_type.clone()))
            }
            None => Ok(signer),
            Some(attributes) => match &attributes.content_type {
                None => Err(CmsError::ContentTypeMissing),
                Some(signed) if signed != content_type => Err(CmsError::ContentTypeMismatch {
                    signed: signed.clone(),
                    stated: content_type.clone(),
                }),
                Some(_) => Ok(signer),
            },
        }
    }

    fn stated_content_type(&self) -> Option<&Oid> {
        self.signed_attributes.as_ref()?.content_type.as_ref()
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, CmsError> {
        const PLACE: &str = "a SignerInfo";
        let mut fields = at(PLACE, reader.expect(Tag::SEQUENCE))?.reader();
        let version = at(
            PLACE,
            fields
                .expect(Tag::INTEGER)
                .and_then(|value| value.small_integer()),
        )?;
        if !matches!(version, 1 | 3) {
            let place = PLACE;
            return Err(CmsError::Version { place, version });
        }
        let id = at(PLACE, signer_id(&mut fields))?;
        let digest_algorithm = at(PLACE, algorithm(&mut fields))?;
        let signed_attributes = match at(PLACE, fields.optional(Tag::context(0)))? {
            Some(field) => Some(SignedAttributes::read(&field)?),
            None => None,
        };
        let signature_algorithm = at(PLACE, algorithm(&mut fields))?;
        let signature = at(PLACE, fields.expect(Tag::OCTET_STRING))?
            .content
            .to_vec();
        let unsigned_attributes = match at(PLACE, fields.optional(Tag::context(1)))? {
            Some(field) => attributes(field.content)?,
            None => vec![],
        };
        at(PLACE, fields.finish())?;
        Ok(Self {
            version,
            id,
            digest_algorithm,
            signature_algorithm,
            signed_attributes,
            signature,
            unsigned_attributes,
        })
    }
}

fn algorithm(fields: &mut Reader<'_>) -> Result<AlgorithmIdentifier, DerError> {
    AlgorithmIdentifier::from_content(fields.expect(Tag::SEQUENCE)?.content)
}

fn signer_id(fields: &mut Reader<'_>) -> Result<SignerId, DerError> {
    if let Some(id) = fields.optional(Tag::context_primitive(0))? {
        return Ok(SignerId::KeyIdentifier(id.content.to_vec()));
    }
    let mut pair = fields.expect(Tag::SEQUENCE)?.reader();
    let issuer = Name::from_der(pair.expect(Tag::SEQUENCE)?.whole)?;
    let serial = pair.expect(Tag::INTEGER)?.content.to_vec();
    pair.finish()?;
    Ok(SignerId::IssuerAndSerial { issuer, serial })
}
