//! PKCS#12 truststores without a password (RFC 7292), as newer JDKs ship them.

use super::error::{ProgrammeError, at};
use crate::formats::der::{Reader, Tag, Value, single};
use crate::formats::limits;
use crate::formats::x509::Certificate;

const DATA: &str = "1.2.840.113549.1.7.1";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const CERTIFICATE_BAG: &str = "1.2.840.113549.1.12.10.1.3";
const X509_CERTIFICATE: &str = "1.2.840.113549.1.9.22.1";

/// A sequence that begins with version 3 and goes on with an authenticated safe.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let Ok(outer) = Reader::new(bytes).any() else {
        return false;
    };
    let mut fields = outer.reader();
    fields
        .expect(Tag::INTEGER)
        .is_ok_and(|version| version.content == [3])
        && fields
            .expect(Tag::SEQUENCE)
            .is_ok_and(|safe| safe.content.first() == Some(&Tag::OID.0))
}

/// Every certificate. Its integrity check needs no secret when there is no password, so it would
/// prove nothing; the encoding itself tells whether the file is whole.
pub(super) fn certificates(bytes: &[u8]) -> Result<Vec<Certificate>, ProgrammeError> {
    const PLACE: &str = "the PKCS#12 file";
    let mut fields = at(PLACE, single(bytes, Tag::SEQUENCE))?.reader();
    at(PLACE, fields.expect(Tag::INTEGER))?;
    let safe = at(PLACE, fields.expect(Tag::SEQUENCE))?;
    let contents = data(&safe)?;
    let mut infos = at(PLACE, single(contents, Tag::SEQUENCE))?.reader();
    let mut found = vec![];
    while !infos.is_empty() {
        let info = at(PLACE, infos.expect(Tag::SEQUENCE))?;
        let bags = data(&info)?;
        let mut bags = at(PLACE, single(bags, Tag::SEQUENCE))?.reader();
        while !bags.is_empty() {
            let bag = at(PLACE, bags.expect(Tag::SEQUENCE))?;
            if found.len() == limits::ANCHORS {
                return Err(ProgrammeError::TooMany {
                    what: "certificates",
                    limit: limits::ANCHORS,
                });
            }
            found.push(certificate(&bag, found.len() + 1)?);
        }
    }
    Ok(found)
}

/// The octets of a ContentInfo of type data.
fn data<'a>(info: &Value<'a>) -> Result<&'a [u8], ProgrammeError> {
    const PLACE: &str = "a content of the PKCS#12 file";
    let mut fields = info.reader();
    let kind = at(PLACE, fields.expect(Tag::OID).and_then(|value| value.oid()))?;
    if kind == ENCRYPTED_DATA {
        return Err(ProgrammeError::Pkcs12 {
            what: "encrypted certificates",
        });
    }
    if kind != DATA {
        return Err(ProgrammeError::Pkcs12 {
            what: "contents of another type than data",
        });
    }
    let field = at(PLACE, fields.expect(Tag::context(0)))?;
    at(PLACE, fields.finish())?;
    Ok(at(PLACE, single(field.content, Tag::OCTET_STRING))?.content)
}

/// The certificate of a `CertBag`.
fn certificate(bag: &Value<'_>, number: usize) -> Result<Certificate, ProgrammeError> {
    const PLACE: &str = "a bag of the PKCS#12 file";
    let mut fields = bag.reader();
    let kind = at(PLACE, fields.expect(Tag::OID).and_then(|value| value.oid()))?;
    if kind != CERTIFICATE_BAG {
        return Err(ProgrammeError::Pkcs12 {
            what: "keys, not certificates alone",
        });
    }
    let value = at(PLACE, fields.expect(Tag::context(0)))?;
    let mut inner = at(PLACE, single(value.content, Tag::SEQUENCE))?.reader();
    let form = at(PLACE, inner.expect(Tag::OID).and_then(|value| value.oid()))?;
    if form != X509_CERTIFICATE {
        return Err(ProgrammeError::Pkcs12 {
            what: "a certificate of another kind than X.509",
        });
    }
    let held = at(PLACE, inner.expect(Tag::context(0)))?;
    let octets = at(PLACE, single(held.content, Tag::OCTET_STRING))?;
    Certificate::from_der(octets.content)
        .map_err(|error| ProgrammeError::Certificate { number, error })
}
