//! A clean document as a tree of bounded size, its names in the namespaces that matter to feeds.

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;

use super::namespace::Ns;
use super::repair::{Repair, Repairs};
use crate::formats::limits;

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) ns: Ns,
    /// Without its prefix.
    pub(super) name: String,
    /// Names as they stand, values unescaped.
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Node>,
}

/// What an element holds.
#[derive(Debug)]
pub(super) enum Node {
    Element(Element),
    Text(String),
}

/// Builds the tree; `None` when there is no element.
pub(super) fn build(clean: &str, repairs: &mut Repairs) -> Option<Element> {
    let mut reader = NsReader::from_str(clean);
    reader.config_mut().expand_empty_elements = true;
    let mut open: Vec<Element> = vec![];
    let mut root = None;
    let mut count = 0usize;
    loop {
        let Ok((resolved, event)) = reader.read_resolved_event() else {
            repairs.note(Repair::CutOff);
            break;
        };
        match event {
            Event::Start(start) => {
                let name = start.name();
                let prefix = name.prefix().map(|prefix| prefix.into_inner().to_owned());
                let ns = match resolved {
                    ResolveResult::Bound(namespace) => {
                        Ns::of_uri(namespace.into_inner(), prefix.is_some())
                    }
                    ResolveResult::Unbound => Ns::Core,
                    ResolveResult::Unknown(_) => {
                        repairs.note(Repair::UndeclaredPrefix);
                        Ns::of_prefix(prefix.as_deref().unwrap_or_default())
                    }
                };
                open.push(element(ns, &start));
                count += 1;
                if count > limits::FEED_ELEMENTS {
                    repairs.note(Repair::TooManyElements);
                    break;
                }
            }
            Event::End(_) => close(&mut open, &mut root),
            Event::Text(text) => push_text(&mut open, &text),
            Event::CData(text) => push_text(&mut open, &text),
            Event::GeneralRef(reference) => {
                if let Some(text) = quick_xml::escape::resolve_predefined_entity(&reference) {
                    push_text(&mut open, text);
                }
            }
            Event::Eof => break,
            Event::Empty(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::DocType(_) => {}
        }
    }
    while !open.is_empty() {
        close(&mut open, &mut root);
    }
    root
}

fn element(ns: Ns, start: &BytesStart<'_>) -> Element {
    let attributes = start
        .attributes()
        .with_checks(false)
        .flatten()
        .map(|attribute| {
            let value = quick_xml::escape::unescape(&attribute.value).map_or_else(
                |_| attribute.value.to_string(),
                std::borrow::Cow::into_owned,
            );
            (attribute.key.into_inner().to_owned(), value)
        })
        .collect();
    Element {
        ns,
        name: start.local_name().into_inner().to_owned(),
        attributes,
        children: vec![],
    }
}

fn close(open: &mut Vec<Element>, root: &mut Option<Element>) {
    let Some(done) = open.pop() else {
        return;
    };
    match open.last_mut() {
        Some(parent) => parent.children.push(Node::Element(done)),
        None => {
            root.get_or_insert(done);
        }
    }
}

fn push_text(open: &mut [Element], text: &str) {
    let Some(parent) = open.last_mut() else {
        return;
    };
    if let Some(Node::Text(before)) = parent.children.last_mut() {
        before.push_str(text);
    } else {
        parent.children.push(Node::Text(text.to_owned()));
    }
}

impl Element {
    /// The value of an attribute, by its name without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| {
                key.rsplit(':')
                    .next()
                    .is_some_and(|key| key.eq_ignore_ascii_case(name))
                    && !key.starts_with("xmlns:")
            })
            .map(|(_, value)| value.as_str())
    }

    /// `xml:base`.
    pub(super) fn base(&self) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(key, _)| key == "xml:base")
            .map(|(_, value)| value.as_str())
    }

    /// The elements directly below.
    pub(super) fn elements(&self) -> impl DoubleEndedIterator<Item = &Self> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Whether it is the element of that name, however it is capitalised.
    pub(super) fn is(&self, ns: Ns, name: &str) -> bool {
        self.ns == ns && self.name.eq_ignore_ascii_case(name)
    }

    /// Whether there is markup inside.
    pub(super) fn has_markup(&self) -> bool {
        self.elements().next().is_some()
    }

    /// All text below, without markup, without white space around it.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        self.collect_text(&mut text);
        text.trim().to_owned()
    }

    fn collect_text(&self, into: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(text) => into.push_str(text),
                Node::Element(element) => element.collect_text(into),
            }
        }
    }

    /// What is inside as HTML, prefixes left out.
    pub(super) fn inner_html(&self) -> String {
        let mut html = String::new();
        self.collect_html(&mut html);
        html.trim().to_owned()
    }

    fn collect_html(&self, into: &mut String) {
        for node in &self.children {
            match node {
                Node::Text(text) => {
                    into.push_str(&quick_xml::escape::partial_escape(text.as_str()));
                }
                Node::Element(element) => element.outer_html(into),
            }
        }
    }

    fn outer_html(&self, into: &mut String) {
        into.push('<');
        into.push_str(&self.name);
        for (name, value) in &self.attributes {
            if name == "xmlns" || name.starts_with("xmlns:") {
                continue;
            }
            into.push(' ');
            into.push_str(name);
            into.push_str("=\"");
            into.push_str(&quick_xml::escape::escape(value.as_str()));
            into.push('"');
        }
        if self.children.is_empty() {
            into.push_str(" />");
            return;
        }
        into.push('>');
        self.collect_html(into);
        into.push_str("</");
        into.push_str(&self.name);
        into.push('>');
    }
}
