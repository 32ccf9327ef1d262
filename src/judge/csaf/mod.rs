//! What is to be thought of CSAF documents, and of the provider that hands them out.

pub mod conformance;
mod history;
pub mod plan;
mod report;
mod rotation;
mod standing;

pub use history::{KeyFault, KeyFile, KeyHistory, Listing, Sight};
pub use report::{DocumentFiles, DocumentReport, document_report, history_findings};
pub use rotation::{KeyRotation, RotationKind, Step, rotations};
pub use standing::{Fetched, KeyStanding, SignatureStanding, signed_by_both, standings};
