//! How a document's OpenPGP signatures stand: the mathematics by every key that the provider ever
//! listed, and whether the key was the provider's when we fetched the signature.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::history::KeyHistory;
use super::rotation::KeyRotation;
use crate::domain::{Crypto, Fingerprint, Sha256};
use crate::formats::digest::sha256;
use crate::formats::openpgp::{
    Assessment, Digests, Objection, OpenPgpError, OpenPgpSignature, assess,
};

/// A document and its `.asc` as they were fetched together.
#[derive(Debug, Clone, Copy)]
pub struct Fetched<'a> {
    pub document: &'a [u8],
    pub signature: &'a [u8],
    /// When we first held both. The signature's own date is a claim.
    pub at: Timestamp,
}

/// Whose the key was at that time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyStanding {
    /// The provider listed it when the signature was fetched.
    Listed,
    /// The provider had listed it, and did so no more. `gone` is the first look without it;
    /// `claims_later` when the signature itself says that it was made after that.
    Former { gone: Timestamp, claims_later: bool },
    /// The provider listed it only afterwards, or nobody had looked yet.
    Later { first: Timestamp },
}

/// One signature of a document.
#[derive(Debug, Clone)]
pub struct SignatureStanding {
    pub signature: OpenPgpSignature,
    pub assessment: Assessment,
    /// `None` when no key at hand fits: nothing is said then but by the assessment.
    pub key: Option<KeyStanding>,
}

impl SignatureStanding {
    /// Good, by a key that was the provider's: listed when it was fetched, or listed before and made
    /// while it was, by its own word; with nothing against key or signature then, and no revocation
    /// since that voids all that the key made.
    #[must_use]
    pub fn is_providers(&self) -> bool {
        let voided = |objection: &Objection| match objection {
            Objection::Revoked { revocation, .. } => revocation.hard,
            _ => false,
        };
        let its_time = match self.key {
            Some(KeyStanding::Listed) => true,
            Some(KeyStanding::Former { claims_later, .. }) => !claims_later,
            Some(KeyStanding::Later { .. }) | None => false,
        };
        its_time
            && self.crypto() == Crypto::Good
            && self.assessment.at_signing.is_empty()
            && !self.assessment.now.iter().any(voided)
    }

    /// What the mathematics says.
    #[must_use]
    pub fn crypto(&self) -> Crypto {
        self.assessment.check.mathematics.crypto()
    }
}

/// Every signature of a `.asc` file, in file order. `now` is the instant of judgement.
///
/// # Errors
/// When the file holds no signatures, or anything else.
pub fn standings(
    fetched: &Fetched<'_>,
    history: &KeyHistory,
    now: Timestamp,
) -> Result<Vec<SignatureStanding>, OpenPgpError> {
    let signatures = OpenPgpSignature::read_all(fetched.signature)?;
    let mut digests = Digests::new(&signatures);
    digests.update(fetched.document);
    let certificates = history.certificates();
    Ok(signatures
        .into_iter()
        .map(|signature| {
            let digest = digests.of(&signature);
            let assessment = assess(&signature, digest.as_deref(), certificates, now);
            let key = assessment
                .primary
                .and_then(|primary| standing(&primary, &signature, fetched.at, history));
            SignatureStanding {
                signature,
                assessment,
                key,
            }
        })
        .collect())
}

fn standing(
    primary: &Fingerprint,
    signature: &OpenPgpSignature,
    at: Timestamp,
    history: &KeyHistory,
) -> Option<KeyStanding> {
    if history
        .at(at)
        .is_some_and(|sight| sight.listed.contains(primary))
    {
        return Some(KeyStanding::Listed);
    }
    let listings = history.listings(primary);
    let former = listings
        .iter()
        .rev()
        .find_map(|listing| listing.gone.filter(|gone| *gone <= at));
    if let Some(gone) = former {
        return Some(KeyStanding::Former {
            gone,
            claims_later: signature.created.is_none_or(|created| created >= gone),
        });
    }
    let first = listings.first()?.first;
    Some(KeyStanding::Later { first })
}

/// How many documents of the same bytes carry a good signature of an old key and one of a new key
/// of a rotation: the provider signed again what it had published.
///
/// It strengthens the evidence; whoever took over the provider's site could do it as well.
#[must_use]
pub fn signed_by_both(rotation: &KeyRotation, signed: &[(&[u8], &SignatureStanding)]) -> usize {
    let mut by_document: BTreeMap<Sha256, (bool, bool)> = BTreeMap::new();
    for (document, standing) in signed {
        let Some(primary) = standing.assessment.primary else {
            continue;
        };
        if standing.crypto() == Crypto::Good {
            let (old, new) = by_document.entry(sha256(document)).or_default();
            *old |= rotation.old.contains(&primary);
            *new |= rotation.new.contains(&primary);
        }
    }
    by_document
        .values()
        .filter(|(old, new)| *old && *new)
        .count()
}
