//! Names that a post prints: distinguished names, CAs in prose, Apple's team ids.

use std::ops::Range;

use super::token::TokenKind;
use super::vocabulary::GENERIC;
use super::words::{Words, has_word};

/// What a scanner found, before its side is known.
pub(super) type Found = (TokenKind, String, Range<usize>);

/// The longest distinguished name, in bytes.
const NAME: usize = 400;
/// The most words in a CA's name.
const NAME_WORDS: usize = 9;

/// Distinguished names on one line, with a common name or an organisation and one part more.
pub(super) fn distinguished(words: &Words<'_>, found: &mut Vec<Found>) {
    let text = words.text;
    let mut next = 0;
    while let Some(start) = attribute_start(text, next) {
        let (end, parts) = name_end(text, start);
        next = end.max(start + 1);
        let raw = text.get(start..end).unwrap_or("");
        let common = parts.contains(&"CN");
        if common || parts.contains(&"O") && parts.len() > 1 {
            let value = raw.split_whitespace().collect::<Vec<_>>().join(" ");
            found.push((
                TokenKind::DistinguishedName,
                value.replace(" = ", "="),
                start..end,
            ));
        }
    }
}

const ATTRIBUTES: &[&str] = &[
    "CN",
    "OU",
    "O",
    "C",
    "L",
    "ST",
    "S",
    "DC",
    "SERIALNUMBER",
    "E",
    "emailAddress",
];

/// The attribute type whose `=` is at `equals`, and where it begins.
fn attribute_at(text: &str, equals: usize) -> Option<(&str, usize)> {
    let head = text.get(..equals)?.trim_end_matches(' ');
    let from = head.floor_char_boundary(head.len().saturating_sub(16));
    let window = head.get(from..)?;
    let start = window
        .rfind(|c: char| !c.is_ascii_alphanumeric())
        .map_or(from, |at| {
            from + at
                + window
                    .get(at..)
                    .and_then(|tail| tail.chars().next())
                    .map_or(1, char::len_utf8)
        });
    let name = head.get(start..)?;
    ATTRIBUTES
        .iter()
        .find(|known| **known == name)
        .map(|known| (*known, start))
}

fn attribute_start(text: &str, from: usize) -> Option<usize> {
    let mut searched = from;
    loop {
        let equals = searched + text.get(searched..)?.find('=')?;
        let is_value = text
            .get(equals + 1..)
            .is_some_and(|rest| !rest.starts_with(['=', '>', '"']) || rest.starts_with("\""));
        if let Some((_, start)) = attribute_at(text, equals)
            && start >= from
            && is_value
        {
            return Some(start);
        }
        searched = equals + 1;
    }
}

/// Where the name that begins at `start` ends, and its attribute types.
fn name_end(text: &str, start: usize) -> (usize, Vec<&'static str>) {
    let limit = text.floor_char_boundary(start + NAME);
    let line = text.get(start..limit).unwrap_or("");
    let line = line
        .split(['\n', ';', '`', '<', '>', '|'])
        .next()
        .unwrap_or("");
    let mut parts = vec![];
    let mut last = 0;
    for (equals, _) in line.match_indices('=') {
        if let Some((_, at)) = attribute_at(line, equals) {
            let separated = at == 0
                || line
                    .get(..at)
                    .is_some_and(|head| head.trim_end().ends_with([',', '/', '+']));
            if separated {
                if let Some(known) = ATTRIBUTES.iter().find(|known| {
                    line.get(at..).is_some_and(|tail| {
                        tail.starts_with(**known)
                            && tail
                                .get(known.len()..)
                                .is_some_and(|rest| rest.trim_start().starts_with('='))
                    })
                }) {
                    parts.push(*known);
                }
                last = equals + 1;
            }
        }
    }
    let value = line.get(last..).unwrap_or("");
    let blanks = value.len() - value.trim_start().len();
    let value = value.trim_start();
    let length = if let Some(quoted) = value.strip_prefix('"') {
        quoted.find('"').map_or(value.len(), |end| end + 2)
    } else {
        value_length(value)
    };
    let end = start + last + blanks + value.get(..length).unwrap_or("").trim_end().len();
    (end, parts)
}

/// How far an unquoted last value goes: to a comma, quote or bracket, the end of a sentence, or a word
/// with a colon, which begins something else.
fn value_length(value: &str) -> usize {
    let mut end = value
        .find([',', '"', '\'', '(', ')', '…'])
        .unwrap_or(value.len());
    for stop in [". ", " ...", " -", " SHA-"] {
        end = value
            .get(..end)
            .and_then(|head| head.find(stop))
            .unwrap_or(end);
    }
    let head = value.get(..end).unwrap_or("");
    let mut at = 0;
    for word in head.split_inclusive(' ') {
        if at > 0 && word.trim_end().ends_with(':') {
            return at;
        }
        at += word.len();
    }
    head.trim_end_matches('.').len()
}

/// Words that make a capitalised row the name of a CA.
const OF_CAS: &[&str] = &["CA", "PCA", "KEK", "Root", "Authority"];

