//! What one OpenPGP key says about another: certifications of user ids (RFC 9580 5.2.1.4 to 5.2.1.7).

use jiff::Timestamp;
use sequoia_openpgp::cert::amalgamation::{ValidAmalgamation as _, ValidateAmalgamation as _};
use sequoia_openpgp::packet::Key;
use sequoia_openpgp::packet::key::{PublicParts, UnspecifiedRole};
use sequoia_openpgp::policy::StandardPolicy;
use sequoia_openpgp::types::RevocationStatus;

use super::certificate::OpenPgpCertificate;
use super::library::{self, EveryAlgorithm, system_time, timestamp};
use super::signature::Issuer;
use crate::formats::limits;

/// The library's policy of today: what it refuses, anybody might have made.
static TODAY: StandardPolicy<'static> = StandardPolicy::new();

/// A certification that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certification {
    /// The user id that it is about; hostile text until escaped.
    pub user_id: String,
    /// When its maker says that it was made.
    pub made: Timestamp,
}

impl OpenPgpCertificate {
    /// Whom others' certifications of its user ids name as their makers, each once: claims.
    #[must_use]
    pub fn certifiers(&self) -> Vec<Issuer> {
        let mut found: Vec<Issuer> = vec![];
        let users = self.cert.userids().take(limits::OPENPGP_USER_IDS);
        let handles = users.flat_map(|user| {
            let certifications = user.certifications().take(limits::OPENPGP_CERTIFICATIONS);
            certifications
                .flat_map(|signature| signature.get_issuers())
                .collect::<Vec<_>>()
        });
        for issuer in handles.filter_map(|handle| library::issuer(&handle)) {
            if !found.contains(&issuer) {
                found.push(issuer);
            }
        }
        found.truncate(limits::OPENPGP_CERTIFICATIONS);
        found
    }

    /// The oldest certification by another certificate's primary key that holds at `at`: over a user
    /// id which this certificate itself binds and does not revoke, not run out, not taken back, and not
    /// refused by the policy of today. Whether its maker's key may still speak is not asked.
    #[must_use]
    pub fn certified_by(&self, other: &Self, at: Timestamp) -> Option<Certification> {
        if self.fingerprint() == other.fingerprint() {
            return None;
        }
        let maker: &Key<PublicParts, UnspecifiedRole> = other.cert.primary_key().key().into();
        let instant = system_time(at);
        let users = self.cert.userids().take(limits::OPENPGP_USER_IDS);
        users
            .filter(|user| {
                let own = user.clone().with_policy(&EveryAlgorithm, instant);
                own.is_ok_and(|own| {
                    !matches!(own.revocation_status(), RevocationStatus::Revoked(_))
                })
            })
            .filter_map(|user| {
                let taken_back = user
                    .valid_third_party_revocations_by_key(&EveryAlgorithm, instant, maker)
                    .next()
                    .is_some();
                if taken_back {
                    return None;
                }
                let made = user
                    .active_certifications_by_key(&TODAY, instant, maker)
                    .filter_map(|signature| signature.signature_creation_time())
                    .min()?;
                Some(Certification {
                    user_id: String::from_utf8_lossy(user.userid().value())
                        .chars()
                        .take(limits::DESCRIPTION)
                        .collect(),
                    made: timestamp(made),
                })
            })
            .min_by_key(|one| one.made)
    }
}
