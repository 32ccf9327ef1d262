//! What this instance knows about trust: sources, what they say, since when we know.

mod knowledge;
mod load;
mod record;
mod source;

pub use knowledge::{KnowledgeBounds, StoreKnowledge};
pub use load::Loaded;
pub use record::StoredRecord;
pub use source::{Source, SourceKind};
