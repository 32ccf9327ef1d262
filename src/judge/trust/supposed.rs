//! Knowledge to which a change is added that nobody made yet: what would be, by the same rules.

use jiff::Timestamp;
use std::sync::Arc;

use super::FolderView;
use super::knowledge::Knowledge;
use super::listing::{Listing, RootName};
use super::record::{KnownRecord, Record};
use crate::domain::{AnchorId, ListedKey, RecordId};
use crate::formats::trust_folder::blob::Map;
use crate::judge::posted::{Naming, Post};

/// What is known, and records as if they were learnt last.
#[derive(Debug)]
struct Supposed {
    /// `None` where nothing was learnt besides the folder.
    inner: Option<Box<dyn Knowledge>>,
    records: Vec<Record>,
}

impl FolderView {
    /// With records as if this instance had just learnt them: what would be, before anybody makes
    /// the change.
    #[must_use]
    pub fn supposing(self, records: Vec<Record>) -> Self {
        let knowledge = Supposed {
            inner: self.knowledge,
            records,
        };
        // Another view: nothing that this one remembers holds for it.
        let mut view = Self::over(self.blob);
        view.known_at = self.known_at;
        view.knowledge = Some(Box::new(knowledge));
        view
    }
}

impl Knowledge for Supposed {
    fn values(&self, map: Map, key: &[u8]) -> Vec<Vec<u8>> {
        let inner = self.inner.as_ref();
        inner.map_or_else(Vec::new, |inner| inner.values(map, key))
    }

    fn keys(&self, map: Map, prefix: &[u8]) -> Vec<Vec<u8>> {
        let inner = self.inner.as_ref();
        inner.map_or_else(Vec::new, |inner| inner.keys(map, prefix))
    }

    fn records(&self, anchor: &AnchorId) -> Option<Vec<KnownRecord>> {
        let mut known = match &self.inner {
            Some(inner) => inner.records(anchor)?,
            None => vec![],
        };
        let supposed = self.records.iter().filter(|one| one.anchor == *anchor);
        known.extend(supposed.map(|record| KnownRecord {
            // Nothing takes it back, so that its id is never asked for.
            id: RecordId(u128::MAX),
            withdraws: None,
            record: Some(record.clone()),
        }));
        Some(known)
    }

    fn posts_naming(&self, values: &[String]) -> Vec<Naming> {
        let inner = self.inner.as_ref();
        inner.map_or_else(Vec::new, |inner| inner.posts_naming(values))
    }

    fn post(&self, id: &str) -> Option<Arc<Post>> {
        self.inner.as_ref()?.post(id)
    }

    fn has_programmes(&self) -> bool {
        self.inner
            .as_ref()
            .is_some_and(|inner| inner.has_programmes())
    }

    fn programme_roots(&self, name: RootName<'_>) -> Vec<Vec<u8>> {
        let inner = self.inner.as_ref();
        inner.map_or_else(Vec::new, |inner| inner.programme_roots(name))
    }

    fn listings(&self, names: &[ListedKey], at: Timestamp) -> Option<Vec<Listing>> {
        match &self.inner {
            Some(inner) => inner.listings(names, at),
            None => Some(vec![]),
        }
    }

    fn listings_of_all_days(&self, names: &[ListedKey]) -> Vec<Listing> {
        let inner = self.inner.as_ref();
        inner.map_or_else(Vec::new, |inner| inner.listings_of_all_days(names))
    }

    fn accepts(&self, programme: &str) -> bool {
        self.inner
            .as_ref()
            .is_some_and(|inner| inner.accepts(programme))
    }

    fn applies_distrust_of(&self, programme: &str) -> bool {
        self.inner
            .as_ref()
            .is_some_and(|inner| inner.applies_distrust_of(programme))
    }

    fn includes_folder(&self) -> bool {
        self.inner
            .as_ref()
            .is_some_and(|inner| inner.includes_folder())
    }
}
