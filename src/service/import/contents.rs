//! What was in a programme's lists on a day.

use jiff::Timestamp;

use crate::judge::programme::{ProgrammeContents, completed};
use crate::store::{Store, StoreError};

/// Each list of a programme as it was last seen at `at` or before, by what the store knew at
/// `known_at`. No list when nothing was seen by then.
///
/// # Errors
/// When SQLite fails, or a row is not as it was written.
pub fn contents(
    store: &Store,
    programme: &str,
    at: Timestamp,
    known_at: Timestamp,
) -> Result<ProgrammeContents, StoreError> {
    let programmes = store.programmes();
    let mut lists = vec![];
    for list in programmes.lists(programme)? {
        let kept = programmes.snapshot_on(programme, list, at, known_at)?;
        if let Some(kept) = kept {
            let known = programmes.known(std::slice::from_ref(&kept))?;
            lists.push((kept.seen, completed(&kept.snapshot, &known)));
        }
    }
    Ok(ProgrammeContents {
        programme: programme.to_owned(),
        at,
        lists,
    })
}
