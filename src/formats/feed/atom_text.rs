//! Writes the one dialect that everything is translated into: flat Atom 1.0, as feed-rs reads it
//! without loss.
//!
//! feed-rs gives up a whole feed for an empty text construct or an unknown type, loses dates and
//! links of other dialects, and can be made to panic by names of RSS authors and lengths of media.
//! Of all that nothing is ever written here.

use jiff::Timestamp;
use quick_xml::escape::escape;

use super::markup::Markup;

/// An Atom document in the making.
#[derive(Debug)]
pub(super) struct AtomText {
    text: String,
    entries: usize,
}

impl AtomText {
    pub(super) fn new() -> Self {
        Self {
            text: r#"<feed xmlns="http://www.w3.org/2005/Atom">"#.to_owned(),
            entries: 0,
        }
    }

    pub(super) fn begin_entry(&mut self) {
        self.entries += 1;
        self.text.push_str("<entry>");
    }

    pub(super) fn end_entry(&mut self) {
        self.text.push_str("</entry>");
    }

    pub(super) fn entries(&self) -> usize {
        self.entries
    }

    /// Whole, for reading.
    pub(super) fn finish(mut self) -> String {
        self.text.push_str("</feed>");
        self.text
    }

    pub(super) fn id(&mut self, id: &str) {
        self.element("id", "", id);
    }

    pub(super) fn date(&mut self, name: &str, at: Timestamp) {
        self.element(name, "", &at.to_string());
    }

    pub(super) fn markup(&mut self, name: &str, markup: &Markup) {
        let kind = if markup.html { "html" } else { "text" };
        self.element(name, &format!(r#" type="{kind}""#), &markup.text);
    }

    pub(super) fn link(&mut self, href: &str, rel: &str, media_type: Option<&str>) {
        self.text.push_str("<link href=\"");
        self.text.push_str(&escape(href));
        self.text.push_str("\" rel=\"");
        self.text.push_str(&escape(rel));
        if let Some(media_type) = media_type {
            self.text.push_str("\" type=\"");
            self.text.push_str(&escape(media_type));
        }
        self.text.push_str("\"/>");
    }

    pub(super) fn author(&mut self, name: &str, uri: Option<&str>) {
        self.text.push_str("<author>");
        self.element("name", "", name);
        if let Some(uri) = uri {
            self.element("uri", "", uri);
        }
        self.text.push_str("</author>");
    }

    /// Nothing is written for an element without text.
    fn element(&mut self, name: &str, attributes: &str, text: &str) {
        if text.is_empty() {
            return;
        }
        self.text.push('<');
        self.text.push_str(name);
        self.text.push_str(attributes);
        self.text.push('>');
        // One piece, whatever is in it: a reference for every `&` costs the reader an event.
        self.text.push_str("<![CDATA[");
        self.text.push_str(&text.replace("]]>", "]]]]><![CDATA[>"));
        self.text.push_str("]]></");
        self.text.push_str(name);
        self.text.push('>');
    }
}
