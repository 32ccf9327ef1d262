//! What this instance knows about trust: sources, what they say, since when we know.

mod knowledge;
mod load;
mod record;
mod source;

pub use knowledge::{AcceptedProgrammes, KnowledgeBounds, StoreKnowledge};
pub use load::Loaded;
pub use record::StoredRecord;
pub(in crate::store) use record::record_id;
pub use source::{Source, SourceKind};
