//! Atom 1.0 (RFC 4287) and 0.3, translated.

use super::atom_text::AtomText;
use super::base::Base;
use super::date::instant;
use super::markup;
use super::namespace::Ns;
use super::repair::{Repair, Repairs};
use super::tree::Element;
use crate::formats::limits;

/// Whether a root is of the draft that no RFC has: its namespace or version says so.
pub(super) fn is_03(root: &Element) -> bool {
    let version = root.attribute("version").unwrap_or_default();
    version.trim().starts_with("0.")
        || root
            .attributes
            .iter()
            .any(|(name, value)| name.starts_with("xmlns") && value.ends_with("purl.org/atom/ns#"))
}

/// Translates a whole feed, or a document that is one entry.
pub(super) fn translate(root: &Element, base: &Base, into: &mut AtomText, repairs: &mut Repairs) {
    if root.name.eq_ignore_ascii_case("entry") {
        entry(root, base, into, repairs);
        return;
    }
    let base = base.below(root);
    common(root, &base, into, repairs);
    for child in root.elements().filter(|child| is_entry(child)) {
        if mine(child, "item") {
            repairs.note(Repair::EntryName);
        }
        if into.entries() >= limits::FEED_ENTRIES {
            repairs.note(Repair::TooManyEntries);
            return;
        }
        entry(child, &base, into, repairs);
        // An entry that was never closed has swallowed the next ones.
        for nested in child.elements().filter(|nested| is_entry(nested)) {
            if into.entries() < limits::FEED_ENTRIES {
                entry(nested, &base, into, repairs);
            }
        }
    }
}

/// One entry, wherever it stands.
pub(super) fn entry(element: &Element, base: &Base, into: &mut AtomText, repairs: &mut Repairs) {
    into.begin_entry();
    let base = base.below(element);
    common(element, &base, into, repairs);
    for (name, written) in [("summary", "summary"), ("content", "content")] {
        let found = element
            .elements()
            .filter(|child| mine(child, name))
            .find_map(|child| markup::atom(child, repairs));
        if let Some(markup) = found {
            into.markup(written, &markup);
        }
    }
    // RFC 4287 4.1.3.2: the content lies elsewhere.
    for child in element.elements().filter(|child| mine(child, "content")) {
        let elsewhere = child.attribute("src");
        if let Some(href) = elsewhere.and_then(|src| base.below(child).resolve(src)) {
            into.link(&href, "content", child.attribute("type"));
        }
    }
    into.end_entry();
}

/// What feeds and entries share.
fn common(element: &Element, base: &Base, into: &mut AtomText, repairs: &mut Repairs) {
    let all = |names: &'static [&'static str]| {
        names
            .iter()
            .flat_map(move |name| element.elements().filter(move |child| mine(child, name)))
    };
    if let Some((id, base)) = all(&["id", "guid"])
        .map(|child| (child.text(), base.below(child)))
        .find(|(id, _)| !id.is_empty())
    {
        // An identifier is compared as it stands (RFC 4287 4.2.6.1); only one that is no IRI is
        // made one.
        into.id(&base.resolve(&id).unwrap_or(id));
    }
    for (names, written) in [
        (&["title"][..], "title"),
        (&["subtitle", "tagline"][..], "subtitle"),
    ] {
        if let Some(markup) = all(names).find_map(|child| markup::atom(child, repairs)) {
            into.markup(written, &markup);
        }
    }
    for (names, written) in [
        (&["published", "issued", "pubDate"][..], "published"),
        (&["updated", "modified"][..], "updated"),
    ] {
        // Of several the last counts.
        let mut texts = names
            .iter()
            .flat_map(|name| element.elements().rev().filter(|child| mine(child, name)))
            .map(Element::text)
            .filter(|text| !text.is_empty());
        date(&mut texts, written, into, repairs);
    }
    for child in all(&["link"]).take(limits::FEED_LINKS) {
        link(child, base, into);
    }
    for child in all(&["author"]).take(limits::FEED_LINKS) {
        person(child, base, into);
    }
}

/// Writes the first date that can be read.
pub(super) fn date(
    texts: &mut dyn Iterator<Item = String>,
    written: &str,
    into: &mut AtomText,
    repairs: &mut Repairs,
) {
    for text in texts {
        if let Some(at) = instant(&text) {
            into.date(written, at);
            return;
        }
        repairs.note(Repair::UnreadDate);
    }
}

/// A link of Atom, which may stand in RSS too; those with text instead of `href` are taken as well.
pub(super) fn link(element: &Element, base: &Base, into: &mut AtomText) {
    let base = base.below(element);
    let text = element.text();
    let href = element.attribute("href").unwrap_or(&text);
    if let Some(href) = base.resolve(href) {
        let rel = element.attribute("rel").map(str::trim).unwrap_or_default();
        let rel = rel
            .strip_prefix("http://www.iana.org/assignments/relation/")
            .unwrap_or(rel);
        let rel = if rel.is_empty() { "alternate" } else { rel };
        into.link(&href, rel, element.attribute("type"));
    }
}

/// A person construct: `name`, and `uri` or the older `url`.
fn person(element: &Element, base: &Base, into: &mut AtomText) {
    let part = |names: &[&str]| {
        element
            .elements()
            .find(|child| names.iter().any(|name| mine(child, name)))
            .map(Element::text)
            .filter(|text| !text.is_empty())
    };
    let whole = || Some(element.text()).filter(|text| !element.has_markup() && !text.is_empty());
    if let Some(name) = part(&["name"]).or_else(whole).or_else(|| part(&["email"])) {
        let uri = part(&["uri", "url"]).and_then(|uri| base.resolve(&uri));
        into.author(&name, uri.as_deref());
    }
}

/// Some write `item`, as in RSS.
fn is_entry(element: &Element) -> bool {
    mine(element, "entry") || mine(element, "item")
}

fn mine(element: &Element, name: &str) -> bool {
    element.is(Ns::Atom, name) || element.is(Ns::Core, name)
}
