//! The words around a place in a post.

use std::ops::Range;

/// A post's text with its ASCII letters lowered, so that places agree.
pub(super) struct Words<'a> {
    pub(super) text: &'a str,
    pub(super) lower: String,
}

impl<'a> Words<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            lower: text.to_ascii_lowercase(),
        }
    }

    /// At most `length` bytes in front of `at`, lowered.
    pub(super) fn before(&self, at: usize, length: usize) -> &str {
        let from = self.lower.floor_char_boundary(at.saturating_sub(length));
        self.lower.get(from..at).unwrap_or("")
    }

    /// At most `length` bytes from `at` on, lowered.
    pub(super) fn after(&self, at: usize, length: usize) -> &str {
        let to = self.lower.floor_char_boundary(at.saturating_add(length));
        self.lower.get(at..to).unwrap_or("")
    }

    /// The bytes of a place as written.
    pub(super) fn at(&self, place: &Range<usize>) -> &'a str {
        self.text.get(place.clone()).unwrap_or("")
    }

    /// The run without blanks around `place`, at most 300 bytes to each side: the address or path
    /// that something is a part of.
    pub(super) fn unbroken(&self, place: &Range<usize>) -> &'a str {
        const REACH: usize = 300;
        let edge =
            |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')' | '`' | '|');
        let from = self
            .text
            .floor_char_boundary(place.start.saturating_sub(REACH));
        let head = self.text.get(from..place.start).unwrap_or("");
        let start = head.rfind(edge).map_or(from, |at| {
            from + at
                + head
                    .get(at..)
                    .and_then(|tail| tail.chars().next())
                    .map_or(1, char::len_utf8)
        });
        let to = self
            .text
            .floor_char_boundary(place.end.saturating_add(REACH));
        let tail = self.text.get(place.end..to).unwrap_or("");
        let end = tail.find(edge).map_or(to, |at| place.end + at);
        self.text.get(start..end).unwrap_or("")
    }
}

/// Where the last of `words` ends in `text`; a word stands alone, not inside another.
pub(super) fn last_word(text: &str, words: &[&str]) -> Option<usize> {
    words
        .iter()
        .filter_map(|word| {
            text.rmatch_indices(word)
                .find(|(at, word)| stands_alone(text, *at, word.len()))
                .map(|(at, word)| at + word.len())
        })
        .max()
}

/// Where the first of `words` begins in `text`.
pub(super) fn first_word(text: &str, words: &[&str]) -> Option<usize> {
    words
        .iter()
        .filter_map(|word| {
            text.match_indices(word)
                .find(|(at, word)| stands_alone(text, *at, word.len()))
                .map(|(at, _)| at)
        })
        .min()
}

/// Whether one of `words` stands in `text`.
pub(super) fn has_word(text: &str, words: &[&str]) -> bool {
    first_word(text, words).is_some()
}

/// Whether no letter or digit touches the word where it has a letter or digit itself. Scripts that
/// write without blanks have no such edges.
pub(super) fn stands_alone(text: &str, at: usize, length: usize) -> bool {
    let bytes = text.as_bytes();
    let joins = |inner: Option<&u8>, outer: Option<&u8>| {
        inner.is_some_and(u8::is_ascii_alphanumeric) && outer.is_some_and(u8::is_ascii_alphanumeric)
    };
    let front = at.checked_sub(1).and_then(|before| bytes.get(before));
    !joins(bytes.get(at), front) && !joins(bytes.get(at + length - 1), bytes.get(at + length))
}
