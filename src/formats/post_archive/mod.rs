//! Archived posts in files: JSON Lines as a crawler writes them, and mailboxes.

mod jsonl;
mod mailbox;

pub use jsonl::{LineFault, line};
pub use mailbox::mailbox;

use jiff::Timestamp;

/// A post as a file tells it. Empty text stands for what the file does not say.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ArchivedPost {
    /// Where it was found: a web address, or `mid:` and a Message-ID (RFC 2392).
    pub url: String,
    pub title: String,
    /// A display name: anybody can take any.
    pub author: String,
    /// The account's stable id on its host.
    pub author_id: String,
    pub published: Option<Timestamp>,
    /// As it came, markup and all.
    pub text: String,
}

/// An instant as posts write it: RFC 3339, a bare date or month (its first instant in UTC), RFC 2822.
fn instant(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let day = match text.len() {
        7 => format!("{text}-01"),
        _ => text.to_owned(),
    };
    if day.len() == 10 {
        let date = day.parse::<jiff::civil::Date>().ok()?;
        return Some(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp());
    }
    jiff::fmt::rfc2822::parse(text)
        .ok()
        .map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests;
