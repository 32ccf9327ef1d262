//! A feed, read.

use jiff::Timestamp;

use super::identity::Basis;
use super::repair::Repairs;
use super::schedule::Schedule;
use crate::domain::Sha256;

/// What dialect a document is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FeedKind {
    Rss2,
    /// 0.91 to 0.94, and roots without a version.
    Rss09,
    /// RDF, 0.90.
    Rss090,
    /// RDF, 1.0 and 1.1.
    Rss1,
    Atom,
    Atom03,
    JsonFeed,
    /// Channel Definition Format.
    Cdf,
}

impl FeedKind {
    /// The stable name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Rss2 => "rss-2.0",
            Self::Rss09 => "rss-0.9x",
            Self::Rss090 => "rss-0.90",
            Self::Rss1 => "rss-1.0",
            Self::Atom => "atom-1.0",
            Self::Atom03 => "atom-0.3",
            Self::JsonFeed => "json-feed",
            Self::Cdf => "cdf",
        }
    }
}

/// A feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    pub kind: FeedKind,
    /// The encoding that was used, by its WHATWG name.
    pub encoding: &'static str,
    pub id: Option<String>,
    pub title: Option<Text>,
    pub links: Vec<Link>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    /// How often the publisher wants to be asked.
    pub schedule: Schedule,
    /// In the order of the document.
    pub entries: Vec<Entry>,
    /// What [`Entry::key`] was made of.
    pub basis: Basis,
    pub repairs: Repairs,
}

/// An entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Names the entry in its feed, the same at every visit; see [`super::identity`].
    pub key: String,
    /// The identifier as stated.
    pub id: Option<String>,
    pub title: Option<Text>,
    /// Absolute where they could be made so; in the order of the document.
    pub links: Vec<Link>,
    pub published: Option<Timestamp>,
    pub updated: Option<Timestamp>,
    pub summary: Option<Text>,
    pub content: Option<Text>,
    pub authors: Vec<Author>,
    /// The document ended somewhere behind the beginning of this entry: what is here may be half of
    /// it, and its key another than that of the whole.
    pub cut_off: bool,
    /// Changes when title, summary or content do, not when only answers are counted.
    pub revision: Sha256,
}

impl Entry {
    /// The address of the entry itself.
    #[must_use]
    pub fn link(&self) -> Option<&str> {
        self.links
            .iter()
            .find(|link| link.rel == "alternate")
            .map(|link| link.href.as_str())
    }
}

/// Text from outside, of either kind. It reaches a person only through `render::plain`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    pub html: bool,
    pub text: String,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    /// `alternate` where none is stated.
    pub rel: String,
    pub media_type: Option<String>,
}

/// Who is said to have written an entry; anybody can say anything here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub name: String,
    pub uri: Option<String>,
}
