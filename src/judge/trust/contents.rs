//! A compiled trust folder taken apart, as an import records it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::FolderView;
use super::record::Scope;
use super::root_place::{PROPOSED, RootPlace};
use crate::domain::{AnchorId, Purpose, Sha256, Status};
use crate::formats::digest::sha256;
use crate::formats::trust_folder::blob::{Blob, Map};
use crate::formats::trust_folder::{Root, ValidFromIs};

/// Everything that a folder says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Of the compiled folder.
    pub digest: Sha256,
    /// Keys, profiles, rules, rotations, in the folder's order.
    pub entries: Vec<Entry>,
    /// Its status entries, timelines in their order.
    pub claims: Vec<Claim>,
}

/// An entry of one of the maps; a certificate has its SHA-256 as number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The map's number.
    pub map: u8,
    pub key: Vec<u8>,
    pub value: Vec<u8>,
}

/// A status entry with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    pub anchor: AnchorId,
    pub scope: Scope,
    pub purpose: Purpose,
    pub status: Status,
    pub valid_from: Timestamp,
    pub valid_from_is: ValidFromIs,
    pub recorded: Option<Timestamp>,
    pub evidence: Vec<String>,
    pub says: String,
}

/// The maps whose values are numbers of certificates.
const NUMBERED: [Map; 6] = [
    Map::CodeSubject,
    Map::CodeKeyIdentifier,
    Map::CodeSpki,
    Map::TimeSubject,
    Map::TimeKeyIdentifier,
    Map::TimeSpki,
];

impl Contents {
    /// Takes a compiled folder apart; `None` when the bytes are none, or a file in it cannot be read
    /// back.
    #[must_use]
    pub fn of(blob: &[u8]) -> Option<Self> {
        let open = Blob::open(blob)?;
        let numbers: BTreeMap<&[u8], Vec<u8>> = open
            .with_prefix(Map::Certificates, b"")
            .map(|(number, der)| (number, sha256(der).0.to_vec()))
            .collect();
        let mut entries = vec![];
        let mut claims = vec![];
        for (map, key, value) in open.all() {
            let mut entry = Entry {
                map,
                key: key.to_vec(),
                value: value.to_vec(),
            };
            if map == Map::Certificates as u8 {
                entry.key.clone_from(numbers.get(key)?);
            } else if NUMBERED.iter().any(|numbered| *numbered as u8 == map) {
                entry.value.clone_from(numbers.get(value)?);
            } else if map == Map::Files as u8
                && let Some((place, anchor)) = anchor_file(key)
            {
                claims.extend(claims_of(&place, &anchor, value)?);
            }
            entries.push(entry);
        }
        Some(Self {
            digest: sha256(blob),
            entries,
            claims,
        })
    }

    /// The same folder as one that is no authority: every status is a proposal, and rules, rotations
    /// and profiles do not count. Its certificates are kept and no path finds them: they might give
    /// another life to a key that is trusted in one certificate only.
    #[must_use]
    pub fn as_proposals(mut self) -> Self {
        let below = |path: &[u8]| [PROPOSED, path].concat();
        self.entries.retain_mut(|entry| {
            if entry.map == Map::AnchorFiles as u8 {
                entry.map = Map::ProposedAnchorFiles as u8;
                entry.value = below(&entry.value);
                return true;
            }
            if entry.map == Map::Files as u8 && anchor_file(&entry.key).is_some() {
                entry.key = below(&entry.key);
                return true;
            }
            entry.map == Map::Certificates as u8
        });
        for claim in &mut self.claims {
            claim.status = Status::Proposed;
        }
        self
    }
}

/// `…/roots/<id>` or `shared/tsa/<id>`.
fn anchor_file(path: &[u8]) -> Option<(RootPlace, AnchorId)> {
    let text = str::from_utf8(path).ok()?;
    let (folder, id) = text.rsplit_once('/')?;
    let holds_keys = folder.ends_with("/roots") || folder == "shared/tsa";
    holds_keys.then_some((RootPlace::of(path)?, id.parse().ok()?))
}

fn claims_of(place: &RootPlace, anchor: &AnchorId, json: &[u8]) -> Option<Vec<Claim>> {
    let root: Root = serde_json::from_slice(json).ok()?;
    let (scope, purpose) = place.speaks_for();
    let claims = root.statuses.into_iter().map(|entry| Claim {
        anchor: anchor.clone(),
        scope: scope.clone(),
        purpose,
        status: entry.status,
        valid_from: entry.valid_from.start(),
        valid_from_is: entry.valid_from_is,
        recorded: Some(entry.recorded.start()),
        evidence: entry.evidence,
        says: entry.says,
    });
    Some(claims.collect())
}

impl FolderView {
    /// The folder under this view, taken apart.
    #[must_use]
    pub fn contents(&self) -> Option<Contents> {
        Contents::of(self.compiled())
    }
}
