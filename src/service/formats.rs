//! The use case `formats`: what can be judged, and what cannot.

use super::check::judged_formats;
use crate::formats::unread;
use crate::judge::report::FormatLine;

/// What is judged, in the order in which it is tried; then what is recognised and cannot be.
#[must_use]
pub fn formats() -> Vec<FormatLine> {
    let unread = unread::names().into_iter().map(|name| FormatLine {
        name,
        signatures: None,
        endings: &[],
    });
    judged_formats().chain(unread).collect()
}
