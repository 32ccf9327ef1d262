//! A view read from end to end, for people: every anchor with how it stands, every rule, every
//! rotation.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::folder_view::vendor_and_stem;
use super::record::{Scope, Standing};
use super::{Anchor, FolderView, NamedRotation, NamedRule, View as _};
use crate::domain::{AnchorId, Purpose};
use crate::formats::trust_folder::blob::Map;
use crate::formats::trust_folder::{Day, Root};

/// How one anchor stands for somebody, for one purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    pub anchor: Anchor,
    pub scope: Scope,
    pub purpose: Purpose,
    /// `None` when no record holds at that instant.
    pub standing: Option<Standing>,
    /// The key's own span, as its file states it.
    pub not_before: Option<Day>,
    pub not_after: Option<Day>,
}

impl FolderView {
    /// Whether a file of this name (its path in a folder without ending) counts here; what a folder
    /// without authority has of it does not.
    #[must_use]
    pub fn holds_file(&self, stem: &str) -> bool {
        !self.values(Map::Files, stem.as_bytes()).is_empty()
    }

    /// Every anchor, for everybody and for each vendor that some record speaks for, ordered by scope
    /// (everybody first), name and id. A shared root without any record stands for nobody.
    #[must_use]
    pub fn listing(&self, at: Timestamp) -> Vec<Listed> {
        let mut listed: Vec<Listed> = self
            .anchors()
            .iter()
            .flat_map(|id| self.listed(id, at))
            .collect();
        listed.sort_by(|one, other| {
            (&one.scope, one.purpose, &one.anchor.name, &one.anchor.id).cmp(&(
                &other.scope,
                other.purpose,
                &other.anchor.name,
                &other.anchor.id,
            ))
        });
        listed
    }

    /// One anchor's part of [`FolderView::listing`].
    #[must_use]
    pub fn listed(&self, id: &AnchorId, at: Timestamp) -> Vec<Listed> {
        let Some(anchor) = self.anchor(id) else {
            return vec![];
        };
        let records = self.records(id).unwrap_or_default();
        let mut places: BTreeSet<(Scope, Purpose)> = records
            .into_iter()
            .map(|record| (record.scope, record.purpose))
            .collect();
        if places.is_empty() {
            places.insert((Scope::Global, Purpose::CodeSigning));
        }
        let root = self.root(id);
        places
            .into_iter()
            .map(|(scope, purpose)| {
                let vendor = match &scope {
                    Scope::Global => None,
                    Scope::Vendor(slug) => Some(slug.as_str()),
                };
                Listed {
                    standing: self.status_at(id, vendor, purpose, at),
                    anchor: anchor.clone(),
                    scope,
                    purpose,
                    not_before: root.as_ref().and_then(|root| root.not_before),
                    not_after: root.as_ref().and_then(|root| root.not_after),
                }
            })
            .collect()
    }

    /// The file that describes a key itself, wherever it stands.
    #[must_use]
    pub fn root(&self, id: &AnchorId) -> Option<std::sync::Arc<Root>> {
        let files = self.root_files(id);
        let mut files = files.into_iter().filter_map(|(_, root)| root);
        files.find(|root| root.link.is_none())
    }

    /// Every signer rule, ordered by vendor and name.
    #[must_use]
    pub fn all_rules(&self) -> Vec<NamedRule> {
        self.paths("signers")
            .into_iter()
            .filter_map(|path| {
                let (vendor, name) = vendor_and_stem(&path)?;
                let rule = self.file(&self.rules, &path)?;
                Some(NamedRule { vendor, name, rule })
            })
            .filter(|named| self.claims_rule(named))
            .collect()
    }

    /// Every recorded rotation, ordered by vendor and name.
    #[must_use]
    pub fn all_rotations(&self) -> Vec<NamedRotation> {
        self.paths("rotations")
            .into_iter()
            .filter_map(|path| {
                let (vendor, name) = vendor_and_stem(&path)?;
                let rotation = self.file(&self.rotations, &path)?;
                Some(NamedRotation {
                    vendor,
                    name,
                    rotation,
                })
            })
            .filter(|named| self.claims_rotation(named))
            .collect()
    }

    /// The anchors whose id begins with, or whose name contains, what a person typed.
    #[must_use]
    pub fn anchors_named(&self, typed: &str) -> Vec<AnchorId> {
        let wanted = typed.trim().to_lowercase();
        let hex: String = wanted
            .chars()
            .filter(|c| !c.is_whitespace() && *c != ':')
            .collect();
        let anchors = self.anchors();
        let by_id: Vec<AnchorId> = anchors
            .iter()
            .filter(|id| {
                let text = id.to_string();
                let key = text.rsplit('-').next().unwrap_or_default();
                !hex.is_empty() && (text.starts_with(&hex) || key.starts_with(&hex))
            })
            .cloned()
            .collect();
        if !by_id.is_empty() {
            return by_id;
        }
        let named = |id: &AnchorId| {
            self.anchor(id)
                .is_some_and(|anchor| anchor.name.to_lowercase().contains(&wanted))
        };
        anchors
            .into_iter()
            .filter(|id| !wanted.is_empty() && named(id))
            .collect()
    }

    fn paths(&self, kind: &str) -> Vec<Vec<u8>> {
        self.keys(Map::Files, b"vendors/")
            .into_iter()
            .filter(|path| {
                let mut parts = path.split(|byte| *byte == b'/');
                parts.nth(2) == Some(kind.as_bytes())
            })
            .map(std::borrow::Cow::into_owned)
            .collect()
    }
}
