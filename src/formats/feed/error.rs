//! Why bytes are no feed.

use super::page::Page;

/// Why bytes are no feed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FeedError {
    #[error("nothing but white space")]
    Empty,
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("packed, and it cannot be unpacked")]
    Packed,
    #[error("a web page{}", titled(.0))]
    WebPage(Page),
    #[error("a challenge of {guard} instead of the feed")]
    Challenge { guard: &'static str, page: Page },
    #[error("an XML document with the root `{root}`")]
    OtherXml { root: String },
    #[error("JSON, but no feed")]
    OtherJson,
    #[error("broken JSON at line {line}, column {column}")]
    BrokenJson { line: usize, column: usize },
    #[error("neither XML nor JSON")]
    Unknown,
    /// The translation was not understood: a fault of ours.
    #[error("the feed was not understood: {0}")]
    Library(String),
}

impl FeedError {
    /// What to do about it, where that can be said.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::WebPage(_) => Some("look for the address of the feed on that page"),
            Self::Challenge { .. } => Some("ask the site's owner to let feed readers through"),
            Self::TooLarge { .. } => Some("ask the site for a shorter feed"),
            Self::Empty
            | Self::Packed
            | Self::OtherXml { .. }
            | Self::OtherJson
            | Self::BrokenJson { .. }
            | Self::Unknown
            | Self::Library(_) => None,
        }
    }
}

fn titled(page: &Page) -> String {
    page.title
        .as_ref()
        .map(|title| format!(" titled `{title}`"))
        .unwrap_or_default()
}
