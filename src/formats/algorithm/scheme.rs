//! Identifiers of signature and hash algorithms, both ways.

use super::key::ModuleLattice;
use super::pss::{self, PssSalt};
use super::{AlgorithmIdentifier, SignatureError};
use crate::domain::{HashAlgorithm, Oid};

/// A signature algorithm that can be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 8.2).
    RsaPkcs1(HashAlgorithm),
    /// RSASSA-PSS (RFC 8017 8.1) whose mask generation uses the same hash.
    RsaPss(HashAlgorithm, PssSalt),
    /// ECDSA (FIPS 186-5); the key decides the curve.
    Ecdsa(HashAlgorithm),
    /// Ed25519 (RFC 8032).
    Ed25519,
    /// ML-DSA (FIPS 204), pure, with an empty context (RFC 9881).
    MlDsa(ModuleLattice),
    /// DSA (FIPS 186-4).
    Dsa(HashAlgorithm),
}

const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const DSA: &str = "1.2.840.10040.4.1";
const ED25519: &str = "1.3.101.112";

/// RFC 4055 5, RFC 5758, RFC 3279 2.2: identifiers that name the hash themselves.
const HASH_NAMING: [(&str, Scheme); 12] = [
    (
        "1.2.840.113549.1.1.5",
        Scheme::RsaPkcs1(HashAlgorithm::Sha1),
    ),
    (
        "1.2.840.113549.1.1.11",
        Scheme::RsaPkcs1(HashAlgorithm::Sha256),
    ),
    (
        "1.2.840.113549.1.1.12",
        Scheme::RsaPkcs1(HashAlgorithm::Sha384),
    ),
    (
        "1.2.840.113549.1.1.13",
        Scheme::RsaPkcs1(HashAlgorithm::Sha512),
    ),
    // The OIW's older identifier for the same algorithm; makecert wrote it.
    ("1.3.14.3.2.29", Scheme::RsaPkcs1(HashAlgorithm::Sha1)),
    ("1.2.840.10045.4.1", Scheme::Ecdsa(HashAlgorithm::Sha1)),
    ("1.2.840.10045.4.3.2", Scheme::Ecdsa(HashAlgorithm::Sha256)),
    ("1.2.840.10045.4.3.3", Scheme::Ecdsa(HashAlgorithm::Sha384)),
    ("1.2.840.10045.4.3.4", Scheme::Ecdsa(HashAlgorithm::Sha512)),
    ("1.2.840.10040.4.3", Scheme::Dsa(HashAlgorithm::Sha1)),
    ("2.16.840.1.101.3.4.3.1", Scheme::Dsa(HashAlgorithm::Sha224)),
    ("2.16.840.1.101.3.4.3.2", Scheme::Dsa(HashAlgorithm::Sha256)),
];

/// RFC 9881 2: FIPS 204's parameter sets.
const MODULE_LATTICE: [(&str, ModuleLattice); 3] = [
    ("2.16.840.1.101.3.4.3.17", ModuleLattice::MlDsa44),
    ("2.16.840.1.101.3.4.3.18", ModuleLattice::MlDsa65),
    ("2.16.840.1.101.3.4.3.19", ModuleLattice::MlDsa87),
];

const HASHES: [(&str, HashAlgorithm); 6] = [
    ("1.2.840.113549.2.5", HashAlgorithm::Md5),
    ("1.3.14.3.2.26", HashAlgorithm::Sha1),
    ("2.16.840.1.101.3.4.2.4", HashAlgorithm::Sha224),
    ("2.16.840.1.101.3.4.2.1", HashAlgorithm::Sha256),
    ("2.16.840.1.101.3.4.2.2", HashAlgorithm::Sha384),
    ("2.16.840.1.101.3.4.2.3", HashAlgorithm::Sha512),
];

/// The hash algorithm that an identifier names.
#[must_use]
pub fn hash_algorithm(oid: &Oid) -> Option<HashAlgorithm> {
    HASHES
        .iter()
        .find(|(dotted, _)| oid == dotted)
        .map(|(_, hash)| *hash)
}

/// The identifier of a hash algorithm.
#[must_use]
pub fn hash_oid(hash: HashAlgorithm) -> Oid {
    Oid::new(match hash {
        HashAlgorithm::Md5 => HASHES[0].0,
        HashAlgorithm::Sha1 => HASHES[1].0,
        HashAlgorithm::Sha224 => HASHES[2].0,
        HashAlgorithm::Sha256 => HASHES[3].0,
        HashAlgorithm::Sha384 => HASHES[4].0,
        HashAlgorithm::Sha512 => HASHES[5].0,
        HashAlgorithm::Sha512Over256 => "2.16.840.1.101.3.4.2.6",
        HashAlgorithm::Blake2b512 => "1.3.6.1.4.1.1722.12.2.1.16",
    })
}

