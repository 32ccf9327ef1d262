//! Authenticode signatures: PKCS#7 objects over the digest of a file, with others nested inside.
//!
//! [`read`] gives a flat list: the primary signature, then every one nested in its unsigned
//! attributes, each with the digest algorithm that it needs of the file. Once the file was hashed,
//! [`AuthenticodeObject::check`] says for each what it is worth; which of them decide is for others.
//! [`signatures`] does both.

mod opus;
mod spc;

use crate::domain::{Crypto, HashAlgorithm, Oid};
use crate::formats::cms::{
    BadReason, CmsError, Covered, Outcome, SignedData, SignerCheck, SignerInfo, Trailing,
    UncheckedReason, check,
};
use crate::formats::der::DerError;
use crate::formats::limits;
use crate::formats::timestamp::{TimestampError, TimestampFacts, timestamps};

pub use opus::Description;
pub use spc::{IndirectData, Subject};

/// `SPC_INDIRECT_DATA_OBJID`.
const INDIRECT_DATA: &str = "1.3.6.1.4.1.311.2.1.4";
/// `SPC_SP_OPUS_INFO_OBJID`.
const OPUS_INFO: &str = "1.3.6.1.4.1.311.2.1.12";
/// `SPC_NESTED_SIGNATURE_OBJID`.
const NESTED_SIGNATURE: &str = "1.3.6.1.4.1.311.2.4.1";

/// Why an object is no Authenticode signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticodeError {
    #[error(transparent)]
    Cms(#[from] CmsError),
    #[error("the content has type {0}, not SpcIndirectDataContent")]
    ContentType(Oid),
    #[error("the object carries no SpcIndirectDataContent")]
    ContentMissing,
    #[error("the SpcIndirectDataContent is not well formed: {0}")]
    IndirectData(DerError),
    #[error("{0} signers, where the format allows one")]
    Signers(usize),
    #[error("more than {limit} nested signatures")]
    TooManyNested { limit: usize },
}

/// Where a signature sits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place(Vec<usize>);

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("primary")?;
        self.0
            .iter()
            .try_for_each(|index| write!(f, ", nested {}", index + 1))
    }
}

impl Place {
    #[must_use]
    pub fn is_primary(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether the file has the digest that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImageDigest {
    Equal,
    /// The file was changed, or the signature belongs to another one.
    Different {
        found: Vec<u8>,
    },
    /// Nobody could compute it: unknown algorithm, or no such subject.
    Unavailable,
}

/// One signature and what checking it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticodeSignature {
    /// The whole PKCS#7 object as values; its certificates are the pool for the path.
    pub object: SignedData,
    /// The mathematics: the signer over the signed statement about the file.
    pub check: SignerCheck,
    /// The signed statement.
    pub indirect: IndirectData,
    pub image: ImageDigest,
    pub timestamps: Vec<Result<TimestampFacts, TimestampError>>,
    pub description: Description,
}

impl AuthenticodeSignature {
    /// The one signer; every other number was refused.
    #[must_use]
    pub fn signer(&self) -> Option<&SignerInfo> {
        self.object.signers.first()
    }

    /// Statement and file together: good only when the signature holds and the file has the signed
    /// digest.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        match (&self.check.outcome, &self.image) {
            (Outcome::Good, ImageDigest::Equal) => Outcome::Good,
            (Outcome::Good | Outcome::Unchecked(_), ImageDigest::Different { found }) => {
                match self.indirect.digest_algorithm {
                    Some(algorithm) => Outcome::Bad(BadReason::MessageDigestMismatch {
                        algorithm,
                        expected: self.indirect.digest.clone(),
                        found: found.clone(),
                    }),
                    None => self.unavailable(),
                }
            }
            (Outcome::Good, ImageDigest::Unavailable) => self.unavailable(),
            (outcome, _) => outcome.clone(),
        }
    }

    /// [`AuthenticodeSignature::outcome`] without its reason.
    #[must_use]
    pub fn crypto(&self) -> Crypto {
        self.outcome().crypto()
    }

    fn unavailable(&self) -> Outcome {
        Outcome::Unchecked(match self.indirect.digest_algorithm {
            Some(algorithm) => UncheckedReason::ContentMissing(algorithm),
            None => UncheckedReason::DigestAlgorithm(self.indirect.digest_oid.clone()),
        })
    }
}

