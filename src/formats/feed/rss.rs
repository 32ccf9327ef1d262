//! RSS in all its dialects, RDF ones too, and CDF, translated.

use super::atom;
use super::atom_text::AtomText;
use super::base::Base;
use super::markup::{self, Markup};
use super::namespace::Ns;
use super::repair::{Repair, Repairs};
use super::tree::Element;
use crate::formats::limits;

/// The elements of a document, sorted.
#[derive(Debug, Default)]
struct Parts<'a> {
    channel: Vec<(&'a Element, Base)>,
    items: Vec<(&'a Element, Base)>,
}

/// Translates a document, whatever its root is called.
pub(super) fn translate(root: &Element, base: &Base, into: &mut AtomText, repairs: &mut Repairs) {
    let mut parts = Parts::default();
    collect(root, base, &mut parts);
    let channel = Fields {
        all: parts.channel,
        about: root
            .elements()
            .find(|child| child.is(Ns::Core, "channel"))
            .and_then(|channel| channel.attribute("about"))
            .map(str::to_owned),
        // CDF says in attributes what RSS says in elements.
        href: root
            .attribute("href")
            .map(|href| (href.to_owned(), base.below(root))),
        last_modified: root.attribute("lastmod").map(str::to_owned),
    };
    channel.common(into, repairs);
    if let Some(markup) = channel.first_markup(&DESCRIPTION, repairs) {
        into.markup("subtitle", &markup);
    }
    for (item, base) in parts.items {
        if into.entries() >= limits::FEED_ENTRIES {
            repairs.note(Repair::TooManyEntries);
            return;
        }
        if item.name.eq_ignore_ascii_case("entry") {
            atom::entry(item, &base, into, repairs);
        } else {
            entry(item, &base, into, repairs);
        }
    }
}

/// When the channel says that it was published; Atom has no place for that.
pub(super) fn published(root: &Element) -> Option<jiff::Timestamp> {
    let mut parts = Parts::default();
    collect(root, &Base::default(), &mut parts);
    let channel = Fields {
        all: parts.channel,
        about: None,
        href: None,
        last_modified: None,
    };
    channel
        .named(&PUBLISHED)
        .find_map(|(element, _)| super::date::instant(&element.text()))
}

fn collect<'a>(element: &'a Element, base: &Base, parts: &mut Parts<'a>) {
    let base = base.below(element);
    for child in element.elements() {
        if child.is(Ns::Core, "item") || child.is(Ns::Core, "entry") || child.is(Ns::Atom, "entry")
        {
            parts.items.push((child, base.clone()));
            // An item that was never closed has swallowed the next ones.
            for nested in child
                .elements()
                .filter(|nested| nested.is(Ns::Core, "item"))
            {
                parts.items.push((nested, base.clone()));
            }
        } else if child.is(Ns::Core, "channel") {
            collect(child, &base, parts);
        } else {
            parts.channel.push((child, base.clone()));
        }
    }
}

fn entry(item: &Element, base: &Base, into: &mut AtomText, repairs: &mut Repairs) {
    into.begin_entry();
    let inner = base.below(item);
    let fields = Fields {
        all: item
            .elements()
            .map(|child| (child, inner.clone()))
            .collect(),
        about: item
            .attributes
            .iter()
            .find(|(name, _)| name.ends_with(":about"))
            .map(|(_, value)| value.clone()),
        href: item
            .attribute("href")
            .map(|href| (href.to_owned(), inner.clone())),
        last_modified: item.attribute("lastmod").map(str::to_owned),
    };
    fields.common(into, repairs);
    let summary = fields.first_markup(&DESCRIPTION, repairs);
    let content = fields.first_markup(&CONTENT, repairs);
    for (name, markup) in [("summary", summary), ("content", content)] {
        if let Some(markup) = markup {
            into.markup(name, &markup);
        }
    }
    into.end_entry();
}