impl Scheme {
    /// What an identifier in a certificate, a CRL or the like means.
    ///
    /// # Errors
    /// [`SignatureError::UnsupportedAlgorithm`] or [`SignatureError::Parameters`].
    pub fn of(identifier: &AlgorithmIdentifier) -> Result<Self, SignatureError> {
        let oid = identifier.oid.as_str();
        let wrong_parameters = || SignatureError::Parameters(identifier.oid.clone());
        if let Some((_, scheme)) = HASH_NAMING.iter().find(|(dotted, _)| *dotted == oid) {
            return if identifier.is_without_parameters() {
                Ok(*scheme)
            } else {
                Err(wrong_parameters())
            };
        }
        if oid == RSASSA_PSS {
            let (hash, salt) = identifier
                .parameters
                .as_deref()
                .and_then(pss::parameters)
                .ok_or_else(wrong_parameters)?;
            return Ok(Self::RsaPss(hash, salt));
        }
        let scheme = if oid == ED25519 {
            Self::Ed25519
        } else if let Some((_, set)) = MODULE_LATTICE.iter().find(|(dotted, _)| *dotted == oid) {
            Self::MlDsa(*set)
        } else {
            return Err(SignatureError::UnsupportedAlgorithm(identifier.oid.clone()));
        };
        // RFC 8410 3, RFC 9881 2: the parameters must be absent, a NULL is none.
        match identifier.parameters {
            None => Ok(scheme),
            Some(_) => Err(wrong_parameters()),
        }
    }

    /// The identifier of this scheme, for signatures that come without one (raw signature files).
    /// `None` when no identifier exists: a hash that the family has no identifier for, or a PSS
    /// salt that only the key decides.
    #[must_use]
    pub fn identifier(self) -> Option<AlgorithmIdentifier> {
        let (dotted, parameters) = match self {
            Self::RsaPss(hash, salt) => (RSASSA_PSS, Some(pss::encoded(hash, salt)?)),
            Self::Ed25519 => (ED25519, None),
            Self::MlDsa(set) => (
                MODULE_LATTICE.iter().find(|(_, known)| *known == set)?.0,
                None,
            ),
            Self::RsaPkcs1(_) => (self.hash_naming()?, Some(vec![0x05, 0x00])),
            Self::Ecdsa(_) | Self::Dsa(_) => (self.hash_naming()?, None),
        };
        Some(AlgorithmIdentifier {
            oid: Oid::new(dotted),
            parameters,
        })
    }

    /// The hash over the message; `None` when the scheme signs the message itself.
    #[must_use]
    pub fn hash(self) -> Option<HashAlgorithm> {
        match self {
            Self::RsaPkcs1(hash) | Self::RsaPss(hash, _) | Self::Ecdsa(hash) | Self::Dsa(hash) => {
                Some(hash)
            }
            Self::Ed25519 | Self::MlDsa(_) => None,
        }
    }

    fn hash_naming(self) -> Option<&'static str> {
        HASH_NAMING
            .iter()
            .find(|(_, scheme)| *scheme == self)
            .map(|(dotted, _)| *dotted)
    }

    /// The dotted identifier for messages, also where the whole identifier does not exist.
    pub(super) fn oid(self) -> Oid {
        Oid::new(match self {
            Self::RsaPss(..) => RSASSA_PSS,
            Self::Ed25519 => ED25519,
            Self::MlDsa(set) => MODULE_LATTICE
                .iter()
                .find(|(_, known)| *known == set)
                .map_or(ED25519, |(dotted, _)| *dotted),
            Self::RsaPkcs1(_) => self.hash_naming().unwrap_or(RSA_ENCRYPTION),
            Self::Ecdsa(_) => self.hash_naming().unwrap_or(EC_PUBLIC_KEY),
            Self::Dsa(_) => self.hash_naming().unwrap_or(DSA),
        })
    }
}

