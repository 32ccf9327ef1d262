//! A certificate as owned values, with the bytes that signatures cover.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use jiff::Timestamp;
use x509_parser::extensions::ParsedExtension;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use x509_parser::time::ASN1Time;

use super::name::Name;
use crate::domain::{Oid, Sha256, Validity};
use crate::formats::algorithm::AlgorithmIdentifier;
use crate::formats::digest::sha256;
use crate::formats::{der, limits};

/// An X.509 certificate (RFC 5280 4.1). Cheap to clone.
#[derive(Clone)]
pub struct Certificate {
    inner: Arc<Inner>,
}

struct Inner {
    der: Vec<u8>,
    sha256: Sha256,
    spki_sha256: Sha256,
    tbs: Range<usize>,
    spki: Range<usize>,
    version: u32,
    serial: Vec<u8>,
    subject: Name,
    issuer: Name,
    validity: Validity,
    signature_algorithm: AlgorithmIdentifier,
    algorithms_agree: bool,
    signature: Vec<u8>,
    key_identifier: Option<Vec<u8>>,
    authority_key_identifier: Option<AuthorityKeyIdentifier>,
    basic_constraints: Option<BasicConstraints>,
    key_usage: Option<KeyUsage>,
    extended_key_usage: Option<Vec<Oid>>,
    has_unique_identifiers: bool,
    extensions: Vec<Extension>,
}

/// RFC 5280 4.2.1.1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorityKeyIdentifier {
    pub key_identifier: Option<Vec<u8>>,
    /// The issuer's issuer (when it is one directory name) and serial.
    pub issuer_and_serial: Option<(Option<Name>, Vec<u8>)>,
}

/// RFC 5280 4.2.1.9.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BasicConstraints {
    pub ca: bool,
    pub path_length: Option<u32>,
}

/// RFC 5280 4.2.1.3; only the bits that a code-signing path asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyUsage {
    pub digital_signature: bool,
    pub non_repudiation: bool,
    pub certificate_sign: bool,
    pub crl_sign: bool,
}

/// Any extension, as encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    pub oid: Oid,
    pub critical: bool,
    /// The content of the OCTET STRING.
    pub value: Vec<u8>,
    /// Whether the reader understood the value; `None` when it has no reader for this extension.
    pub well_formed: Option<bool>,
}

/// Why bytes are no certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("not a well-formed certificate: {0}")]
    Malformed(String),
    #[error("{bytes} bytes follow the certificate")]
    Trailing { bytes: usize },
    #[error("extension {0} stands twice")]
    DuplicateExtension(Oid),
}

impl From<der::DerError> for CertificateError {
    fn from(error: der::DerError) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl Certificate {
    /// Reads one DER certificate, with nothing after it.
    ///
    /// # Errors
    /// When the bytes are not exactly one well-formed certificate.
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() > limits::CERTIFICATE {
            return Err(CertificateError::TooLarge {
                limit: limits::CERTIFICATE,
            });
        }
        let (rest, parsed) = X509Certificate::from_der(bytes)
            .map_err(|error| CertificateError::Malformed(error.to_string()))?;
        if !rest.is_empty() {
            return Err(CertificateError::Trailing { bytes: rest.len() });
        }
        let tbs = &parsed.tbs_certificate;
        let outer = algorithm(bytes, true)?;
        let inner = algorithm(tbs.as_ref(), false)?;
        let mut certificate = Inner {
            der: bytes.to_vec(),
            sha256: sha256(bytes),
            spki_sha256: sha256(tbs.subject_pki.raw),
            tbs: range_of(bytes, tbs.as_ref())?,
            spki: range_of(bytes, tbs.subject_pki.raw)?,
            version: tbs.version.0 + 1,
            serial: tbs.raw_serial().to_vec(),
            subject: Name::from_der(tbs.subject.as_raw())?,
            issuer: Name::from_der(tbs.issuer.as_raw())?,
            validity: Validity {
                not_before: instant(tbs.validity.not_before),
                not_after: instant(tbs.validity.not_after),
            },
            algorithms_agree: outer == inner,
            signature_algorithm: outer,
            signature: parsed.signature_value.data.to_vec(),
            key_identifier: None,
            authority_key_identifier: None,
            basic_constraints: None,
            key_usage: None,
            extended_key_usage: None,
            has_unique_identifiers: tbs.issuer_uid.is_some() || tbs.subject_uid.is_some(),
            extensions: vec![],
        };
        for extension in tbs.extensions() {
            certificate.take(extension)?;
        }
        Ok(Self {
            inner: Arc::new(certificate),
        })
    }

    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.inner.der
    }

    /// The SHA-256 of the whole DER.
    #[must_use]
    pub fn sha256(&self) -> Sha256 {
        self.inner.sha256
    }

    /// The SHA-256 of the DER SubjectPublicKeyInfo: the id of the key.
    #[must_use]
    pub fn spki_sha256(&self) -> Sha256 {
        self.inner.spki_sha256
    }

    /// The bytes that the issuer signed.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        &self.inner.der[self.inner.tbs.clone()]
    }

    /// The DER SubjectPublicKeyInfo.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.inner.der[self.inner.spki.clone()]
    }

    /// 1, 2 or 3.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.inner.version
    }

    /// The content octets of the serial INTEGER, sign octet included.
    #[must_use]
    pub fn serial(&self) -> &[u8] {
        &self.inner.serial
    }

    #[must_use]
    pub fn subject(&self) -> &Name {
        &self.inner.subject
    }

    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.inner.issuer
    }

    #[must_use]
    pub fn validity(&self) -> Validity {
        self.inner.validity
    }

    /// The algorithm of the issuer's signature.
    #[must_use]
    pub fn signature_algorithm(&self) -> &AlgorithmIdentifier {
        &self.inner.signature_algorithm
    }

    /// Whether the signed and the unsigned copy of the algorithm are the same (RFC 5280 4.1.1.2).
    #[must_use]
    pub fn algorithms_agree(&self) -> bool {
        self.inner.algorithms_agree
    }

    /// The issuer's signature over [`Certificate::tbs`].
    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.inner.signature
    }

    /// The subject key identifier (SKI).
    #[must_use]
    pub fn key_identifier(&self) -> Option<&[u8]> {
        self.inner.key_identifier.as_deref()
    }

    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<&AuthorityKeyIdentifier> {
        self.inner.authority_key_identifier.as_ref()
    }

    #[must_use]
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.inner.basic_constraints
    }

    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.inner.key_usage
    }

    /// The extended key usages; `None` when the extension is absent.
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<&[Oid]> {
        self.inner.extended_key_usage.as_deref()
    }

    /// Whether it has a unique identifier of its issuer or subject (RFC 5280 4.1.2.8).
    #[must_use]
    pub fn has_unique_identifiers(&self) -> bool {
        self.inner.has_unique_identifiers
    }

    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.inner.extensions
    }

    /// Whether subject and issuer are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.inner.subject == self.inner.issuer
    }
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.inner.sha256 == other.inner.sha256
    }
}

