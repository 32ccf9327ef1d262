//! What this instance learnt over time, as the view asks for it; the store answers.

use std::sync::Arc;

use jiff::Timestamp;

use super::listing::{Listing, RootName};
use super::record::KnownRecord;
use crate::domain::{AnchorId, ListedKey};
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

    /// Whether any programme counts here, so that it is worth asking for them.
    fn has_programmes(&self) -> bool;

    /// The certificates (DER) under a name that lists of root programmes held; looked for only where
    /// some programme is accepted.
    fn programme_roots(&self, name: RootName<'_>) -> Vec<Vec<u8>>;

    /// How the lists of programmes that count here in any way, as last seen at `at`, stand to whatever bears one of
    /// these names; `None` when they cannot be read.
    fn listings(&self, names: &[ListedKey], at: Timestamp) -> Option<Vec<Listing>>;

    /// Every state that accepted programmes' lists ever gave to whatever bears one of these names.
    /// Of each, one listing; nothing when they cannot be read.
    fn listings_of_all_days(&self, names: &[ListedKey]) -> Vec<Listing>;

    /// Whether a programme's roots may end a path here.
    fn accepts(&self, programme: &str) -> bool;

    /// Whether a programme's distrust, by a list that is signed, condemns here.
    fn applies_distrust_of(&self, programme: &str) -> bool;

    /// Whether [`Knowledge::records`] has what the folder under it says, so that the folder's own
    /// timelines must not be counted again.
    fn includes_folder(&self) -> bool;
}
