//! What is missing at a dead end, and what looks like it.

use super::exploration::Exploration;
use super::outcome::NearPath;
use crate::domain::Sha256;
use crate::formats::x509::{Certificate, Name};
use crate::judge::path::cache;

/// How many certificates of the same name are told.
const SAME_NAMES: usize = 16;

/// The place where the best chain ends without an anchor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The chain so far, from the leaf to the dead end.
    pub certificates: Vec<Certificate>,
    /// The missing issuer; an unknown root's own name when the chain ends at one.
    pub subject: Name,
    /// The missing issuer's key identifier, as the dead end names it.
    pub key_identifier: Option<Vec<u8>>,
    /// Whether the chain is complete up to a root that is simply no anchor.
    pub is_unknown_root: bool,
    /// Anchors and offered certificates with this name and another key: a rotation, or somebody who
    /// wants to look like the one that is missing.
    pub same_name: Vec<SameName>,
}

/// A certificate with the missing issuer's name and another key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SameName {
    /// SHA-256 of the certificate's DER.
    pub certificate: Sha256,
    pub spki_sha256: Sha256,
    pub key_identifier: Option<Vec<u8>>,
    pub is_anchor: bool,
}

impl Gap {
    /// The gap at the end of a chain that reaches no anchor.
    pub(super) fn after(chain: &NearPath, exploration: &Exploration<'_>) -> Option<Self> {
        let end = chain.certificates.last()?;
        let is_unknown_root = end.is_self_issued() && cache::check(end, end).is_ok();
        let (subject, key_identifier) = if is_unknown_root {
            (end.subject(), end.key_identifier())
        } else {
            let key_identifier = end
                .authority_key_identifier()
                .and_then(|authority| authority.key_identifier.as_deref());
            (end.issuer(), key_identifier)
        };
        let anchors = exploration.question.anchors.by_subject(subject);
        let offered = exploration.pool.named(subject.canonical());
        let mut same_name: Vec<SameName> = anchors
            .iter()
            .map(|certificate| (certificate, true))
            .chain(offered.iter().map(|(_, certificate)| (certificate, false)))
            .filter(|(certificate, _)| {
                !is_unknown_root || certificate.spki_sha256() != end.spki_sha256()
            })
            .map(|(certificate, is_anchor)| SameName {
                certificate: certificate.sha256(),
                spki_sha256: certificate.spki_sha256(),
                key_identifier: certificate.key_identifier().map(<[u8]>::to_vec),
                is_anchor,
            })
            .collect();
        same_name.sort_by_key(|same| (!same.is_anchor, same.certificate));
        same_name.truncate(SAME_NAMES);
        Some(Self {
            certificates: chain.certificates.clone(),
            subject: subject.clone(),
            key_identifier: key_identifier.map(<[u8]>::to_vec),
            is_unknown_root,
            same_name,
        })
    }
}
