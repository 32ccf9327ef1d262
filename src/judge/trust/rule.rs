//! Whose signer a path shows: signer rules held against leaf, intermediates and anchor.

use jiff::Timestamp;

use super::{NamedRule, View};
use crate::domain::{AnchorId, SigningTime, TimeGround};
use crate::formats::trust_folder::{SignerKind, SignerRule};
use crate::formats::x509::Certificate;

/// A signer, as a rule looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Sighting<'a> {
    /// Leaf first, the anchor's certificate last.
    pub path: &'a [Certificate],
    /// The ground of the signing time, for rules that need a timestamp.
    pub signing_time: SigningTime,
    /// The instant at which the path is judged.
    pub at: Timestamp,
}

/// What of a rule does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mismatch {
    /// The path ends at another key.
    Root,
    LeafCertificate,
    LeafKey,
    Organisation,
    CommonName,
    Intermediate,
    /// The leaf lacks the subscriber's identity EKU.
    IdentityPurpose,
    /// Only a proven signing time counts under this rule.
    TimestampMissing,
    /// The rule does not speak about this instant.
    OutsideValidity,
    /// The rule asks too little to match anybody.
    Vague,
}

/// A rule that fits, or nearly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMatch {
    pub rule: NamedRule,
    /// Empty when it fits.
    pub mismatches: Vec<Mismatch>,
}

/// Everything of a rule that does not hold; empty means that the rule names this signer.
#[must_use]
pub fn mismatches(rule: &SignerRule, seen: &Sighting<'_>) -> Vec<Mismatch> {
    let (Some(leaf), Some(anchor)) = (seen.path.first(), seen.path.last()) else {
        return vec![Mismatch::Root];
    };
    let between = seen
        .path
        .get(1..seen.path.len().saturating_sub(1))
        .unwrap_or_default();
    let leaf_pin = rule.kind == SignerKind::X509LeafPin;
    let purposes = leaf.extended_key_usage().unwrap_or_default();
    let checks = [
        (Mismatch::Vague, !rule.is_specific()),
        (
            Mismatch::Root,
            AnchorId::X509(anchor.spki_sha256()) != rule.root,
        ),
        (
            Mismatch::LeafCertificate,
            rule.leaf_sha256.is_some_and(|pin| pin != leaf.sha256()),
        ),
        (
            Mismatch::LeafKey,
            rule.leaf_spki_sha256
                .is_some_and(|pin| pin != leaf.spki_sha256()),
        ),
        (
            Mismatch::Organisation,
            !one_of(&rule.subject_o, leaf.subject().organisation()),
        ),
        (
            Mismatch::CommonName,
            !one_of(&rule.subject_cn, leaf.subject().common_name()),
        ),
        (
            // A pinned leaf is that leaf under whatever intermediate vouches for it.
            Mismatch::Intermediate,
            !leaf_pin
                && !rule.intermediate_spki.is_empty()
                && !between
                    .iter()
                    .any(|certificate| rule.intermediate_spki.contains(&certificate.spki_sha256())),
        ),
        (
            Mismatch::IdentityPurpose,
            rule.eku_identity
                .as_ref()
                .is_some_and(|identity| !purposes.contains(identity)),
        ),
        (
            Mismatch::TimestampMissing,
            rule.timestamp_required && seen.signing_time.ground != TimeGround::Proven,
        ),
        (
            Mismatch::OutsideValidity,
            rule.valid.is_some_and(|span| !span.contains(seen.at)),
        ),
    ];
    checks
        .into_iter()
        .filter_map(|(mismatch, wrong)| wrong.then_some(mismatch))
        .collect()
}

/// The rules of all vendors that name this signer, ordered by vendor and name.
#[must_use]
pub fn matching_rules(view: &dyn View, seen: &Sighting<'_>) -> Vec<NamedRule> {
    below_anchor(view, seen)
        .filter(|found| found.mismatches.is_empty())
        .map(|found| found.rule)
        .collect()
}

/// The rules below the same root that fail in one point while the signer's organisation or pinned
/// leaf is the rule's: what a person should look at when a signer is not pinned.
#[must_use]
pub fn nearly_matching_rules(view: &dyn View, seen: &Sighting<'_>) -> Vec<RuleMatch> {
    below_anchor(view, seen)
        .filter(|found| {
            found.mismatches.len() == 1
                && !found.mismatches.contains(&Mismatch::Organisation)
                && !found.mismatches.contains(&Mismatch::Vague)
        })
        .collect()
}

fn below_anchor(view: &dyn View, seen: &Sighting<'_>) -> impl Iterator<Item = RuleMatch> {
    let rules = seen.path.last().map_or_else(Vec::new, |anchor| {
        view.signer_rules(&AnchorId::X509(anchor.spki_sha256()))
    });
    rules.into_iter().map(|rule| RuleMatch {
        mismatches: mismatches(&rule.rule, seen),
        rule,
    })
}

/// Whether a name is one of the spellings; no spelling asked means that any name will do.
fn one_of(spellings: &[String], name: Option<&str>) -> bool {
    spellings.is_empty()
        || name.is_some_and(|name| {
            let name = folded(name);
            spellings.iter().any(|spelling| folded(spelling) == name)
        })
}

/// Letter case and runs of spaces do not count, as in the comparison of names (RFC 5280 7.1).
fn folded(text: &str) -> String {
    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ")
}
