//! Wording and output forms: the only place where sentences live.
//!
//! Everything that came from outside passes [`plain`] before it reaches a person.

mod advisory_wording;
mod announcements;
mod content_wording;
mod continuity;
mod csaf;
mod difference;
mod explain;
mod findings;
mod formats;
mod groups;
mod json;
mod junit;
mod next_step;
mod openpgp;
mod path_checks;
mod plain;
mod programme;
mod sarif;
mod show;
mod sources;
mod text;
pub mod trust;
pub mod watch;
mod wording;

pub use announcements::{PostLine, difference_text, post_json, post_text, posts_json, posts_text};
pub use continuity::continuity;
pub use csaf::{csaf_json, csaf_text};
pub use explain::{explain_json, explain_markdown, explain_script, explain_text};
pub use formats::{formats_json, formats_text};
pub use groups::in_groups_of_four;
pub use json::{Run, check_json};
pub use junit::check_junit;
pub use path_checks::path_check_mend;
pub use plain::{plain, plain_json};
pub use programme::{contents_json, contents_text, import_json, import_text};
pub use sarif::check_sarif;
pub use show::{show_certificates, show_text};
pub use sources::{
    AskedLine, SourceLine, TrialLine, VisitLine, ledger_json, ledger_text, poll_json, poll_text,
    sources_json, sources_text, trial_json, trial_text,
};
pub use text::{Palette, check_text};
pub use wording::message;
