//! The few parts of a certificate that an index of anchors needs, found without parsing the rest.
//!
//! A bundle of 555 roots is opened at every start; nearly all of them are never asked for again.
//! What is found here only chooses candidates: whoever uses a candidate reads it in full.

use crate::formats::der::{DerError, Reader, Tag, single};

/// Where an anchor's look-up keys stand in the certificate's DER (RFC 5280 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skeleton<'a> {
    /// The whole DER of the subject's Name.
    pub subject: &'a [u8],
    /// The whole DER SubjectPublicKeyInfo.
    pub spki: &'a [u8],
    /// The subject key identifier, if the certificate has one.
    pub key_identifier: Option<&'a [u8]>,
}

impl<'a> Skeleton<'a> {
    /// Walks over one DER certificate.
    ///
    /// # Errors
    /// When the outline is not that of a certificate, or bytes follow it.
    pub fn from_der(der: &'a [u8]) -> Result<Self, DerError> {
        let mut tbs = single(der, Tag::SEQUENCE)?
            .reader()
            .expect(Tag::SEQUENCE)?
            .reader();
        tbs.optional(Tag::context(0))?;
        tbs.expect(Tag::INTEGER)?;
        // signature algorithm, issuer, validity
        for _ in 0..3 {
            tbs.expect(Tag::SEQUENCE)?;
        }
        let subject = tbs.expect(Tag::SEQUENCE)?.whole;
        let spki = tbs.expect(Tag::SEQUENCE)?.whole;
        // the unique identifiers of v2 certificates
        tbs.optional(Tag::context_primitive(1))?;
        tbs.optional(Tag::context_primitive(2))?;
        let key_identifier = match tbs.optional(Tag::context(3))? {
            Some(extensions) => key_identifier(extensions.content)?,
            None => None,
        };
        Ok(Self {
            subject,
            spki,
            key_identifier,
        })
    }
}

/// Finds id-ce-subjectKeyIdentifier (2.5.29.14, RFC 5280 4.2.1.2).
fn key_identifier(extensions: &[u8]) -> Result<Option<&[u8]>, DerError> {
    let mut list = single(extensions, Tag::SEQUENCE)?.reader();
    while !list.is_empty() {
        let mut extension: Reader<'_> = list.expect(Tag::SEQUENCE)?.reader();
        if extension.expect(Tag::OID)?.content != [0x55, 0x1d, 0x0e] {
            continue;
        }
        extension.optional(Tag::BOOLEAN)?;
        let value = extension.expect(Tag::OCTET_STRING)?;
        return Ok(Some(single(value.content, Tag::OCTET_STRING)?.content));
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::x509::{Certificate, canonical_form};
    use proptest::prelude::*;

    fn made() -> Vec<u8> {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::new(vec![]).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        parameters
            .distinguished_name
            .push(rcgen::DnType::OrganizationName, "Harbour  Works");
        parameters.self_signed(&key).unwrap().der().to_vec()
    }

    #[test]
    fn a_skeleton_agrees_with_the_full_reading() {
        let der = made();
        let certificate = Certificate::from_der(&der).unwrap();
        let skeleton = Skeleton::from_der(&der).unwrap();
        assert_eq!(skeleton.spki, certificate.spki());
        assert_eq!(skeleton.subject, certificate.subject().der());
        assert_eq!(skeleton.key_identifier, certificate.key_identifier());
        assert_eq!(
            canonical_form(skeleton.subject).unwrap(),
            certificate.subject().canonical()
        );
    }

    proptest! {
        #[test]
        fn changed_bytes_never_panic(at in 0usize..400, value: u8) {
            let mut der = made();
            let at = at % der.len();
            der[at] = value;
            let _ = Skeleton::from_der(&der);
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Skeleton::from_der(&bytes);
        }
    }
}
