//! Knowledge that answers each question once: a snapshot does not change, and looking up costs.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::knowledge::Knowledge;
use super::listing::{Listing, RootName};
use super::record::KnownRecord;
use crate::domain::{AnchorId, ListedKey};
use crate::formats::limits;
use crate::formats::trust_folder::blob::Map;
use crate::judge::posted::{Naming, Post};

type Answers = Mutex<BTreeMap<(u8, Vec<u8>), Vec<Vec<u8>>>>;

/// Remembers what `inner` answered. Records are remembered by the view itself.
#[derive(Debug)]
pub(super) struct AskedOnce {
    inner: Box<dyn Knowledge>,
    values: Answers,
    keys: Answers,
}

impl AskedOnce {
    pub(super) fn new(inner: Box<dyn Knowledge>) -> Self {
        Self {
            inner,
            values: Answers::default(),
            keys: Answers::default(),
        }
    }
}

impl Knowledge for AskedOnce {
    fn values(&self, map: Map, key: &[u8]) -> Vec<Vec<u8>> {
        remembered(&self.values, map, key, || self.inner.values(map, key))
    }

    fn keys(&self, map: Map, prefix: &[u8]) -> Vec<Vec<u8>> {
        remembered(&self.keys, map, prefix, || self.inner.keys(map, prefix))
    }

    fn records(&self, anchor: &AnchorId) -> Option<Vec<KnownRecord>> {
        self.inner.records(anchor)
    }

    fn posts_naming(&self, values: &[String]) -> Vec<Naming> {
        self.inner.posts_naming(values)
    }

    fn post(&self, id: &str) -> Option<Arc<Post>> {
        self.inner.post(id)
    }

    fn has_programmes(&self) -> bool {
        self.inner.has_programmes()
    }

    fn programme_roots(&self, name: RootName<'_>) -> Vec<Vec<u8>> {
        self.inner.programme_roots(name)
    }

    fn listings(&self, names: &[ListedKey], at: Timestamp) -> Option<Vec<Listing>> {
        self.inner.listings(names, at)
    }

    fn listings_of_all_days(&self, names: &[ListedKey]) -> Vec<Listing> {
        self.inner.listings_of_all_days(names)
    }

    fn accepts(&self, programme: &str) -> bool {
        self.inner.accepts(programme)
    }

    fn applies_distrust_of(&self, programme: &str) -> bool {
        self.inner.applies_distrust_of(programme)
    }

    fn includes_folder(&self) -> bool {
        self.inner.includes_folder()
    }
}

fn remembered(
    answers: &Answers,
    map: Map,
    key: &[u8],
    ask: impl FnOnce() -> Vec<Vec<u8>>,
) -> Vec<Vec<u8>> {
    let asked = (map as u8, key.to_vec());
    let known = answers.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = known.get(&asked) {
        return answer.clone();
    }
    // Not held while asking: another thread may have the same question, and finds the same.
    drop(known);
    let answer = ask();
    let mut known = answers.lock().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= limits::REMEMBERED_ANSWERS {
        known.clear();
    }
    known.insert(asked, answer.clone());
    answer
}
