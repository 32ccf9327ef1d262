//! The local store: SQLite, and the only module that knows SQL.

mod announcements;
mod audit;
mod emit;
mod facts;
mod judgements;
mod open;
mod outbox;
mod pending;
mod people;
mod programme_roots;
mod programmes;
mod schedule;
mod silences;
pub mod sources;
mod teams;
mod trust;
mod values;
mod verdict_event;

pub use announcements::{AnnouncementId, Brought, Kept, Named, Origin, Revision, SearchPage};
pub use audit::{AuditEntry, AuditFault, AuditHead, AuditReport, Change, Deed, HeadTextError};
pub use emit::WatchSettings;
pub use facts::Reading;
pub use judgements::{ChangedTrust, ChangedVerdict, Event, Judged, Judgement};
pub use open::{Store, StoreError};
pub use outbox::{Attempt, Delivery, Failure, OutboxHealth, Outgoing, OutgoingEvent, Waiting};
pub use pending::PendingPost;
pub use people::{NewProposal, Person, Proposal, Word};
pub use programmes::{Addition, KeptSnapshot, Programmes};
pub use schedule::{Task, WatchedFile};
pub use silences::{KeptSilence, NewSilence};
pub use teams::{Agreement, DeclaredTeam, KeptSubscription, Role, Team, TeamAddress};
pub use trust::{
    AcceptedProgrammes, KnowledgeBounds, Loaded, Source, SourceKind, StoreKnowledge, StoredRecord,
};