type Name = (Ns, &'static str);

const DESCRIPTION: [Name; 10] = [
    (Ns::Core, "description"),
    (Ns::Core, "abstract"),
    (Ns::Core, "tagline"),
    (Ns::DublinCore, "description"),
    (Ns::DublinCoreTerms, "abstract"),
    (Ns::Atom, "summary"),
    (Ns::Atom, "subtitle"),
    (Ns::Core, "summary"),
    (Ns::Media, "description"),
    (Ns::Media, "summary"),
];
const CONTENT: [Name; 5] = [
    (Ns::Content, "encoded"),
    (Ns::Xhtml, "body"),
    (Ns::Core, "body"),
    (Ns::Core, "fullitem"),
    (Ns::Atom, "content"),
];
const TITLE: [Name; 4] = [
    (Ns::Core, "title"),
    (Ns::Atom, "title"),
    (Ns::DublinCore, "title"),
    (Ns::Media, "title"),
];
const PUBLISHED: [Name; 4] = [
    (Ns::Core, "pubDate"),
    (Ns::Atom, "published"),
    (Ns::DublinCoreTerms, "issued"),
    (Ns::DublinCoreTerms, "created"),
];
const UPDATED: [Name; 6] = [
    (Ns::Atom, "updated"),
    (Ns::Core, "updated"),
    (Ns::Core, "lastBuildDate"),
    (Ns::DublinCoreTerms, "modified"),
    (Ns::DublinCore, "date"),
    (Ns::Core, "lastmod"),
];
const AUTHOR: [Name; 4] = [
    (Ns::Core, "author"),
    (Ns::DublinCore, "creator"),
    (Ns::DublinCore, "author"),
    (Ns::Core, "managingEditor"),
];

/// What is known of a channel or an item.
struct Fields<'a> {
    all: Vec<(&'a Element, Base)>,
    about: Option<String>,
    href: Option<(String, Base)>,
    last_modified: Option<String>,
}

impl<'a> Fields<'a> {
    /// The elements of these names, in the order of the names.
    fn named(&self, names: &'a [Name]) -> impl Iterator<Item = (&'a Element, &Base)> + '_ {
        names.iter().flat_map(|(ns, name)| {
            self.all
                .iter()
                .filter(|(element, _)| element.is(*ns, name))
                .map(|(element, base)| (*element, base))
        })
    }

    fn first_markup(&self, names: &'a [Name], repairs: &mut Repairs) -> Option<Markup> {
        let html = names != TITLE;
        self.named(names).find_map(|(element, _)| {
            if element.ns == Ns::Atom {
                markup::atom(element, repairs)
            } else {
                markup::rss(element, html, repairs)
            }
        })
    }

    fn common(&self, into: &mut AtomText, repairs: &mut Repairs) {
        let guid = self.guid();
        if let Some(id) = &guid {
            into.id(id);
        }
        if let Some(markup) = self.first_markup(&TITLE, repairs) {
            into.markup("title", &markup);
        }
        self.links(into);
        let mut texts = self
            .named(&PUBLISHED)
            .map(|(element, _)| element.text())
            .filter(|text| !text.is_empty());
        atom::date(&mut texts, "published", into, repairs);
        let mut texts = self
            .last_modified
            .iter()
            .cloned()
            .chain(self.named(&UPDATED).map(|(element, _)| element.text()))
            .filter(|text| !text.is_empty());
        atom::date(&mut texts, "updated", into, repairs);
        for (element, _) in self.named(&AUTHOR).take(limits::FEED_LINKS) {
            let name = element.text();
            if !name.is_empty() {
                into.author(&name, None);
            }
        }
    }

    fn guid(&self) -> Option<String> {
        self.named(&[(Ns::Core, "guid"), (Ns::Atom, "id"), (Ns::Core, "id")])
            .map(|(element, _)| element.text())
            .find(|id| !id.is_empty())
            .or_else(|| self.about.clone().filter(|about| !about.trim().is_empty()))
    }

    /// The links of RSS and of Atom; a guid that is a permanent address is one when there is no
    /// other (RSS 2.0, `guid`).
    fn links(&self, into: &mut AtomText) {
        let mut found = false;
        let attribute = self.href.iter().map(|(href, base)| (href.clone(), base));
        let elements = self
            .named(&[(Ns::Core, "link")])
            .map(|(element, base)| (element, base, element.text()));
        for (element, base, text) in elements.take(limits::FEED_LINKS) {
            if text.is_empty() {
                atom::link(element, base, into);
                found |= element.attribute("href").is_some();
            } else if let Some(href) = base.below(element).resolve(&text) {
                into.link(&href, "alternate", None);
                found = true;
            }
        }
        for (href, base) in attribute {
            if let Some(href) = base.resolve(&href) {
                into.link(&href, "alternate", None);
                found = true;
            }
        }
        for (element, base) in self.named(&[(Ns::Atom, "link")]).take(limits::FEED_LINKS) {
            let rel = element.attribute("rel").unwrap_or("alternate");
            found |= rel == "alternate";
            atom::link(element, base, into);
        }
        let permanent = self.named(&[(Ns::Core, "guid")]).find(|(element, _)| {
            let denied = element
                .attribute("isPermaLink")
                .is_some_and(|value| !value.trim().eq_ignore_ascii_case("true"));
            let text = element.text();
            !denied && (text.starts_with("http://") || text.starts_with("https://"))
        });
        if let Some((element, base)) = permanent.filter(|_| !found)
            && let Some(href) = base.resolve(&element.text())
        {
            into.link(&href, "alternate", None);
        }
        for (element, base) in self
            .named(&[(Ns::Core, "enclosure")])
            .take(limits::FEED_LINKS)
        {
            let address = element.attribute("url").or(element.attribute("href"));
            if let Some(href) = address.and_then(|address| base.resolve(address)) {
                into.link(&href, "enclosure", element.attribute("type"));
            }
        }
    }
}
