//! The lists at hand, by who issued them.

use std::collections::BTreeMap;

use crate::formats::crl::RevocationList;
use crate::formats::limits;
use crate::formats::x509::Name;

/// Revocation lists, each once.
#[derive(Debug, Default)]
pub struct RevocationLists {
    lists: Vec<RevocationList>,
    by_issuer: BTreeMap<Vec<u8>, Vec<usize>>,
}

impl RevocationLists {
    #[must_use]
    pub fn new(lists: impl IntoIterator<Item = RevocationList>) -> Self {
        let mut all: Vec<RevocationList> = lists.into_iter().collect();
        // Newest first, and the order in which they came never matters.
        all.sort_by_key(|list| (std::cmp::Reverse(list.this_update()), list.sha256()));
        all.dedup_by_key(|list| list.sha256());
        let mut by_issuer: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
        for (index, list) in all.iter().enumerate() {
            let name = list.issuer().canonical().to_vec();
            by_issuer.entry(name).or_default().push(index);
        }
        Self {
            lists: all,
            by_issuer,
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lists.is_empty()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.lists.len()
    }

    /// The lists of one issuer, newest first.
    pub(super) fn of(&self, issuer: &Name) -> impl Iterator<Item = &RevocationList> {
        self.by_issuer
            .get(issuer.canonical())
            .into_iter()
            .flatten()
            .take(limits::REVOCATION_CANDIDATES)
            .filter_map(|index| self.lists.get(*index))
    }
}
