//! Runs of hex digits as people write them: bare, behind `0x`, in groups, in pairs with colons.
//!
//! This part knows spelling only. What a run means, and whether it means anything, the words around
//! it decide ([`meaning`](super::meaning)).

use std::ops::Range;

use super::words::Words;

/// How the digits of a run stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// One unbroken run.
    Bare,
    /// One unbroken run behind `0x`.
    Prefixed,
    /// Groups with blanks or line breaks between them.
    Groups,
    /// Groups with colons or hyphens between them.
    Colons,
}

/// Hex digits that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) place: Range<usize>,
    /// The digits alone, in the case they were written in.
    pub(super) digits: String,
    pub(super) spelling: Spelling,
}

/// The longest run that can be an identity or a near miss, in digits.
const LONGEST: usize = 66;
/// The shortest unbroken run worth looking at.
const SHORTEST: usize = 8;
/// The longest gap between two groups, in bytes: a line break with its indentation or quote marks.
const GAP: usize = 40;

/// One unbroken run of letters and digits that is all hex.
#[derive(Debug, Clone)]
struct Atom {
    place: Range<usize>,
    prefixed: bool,
}

impl Atom {
    fn length(&self) -> usize {
        self.place.len()
    }
}

/// Every run of the text that could name a key, in order. A bare run longer than [`LONGEST`] is data.
pub(super) fn runs(words: &Words<'_>) -> Vec<Run> {
    let atoms = atoms(words.text);
    let mut found = vec![];
    let mut next = 0;
    while let Some(atom) = atoms.get(next) {
        let (end, gap) = group_end(words, &atoms, next);
        let members = atoms.get(next..end).unwrap_or(&[]);
        match gap {
            Some(gap) if members.len() >= 3 => grouped(words, members, gap, &mut found),
            _ => {
                bare(words, atom, &mut found);
                next += 1;
                continue;
            }
        }
        next = end;
    }
    found
}

fn atoms(text: &str) -> Vec<Atom> {
    let bytes = text.as_bytes();
    let mut found = vec![];
    let mut at = 0;
    while at < bytes.len() {
        let length = bytes
            .get(at..)
            .unwrap_or(&[])
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
            .count();
        if length == 0 {
            at += 1;
            continue;
        }
        let word = bytes.get(at..at + length).unwrap_or(&[]);
        let (prefixed, digits) = match word
            .strip_prefix(b"0x")
            .or_else(|| word.strip_prefix(b"0X"))
        {
            Some(digits) => (true, digits),
            None => (false, word),
        };
        if digits.len() >= 2 && digits.iter().all(u8::is_ascii_hexdigit) {
            found.push(Atom {
                place: at + length - digits.len()..at + length,
                prefixed,
            });
        }
        at += length;
    }
    found
}

/// What stands between two groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gap {
    Blank,
    /// Blank too, and it may stand where a blank stood.
    Break,
    Mark(u8),
}

fn gap(text: &str) -> Option<Gap> {
    if text.len() > GAP {
        return None;
    }
    let blank = |c: char| c.is_whitespace() && c != '\n';
    match text {
        ":" | "-" => text.bytes().next().map(Gap::Mark),
        _ if text.starts_with(':') && text.get(1..)?.chars().all(char::is_whitespace) => {
            Some(Gap::Mark(b':'))
        }
        _ if !text.is_empty() && text.chars().all(blank) => {
            (text.chars().count() <= 3).then_some(Gap::Blank)
        }
        // A quoted or commented line, or a shell's line continuation.
        _ if text.contains('\n') => text
            .chars()
            .all(|c| c.is_whitespace() || matches!(c, '>' | '#' | '*' | '|' | '/' | '\\' | ';'))
            .then_some(Gap::Break),
        _ => None,
    }
}

