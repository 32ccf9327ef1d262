//! Judging known packages again, many at once: each by its facts alone, told in the order given.

use std::path::Path;

use jiff::Timestamp;
use rayon::prelude::*;

use crate::judge::context::Context;
use crate::judge::package::judge;
use crate::judge::path::{Profile, SignatureCache};
use crate::judge::report::PackageReport;
use crate::judge::trust::View;
use crate::store::{Judged, Store, StoreError};

/// The circumstances in which known packages are judged again.
#[derive(Clone, Copy)]
pub(super) struct Judging<'a> {
    /// The store's file; each thread reads it by a connection of its own.
    pub(super) path: &'a Path,
    pub(super) view: &'a dyn View,
    pub(super) profile: Profile,
    pub(super) now: Timestamp,
}

impl Judging<'_> {
    /// What `take` makes of each package and its report, in order; those whose facts are gone are
    /// left out.
    pub(super) fn each<'j, T: Send>(
        &self,
        packages: &'j [Judged],
        take: impl Fn(&'j Judged, &PackageReport) -> T + Sync,
    ) -> Result<Vec<T>, StoreError> {
        let cache = SignatureCache::new();
        // One piece for each thread: to open the store costs as much as to judge many packages.
        let piece = packages.len().div_ceil(rayon::current_num_threads()).max(1);
        let found: Vec<Vec<T>> = packages
            .par_chunks(piece)
            .map(|piece| {
                let store = Store::open_to_read(self.path)?;
                self.chunk(&store, piece, &cache, &take)
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(found.into_iter().flatten().collect())
    }

    fn chunk<'j, T>(
        &self,
        store: &Store,
        packages: &'j [Judged],
        cache: &SignatureCache,
        take: &impl Fn(&'j Judged, &PackageReport) -> T,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::with_capacity(packages.len());
        for one in packages {
            let Some(facts) = store.facts_of(one.reading)? else {
                continue;
            };
            let context = Context {
                view: self.view,
                at: self.now,
                profile: self.profile,
                vendor: one.expected_vendor.as_deref(),
                product: one.expected_product.as_deref(),
                witnessed: store.first_seen(&facts)?.filter(|seen| *seen <= self.now),
                cache: Some(cache),
            };
            found.push(take(one, &judge(&one.file, &facts, &context)));
        }
        Ok(found)
    }
}
