//! Judging again what posts touch that came since the last time.

use std::path::Path;

use jiff::Timestamp;

use super::again::{Reevaluation, changed};
use super::judging::Judging;
use super::told;
use crate::domain::Verdict;
use crate::judge::dependency::of_posted;
use crate::judge::path::Profile;
use crate::judge::trust::View;
use crate::store::{ChangedVerdict, Store, StoreError};

/// How many posts are followed up at once.
const POSTS: u32 = 500;

/// Judges packages again whose key posts name that came since the last time, or that were changed. The
/// view must have been made after they came. Cut off, it begins again with the posts that are left.
///
/// # Errors
/// When the store cannot be read or written.
pub fn relink(
    path: &Path,
    store: &mut Store,
    view: &dyn View,
    profile: Profile,
    now: Timestamp,
) -> Result<Reevaluation, StoreError> {
    let judging = Judging {
        path,
        view,
        profile,
        now,
    };
    let mut all = Reevaluation::default();
    loop {
        let posts = store.pending_posts(POSTS)?;
        if posts.is_empty() {
            return Ok(all);
        }
        let mut keys: Vec<_> = store
            .identities_of(&posts)?
            .iter()
            .flat_map(|value| of_posted(value))
            .collect();
        keys.sort();
        keys.dedup();
        let mut readings = store.judged_by(&keys)?;
        // What a post says moves no other verdict.
        readings.retain(|one| is_in_doubt(&one.verdict));
        let found = judging.each(&readings, changed)?;
        let found: Vec<ChangedVerdict> = found.into_iter().flatten().collect();
        store.explained_again(&found, now)?;
        store.posts_followed_up(&posts)?;
        all.touched += readings.len();
        all.changed.extend(found);
    }
}

fn is_in_doubt(verdict: &str) -> bool {
    [Verdict::Unanchored.word(), told(Verdict::Explained)].contains(&verdict)
}
