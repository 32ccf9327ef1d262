//! The signer rule that a good signature under a shared root suggests.

use jiff::ToSpan as _;

use super::continuity::subscriber;
use super::report::SignatureReport;
use crate::domain::{AnchorId, Crypto, Oid};
use crate::formats::trust_folder::{Day, SignerKind, SignerRule, Span};
use crate::formats::x509::Certificate;

/// Leaves that live less long come from a service that replaces them by itself.
const SHORT_LIVED_DAYS: i64 = 31;

/// The root under which the signer stands, and a rule that names this signer and as few others as
/// may be: by its organisation, its durable identity and its issuer where the certificate has them,
/// else by its key. `None` when the signature is not good or has no path.
#[must_use]
pub fn suggested_rule(
    signature: &SignatureReport,
    leaf_only: bool,
    recorded: Day,
) -> Option<(AnchorId, SignerRule)> {
    if signature.crypto != Crypto::Good {
        return None;
    }
    let (leaf, above) = signature.path.split_first()?;
    let (root, between) = above.split_last()?;
    let anchor = AnchorId::X509(root.spki_sha256());
    let identity = subscriber(leaf).map(Oid::new);
    let organisation = leaf.subject().organisation().map(str::to_owned);
    let short_lived = is_short_lived(leaf);
    let by_identity = !leaf_only
        && organisation.is_some()
        && (identity.is_some() || !between.is_empty() && !short_lived);
    let mut rule = SignerRule {
        kind: SignerKind::X509LeafPin,
        root: anchor.clone(),
        subject_o: organisation.into_iter().collect(),
        subject_cn: vec![],
        intermediate_spki: vec![],
        eku_identity: None,
        leaf_sha256: None,
        leaf_spki_sha256: None,
        timestamp_required: false,
        recorded: Some(recorded),
        valid: None,
        issuing_ca_rotates: false,
        observed_leaves: vec![leaf.sha256()],
        observed_signing: None,
        cert_valid: Some(Span {
            from: Some(day(leaf.validity().not_before)),
            to: Some(day(leaf.validity().not_after)),
        }),
        evidence: vec![],
        note: String::new(),
    };
    if !by_identity {
        rule.leaf_spki_sha256 = Some(leaf.spki_sha256());
        return Some((anchor, rule));
    }
    rule.kind = SignerKind::X509IdentityPin;
    // A leaf that a service replaces says nothing about how long the rule holds.
    rule.cert_valid = None;
    rule.timestamp_required = short_lived || identity.is_some();
    // Such services replace the issuing certificate too; the one below the root stays.
    let issuer = if identity.is_some() {
        between.last()
    } else {
        between.first()
    };
    rule.intermediate_spki = issuer.map(Certificate::spki_sha256).into_iter().collect();
    rule.issuing_ca_rotates = identity.is_some() && between.len() > 1;
    rule.eku_identity = identity;
    Some((anchor, rule))
}

fn is_short_lived(leaf: &Certificate) -> bool {
    let span = leaf.validity();
    span.not_before
        .checked_add((SHORT_LIVED_DAYS * 24).hours())
        .is_ok_and(|soon| span.not_after < soon)
}

fn day(instant: jiff::Timestamp) -> Day {
    Day(instant.to_zoned(jiff::tz::TimeZone::UTC).date())
}
