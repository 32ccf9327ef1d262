//! JSON Feed 1.0 and 1.1, translated.
//!
//! Fields of the wrong type are left out instead of losing the feed, and what is not kept is not
//! built either.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::atom;
use super::atom_text::AtomText;
use super::base::Base;
use super::markup::Markup;
use super::repair::{Repair, Repairs};
use crate::formats::limits;

/// How the versions that are known begin.
const VERSION: &str = "https://jsonfeed.org/version/1";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct JsonFeed {
    version: Text,
    title: Text,
    description: Text,
    home_page_url: Text,
    feed_url: Text,
    items: Option<Few<Item, { limits::FEED_ENTRIES }>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    id: Text,
    url: Text,
    external_url: Text,
    title: Text,
    content_html: Text,
    content_text: Text,
    summary: Text,
    date_published: Text,
    date_modified: Text,
    author: Option<Few<Author, 1>>,
    authors: Option<Few<Author, { limits::FEED_LINKS }>>,
    attachments: Option<Few<Attachment, { limits::FEED_LINKS }>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Author {
    name: Text,
    url: Text,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Attachment {
    url: Text,
    mime_type: Text,
}

/// Translates a document; `None` when it is JSON and no feed.
///
/// # Errors
/// What the JSON reader says.
pub(super) fn translate(
    text: &str,
    base: &Base,
    into: &mut AtomText,
    repairs: &mut Repairs,
) -> Result<Option<()>, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let feed = JsonFeed::deserialize(&mut reader)?;
    if reader.end().is_err() {
        repairs.note(Repair::TrailingContent);
    }
    let Some(items) = feed.items else {
        return Ok(None);
    };
    match &feed.version.0 {
        None => repairs.note(Repair::MissingVersion),
        Some(version) if !version.starts_with(VERSION) => repairs.note(Repair::UnknownVersion),
        Some(_) => {}
    }
    if items.more {
        repairs.note(Repair::TooManyEntries);
    }
    for wrong in [
        &feed.title,
        &feed.home_page_url,
        &feed.feed_url,
        &feed.description,
    ] {
        wrong.check(repairs);
    }
    plain(into, "title", &feed.title);
    plain(into, "subtitle", &feed.description);
    address(into, base, &feed.home_page_url, "alternate");
    address(into, base, &feed.feed_url, "self");
    for item in items.kept {
        entry(&item, base, into, repairs);
    }
    Ok(Some(()))
}

fn entry(item: &Item, base: &Base, into: &mut AtomText, repairs: &mut Repairs) {
    into.begin_entry();
    for wrong in [&item.id, &item.url, &item.title, &item.date_published] {
        wrong.check(repairs);
    }
    if let Some(id) = item.id.value() {
        into.id(id);
    }
    plain(into, "title", &item.title);
    address(into, base, &item.url, "alternate");
    address(into, base, &item.external_url, "related");
    for (date, name) in [
        (&item.date_published, "published"),
        (&item.date_modified, "updated"),
    ] {
        let mut texts = date.value().map(str::to_owned).into_iter();
        atom::date(&mut texts, name, into, repairs);
    }
    plain(into, "summary", &item.summary);
    match (item.content_html.value(), item.content_text.value()) {
        (Some(html), _) => into.markup("content", &Markup::html(html)),
        (None, Some(text)) => into.markup("content", &Markup::plain(text)),
        (None, None) => {}
    }
    let authors = item.authors.iter().flat_map(|authors| &authors.kept);
    let author = item.author.iter().flat_map(|author| &author.kept);
    for author in authors.chain(author) {
        let uri = author.url.value().and_then(|url| base.resolve(url));
        if let Some(name) = author.name.value() {
            into.author(name, uri.as_deref());
        }
    }
    for attachment in item.attachments.iter().flat_map(|all| &all.kept) {
        if let Some(href) = attachment.url.value().and_then(|url| base.resolve(url)) {
            into.link(&href, "enclosure", attachment.mime_type.value());
        }
    }
    into.end_entry();
}

fn plain(into: &mut AtomText, name: &str, text: &Text) {
    if let Some(text) = text.value() {
        into.markup(name, &Markup::plain(text));
    }
}

fn address(into: &mut AtomText, base: &Base, text: &Text, rel: &str) {
    if let Some(href) = text.value().and_then(|href| base.resolve(href)) {
        into.link(&href, rel, None);
    }
}

/// A string, or a number written down; `false` beside it when it was something else.
#[derive(Debug, Default)]
struct Text(Option<String>, bool);

impl Text {
    fn value(&self) -> Option<&str> {
        self.0
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
    }

    fn check(&self, repairs: &mut Repairs) {
        if self.1 {
            repairs.note(Repair::JsonField);
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Text, E> {
        let text = text
            .chars()
            .filter(|c| super::entity::allowed(*c))
            .collect();
        Ok(Text(Some(text), false))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string()), true))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string()), true))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Text, E> {
        Ok(Text(Some(number.to_string()), true))
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Text, E> {
        Ok(Text(None, true))
    }

    fn visit_unit<E: Error>(self) -> Result<Text, E> {
        Ok(Text(None, false))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Text, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Text(None, true))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Text, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Text(None, true))
    }
}

/// The first `N` of a list; anything but a list is a list of one, as far as it can be.
#[derive(Debug)]
struct Few<T, const N: usize> {
    kept: Vec<T>,
    more: bool,
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for Few<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(FewVisitor::<T, N>(PhantomData))
    }
}

struct FewVisitor<T, const N: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for FewVisitor<T, N> {
    type Value = Few<T, N>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of objects")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut few = Few {
            kept: vec![],
            more: false,
        };
        while few.kept.len() < N {
            match items.next_element::<T>()? {
                Some(item) => few.kept.push(item),
                None => return Ok(few),
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {
            few.more = true;
        }
        Ok(few)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
        let one = T::deserialize(serde::de::value::MapAccessDeserializer::new(fields))?;
        Ok(Few {
            kept: vec![one],
            more: false,
        })
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Few {
            kept: vec![],
            more: false,
        })
    }
}
