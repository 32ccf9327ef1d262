//! rustls-webpki as second judge: is that one chain, to that one anchor, also good by somebody else's
//! code?
//!
//! It decides nothing alone. Where it refuses what our walker accepts, one of the two is wrong, and
//! nothing is anchored by such a path; but for a short list of reasons why it cannot judge a chain at
//! all, each of which must be seen in the chain itself.

mod abstention;

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, Error, ExtendedKeyUsageValidator};

use super::path::KeyPurpose;
use crate::domain::Oid;
use crate::formats::x509::Certificate;

pub use abstention::Abstention;

/// What the second judge says of a chain that the first one accepts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opinion {
    Agrees,
    /// It cannot judge chains of this kind.
    Abstains(Abstention),
    /// It refuses the chain, for the reason told.
    Disagrees(String),
}

/// Asks about a chain, leaf first and anchor last.
#[must_use]
pub fn opinion(chain: &[Certificate], at: Timestamp, purpose: &KeyPurpose) -> Opinion {
    let [leaf, intermediates @ .., anchor] = chain else {
        return Opinion::Abstains(Abstention::LeafIsAnchor);
    };
    match verified(leaf, intermediates, anchor, at, purpose) {
        Ok(()) => Opinion::Agrees,
        Err(error) => match abstention::explains(&error, chain) {
            Some(abstention) => Opinion::Abstains(abstention),
            None => Opinion::Disagrees(format!("{error:?}")),
        },
    }
}

fn verified(
    leaf: &Certificate,
    intermediates: &[Certificate],
    anchor: &Certificate,
    at: Timestamp,
    purpose: &KeyPurpose,
) -> Result<(), Error> {
    let anchor = CertificateDer::from(anchor.der());
    let anchor = webpki::anchor_from_trusted_cert(&anchor)?;
    let leaf = CertificateDer::from(leaf.der());
    let leaf = EndEntityCert::try_from(&leaf)?;
    let intermediates: Vec<CertificateDer<'_>> = intermediates
        .iter()
        .map(|certificate| CertificateDer::from(certificate.der()))
        .collect();
    // Instants before 1970 have no certificates.
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
    let usage = Usage {
        wanted: purpose.oid(),
    };
    let anchors = [anchor];
    leaf.verify_for_usage(
        ALL_VERIFICATION_ALGS,
        &anchors,
        &intermediates,
        time,
        usage,
        None,
        None,
    )?;
    Ok(())
}

/// Purposes as RFC 5280 4.2.1.12 means them, for every certificate of a chain: absent or any will do.
/// What the leaf must name is the first judge's own question, because this one is not told which
/// certificate it is asked about.
struct Usage {
    wanted: Option<Oid>,
}

/// id-ce-extKeyUsage-anyExtendedKeyUsage.
const ANY: [usize; 5] = [2, 5, 29, 37, 0];

impl ExtendedKeyUsageValidator for Usage {
    fn validate(&self, purposes: webpki::KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        let Some(wanted) = &self.wanted else {
            return Ok(());
        };
        let arcs: Vec<usize> = wanted
            .as_str()
            .split('.')
            .filter_map(|arc| arc.parse().ok())
            .collect();
        let mut is_empty = true;
        let mut found = false;
        for purpose in purposes {
            let purpose: Vec<usize> = purpose?.to_decoded_oid();
            is_empty = false;
            found |= purpose == arcs || purpose == ANY;
        }
        if is_empty || found {
            Ok(())
        } else {
            // The error's own name wants texts that live for ever.
            Err(Error::ExtensionValueInvalid)
        }
    }
}
