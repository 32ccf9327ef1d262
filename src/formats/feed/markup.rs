//! Text constructs: plain text or HTML, however a dialect wraps it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::namespace::Ns;
use super::repair::{Repair, Repairs};
use super::tree::Element;

/// A text with its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Markup {
    pub(super) html: bool,
    pub(super) text: String,
}

impl Markup {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self {
            html: false,
            text: text.into(),
        }
    }

    pub(super) fn html(text: impl Into<String>) -> Self {
        Self {
            html: true,
            text: text.into(),
        }
    }

    fn some(self) -> Option<Self> {
        (!self.text.is_empty()).then_some(self)
    }
}

/// A text construct of Atom: `type` and its contents (RFC 4287 3.1), in Atom 0.3 with `mode`.
pub(super) fn atom(element: &Element, repairs: &mut Repairs) -> Option<Markup> {
    let stated = element.attribute("type").map(str::to_ascii_lowercase);
    let stated = stated.as_deref().map(|stated| {
        let plain = stated.split(';').next();
        plain.unwrap_or(stated).trim()
    });
    let mode = element.attribute("mode").map(str::to_ascii_lowercase);
    if mode.as_deref() == Some("base64") {
        return decoded(element, stated);
    }
    let markup = match stated {
        None | Some("" | "text" | "text/plain") => {
            if matches!(stated, Some("text/plain")) && mode.is_none() {
                repairs.note(Repair::TextType);
            }
            if element.has_markup() {
                if mode.is_none() {
                    repairs.note(Repair::InlineMarkup);
                }
                Markup::html(element.inner_html())
            } else {
                Markup::plain(element.text())
            }
        }
        Some("html" | "text/html") => {
            if element.has_markup() {
                Markup::html(element.inner_html())
            } else {
                Markup::html(element.text())
            }
        }
        Some("xhtml") => xhtml(element),
        Some(other) if other.ends_with("+xml") || other.ends_with("/xml") => {
            if mode.as_deref() == Some("escaped") {
                Markup::html(element.text())
            } else {
                Markup::html(element.inner_html())
            }
        }
        Some(other) if other.starts_with("text/") || !other.contains('/') => {
            repairs.note(Repair::TextType);
            Markup::plain(element.text())
        }
        // RFC 4287 4.1.3.3: anything else is base64.
        Some(_) => return decoded(element, stated),
    };
    markup.some()
}

/// The contents, without the one `div` that only wraps them (RFC 4287 3.1.1.3).
fn xhtml(element: &Element) -> Markup {
    let mut inner = element.elements();
    let wrapped = match (inner.next(), inner.next()) {
        (Some(only), None) if only.is(Ns::Xhtml, "div") || only.name == "div" => {
            let beside = element.text().len() != only.text().len();
            (!beside).then_some(only)
        }
        _ => None,
    };
    Markup::html(wrapped.unwrap_or(element).inner_html())
}

fn decoded(element: &Element, stated: Option<&str>) -> Option<Markup> {
    let packed: String = element.text().split_whitespace().collect();
    let text = String::from_utf8(STANDARD.decode(packed).ok()?).ok()?;
    let text = text.trim();
    Markup {
        html: stated.is_some_and(|stated| stated.contains("html")),
        text: text.to_owned(),
    }
    .some()
}

/// Text of RSS: HTML in disguise, and sometimes without one.
pub(super) fn rss(element: &Element, html: bool, repairs: &mut Repairs) -> Option<Markup> {
    if element.has_markup() {
        if !element.elements().all(|inner| inner.ns == Ns::Xhtml) {
            repairs.note(Repair::InlineMarkup);
        }
        return Markup::html(element.inner_html()).some();
    }
    Markup {
        html,
        text: element.text(),
    }
    .some()
}
