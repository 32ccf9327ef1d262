//! Why bytes are no SignedData that we accept.

use crate::domain::Oid;
use crate::formats::der::DerError;

/// What is wrong with a CMS object. Nothing here says "forged": that is a check's answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CmsError {
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("not well formed in {place}: {error}")]
    Der {
        place: &'static str,
        error: DerError,
    },
    #[error("{bytes} bytes follow the object")]
    Trailing { bytes: usize },
    #[error("a ContentInfo of type {0}, not SignedData")]
    NotSignedData(Oid),
    /// RFC 5652 5.1 defines 1, 3, 4 and 5 for SignedData, 5.3 defines 1 and 3 for a signer.
    #[error("{place} of version {version}, which no syntax has")]
    Version { place: &'static str, version: u32 },
    /// RFC 5652 5.1 lets a reader refuse a digest that the object does not announce; readers that
    /// hash while the content streams by have to.
    #[error("a signer digests with {0}, which the object does not announce")]
    DigestNotAnnounced(Oid),
    #[error("nobody signed it")]
    NoSigners,
    #[error("more than {limit} signers")]
    TooManySigners { limit: usize },
    #[error("more than {limit} attributes")]
    TooManyAttributes { limit: usize },
    /// RFC 5652 5.2: an OCTET STRING; PKCS#7 content types of Microsoft hold a SEQUENCE.
    #[error("content of type {content_type} has tag {found:#04x}")]
    ContentTag { content_type: Oid, found: u8 },
    #[error("signed attribute {0} stands twice")]
    DuplicateAttribute(Oid),
    #[error("signed attribute {oid} has {count} values, not one")]
    AttributeValues { oid: Oid, count: usize },
    #[error("signed attribute {oid} is not well formed: {error}")]
    Attribute { oid: Oid, error: DerError },
    #[error("the signed attributes lack the content type")]
    ContentTypeMissing,
    #[error("the signed attributes lack the message digest")]
    MessageDigestMissing,
    /// The content was relabelled, or the attributes belong to another object.
    #[error("the signed content type is {signed}, the object says {stated}")]
    ContentTypeMismatch { signed: Oid, stated: Oid },
    /// RFC 5652 5.3: signed attributes must be there unless the content type is id-data.
    #[error("content of type {0} is signed without attributes")]
    AttributesMissing(Oid),
    /// A part that is signed or hashed stands in an indefinite-length form, which would have to be
    /// written anew before it could be checked.
    #[error("indefinite length inside {0}")]
    Indefinite(&'static str),
    #[error("values nest deeper than {limit}")]
    TooDeep { limit: usize },
}

/// Names the place of a DER error.
pub(crate) fn at<T>(place: &'static str, result: Result<T, DerError>) -> Result<T, CmsError> {
    result.map_err(|error| CmsError::Der { place, error })
}
