//! `signers/<name>.toml`: what a vendor's signer looks like under a root.

use serde::Deserialize;

use super::text::{Day, Span, oid, one_or_many, parsed, parsed_if_known, parsed_list};
use crate::domain::{AnchorId, Oid, Sha256};

/// A signer rule. Everything that is stated must hold; what is left out is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerRule {
    pub kind: SignerKind,
    /// The key at which the signer's path must end.
    #[serde(deserialize_with = "parsed")]
    pub root: AnchorId,
    /// Organisation (O) of the leaf: any of these spellings, letter case and spacing aside.
    #[serde(default, deserialize_with = "one_or_many")]
    pub subject_o: Vec<String>,
    /// Common name (CN) of the leaf: any of these. Needed where one organisation signs for itself
    /// and for others under different common names.
    #[serde(default, deserialize_with = "one_or_many")]
    pub subject_cn: Vec<String>,
    /// A certificate between leaf and root must carry one of these keys (SHA-256 of the SPKI).
    #[serde(default, deserialize_with = "parsed_list")]
    pub intermediate_spki: Vec<Sha256>,
    /// A purpose in the leaf that stands for the subscriber and outlives its leaves (Azure Trusted
    /// Signing: 1.3.6.1.4.1.311.97.…).
    #[serde(default, deserialize_with = "oid")]
    pub eku_identity: Option<Oid>,
    /// The leaf certificate.
    #[serde(default, deserialize_with = "parsed_if_known")]
    pub leaf_sha256: Option<Sha256>,
    /// The leaf's key.
    #[serde(default, deserialize_with = "parsed_if_known")]
    pub leaf_spki_sha256: Option<Sha256>,
    /// Whether only a proven signing time counts, because the leaves live for days.
    #[serde(default)]
    pub timestamp_required: bool,
    /// The folder's claim of when the rule was learnt; with `--knowledge folder` it does not exist
    /// before.
    #[serde(default)]
    pub recorded: Option<Day>,
    /// When signatures of this signer count, judged at the signing time; open when not given.
    #[serde(default)]
    pub valid: Option<Span>,
    // What follows informs people and the linker; it is never asked of a signature.
    /// The certificate that issues the leaves changes; `intermediate_spki` names the one above it.
    #[serde(default)]
    pub issuing_ca_rotates: bool,
    #[serde(default, deserialize_with = "parsed_list")]
    pub observed_leaves: Vec<Sha256>,
    #[serde(default)]
    pub observed_signing: Option<Span>,
    #[serde(default)]
    pub cert_valid: Option<Span>,
    #[serde(default)]
    pub evidence: Vec<String>,
    #[serde(default)]
    pub note: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignerKind {
    /// One leaf certificate or one leaf key.
    X509LeafPin,
    /// Organisation, identity EKU and intermediate, whatever the leaf.
    X509IdentityPin,
}
