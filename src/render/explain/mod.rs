//! The reports of `explain`: for a terminal, a machine, a ticket and a telephone.

mod json;
mod markdown;
mod script;
mod text;
mod words;

pub use json::explain_json;
pub use markdown::explain_markdown;
pub use script::explain_script;
pub use text::explain_text;