/// The names of CAs in running text: rows of capitalised words that end as CA names do.
pub(super) fn authorities(words: &Words<'_>, found: &mut Vec<Found>) {
    let mut row: Vec<Range<usize>> = vec![];
    let mut at = 0;
    for piece in words.text.split_inclusive(|c: char| c.is_whitespace()) {
        let word = piece.trim_end();
        let bare = word.trim_start_matches(['"', '\'', '(', '*', '`', '“', '‘', '[', '_']);
        let start = at + word.len() - bare.len();
        let kept = bare.trim_end_matches(|c: char| !c.is_alphanumeric());
        let opens = bare.len() < word.len();
        let closes =
            kept.len() < bare.len() || piece.len() - word.len() != 1 || piece.ends_with('\n');
        at += piece.len();
        let fits = kept
            .chars()
            .next()
            .is_some_and(|c| c.is_uppercase() || c.is_ascii_digit())
            && !kept.contains(['=', '/', '@']);
        if !fits || opens {
            authority(words, &row, found);
            row.clear();
        }
        if fits {
            row.push(start..start + kept.len());
        }
        if closes {
            authority(words, &row, found);
            row.clear();
        }
    }
    authority(words, &row, found);
}

fn authority(words: &Words<'_>, row: &[Range<usize>], found: &mut Vec<Found>) {
    let is = |place: &Range<usize>, list: &[&str]| list.contains(&words.at(place));
    let generic = |place: &Range<usize>| is(place, GENERIC) || is_suffix(words.at(place));
    let Some(first) = row.iter().position(|place| !generic(place)) else {
        return;
    };
    // Issuing CAs of cloud operators are named by algorithm and number ("Example RSA 2048 M01").
    let numbered = row.last().is_some_and(|place| {
        words
            .at(place)
            .starts_with(|c: char| c.is_ascii_uppercase())
            && is_suffix(words.at(place))
    });
    let Some(last) = row
        .iter()
        .rposition(|place| is(place, OF_CAS) || numbered && is(place, &["RSA", "ECC", "ECDSA"]))
    else {
        return;
    };
    if last <= first {
        return;
    }
    let tail = row.get(last + 1..).unwrap_or(&[]);
    let suffixes = tail
        .iter()
        .take_while(|place| is_suffix(words.at(place)))
        .count();
    let members = row.get(first..=last + suffixes).unwrap_or(&[]);
    // "Example Root" alone names a thing too often that is no certificate.
    let ends_well = suffixes > 0
        || members
            .last()
            .is_some_and(|place| is(place, &["CA", "PCA", "Authority"]));
    if !ends_well || members.len() > NAME_WORDS {
        return;
    }
    if let (Some(from), Some(to)) = (members.first(), members.last()) {
        let place = from.start..to.end;
        let value = words
            .at(&place)
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        found.push((TokenKind::AuthorityName, value, place));
    }
}

/// A generation as CAs number them: `2`, `2011`, `G4`, `R36`, `X1`, `E5`, `2K`.
fn is_suffix(word: &str) -> bool {
    word.len() <= 4
        && word.bytes().any(|byte| byte.is_ascii_digit())
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// Team ids: in brackets behind a name, or behind the words that Apple's tools print.
pub(super) fn teams(words: &Words<'_>, found: &mut Vec<Found>) {
    let bytes = words.text.as_bytes();
    let mut next = 0;
    while let Some(start) = bytes
        .get(next..)
        .and_then(|rest| rest.iter().position(u8::is_ascii_alphanumeric))
    {
        let start = next + start;
        let length = bytes.get(start..).map_or(0, |rest| {
            rest.iter()
                .take_while(|byte| byte.is_ascii_alphanumeric())
                .count()
        });
        next = start + length.max(1);
        let place = start..start + length;
        let id = words.at(&place);
        let shaped = length == 10
            && id
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
            && id.bytes().any(|byte| byte.is_ascii_digit())
            && id.bytes().any(|byte| byte.is_ascii_uppercase());
        if shaped && is_team(words, &place) {
            found.push((TokenKind::AppleTeam, id.to_owned(), place));
        }
    }
}

fn is_team(words: &Words<'_>, place: &Range<usize>) -> bool {
    let before = words.before(place.start, 24);
    if [
        "team id",
        "team id:",
        "team identifier",
        "teamid",
        "teamid:",
        "teamidentifier=",
        "team id is",
    ]
    .iter()
    .any(|word| {
        before
            .trim_end()
            .trim_end_matches(['`', '"', '('])
            .trim_end()
            .ends_with(word)
    }) {
        return true;
    }
    let of_signing = [
        "developer",
        "team",
        "signature",
        "signed",
        "codesign",
        "apple",
        "macos",
        "certificate",
        "signing",
        "notarized",
    ];
    before.ends_with('(')
        && words.after(place.end, 1) == ")"
        && (has_word(words.before(place.start, 300), &of_signing)
            || has_word(words.after(place.end, 120), &of_signing))
}
