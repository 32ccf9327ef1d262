//! Text from outside as bounded plain text: no control characters, no direction marks.

use std::borrow::Cow;

/// How many characters of a hostile text are shown.
const LONGEST: usize = 300;

/// The text with everything escaped that could move a cursor, hide or reorder characters.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST && text.chars().all(is_harmless) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == LONGEST {
            shown.push('…');
            break;
        }
        if is_harmless(character) {
            shown.push(character);
        } else {
            shown.extend(character.escape_unicode());
        }
    }
    Cow::Owned(shown)
}

/// Whether a character shows as itself and leaves the text around it alone.
fn is_harmless(character: char) -> bool {
    !character.is_control() && !is_invisible(character)
}

/// A JSON document whose strings hold no such character either: they are written as `\\uXXXX` (RFC
/// 8259 7), so nothing is lost to a machine and nothing moves in a person's terminal.
#[must_use]
pub fn plain_json(document: &str) -> String {
    use std::fmt::Write as _;
    document.chars().fold(String::new(), |mut text, character| {
        if is_harmless(character) || character == '\n' {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        }
        text
    })
}

/// XML 1.0 text: markup and hostile characters as references, those that XML cannot hold replaced.
pub(super) fn plain_xml(text: &str) -> String {
    use std::fmt::Write as _;
    text.chars().fold(String::new(), |mut xml, character| {
        match character {
            '&' => xml.push_str("&amp;"),
            '<' => xml.push_str("&lt;"),
            '>' => xml.push_str("&gt;"),
            '"' => xml.push_str("&quot;"),
            '\n' => xml.push('\n'),
            '\t' => xml.push_str("&#x9;"),
            '\u{fffe}' | '\u{ffff}' => xml.push('\u{fffd}'),
            control if control < ' ' => xml.push('\u{fffd}'),
            hostile if !is_harmless(hostile) => {
                let _ = write!(xml, "&#x{:x};", u32::from(hostile));
            }
            other => xml.push(other),
        }
        xml
    })
}

/// Marks that change how the text around them is read (Unicode TR 36): bidirectional controls,
/// zero-width characters, line and paragraph separators, tags, variation selectors.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hostile_reaches_a_terminal() {
        let cases = [
            ("Qt Company Oy", "Qt Company Oy"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("x\u{202e}gpj.exe", "x\\u{202e}gpj.exe"),
            ("two\nlines", "two\\u{a}lines"),
            ("Škoda 株式会社", "Škoda 株式会社"),
        ];
        for (text, shown) in cases {
            assert_eq!(plain(text), shown);
        }
        assert_eq!(plain(&"x".repeat(1000)).chars().count(), LONGEST + 1);
    }
}
