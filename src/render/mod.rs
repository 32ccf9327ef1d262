//! Wording and output forms: the only place where sentences live.
//!
//! Everything that came from outside passes [`plain`] before it reaches a person.

mod announcements;
mod difference;
mod explain;
mod findings;
mod groups;
mod json;
mod junit;
mod next_step;
mod plain;
mod sarif;
mod show;
mod text;
mod wording;

pub use announcements::{PostLine, difference_text, post_json, post_text, posts_json, posts_text};
pub use explain::{explain_json, explain_markdown, explain_script, explain_text};
pub use groups::in_groups_of_four;
pub use json::{Run, check_json};
pub use junit::check_junit;
pub use plain::plain;
pub use sarif::check_sarif;
pub use show::{show_certificates, show_text};
pub use text::{Palette, check_text};
pub use wording::message;
