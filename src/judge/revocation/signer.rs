//! Who signed a list, and whether they may (RFC 5280 6.3.3 (f) and (g)).
//!
//! A name is not enough: two CAs under one anchor may have the same. The signer is a certificate of
//! the path above the one in question, or was itself certified by a key of that path.

use super::{RevocationQuestion, status};
use crate::formats::crl::RevocationList;
use crate::formats::limits;
use crate::formats::x509::Certificate;
use crate::judge::path::{AnchorSet, Budget, KeyPurpose, Question, Walk, check_list, walk};

/// How many list signers may hang on each other's lists.
const DEPTH: usize = 8;

/// Whether somebody who may speak of the certificate at `index` of the path signed `list`.
///
/// `open`: certificates whose revocation is being asked already, so that no two vouch for each other.
pub(super) fn is_signed(
    list: &RevocationList,
    index: usize,
    question: &RevocationQuestion<'_>,
    open: &[Certificate],
) -> bool {
    let above = question.path.get(index + 1..).unwrap_or_default();
    if above.iter().any(|signer| signed(list, signer, question)) {
        return true;
    }
    // The signature comes last: it costs a digest of the whole list, and anybody may offer certificates
    // of this name.
    open.len() <= DEPTH
        && question
            .offered
            .iter()
            .take(limits::CERTIFICATES)
            .filter(|signer| signer.subject() == list.issuer())
            .filter(|signer| !above.contains(signer) && !open.contains(signer))
            .filter(|signer| is_certified(signer, above, question, open))
            .any(|signer| signed(list, signer, question))
}

/// Whether this certificate's name and key made the list, and its keyUsage lets it.
fn signed(list: &RevocationList, signer: &Certificate, question: &RevocationQuestion<'_>) -> bool {
    let may = signer.key_usage().is_none_or(|usage| usage.crl_sign);
    may && signer.subject() == list.issuer()
        && match question.cache {
            Some(cache) => cache.check_list(list, signer).is_ok(),
            None => check_list(list, signer).is_ok(),
        }
}

/// Whether a signer's own path ends at the same anchor over the keys of the path, and stands.
fn is_certified(
    signer: &Certificate,
    above: &[Certificate],
    question: &RevocationQuestion<'_>,
    open: &[Certificate],
) -> bool {
    let Some(anchor) = above.last() else {
        return false;
    };
    let anchors = AnchorSet::new([anchor.clone()]);
    let found: Walk = walk(&Question {
        leaf: signer,
        offered: above,
        anchors: &anchors,
        at: question.path_at,
        purpose: &KeyPurpose::Any,
        profile: question.profile,
        policies: None,
        intermediates: None,
        budget: Budget::default(),
        cache: question.cache,
    });
    found.paths.iter().any(|path| {
        let issuer = path.certificates.get(1);
        let is_by_path = issuer.is_some_and(|issuer| {
            above
                .iter()
                .any(|known| known.spki_sha256() == issuer.spki_sha256())
        });
        let own = RevocationQuestion {
            path: &path.certificates,
            ..*question
        };
        is_by_path && !status::is_revoked(&own, open)
    })
}
