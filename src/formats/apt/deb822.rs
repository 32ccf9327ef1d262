//! Control data as Debian writes it (deb822(5)): fields of a paragraph, read strictly.
//!
//! Two fields of one name are refused: apt takes the last, python-debian the first.

use std::collections::BTreeSet;

use crate::formats::limits;

/// One field: its name as written, and its value with continuation lines joined by `\n`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub name: String,
    pub value: String,
}

/// The one paragraph of a signed document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Paragraph {
    /// In file order.
    pub fields: Vec<Field>,
}

/// Why a text is no single, unambiguous paragraph; lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Deb822Fault {
    #[error("it holds no fields")]
    Empty,
    #[error("the field {name} stands twice, again in line {line}")]
    DuplicateField { name: String, line: usize },
    #[error("line {line} is no field and no continuation of one")]
    NotAField { line: usize },
    #[error("a second paragraph begins in line {line}")]
    SecondParagraph { line: usize },
    #[error("line {line} holds a control character")]
    ControlCharacter { line: usize },
    #[error("more than {limit} {what}")]
    TooMany { what: &'static str, limit: usize },
}

impl Paragraph {
    /// Reads a text that holds one paragraph and nothing else but empty lines around it.
    ///
    /// # Errors
    /// When two readers could take it for different fields.
    pub fn read(text: &[u8]) -> Result<Self, Deb822Fault> {
        let mut fields: Vec<Field> = vec![];
        let mut names = BTreeSet::new();
        let mut ended = false;
        for (index, raw) in text.split(|byte| *byte == b'\n').enumerate() {
            let line = index + 1;
            let raw = raw.strip_suffix(b"\r").unwrap_or(raw);
            if raw
                .iter()
                .any(|byte| byte.is_ascii_control() && *byte != b'\t')
            {
                return Err(Deb822Fault::ControlCharacter { line });
            }
            if raw.trim_ascii().is_empty() {
                ended = !fields.is_empty();
                continue;
            }
            if ended {
                return Err(Deb822Fault::SecondParagraph { line });
            }
            if raw.starts_with(b" ") || raw.starts_with(b"\t") {
                let field = fields.last_mut().ok_or(Deb822Fault::NotAField { line })?;
                field.value.push('\n');
                field
                    .value
                    .push_str(&String::from_utf8_lossy(raw.trim_ascii()));
                continue;
            }
            let (name, value) = split(raw).ok_or(Deb822Fault::NotAField { line })?;
            if !names.insert(name.to_ascii_lowercase()) {
                return Err(Deb822Fault::DuplicateField { name, line });
            }
            if fields.len() >= limits::DEB822_FIELDS {
                return Err(Deb822Fault::TooMany {
                    what: "fields",
                    limit: limits::DEB822_FIELDS,
                });
            }
            fields.push(Field { name, value });
        }
        if fields.is_empty() {
            return Err(Deb822Fault::Empty);
        }
        Ok(Self { fields })
    }

    /// The value of a field; names are compared without case.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|field| field.name.eq_ignore_ascii_case(name))
            .map(|field| field.value.as_str())
    }
}

/// A field's name and the value on its own line. Comments are not allowed in what is signed.
fn split(line: &[u8]) -> Option<(String, String)> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let (name, value) = line.split_at(colon);
    let fits = name.iter().all(u8::is_ascii_graphic)
        && !matches!(name.first(), None | Some(b'#' | b'-'))
        && name.len() <= 128;
    let value = value.get(1..)?.trim_ascii();
    fits.then(|| {
        (
            String::from_utf8_lossy(name).into_owned(),
            String::from_utf8_lossy(value).into_owned(),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_one_paragraph_and_refuses_ambiguity() {
        let good = Paragraph::read(b"\nOrigin: Debian\nFiles:\n a 1\n\tb 2\n\n").unwrap();
        assert_eq!(good.get("origin"), Some("Debian"));
        assert_eq!(good.get("Files"), Some("\na 1\nb 2"));
        let cases: &[(&[u8], Deb822Fault)] = &[
            (b"", Deb822Fault::Empty),
            (b"\n \n", Deb822Fault::Empty),
            (
                b"Suite: a\nsuite: b",
                Deb822Fault::DuplicateField {
                    name: "suite".into(),
                    line: 2,
                },
            ),
            (b" a: b", Deb822Fault::NotAField { line: 1 }),
            (b"a b: c", Deb822Fault::NotAField { line: 1 }),
            (b"# a: c", Deb822Fault::NotAField { line: 1 }),
            (b"a: b\njust text", Deb822Fault::NotAField { line: 2 }),
            (b"a: b\n\nc: d", Deb822Fault::SecondParagraph { line: 3 }),
            (b"a: b\0", Deb822Fault::ControlCharacter { line: 1 }),
            (b"a: b\rc: d", Deb822Fault::ControlCharacter { line: 1 }),
        ];
        for (text, expected) in cases {
            assert_eq!(&Paragraph::read(text).unwrap_err(), expected);
        }
    }
}
