//! Text that means to be XML into text that is: every tag closed, every reference resolved, nothing
//! forbidden left.
//!
//! Comments, processing instructions and the document type declaration are left out. One pass, in
//! time linear in the text: no search ever starts twice from one place.

use super::entity::{Entities, allowed, windows_1252};
use super::repair::{Repair, Repairs};
use super::tag::{self, Finder};
use crate::formats::limits;

/// Elements of HTML that have no end.
const VOID: [&str; 5] = ["br", "hr", "img", "input", "wbr"];

/// What becomes of a document.
#[derive(Debug)]
pub(super) struct Clean {
    /// One well-formed element, or nothing when the text has none.
    pub(super) text: String,
    /// What the document type declaration says of the root, such as `html`.
    pub(super) doctype: Option<String>,
}

/// Cleans a document.
pub(super) fn clean(text: &str, repairs: &mut Repairs) -> Clean {
    let mut cleaner = Cleaner {
        out: String::with_capacity(text.len() + text.len() / 16),
        open: vec![],
        beyond: 0,
        rooted: false,
        entities: Entities::none(),
        doctype: None,
        finder: Finder::new(text),
        repairs,
    };
    cleaner.run(text);
    Clean {
        text: cleaner.out,
        doctype: cleaner.doctype,
    }
}

struct Cleaner<'a, 'r> {
    out: String,
    open: Vec<&'a str>,
    /// How many elements are open below the deepest that is kept.
    beyond: usize,
    rooted: bool,
    entities: Entities<'a>,
    doctype: Option<String>,
    finder: Finder<'a>,
    repairs: &'r mut Repairs,
}

