//! One tag of a document that may be broken.

/// A start tag, read.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    /// Names and values as they stand; no name twice.
    pub(super) attributes: Vec<(&'a str, &'a str)>,
    /// Closed by itself.
    pub(super) empty: bool,
    /// An attribute had to be guessed or left out.
    pub(super) broken: bool,
    /// Where the tag ends in the document, in bytes.
    pub(super) end: usize,
}

/// What `<` begins.
#[derive(Debug)]
pub(super) enum Start<'a> {
    Tag(Tag<'a>),
    NoTag,
    CutOff,
}

/// How many attributes of one element are kept.
const ATTRIBUTES: usize = 64;
/// The longest value between quotes, in bytes; past it the closing quote is another's.
const VALUE: usize = 64 << 10;
/// The strings that are searched for.
const NEEDLES: [&str; 6] = ["-->", "]]>", "?>", ">", "\"", "'"];

/// Searches that remember what they found, so that asking again from a later place costs nothing.
#[derive(Debug)]
pub(super) struct Finder<'a> {
    text: &'a str,
    /// For each needle, where the last search began and what it found.
    known: [Option<(usize, Option<usize>)>; NEEDLES.len()],
}

impl<'a> Finder<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            known: [None; NEEDLES.len()],
        }
    }

    /// The first place of `needle` at or behind `from`.
    pub(super) fn find(&mut self, from: usize, needle: &str) -> Option<usize> {
        let search = || {
            self.text
                .get(from..)
                .and_then(|rest| rest.find(needle))
                .map(|found| found + from)
        };
        let slot = NEEDLES
            .iter()
            .position(|known| *known == needle)
            .and_then(|index| self.known.get_mut(index));
        let Some(slot) = slot else {
            return search();
        };
        match *slot {
            Some((began, found)) if began <= from && found.is_none_or(|found| found >= from) => {
                found
            }
            _ => {
                let found = search();
                *slot = Some((from, found));
                found
            }
        }
    }
}

/// The name in an end tag that `text` begins with.
pub(super) fn end_tag(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("</")?;
    let name = name(rest.trim_start());
    (!name.is_empty()).then_some(name)
}

/// Reads the start tag at `at`.
pub(super) fn start_tag<'a>(text: &'a str, at: usize, finder: &mut Finder<'a>) -> Start<'a> {
    let name = name(text.get(at + 1..).unwrap_or_default());
    if name.is_empty() {
        return Start::NoTag;
    }
    let mut tag = Tag {
        name,
        attributes: vec![],
        empty: false,
        broken: false,
        end: 0,
    };
    let mut at = at + 1 + name.len();
    loop {
        let rest = text.get(at..).unwrap_or_default();
        let spaces = rest.len() - rest.trim_start().len();
        at += spaces;
        let rest = rest.trim_start();
        if rest.is_empty() {
            return Start::CutOff;
        }
        if rest.starts_with('>') {
            tag.end = at + 1;
            return Start::Tag(tag);
        }
        if rest.starts_with("/>") {
            tag.end = at + 2;
            tag.empty = true;
            return Start::Tag(tag);
        }
        // The tag was never closed; the next begins.
        if rest.starts_with('<') {
            tag.end = at;
            tag.broken = true;
            return Start::Tag(tag);
        }
        let name = self::name(rest);
        if name.is_empty() {
            tag.broken = true;
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        }
        at += name.len();
        let after = text.get(at..).unwrap_or_default();
        let equals = after.trim_start();
        let Some(value) = equals.strip_prefix('=') else {
            tag.broken = true;
            tag.keep(name, name);
            continue;
        };
        let value = value.trim_start();
        at = text.len() - value.len();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let closing = quote.and_then(|quote| {
            let found = finder.find(at + 1, if quote == '"' { "\"" } else { "'" })?;
            (found - at <= VALUE).then_some(found)
        });
        if let Some(closing) = closing {
            tag.keep(name, text.get(at + 1..closing).unwrap_or_default());
            at = closing + 1;
        } else {
            tag.broken = true;
            let value = value.trim_start_matches(['"', '\'']);
            at = text.len() - value.len();
            let length = value
                .find(|c: char| c.is_whitespace() || matches!(c, '>' | '<'))
                .unwrap_or(value.len());
            tag.keep(name, value.get(..length).unwrap_or_default());
            at += length;
        }
    }
}

impl<'a> Tag<'a> {
    fn keep(&mut self, name: &'a str, value: &'a str) {
        let known = self.attributes.iter().any(|(known, _)| *known == name);
        if known || self.attributes.len() >= ATTRIBUTES {
            self.broken = true;
        } else {
            self.attributes.push((name, value));
        }
    }
}

/// The name that `text` begins with; empty when it begins with none. At most one colon, not at an
/// end, so that namespaces can always be told.
fn name(text: &str) -> &str {
    let mut colon = false;
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let fits = match c {
            ':' if !colon && at > 0 => {
                colon = true;
                let next = text.get(at + 1..).and_then(|rest| rest.chars().next());
                next.is_some_and(begins_name)
            }
            ':' => false,
            '-' | '.' | '0'..='9' => at > 0,
            c => begins_name(c),
        };
        if !fits {
            break;
        }
        end = at + c.len_utf8();
    }
    text.get(..end).unwrap_or_default()
}

fn begins_name(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || !c.is_ascii() && c.is_alphabetic()
}
