//! A post's text without its markup, and the addresses its links go to.
//!
//! An own stripper, because a renderer wraps lines and draws tables, and a fingerprint cut by a
//! column is no fingerprint. Only tags of known HTML elements are taken out, so that Markdown's
//! `<https://…>` and an `<address>` in prose stay. One pass, no tree: nesting costs nothing.

use std::ops::Range;

/// Text and the links that stood in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Stripped {
    pub(super) text: String,
    /// Address, and the place of the words it was on.
    pub(super) links: Vec<(String, Range<usize>)>,
}

/// Elements that end a line.
const BLOCKS: &[&str] = &[
    "p",
    "br",
    "div",
    "li",
    "ul",
    "ol",
    "tr",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "pre",
    "blockquote",
    "hr",
    "section",
    "article",
    "header",
    "footer",
    "dt",
    "dd",
    "dl",
    "aside",
    "details",
    "summary",
    "figure",
    "title",
    "body",
    "html",
    "head",
    "main",
    "nav",
    "form",
    "thead",
    "tbody",
];
/// Elements inside a line.
const INLINE: &[&str] = &[
    "a", "b", "i", "em", "strong", "code", "span", "tt", "kbd", "samp", "small", "sub", "sup", "u",
    "s", "del", "ins", "mark", "abbr", "cite", "q", "font", "img", "wbr", "time", "var", "svg",
    "path", "link", "meta", "input", "button", "label", "picture", "source", "video", "iframe",
];
/// Elements between cells: a blank keeps two cells' digits apart.
const CELLS: &[&str] = &["td", "th"];
/// Elements whose content is no text.
const SILENT: &[&str] = &["script", "style", "noscript", "template"];
/// The longest tag that is read as one, in bytes; a data URI makes long ones.
const TAG: usize = 64 << 10;
/// The longest character reference, in bytes.
const REFERENCE: usize = 12;
/// How many links are kept.
const LINKS: usize = 10_000;

/// Whether the text is HTML rather than prose that mentions a tag.
pub(super) fn looks_like_html(text: &str) -> bool {
    let start = text.trim_start();
    let head = start
        .get(..start.floor_char_boundary(32))
        .unwrap_or("")
        .to_ascii_lowercase();
    if head.starts_with("<!doctype html") || head.starts_with("<html") {
        return true;
    }
    // `</p>` and its like are written by nobody who means prose.
    let mut seen = 0;
    for (at, _) in text.match_indices('<') {
        if let Some(tag) = tag_at(text, at)
            && (tag.closing || matches!(tag.name.as_str(), "br" | "p"))
        {
            seen += 1;
            if seen == 2 {
                return true;
            }
        }
    }
    seen == 1 && start.starts_with('<')
}

/// The text of an HTML post.
pub(super) fn strip(html: &str) -> Stripped {
    let mut out = Stripped::default();
    let mut open_link: Option<(String, usize)> = None;
    let mut rest = 0;
    while let Some(found) = html.get(rest..).and_then(|tail| tail.find(['<', '&'])) {
        let at = rest + found;
        out.text.push_str(html.get(rest..at).unwrap_or(""));
        if html.as_bytes().get(at) == Some(&b'&') {
            let (character, length) = reference(html.get(at..).unwrap_or(""));
            out.text.push_str(&character);
            rest = at + length;
            continue;
        }
        if html.get(at..).is_some_and(|tail| tail.starts_with("<!--")) {
            rest = html
                .get(at + 4..)
                .and_then(|tail| tail.find("-->"))
                .map_or(html.len(), |end| at + 4 + end + 3);
            continue;
        }
        let Some(tag) = tag_at(html, at) else {
            out.text.push('<');
            rest = at + 1;
            continue;
        };
        rest = tag.end;
        let name = tag.name.as_str();
        if SILENT.contains(&name) && !tag.closing {
            rest = end_of_silent(html, rest, name);
        } else if name == "a" {
            if let Some((address, start)) = open_link.take()
                && out.links.len() < LINKS
            {
                out.links.push((address, start..out.text.len()));
            }
            if !tag.closing {
                open_link = attribute(html.get(at..tag.end).unwrap_or(""), "href")
                    .map(|address| (address, out.text.len()));
            }
        } else if BLOCKS.contains(&name) {
            out.text.push('\n');
        } else if CELLS.contains(&name) && !tag.closing {
            out.text.push('\t');
        }
    }
    out.text.push_str(html.get(rest..).unwrap_or(""));
    if let Some((address, start)) = open_link {
        out.links.push((address, start..out.text.len()));
    }
    out
}

struct Tag {
    name: String,
    closing: bool,
    /// Behind its `>`.
    end: usize,
}