impl Eq for Certificate {}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, {})", self.subject(), self.sha256())
    }
}

impl Inner {
    fn take(
        &mut self,
        extension: &x509_parser::extensions::X509Extension<'_>,
    ) -> Result<(), CertificateError> {
        let oid = Oid::from_der_content(extension.oid.as_bytes())
            .ok_or_else(|| CertificateError::Malformed("extension OID".to_owned()))?;
        if self.extensions.iter().any(|known| known.oid == oid) {
            return Err(CertificateError::DuplicateExtension(oid));
        }
        let mut well_formed = Some(true);
        match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(id) => self.key_identifier = Some(id.0.to_vec()),
            ParsedExtension::AuthorityKeyIdentifier(aki) => {
                let issuer = aki.authority_cert_issuer.as_ref().and_then(|names| {
                    names.iter().find_map(|name| match name {
                        x509_parser::extensions::GeneralName::DirectoryName(name) => {
                            Name::from_der(name.as_raw()).ok()
                        }
                        _ => None,
                    })
                });
                self.authority_key_identifier = Some(AuthorityKeyIdentifier {
                    key_identifier: aki.key_identifier.as_ref().map(|id| id.0.to_vec()),
                    issuer_and_serial: aki
                        .authority_cert_serial
                        .map(|serial| (issuer, serial.to_vec())),
                });
            }
            ParsedExtension::BasicConstraints(constraints) => {
                self.basic_constraints = Some(BasicConstraints {
                    ca: constraints.ca,
                    path_length: constraints.path_len_constraint,
                });
            }
            ParsedExtension::KeyUsage(usage) => {
                self.key_usage = Some(KeyUsage {
                    digital_signature: usage.digital_signature(),
                    non_repudiation: usage.non_repudiation(),
                    certificate_sign: usage.key_cert_sign(),
                    crl_sign: usage.crl_sign(),
                });
            }
            ParsedExtension::ExtendedKeyUsage(_) => match purposes(extension.value) {
                Some(list) => self.extended_key_usage = Some(list),
                None => well_formed = Some(false),
            },
            ParsedExtension::ParseError { .. } => well_formed = Some(false),
            ParsedExtension::UnsupportedExtension { .. } | ParsedExtension::Unparsed => {
                well_formed = None;
            }
            _ => {}
        }
        self.extensions.push(Extension {
            oid,
            critical: extension.critical,
            value: extension.value.to_vec(),
            well_formed,
        });
        Ok(())
    }
}

/// The key purposes in encoded order, which x509-parser does not keep.
fn purposes(value: &[u8]) -> Option<Vec<Oid>> {
    let mut reader = der::single(value, der::Tag::SEQUENCE).ok()?.reader();
    let mut list = vec![];
    while !reader.is_empty() {
        list.push(Oid::from_der_content(
            reader.expect(der::Tag::OID).ok()?.content,
        )?);
    }
    Some(list)
}

/// Finds the AlgorithmIdentifier again in the original bytes: after the TBS in a certificate, after
/// version and serial inside the TBS.
fn algorithm(bytes: &[u8], outer: bool) -> Result<AlgorithmIdentifier, CertificateError> {
    let mut reader = der::Reader::new(bytes).any()?.reader();
    if outer {
        reader.expect(der::Tag::SEQUENCE)?;
    } else {
        reader.optional(der::Tag::context(0))?;
        reader.expect(der::Tag::INTEGER)?;
    }
    let value = reader.expect(der::Tag::SEQUENCE)?;
    Ok(AlgorithmIdentifier::from_content(value.content)?)
}

fn range_of(whole: &[u8], part: &[u8]) -> Result<Range<usize>, CertificateError> {
    let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize);
    match start {
        Some(start) if start + part.len() <= whole.len() => Ok(start..start + part.len()),
        _ => Err(CertificateError::Malformed(
            "a part lies outside".to_owned(),
        )),
    }
}

/// Certificates may name year 9999 ("no end"); the latest instant we can hold stands for it.
fn instant(time: ASN1Time) -> Timestamp {
    Timestamp::from_second(time.timestamp()).unwrap_or(if time.timestamp() > 0 {
        Timestamp::MAX
    } else {
        Timestamp::MIN
    })
}
