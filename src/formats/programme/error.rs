//! Why a file is no list of a root programme that we accept: what is wrong, and where.

use crate::formats::cms::CmsError;
use crate::formats::der::DerError;
use crate::formats::openpgp::OpenPgpError;
use crate::formats::pem::PemError;
use crate::formats::x509::CertificateError;

/// What is wrong with a file of a root programme. Lines and numbers count from 1, offsets from 0.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProgrammeError {
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("none of the forms in which root programmes publish their lists")]
    Unrecognised,
    #[error("the list is empty")]
    Empty,
    #[error(transparent)]
    Pem(#[from] PemError),
    #[error("line {line} begins like a PEM marker and is none: cut off or mixed up")]
    Marker { line: usize },
    #[error("block {number} is a {label}, not a certificate")]
    Label { number: usize, label: String },
    #[error("certificate {number}: {error}")]
    Certificate {
        number: usize,
        error: CertificateError,
    },
    #[error("a member of the bundle is no certificate that can be used: {why}")]
    BundleMember { why: String },
    #[error("more than {limit} {what}")]
    TooMany { what: &'static str, limit: usize },
    #[error(transparent)]
    Cms(#[from] CmsError),
    #[error("signed content of type {0}, not a certificate trust list")]
    NotATrustList(String),
    #[error("the list's own signature does not hold: {0}")]
    Signature(String),
    #[error("{place}: {error}")]
    Der { place: String, error: DerError },
    #[error("line {line}: {what}")]
    Line { line: usize, what: &'static str },
    #[error("line {line}: {what}: {text}")]
    Text {
        line: usize,
        what: &'static str,
        text: String,
    },
    #[error("line {line}: {error}")]
    LineCertificate {
        line: usize,
        error: CertificateError,
    },
    #[error("the file ends in the middle of {of}, which begins in line {line}")]
    CutOff { of: &'static str, line: usize },
    #[error("not JSON: {0}")]
    Json(String),
    #[error("{path}: {what}")]
    Field { path: String, what: &'static str },
    #[error("{path}: {error}")]
    FieldCertificate {
        path: String,
        error: CertificateError,
    },
    #[error(transparent)]
    OpenPgp(#[from] OpenPgpError),
    #[error("certificate {number}: {why}")]
    KeyLeftOut { number: usize, why: String },
    #[error("byte {offset}: {what}")]
    Offset { offset: usize, what: &'static str },
    #[error("the truststore's digest does not fit its content and the usual password")]
    StoreDigest,
    #[error("a PKCS#12 file with {what}, which is not read")]
    Pkcs12 { what: &'static str },
}

/// Names the place of a DER error.
pub(super) fn at<T>(
    place: impl Into<String>,
    result: Result<T, DerError>,
) -> Result<T, ProgrammeError> {
    result.map_err(|error| ProgrammeError::Der {
        place: place.into(),
        error,
    })
}