impl<'a> Cleaner<'a, '_> {
    fn run(&mut self, text: &'a str) {
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            if self.rooted && self.open.is_empty() {
                self.trailing(rest);
                return;
            }
            let length = rest.find('<').unwrap_or(rest.len());
            self.text(rest.get(..length).unwrap_or_default());
            at += length;
            let rest = rest.get(length..).unwrap_or_default();
            if !rest.is_empty() {
                at = self.markup(text, at, rest);
            }
        }
        if !self.open.is_empty() {
            self.repairs.note(Repair::CutOff);
            self.close_to(0);
        }
    }

    /// Reads what begins with `<` at `at`; gives where to go on.
    fn markup(&mut self, text: &'a str, at: usize, rest: &'a str) -> usize {
        if rest.starts_with("<!--") {
            return self.skip(at + 4, "-->");
        }
        if rest.starts_with("<![CDATA[") {
            let begin = at + 9;
            let end = self.finder.find(begin, "]]>");
            let inner = text
                .get(begin..end.unwrap_or(text.len()))
                .unwrap_or_default();
            if self.open.is_empty() {
                self.repairs.note(Repair::LeadingContent);
            } else {
                self.literal(inner);
            }
            return end.map_or(text.len(), |end| end + 3);
        }
        if rest.starts_with("<?") {
            return self.skip(at + 2, "?>");
        }
        if rest
            .get(..9)
            .is_some_and(|word| word.eq_ignore_ascii_case("<!DOCTYPE"))
        {
            return self.document_type(text, at);
        }
        if let Some(end) = tag::end_tag(rest) {
            let Some(close) = self.finder.find(at, ">") else {
                self.out_of_text();
                return text.len();
            };
            self.end(end);
            return close + 1;
        }
        match tag::start_tag(text, at, &mut self.finder) {
            tag::Start::Tag(tag) => {
                let next = tag.end;
                self.start(&tag);
                next
            }
            // Half a tag at the end of what arrived.
            tag::Start::CutOff => {
                self.out_of_text();
                text.len()
            }
            tag::Start::NoTag => {
                self.repairs.note(Repair::BareLessThan);
                if !self.open.is_empty() {
                    self.out.push_str("&lt;");
                }
                at + 1
            }
        }
    }

    fn out_of_text(&mut self) {
        if self.open.is_empty() {
            self.repairs.note(Repair::CutOff);
        }
    }

    fn skip(&mut self, from: usize, end: &'static str) -> usize {
        match self.finder.find(from, end) {
            Some(found) => found + end.len(),
            // Everything behind it would be lost; what follows is read as if it were closed.
            None => match self.finder.find(from, ">") {
                Some(found) => {
                    self.repairs.note(Repair::UnclosedElement);
                    found + 1
                }
                None => usize::MAX,
            },
        }
    }

    fn document_type(&mut self, text: &'a str, at: usize) -> usize {
        self.repairs.note(Repair::Doctype);
        let begin = at + 9;
        let Some(close) = self.finder.find(begin, ">") else {
            return text.len();
        };
        let head = text.get(begin..close).unwrap_or_default();
        let name = head
            .split(|c: char| c.is_whitespace() || c == '[')
            .find(|word| !word.is_empty());
        self.doctype = name.map(|name| name.chars().take(64).collect());
        let Some(bracket) = head.find('[') else {
            return close + 1;
        };
        let subset = begin + bracket + 1;
        let Some(end) = self.finder.find(subset, "]") else {
            return close + 1;
        };
        self.entities
            .declare(text.get(subset..end).unwrap_or_default());
        self.finder.find(end, ">").map_or(text.len(), |end| end + 1)
    }

    fn start(&mut self, tag: &tag::Tag<'a>) {
        if self.open.len() >= limits::FEED_DEPTH {
            self.repairs.note(Repair::TooDeep);
            self.beyond += usize::from(!tag.empty);
            return;
        }
        let void = VOID.iter().any(|void| tag.name.eq_ignore_ascii_case(void));
        if void && !tag.empty {
            self.repairs.note(Repair::UnclosedElement);
        }
        self.rooted = true;
        self.out.push('<');
        self.out.push_str(tag.name);
        if tag.broken {
            self.repairs.note(Repair::BrokenAttribute);
        }
        for (name, value) in &tag.attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.out.push_str("=\"");
            self.references(value);
            self.out.push('"');
        }
        if tag.empty || void {
            self.out.push_str("/>");
        } else {
            self.out.push('>');
            self.open.push(tag.name);
        }
    }

    fn end(&mut self, name: &str) {
        if self.beyond > 0 {
            self.beyond -= 1;
            return;
        }
        let exact = self.open.iter().rposition(|open| *open == name);
        let found = exact.or_else(|| {
            self.open
                .iter()
                .rposition(|open| open.eq_ignore_ascii_case(name))
        });
        match found {
            Some(found) => {
                if found + 1 < self.open.len() || exact.is_none() {
                    self.repairs.note(Repair::UnclosedElement);
                }
                self.close_to(found);
            }
            None if VOID.iter().any(|void| name.eq_ignore_ascii_case(void)) => {}
            None => self.repairs.note(Repair::UnmatchedEnd),
        }
    }

    fn close_to(&mut self, length: usize) {
        while self.open.len() > length {
            if let Some(name) = self.open.pop() {
                self.out.push_str("</");
                self.out.push_str(name);
                self.out.push('>');
            }
        }
    }

    fn text(&mut self, text: &str) {
        if self.open.is_empty() {
            if text.chars().any(|c| !c.is_whitespace() && c != '\u{feff}') {
                self.repairs.note(Repair::LeadingContent);
            }
            return;
        }
        self.references(text);
    }

    /// Text with its references resolved.
    fn references(&mut self, text: &str) {
        let mut rest = text;
        while let Some(at) = rest.find('&') {
            let (before, from) = rest.split_at(at);
            self.literal(before);
            match self.entities.read(from, self.repairs) {
                Some(reference) => {
                    self.literal(&reference.text);
                    rest = from.get(reference.length..).unwrap_or_default();
                }
                None => {
                    self.repairs.note(Repair::BareAmpersand);
                    self.out.push_str("&amp;");
                    rest = from.get(1..).unwrap_or_default();
                }
            }
        }
        self.literal(rest);
    }

    /// Text that has no references.
    fn literal(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}' => {
                    self.repairs.note(Repair::MisplacedCharacter);
                    self.out.push(u8::try_from(c).map_or(c, windows_1252));
                }
                c if allowed(c) => self.out.push(c),
                _ => self.repairs.note(Repair::ControlCharacter),
            }
        }
    }

    fn trailing(&mut self, rest: &str) {
        let mut rest = rest.trim_start();
        while let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment
                .split_once("-->")
                .map_or("", |(_, rest)| rest.trim_start());
        }
        if rest.chars().any(|c| !c.is_whitespace() && c != '\0') {
            self.repairs.note(Repair::TrailingContent);
        }
    }
}
