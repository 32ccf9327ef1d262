//! References: characters by number or name, and the entities that a document declares itself.
//!
//! External and parameter entities are never followed. What a document's own entities unfold to is
//! bounded over the whole document.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::entity_names::named;
use super::repair::{Repair, Repairs};
use crate::formats::limits;

/// How deep a document's own entities may refer to each other.
const DEPTH: u8 = 8;
/// The longest name that is looked up, in bytes.
const NAME: usize = 64;

/// The entities of one document's internal subset, and what may still be unfolded.
#[derive(Debug)]
pub(super) struct Entities<'a> {
    own: BTreeMap<&'a str, &'a str>,
    budget: usize,
}

/// A reference, read.
#[derive(Debug)]
pub(super) struct Reference {
    /// What it stands for; not escaped.
    pub(super) text: Cow<'static, str>,
    /// How many bytes it takes, the ampersand included.
    pub(super) length: usize,
}

impl<'a> Entities<'a> {
    pub(super) fn none() -> Self {
        Self {
            own: BTreeMap::new(),
            budget: limits::FEED_ENTITY_TEXT,
        }
    }

    /// Takes the general entities with a literal value from an internal subset. The first of two
    /// declarations counts (XML 1.0 4.2).
    pub(super) fn declare(&mut self, subset: &'a str) {
        for part in subset.split("<!ENTITY").skip(1) {
            let mut words = part.trim_start().splitn(2, char::is_whitespace);
            let (Some(name), Some(rest)) = (words.next(), words.next()) else {
                continue;
            };
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
            let value = quote.and_then(|quote| rest.get(1..)?.split_once(quote));
            let plain = !name.is_empty() && name.len() <= NAME && !name.starts_with('%');
            if let Some((value, _)) = value
                && plain
                && self.own.len() < limits::FEED_ENTITIES
            {
                self.own.entry(name).or_insert(value);
            }
        }
    }

    /// Reads the reference that `text` begins with; `None` when its ampersand stands for itself.
    pub(super) fn read(&mut self, text: &str, repairs: &mut Repairs) -> Option<Reference> {
        let after = text.strip_prefix('&')?;
        if let Some(number) = after.strip_prefix('#') {
            return numbered(number, repairs);
        }
        let name = name(after)?;
        let length = name.len() + 2;
        if let Some(known) = quick_xml::escape::resolve_predefined_entity(name) {
            return Some(Reference {
                text: known.into(),
                length,
            });
        }
        if let Some(value) = self.own.get(name).copied() {
            let mut unfolded = String::new();
            if self.unfold(value, DEPTH, &mut unfolded).is_none() {
                repairs.note(Repair::EntityLimit);
                return Some(Reference {
                    text: format!("&{name};").into(),
                    length,
                });
            }
            return Some(Reference {
                text: unfolded.into(),
                length,
            });
        }
        let known = named(name);
        repairs.note(match known {
            Some(_) => Repair::UndeclaredEntity,
            None => Repair::UnknownEntity,
        });
        Some(Reference {
            text: known
                .map_or_else(|| format!("&{name};"), String::from)
                .into(),
            length,
        })
    }

    /// `None` when the budget or the depth is spent.
    fn unfold(&mut self, value: &str, depth: u8, into: &mut String) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        self.budget = self.budget.checked_sub(value.len() + 1)?;
        let mut rest = value;
        while let Some((before, _)) = rest.split_once('&') {
            into.push_str(before);
            rest = rest.get(before.len()..)?;
            let after = rest.get(1..)?;
            let own = name(after).and_then(|name| Some((name, self.own.get(name).copied()?)));
            if let Some((name, value)) = own {
                self.unfold(value, depth, into)?;
                rest = rest.get(name.len() + 2..)?;
                continue;
            }
            let known = match after.strip_prefix('#') {
                Some(number) => numbered(number, &mut Repairs::default()),
                None => name(after).and_then(|name| {
                    let predefined = quick_xml::escape::resolve_predefined_entity(name);
                    let text = match predefined {
                        Some(known) => known.into(),
                        None => String::from(named(name)?).into(),
                    };
                    Some(Reference {
                        text,
                        length: name.len() + 2,
                    })
                }),
            };
            match known {
                Some(reference) => {
                    into.push_str(&reference.text);
                    rest = rest.get(reference.length..)?;
                }
                None => {
                    into.push('&');
                    rest = after;
                }
            }
        }
        into.push_str(rest);
        Some(())
    }
}

/// A name that a semicolon ends.
fn name(text: &str) -> Option<&str> {
    let end = text
        .bytes()
        .take(NAME + 1)
        .position(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-' | b'.'))?;
    let name = text.get(..end)?;
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    (begins && text.as_bytes().get(end) == Some(&b';')).then_some(name)
}

/// A character by its number, as HTML reads it: 128 to 159 are windows-1252, and the semicolon may be
/// missing.
fn numbered(text: &str, repairs: &mut Repairs) -> Option<Reference> {
    let (digits, radix, prefix) = match text.strip_prefix(['x', 'X']) {
        Some(hex) => (hex, 16, 3),
        None => (text, 10, 2),
    };
    let count = digits
        .chars()
        .take(16)
        .take_while(|c| c.is_digit(radix))
        .count();
    let number = digits.get(..count).filter(|digits| !digits.is_empty())?;
    let closed = digits.as_bytes().get(count) == Some(&b';');
    let value = u32::from_str_radix(number, radix).unwrap_or(u32::MAX);
    let character = match u8::try_from(value) {
        Ok(byte @ 0x80..=0x9f) => Some(windows_1252(byte)),
        _ => char::from_u32(value).filter(|c| allowed(*c)),
    };
    if !closed || character.is_none() {
        repairs.note(Repair::BrokenReference);
    }
    Some(Reference {
        text: character.map(String::from).unwrap_or_default().into(),
        length: prefix + count + usize::from(closed),
    })
}

/// The character that somebody meant who wrote a C1 control.
pub(super) fn windows_1252(byte: u8) -> char {
    let byte = [byte];
    let (text, _) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(&byte);
    text.chars().next().unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The production `Char` of XML 1.0.
pub(super) fn allowed(c: char) -> bool {
    !matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}
