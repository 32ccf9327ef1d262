//! Sources in the store: what is asked and when, what each named, what every host answered, and the
//! copies of files that posts point at.

mod csaf;
mod entries;
mod files;
mod ledger;
mod list;
mod retention;
mod visits;

pub use csaf::{CsafDocument, CsafList, CsafProgress};
pub use entries::KnownEntry;
pub use files::{CapturedFile, CapturedSight};
pub use ledger::Asked;
pub use list::{NewSource, Source, SourceValidators, Synced};
pub use retention::{Forgotten, Quota};
pub use visits::{PostKept, Standing, VisitKept, VisitRecord};
