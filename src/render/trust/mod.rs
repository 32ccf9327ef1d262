//! Trust told to people and machines: tables, timelines, differences.

mod difference;
mod expiring;
mod history;
mod list;
mod show;
pub(super) mod table;

pub use difference::{difference_json, difference_text};
pub use expiring::{expiring_json, expiring_text};
pub use history::{history_json, history_text};
pub use list::{list_json, list_text};
pub use show::{ShownAnchor, show_anchor_json, show_anchor_text};

use jiff::Timestamp;
use serde_json::Value;

use super::plain::plain_json;
use crate::domain::Status;
use crate::formats::trust_folder::ValidFromIs;
use crate::judge::trust::{Origin, Scope};

fn document(value: &Value) -> String {
    plain_json(&format!("{value:#}\n"))
}

fn day(instant: Timestamp) -> String {
    instant.strftime("%F").to_string()
}

fn whom(scope: &Scope) -> &str {
    match scope {
        Scope::Global => "everybody",
        Scope::Vendor(slug) => slug,
    }
}

fn vendor(scope: &Scope) -> Option<&str> {
    match scope {
        Scope::Global => None,
        Scope::Vendor(slug) => Some(slug),
    }
}

fn word(status: Option<Status>) -> &'static str {
    status.map_or("none", Status::word)
}

fn ground(ground: ValidFromIs) -> &'static str {
    match ground {
        ValidFromIs::Stated => "stated",
        ValidFromIs::Observed => "observed",
    }
}

fn origin(origin: Origin) -> &'static str {
    match origin {
        Origin::Folder => "folder",
        Origin::Proposals => "proposals",
        Origin::Import => "import",
        Origin::Person => "person",
    }
}