/// How far a row of groups of the same length, the same marks and the same case goes. One group may
/// be a digit short or long: that is how near misses look.
fn group_end(words: &Words<'_>, atoms: &[Atom], first: usize) -> (usize, Option<Gap>) {
    let Some(start) = atoms.get(first) else {
        return (first + 1, None);
    };
    let length = start.length();
    let mut kind = None;
    let mut end = first + 1;
    let mut odd = false;
    let mut case = case_of(words.at(&start.place));
    if start.prefixed || !(2..=20).contains(&length) {
        return (end, None);
    }
    let mut previous = start;
    while let Some(atom) = atoms.get(end) {
        let between = words
            .text
            .get(previous.place.end..atom.place.start)
            .and_then(gap);
        let fits = match (kind, between) {
            (_, None) => false,
            (None | Some(Gap::Blank | Gap::Break), Some(Gap::Blank | Gap::Break)) => true,
            (None, Some(Gap::Mark(_))) => true,
            (known, between) => known == between,
        };
        let group = case_of(words.at(&atom.place));
        let same_case = case.is_none() || group.is_none() || case == group;
        let off = length >= 4 && atom.length().abs_diff(length) == 1 && !odd;
        if atom.prefixed || !fits || !same_case || !(atom.length() == length || off) {
            break;
        }
        odd |= atom.length() != length;
        case = case.or(group);
        kind = match (kind, between) {
            (Some(Gap::Mark(mark)), _) => Some(Gap::Mark(mark)),
            (_, between) => between.map(|gap| if gap == Gap::Break { Gap::Blank } else { gap }),
        };
        previous = atom;
        end += 1;
    }
    (end, kind)
}

/// Whether the letters are upper case; `None` without letters. Mixed counts as lower.
fn case_of(digits: &str) -> Option<bool> {
    let mut letters = digits.bytes().filter(u8::is_ascii_alphabetic).peekable();
    letters.peek()?;
    Some(letters.all(|letter| letter.is_ascii_uppercase()))
}

/// Cuts a row of groups into identities. Lines that each hold a whole one are taken alone; else
/// groups are gathered until they make one.
fn grouped(words: &Words<'_>, members: &[Atom], kind: Gap, found: &mut Vec<Run>) {
    let spelling = if matches!(kind, Gap::Mark(_)) {
        Spelling::Colons
    } else {
        Spelling::Groups
    };
    let total: usize = members.iter().map(Atom::length).sum();
    if total <= LONGEST || spelling == Spelling::Colons {
        push(words, members, spelling, found);
        return;
    }
    let mut row: Vec<Atom> = vec![];
    let mut digits = 0;
    for (index, atom) in members.iter().enumerate() {
        row.push(atom.clone());
        digits += atom.length();
        let next = members.get(index + 1);
        let breaks = next.is_none_or(|next| {
            words
                .text
                .get(atom.place.end..next.place.start)
                .is_some_and(|gap| gap.contains('\n'))
        });
        if breaks && (digits >= 40 || next.is_none()) {
            push(words, &row, spelling, found);
            row.clear();
            digits = 0;
        }
    }
}

fn push(words: &Words<'_>, members: &[Atom], spelling: Spelling, found: &mut Vec<Run>) {
    let total: usize = members.iter().map(Atom::length).sum();
    // Members that are long enough alone are bare runs that happen to stand beside each other.
    let whole = matches!(total, 39..=41 | 63..=65);
    if members.iter().all(|atom| atom.length() >= SHORTEST) && !whole {
        members.iter().for_each(|atom| bare(words, atom, found));
        return;
    }
    if let (Some(first), Some(last)) = (members.first(), members.last())
        && total <= LONGEST
    {
        found.push(Run {
            place: first.place.start..last.place.end,
            digits: members.iter().map(|atom| words.at(&atom.place)).collect(),
            spelling,
        });
    }
}

fn bare(words: &Words<'_>, atom: &Atom, found: &mut Vec<Run>) {
    if (SHORTEST..=LONGEST).contains(&atom.length()) {
        found.push(Run {
            place: atom.place.clone(),
            digits: words.at(&atom.place).to_owned(),
            spelling: if atom.prefixed {
                Spelling::Prefixed
            } else {
                Spelling::Bare
            },
        });
    }
}