/// The tag that begins at `at`, when it is one of a known element.
fn tag_at(text: &str, at: usize) -> Option<Tag> {
    let inside = text.get(at + 1..)?;
    let (closing, inside) = inside
        .strip_prefix('/')
        .map_or((false, inside), |rest| (true, rest));
    if let Some(declaration) = inside.strip_prefix('!')
        && declaration
            .get(..7)
            .is_some_and(|word| word.eq_ignore_ascii_case("doctype"))
    {
        let end = tag_end(declaration)?;
        return Some(Tag {
            name: "html".to_owned(),
            closing: false,
            end: at + 2 + end + 1,
        });
    }
    let length = inside
        .bytes()
        .take(12)
        .take_while(u8::is_ascii_alphanumeric)
        .count();
    let name = inside.get(..length)?.to_ascii_lowercase();
    let next = *inside.as_bytes().get(length)?;
    let known = [BLOCKS, INLINE, CELLS, SILENT]
        .iter()
        .any(|names| names.contains(&name.as_str()));
    if !known || !(next.is_ascii_whitespace() || matches!(next, b'>' | b'/')) {
        return None;
    }
    let from = at + 1 + usize::from(closing);
    let end = tag_end(inside)?;
    Some(Tag {
        name,
        closing,
        end: from + end + 1,
    })
}

/// Where the tag ends. Another `<` before that means it was none, which also keeps the pass linear.
fn tag_end(text: &str) -> Option<usize> {
    let inside = text.get(..text.floor_char_boundary(TAG))?;
    let end = inside.find(['>', '<'])?;
    (inside.as_bytes().get(end) == Some(&b'>')).then_some(end)
}

/// Behind the closing tag of `name`; the end when there is none.
fn end_of_silent(html: &str, from: usize, name: &str) -> usize {
    let tail = html.get(from..).unwrap_or("");
    let mut searched = 0;
    while let Some(found) = tail.get(searched..).and_then(|rest| rest.find("</")) {
        let at = searched + found + 2;
        if tail
            .get(at..at + name.len())
            .is_some_and(|word| word.eq_ignore_ascii_case(name))
        {
            let close = tail.get(at..).and_then(|rest| rest.find('>'));
            return close.map_or(html.len(), |close| from + at + close + 1);
        }
        searched = at;
    }
    html.len()
}

/// The value of an attribute inside a tag's text, its references resolved.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let (at, _) = lower.match_indices(name).find(|(at, _)| {
        lower
            .get(..*at)
            .is_some_and(|before| before.ends_with(|c: char| c.is_ascii_whitespace()))
    })?;
    let value = tag
        .get(at + name.len()..)?
        .trim_start()
        .strip_prefix('=')?
        .trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?,
        _ => value
            .split(|c: char| c.is_ascii_whitespace() || c == '>')
            .next()?,
    };
    Some(resolve(value))
}

/// Character references resolved; everything else as it stands.
fn resolve(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(rest.get(..at).unwrap_or(""));
        let (character, length) = reference(rest.get(at..).unwrap_or(""));
        out.push_str(&character);
        rest = rest.get(at + length..).unwrap_or("");
    }
    out.push_str(rest);
    out
}

/// What a character reference at the start of `text` stands for, and how many bytes it has. An
/// unknown one stays as it stands.
fn reference(text: &str) -> (String, usize) {
    let literal = ("&".to_owned(), 1);
    let Some(end) = text.bytes().take(REFERENCE).position(|byte| byte == b';') else {
        return literal;
    };
    let name = text.get(1..end).unwrap_or("");
    let code = if let Some(hex) = name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
        u32::from_str_radix(hex, 16).ok()
    } else if let Some(decimal) = name.strip_prefix('#') {
        decimal.parse().ok()
    } else {
        named(name).map(u32::from)
    };
    match code.and_then(char::from_u32) {
        // Invisible ones inside a number would hide it: soft hyphen, zero-width blanks.
        Some('\u{ad}' | '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{feff}') => {
            (String::new(), end + 1)
        }
        Some(character) if character.is_control() && !character.is_whitespace() => literal,
        Some(character) => (character.to_string(), end + 1),
        None => literal,
    }
}

/// The references that posts really use; HTML has 2,231.
fn named(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "ensp" => '\u{2002}',
        "emsp" => '\u{2003}',
        "thinsp" => '\u{2009}',
        "shy" => '\u{ad}',
        "zwnj" => '\u{200c}',
        "zwj" => '\u{200d}',
        "colon" => ':',
        "sol" => '/',
        "num" => '#',
        "period" => '.',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "laquo" => '«',
        "raquo" => '»',
        "bull" => '•',
        "middot" => '·',
        "copy" => '©',
        "reg" => '®',
        "trade" => '™',
        "rarr" => '→',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        _ => return None,
    })
}