/// The algorithm that a CMS SignerInfo means by its pair of signatureAlgorithm and digestAlgorithm
/// (RFC 5652 5.3, RFC 3370 3, RFC 5754 3): a bare key algorithm takes the digest's hash, one that
/// names a hash itself must name the same.
///
/// # Errors
/// [`SignatureError::Hash`] when the two disagree, else as [`Scheme::of`].
pub fn for_cms(
    signature: &AlgorithmIdentifier,
    digest: HashAlgorithm,
) -> Result<AlgorithmIdentifier, SignatureError> {
    if signature.oid == RSA_ENCRYPTION && !signature.is_without_parameters() {
        return Err(SignatureError::Parameters(signature.oid.clone()));
    }
    let bare = match signature.oid.as_str() {
        RSA_ENCRYPTION => Some(Scheme::RsaPkcs1(digest)),
        // Parameters here are a curve or DSA's domain; the certificate's key has the word on both.
        EC_PUBLIC_KEY => Some(Scheme::Ecdsa(digest)),
        DSA => Some(Scheme::Dsa(digest)),
        _ => None,
    };
    if let Some(scheme) = bare {
        return scheme
            .identifier()
            .ok_or_else(|| SignatureError::UnsupportedAlgorithm(signature.oid.clone()));
    }
    match Scheme::of(signature)?.hash() {
        Some(expected) if expected != digest => Err(SignatureError::Hash {
            expected,
            found: digest,
        }),
        _ => Ok(signature.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifier(oid: &str, parameters: Option<&[u8]>) -> AlgorithmIdentifier {
        AlgorithmIdentifier {
            oid: Oid::new(oid),
            parameters: parameters.map(<[u8]>::to_vec),
        }
    }

    #[test]
    fn hashes_go_both_ways() {
        for hash in HashAlgorithm::ALL {
            assert_eq!(hash_algorithm(&hash_oid(hash)), Some(hash));
        }
    }

    #[test]
    fn identifiers_go_both_ways() {
        let mut schemes: Vec<Scheme> = HASH_NAMING.iter().map(|(_, scheme)| *scheme).collect();
        schemes.extend(MODULE_LATTICE.iter().map(|(_, set)| Scheme::MlDsa(*set)));
        schemes.push(Scheme::Ed25519);
        for hash in [
            HashAlgorithm::Sha256,
            HashAlgorithm::Sha384,
            HashAlgorithm::Sha512,
        ] {
            schemes.push(Scheme::RsaPss(hash, PssSalt::Bytes(hash.length() as u16)));
            schemes.push(Scheme::RsaPss(hash, PssSalt::Bytes(222)));
        }
        for scheme in schemes {
            let identifier = scheme.identifier().unwrap();
            assert_eq!(Scheme::of(&identifier), Ok(scheme));
            assert_eq!(scheme.oid(), identifier.oid);
        }
    }

    #[test]
    fn parameters_are_not_ignored() {
        let null: &[u8] = &[0x05, 0x00];
        let cases: [(&str, Option<&[u8]>, bool); 8] = [
            ("1.2.840.113549.1.1.11", Some(null), true),
            ("1.2.840.113549.1.1.11", None, true),
            ("1.2.840.113549.1.1.11", Some(&[0x30, 0x00]), false),
            (ED25519, None, true),
            (ED25519, Some(null), false),
            ("2.16.840.1.101.3.4.3.17", Some(null), false),
            (RSASSA_PSS, None, false),
            (RSASSA_PSS, Some(null), false),
        ];
        for (oid, parameters, good) in cases {
            let found = Scheme::of(&identifier(oid, parameters));
            assert_eq!(found.is_ok(), good, "{oid} {parameters:?}: {found:?}");
        }
        let md5 = identifier("1.2.840.113549.1.1.4", Some(null));
        assert_eq!(
            Scheme::of(&md5),
            Err(SignatureError::UnsupportedAlgorithm(md5.oid.clone()))
        );
    }

    #[test]
    fn cms_pairs_must_agree() {
        use HashAlgorithm::{Md5, Sha1, Sha256};
        let cases: [(&str, HashAlgorithm, Result<&str, bool>); 9] = [
            (RSA_ENCRYPTION, Sha256, Ok("1.2.840.113549.1.1.11")),
            (RSA_ENCRYPTION, Sha1, Ok("1.2.840.113549.1.1.5")),
            (RSA_ENCRYPTION, Md5, Err(false)),
            ("1.2.840.113549.1.1.11", Sha256, Ok("1.2.840.113549.1.1.11")),
            ("1.2.840.113549.1.1.11", Sha1, Err(true)),
            (EC_PUBLIC_KEY, Sha256, Ok("1.2.840.10045.4.3.2")),
            ("1.2.840.10045.4.3.2", Sha1, Err(true)),
            (DSA, Sha1, Ok("1.2.840.10040.4.3")),
            (ED25519, Sha256, Ok(ED25519)),
        ];
        for (oid, digest, expected) in cases {
            match (for_cms(&identifier(oid, None), digest), expected) {
                (Ok(found), Ok(expected)) => assert_eq!(found.oid.as_str(), expected),
                (Err(error), Err(disagree)) => {
                    assert_eq!(matches!(error, SignatureError::Hash { .. }), disagree);
                }
                (found, _) => panic!("{oid} with {digest}: {found:?}"),
            }
        }
    }
}
