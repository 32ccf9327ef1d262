//! Feeds as real sites serve them: RSS of every version, Atom, JSON Feed.
//!
//! A front before feed-rs. Bytes become text ([`encoding`]), text becomes well-formed XML
//! ([`lexical`]), a bounded tree ([`tree`]), and from the dialect at hand flat Atom ([`rss`],
//! [`atom`], [`json`]), which feed-rs reads without loss. Every mending is listed ([`Repair`]).
//! Entries have an identity of their own ([`identity`]), and a page that stands where a feed should
//! is named ([`FeedError`]).

mod assemble;
mod atom;
mod atom_text;
mod base;
mod date;
mod discovery;
mod encoding;
mod entity;
mod entity_names;
mod error;
pub mod identity;
mod json;
mod lexical;
mod markup;
mod model;
mod namespace;
mod opml;
mod page;
mod repair;
mod revision;
mod rss;
mod schedule;
mod tag;
mod tree;

use std::borrow::Cow;
use std::io::Read as _;

pub use discovery::{feed_links, feeds_by_address};
pub use error::FeedError;
pub use model::{Author, Entry, Feed, FeedKind, Link, Text};
pub use opml::{Outline, read_opml, write_opml};
pub use page::Page;
pub use repair::{Repair, Repairs};
pub use schedule::Schedule;

use crate::formats::limits;
use atom_text::AtomText;
use base::Base;
use tree::Element;

/// A document as it was served.
#[derive(Debug, Clone, Copy)]
pub struct Served<'a> {
    pub body: &'a [u8],
    /// The parameter `charset` of the header `Content-Type`.
    pub charset: Option<&'a str>,
    /// Where it came from, for relative addresses.
    pub address: Option<&'a str>,
}

/// Reads a feed.
///
/// # Errors
/// [`FeedError`]: what the bytes are instead.
pub fn read(served: &Served<'_>) -> Result<Feed, FeedError> {
    let mut repairs = Repairs::default();
    let body = unpacked(served.body, &mut repairs)?;
    let decoded = encoding::decode(&body, served.charset, &mut repairs);
    let text = decoded
        .text
        .trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\0'));
    if text.is_empty() {
        return Err(FeedError::Empty);
    }
    let base = Base::new(served.address);
    let mut translated = AtomText::new();
    let mut front = assemble::Front {
        kind: FeedKind::JsonFeed,
        encoding: decoded.encoding,
        schedule: Schedule::default(),
        published: None,
    };
    if text.starts_with('{') {
        json::translate(text, &base, &mut translated, &mut repairs)
            .map_err(|error| FeedError::BrokenJson {
                line: error.line(),
                column: error.column(),
            })?
            .ok_or(FeedError::OtherJson)?;
    } else {
        let clean = lexical::clean(text, &mut repairs);
        let root = tree::build(&clean.text, &mut repairs).ok_or_else(|| rootless(text, &clean))?;
        drop(clean);
        front.kind = kind(&root, text, &mut repairs)?;
        if matches!(front.kind, FeedKind::Atom | FeedKind::Atom03) {
            atom::translate(&root, &base, &mut translated, &mut repairs);
        } else {
            rss::translate(&root, &base, &mut translated, &mut repairs);
            front.schedule = Schedule::read(&root);
            front.published = rss::published(&root);
        }
    }
    assemble::assemble(&translated.finish(), front, repairs)
}

/// A web page as text, with its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebPage {
    pub name: Page,
    pub text: String,
}

/// Reads what is no feed: by the same rules for its encoding. `charset` is the parameter of the
/// header `Content-Type`.
#[must_use]
pub fn web_page(body: &[u8], charset: Option<&str>) -> WebPage {
    let mut repairs = Repairs::default();
    let text = encoding::decode(body, charset, &mut repairs)
        .text
        .into_owned();
    WebPage {
        name: page::page(&text),
        text,
    }
}

/// The body, unpacked when it is gzip that nobody declared.
fn unpacked<'a>(body: &'a [u8], repairs: &mut Repairs) -> Result<Cow<'a, [u8]>, FeedError> {
    let limit = limits::FEED;
    if body.len() > limit {
        return Err(FeedError::TooLarge { limit });
    }
    if !body.starts_with(&[0x1f, 0x8b, 8]) {
        return Ok(body.into());
    }
    repairs.note(Repair::Compressed);
    let mut whole = vec![];
    let taken = flate2::read::MultiGzDecoder::new(body)
        .take(limit as u64 + 1)
        .read_to_end(&mut whole);
    match taken {
        Ok(_) if whole.len() > limit => Err(FeedError::TooLarge { limit }),
        Ok(_) => Ok(whole.into()),
        // What came out before the fault is worth reading.
        Err(_) if !whole.is_empty() => {
            repairs.note(Repair::CutOff);
            Ok(whole.into())
        }
        Err(_) => Err(FeedError::Packed),
    }
}

/// The dialect, by the root element.
fn kind(root: &Element, text: &str, repairs: &mut Repairs) -> Result<FeedKind, FeedError> {
    let version = root.attribute("version").map(str::trim);
    let lower = root.name.to_ascii_lowercase();
    let kind = match lower.as_str() {
        "feed" | "entry" if atom::is_03(root) => FeedKind::Atom03,
        "feed" | "entry" => FeedKind::Atom,
        "rss" => match version {
            Some("2.0") => FeedKind::Rss2,
            Some("0.91" | "0.92" | "0.93" | "0.94") => FeedKind::Rss09,
            None | Some("") => {
                repairs.note(Repair::MissingVersion);
                FeedKind::Rss2
            }
            Some(version) => {
                repairs.note(Repair::UnknownVersion);
                if version.starts_with("0.") {
                    FeedKind::Rss09
                } else {
                    FeedKind::Rss2
                }
            }
        },
        "rdf" => {
            let old = root
                .attributes
                .iter()
                .any(|(_, value)| value.contains("netscape.com/rdf/simple/0.9"));
            if old {
                FeedKind::Rss090
            } else {
                FeedKind::Rss1
            }
        }
        "channel" => FeedKind::Cdf,
        "html" | "head" | "body" => return Err(named(page::page(text))),
        _ => {
            return Err(FeedError::OtherXml {
                root: root.name.chars().take(64).collect(),
            });
        }
    };
    let usual = match lower.as_str() {
        "rdf" => "RDF",
        "channel" => root.name.as_str(),
        other => other,
    };
    if root.name != usual {
        repairs.note(Repair::RootName);
    }
    Ok(kind)
}

/// What a document without any element is.
fn rootless(text: &str, clean: &lexical::Clean) -> FeedError {
    let html = clean
        .doctype
        .as_deref()
        .is_some_and(|doctype| doctype.eq_ignore_ascii_case("html"));
    if html {
        named(page::page(text))
    } else if text.starts_with('<') {
        FeedError::Empty
    } else {
        FeedError::Unknown
    }
}

fn named(page: Page) -> FeedError {
    match page.challenge {
        Some(guard) => FeedError::Challenge { guard, page },
        None => FeedError::WebPage(page),
    }
}

#[cfg(test)]
mod tests;
