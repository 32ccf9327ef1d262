//! Why the second judge cannot judge a chain.

use webpki::Error;

use crate::domain::HashAlgorithm;
use crate::formats::algorithm::{Curve, KeyKind, PssSalt, Scheme, key_kind};
use crate::formats::x509::{Certificate, GeneralName, NameConstraints};

/// What rustls-webpki lacks. Each counts only where the chain itself shows it, and where the refusal is
/// of the kind that it would cause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Abstention {
    /// The signer's own certificate is the anchor.
    LeafIsAnchor,
    /// The signer's certificate is a CA's.
    CaAsLeaf,
    /// A certificate of version 1 or 2.
    OldVersion,
    /// A critical extension that it does not know, such as policies.
    CriticalExtension,
    /// More than six intermediates.
    LongChain,
    /// It counts self-issued certificates for path lengths, holds them to name constraints, and does not
    /// tell the keys of one name apart.
    SelfIssued,
    /// It has no constraints on directory names, mail addresses and resource identifiers.
    NameForm,
    /// It compares names as encoded, not as RFC 5280 7.1 asks.
    NameSpelling,
    /// Unique identifiers of version 2.
    UniqueIdentifiers,
    /// Validity that begins before 1970, where its clock does.
    BeforeEpoch,
    /// SHA-1, SHA-224, DSA, RSA below 2048 bits, PSS with another salt, and odd pairs of curve and hash.
    Algorithm,
}

impl Abstention {
    pub const ALL: [Self; 11] = [
        Self::LeafIsAnchor,
        Self::CaAsLeaf,
        Self::OldVersion,
        Self::CriticalExtension,
        Self::LongChain,
        Self::SelfIssued,
        Self::NameForm,
        Self::NameSpelling,
        Self::UniqueIdentifiers,
        Self::BeforeEpoch,
        Self::Algorithm,
    ];

    /// The stable word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::LeafIsAnchor => "leaf-is-anchor",
            Self::CaAsLeaf => "ca-as-leaf",
            Self::OldVersion => "old-version",
            Self::CriticalExtension => "critical-extension",
            Self::LongChain => "long-chain",
            Self::SelfIssued => "self-issued",
            Self::NameForm => "name-form",
            Self::NameSpelling => "name-spelling",
            Self::UniqueIdentifiers => "unique-identifiers",
            Self::BeforeEpoch => "before-epoch",
            Self::Algorithm => "algorithm",
        }
    }
}

/// How many intermediates it looks at.
const INTERMEDIATES: usize = 6;

/// Critical extensions that it knows.
const KNOWN: [&str; 6] = [
    "2.5.29.15",
    "2.5.29.17",
    "2.5.29.19",
    "2.5.29.30",
    "2.5.29.31",
    "2.5.29.37",
];

/// The reason that the chain shows and that would cause this refusal.
pub(super) fn explains(error: &Error, chain: &[Certificate]) -> Option<Abstention> {
    let below = chain.get(..chain.len().saturating_sub(1))?;
    let intermediates = below.get(1..)?;
    let reason = match error {
        Error::CaUsedAsEndEntity => Abstention::CaAsLeaf,
        Error::UnsupportedCertVersion => Abstention::OldVersion,
        Error::UnsupportedCriticalExtension => Abstention::CriticalExtension,
        Error::MaximumPathDepthExceeded => Abstention::LongChain,
        Error::PathLenConstraintViolated => Abstention::SelfIssued,
        Error::NameConstraintViolation if has_other_forms(chain) => Abstention::NameForm,
        Error::NameConstraintViolation => Abstention::SelfIssued,
        Error::BadDerTime => Abstention::BeforeEpoch,
        Error::UnknownIssuer if intermediates.len() > INTERMEDIATES => Abstention::LongChain,
        Error::UnknownIssuer => Abstention::NameSpelling,
        Error::BadDer | Error::TrailingData(_) | Error::MalformedExtensions => {
            Abstention::UniqueIdentifiers
        }
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => Abstention::Algorithm,
        // Short RSA keys fail like this, and so does a name that two keys of a chain bear.
        Error::InvalidSignatureForPublicKey
            if pairs(chain).any(|(child, issuer)| lacks(child, issuer)) =>
        {
            Abstention::Algorithm
        }
        Error::InvalidSignatureForPublicKey => Abstention::SelfIssued,
        _ => return None,
    };
    let shows = match reason {
        Abstention::LeafIsAnchor => false,
        Abstention::CaAsLeaf => chain
            .first()
            .and_then(Certificate::basic_constraints)
            .is_some_and(|constraints| constraints.ca),
        Abstention::OldVersion => chain.iter().any(|one| one.version() != 3),
        Abstention::CriticalExtension => below.iter().any(has_unknown_critical),
        Abstention::LongChain => intermediates.len() > INTERMEDIATES,
        Abstention::SelfIssued => intermediates.iter().any(Certificate::is_self_issued),
        Abstention::NameForm => true,
        Abstention::NameSpelling => {
            pairs(chain).any(|(child, issuer)| child.issuer().der() != issuer.subject().der())
        }
        Abstention::UniqueIdentifiers => chain.iter().any(Certificate::has_unique_identifiers),
        Abstention::BeforeEpoch => below
            .iter()
            .any(|one| one.validity().not_before.as_second() < 0),
        Abstention::Algorithm => pairs(chain).any(|(child, issuer)| lacks(child, issuer)),
    };
    shows.then_some(reason)
}

fn pairs(chain: &[Certificate]) -> impl Iterator<Item = (&Certificate, &Certificate)> {
    chain.iter().zip(chain.iter().skip(1))
}

fn has_unknown_critical(certificate: &Certificate) -> bool {
    certificate
        .extensions()
        .iter()
        .any(|extension| extension.critical && !KNOWN.contains(&extension.oid.as_str()))
}

fn has_other_forms(chain: &[Certificate]) -> bool {
    chain
        .iter()
        .flat_map(Certificate::extensions)
        .filter(|extension| extension.oid == "2.5.29.30")
        .filter_map(|extension| NameConstraints::from_extension(&extension.value).ok())
        .any(|constraints| {
            constraints
                .subtrees()
                .any(|subtree| !matches!(subtree.base, GeneralName::Dns(_) | GeneralName::Ip(_)))
        })
}

/// Whether the signature on `child` is of an algorithm that it lacks.
fn lacks(child: &Certificate, issuer: &Certificate) -> bool {
    use HashAlgorithm::{Sha256, Sha384, Sha512};
    let (Ok(scheme), Ok(kind)) = (
        Scheme::of(child.signature_algorithm()),
        key_kind(issuer.spki()),
    ) else {
        return true;
    };
    let is_known = match (scheme, kind) {
        (Scheme::RsaPkcs1(Sha256 | Sha384 | Sha512), KeyKind::Rsa { bits }) => bits >= 2048,
        (
            Scheme::RsaPss(hash @ (Sha256 | Sha384 | Sha512), PssSalt::Bytes(salt)),
            KeyKind::Rsa { bits },
        ) => bits >= 2048 && usize::from(salt) == hash.length(),
        (Scheme::Ecdsa(Sha256 | Sha384 | Sha512), KeyKind::Ec(curve)) => {
            matches!(curve, Curve::P256 | Curve::P384 | Curve::P521)
        }
        (Scheme::Ed25519, KeyKind::Ed25519) | (Scheme::MlDsa(_), KeyKind::MlDsa(_)) => true,
        _ => false,
    };
    !is_known
}