/// An object that was read and not checked yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticodeObject {
    /// Its certificates are the pool for the path.
    pub object: SignedData,
    /// The one signer; every other number was refused.
    pub signer: SignerInfo,
    pub indirect: IndirectData,
}

/// Something with its place, or the reason why it could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed<T> {
    pub place: Place,
    pub result: Result<T, AuthenticodeError>,
}

/// Every signature of one PKCS#7 object: the primary one first, then those nested in it, each
/// before its own nested ones.
///
/// The object may be followed by the alignment of a PE certificate table, nothing else.
#[must_use]
pub fn read(pkcs7: &[u8]) -> Vec<Placed<AuthenticodeObject>> {
    let mut found: Vec<Placed<AuthenticodeObject>> = vec![];
    let mut waiting = vec![(Place(vec![]), pkcs7.to_vec())];
    while let Some((place, der)) = waiting.pop() {
        if found.len() > limits::NESTED_SIGNATURES {
            let limit = limits::NESTED_SIGNATURES;
            let result = Err(AuthenticodeError::TooManyNested { limit });
            found.push(Placed { place, result });
            break;
        }
        let trailing = if place.is_primary() {
            Trailing::Alignment
        } else {
            Trailing::Nothing
        };
        let result = AuthenticodeObject::from_der(&der, trailing);
        let nested = result.iter().flat_map(AuthenticodeObject::nested);
        let first = waiting.len();
        for (index, der) in nested.enumerate() {
            let mut inner = place.clone();
            inner.0.push(index);
            waiting.push((inner, der.clone()));
        }
        // The last one in comes out first.
        if let Some(new) = waiting.get_mut(first..) {
            new.reverse();
        }
        found.push(Placed { place, result });
    }
    found
}

/// [`read`] and [`AuthenticodeObject::check`] in one; `image_digest` computes the digest of the file
/// as its format defines it (for PE: without checksum and certificate table).
#[must_use]
pub fn signatures(
    pkcs7: &[u8],
    image_digest: &dyn Fn(&Subject, HashAlgorithm) -> Option<Vec<u8>>,
) -> Vec<Placed<AuthenticodeSignature>> {
    read(pkcs7)
        .into_iter()
        .map(|Placed { place, result }| Placed {
            place,
            result: result.map(|object| {
                let indirect = &object.indirect;
                let image = indirect
                    .digest_algorithm
                    .and_then(|algorithm| image_digest(&indirect.subject, algorithm));
                object.check(image)
            }),
        })
        .collect()
}

impl AuthenticodeObject {
    fn from_der(der: &[u8], trailing: Trailing) -> Result<Self, AuthenticodeError> {
        let object = SignedData::from_der(der, trailing)?;
        if object.content_type != INDIRECT_DATA {
            return Err(AuthenticodeError::ContentType(object.content_type));
        }
        let content = object
            .content
            .as_ref()
            .ok_or(AuthenticodeError::ContentMissing)?;
        let indirect =
            IndirectData::from_content(&content.octets).map_err(AuthenticodeError::IndirectData)?;
        let [signer] = object.signers.as_slice() else {
            return Err(AuthenticodeError::Signers(object.signers.len()));
        };
        Ok(Self {
            signer: signer.clone(),
            indirect,
            object,
        })
    }

    fn nested(&self) -> impl Iterator<Item = &Vec<u8>> {
        self.signer
            .unsigned_attributes
            .iter()
            .filter(|attribute| attribute.oid == NESTED_SIGNATURE)
            .flat_map(|attribute| &attribute.values)
    }

    /// Checks the signature, its timestamps, and the statement against the file's digest by
    /// `indirect.digest_algorithm`; `None` when nobody could compute it.
    #[must_use]
    pub fn check(self, image: Option<Vec<u8>>) -> AuthenticodeSignature {
        let Self {
            object,
            signer,
            indirect,
        } = self;
        let covered = match &object.content {
            Some(content) => Covered::Bytes(&content.octets),
            None => Covered::Absent,
        };
        let description = signer
            .signed_attributes
            .as_ref()
            .and_then(|attributes| attributes.first(OPUS_INFO))
            .and_then(Description::from_der)
            .unwrap_or_default();
        AuthenticodeSignature {
            check: check(&signer, &object.certificates, covered),
            image: match image {
                None => ImageDigest::Unavailable,
                Some(found) if found == indirect.digest => ImageDigest::Equal,
                Some(found) => ImageDigest::Different { found },
            },
            timestamps: timestamps(&signer, &object),
            description,
            indirect,
            object,
        }
    }
}
