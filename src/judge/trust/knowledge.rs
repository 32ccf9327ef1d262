//! What this instance learnt over time, as the view asks for it; the store answers.

use std::sync::Arc;

use super::record::KnownRecord;
use crate::domain::AnchorId;
use crate::formats::trust_folder::blob::Map;
use crate::judge::posted::{Naming, Post};

/// What one instance knew at one time, besides a compiled folder: everything in the form of entries
/// of such a folder's maps, and status records.
///
/// Certificates have their SHA-256 where the folder has numbers. Look-ups that fail find nothing;
/// only for records, among which may be a distrust, does failure differ from absence.
pub trait Knowledge: Send + Sync + std::fmt::Debug {
    /// Every value under a key, oldest knowledge first.
    fn values(&self, map: Map, key: &[u8]) -> Vec<Vec<u8>>;

    /// The keys of a map that begin with `prefix`, sorted, each once.
    fn keys(&self, map: Map, prefix: &[u8]) -> Vec<Vec<u8>>;

    /// Every record of an anchor, oldest knowledge first; `None` when they cannot be read.
    fn records(&self, anchor: &AnchorId) -> Option<Vec<KnownRecord>>;

    /// As [`View::posts_naming`](super::View::posts_naming).
    fn posts_naming(&self, values: &[String]) -> Vec<Naming>;

    /// As [`View::post`](super::View::post).
    fn post(&self, id: &str) -> Option<Arc<Post>>;

    /// Whether [`Knowledge::records`] has what the folder under it says, so that the folder's own
    /// timelines must not be counted again.
    fn includes_folder(&self) -> bool;
}
