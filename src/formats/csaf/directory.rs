//! Directory distributions: `index.txt` and `changes.csv` (CSAF 2.0 7.1.12 and 7.1.13).

use jiff::Timestamp;

use super::address;
use super::error::CsafError;
use crate::formats::limits;

/// One line of `changes.csv`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The document's whole address.
    pub url: String,
    /// When it was last changed; some providers keep a line for every change.
    pub at: Timestamp,
}

/// What a list names, in file order, and the lines that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T> {
    pub entries: Vec<T>,
    /// Line numbers, counted from 1.
    pub left_out: Vec<usize>,
}

/// Reads `index.txt`: one path below the folder `base` a line.
///
/// # Errors
/// When it is no text, or over [`limits::CSAF_INDEX`] or [`limits::CSAF_ENTRIES`].
pub fn index(bytes: &[u8], base: &str) -> Result<Listing<String>, CsafError> {
    listing(bytes, |line| address::below(base, line))
}

/// Reads `changes.csv`: `"path","date"` a line, without a header. The order says nothing: real
/// files are sorted by neither.
///
/// # Errors
/// As [`index`].
pub fn changes(bytes: &[u8], base: &str) -> Result<Listing<Change>, CsafError> {
    listing(bytes, |line| {
        let (path, rest) = field(line)?;
        let (date, rest) = field(rest?)?;
        let at = date.trim().parse().ok().filter(|_| rest.is_none())?;
        let url = address::below(base, path.trim())?;
        Some(Change { url, at })
    })
}

fn listing<T>(bytes: &[u8], read: impl Fn(&str) -> Option<T>) -> Result<Listing<T>, CsafError> {
    if bytes.len() > limits::CSAF_INDEX {
        return Err(CsafError::TooLarge {
            limit: limits::CSAF_INDEX,
        });
    }
    let text = str::from_utf8(bytes).map_err(|_| CsafError::NotText)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut found = Listing {
        entries: vec![],
        left_out: vec![],
    };
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        match read(line) {
            Some(entry) => found.entries.push(entry),
            None => found.left_out.push(index + 1),
        }
        if found.entries.len() + found.left_out.len() > limits::CSAF_ENTRIES {
            return Err(CsafError::TooMany {
                what: "entries",
                limit: limits::CSAF_ENTRIES,
            });
        }
    }
    Ok(found)
}

/// The first field of a CSV record (RFC 4180) on one line, and what stands behind its comma, if one
/// does.
fn field(record: &str) -> Option<(String, Option<&str>)> {
    let record = record.trim_start();
    let Some(quoted) = record.strip_prefix('"') else {
        return Some(match record.split_once(',') {
            Some((field, rest)) => (field.to_owned(), Some(rest)),
            None => (record.to_owned(), None),
        });
    };
    let mut value = String::new();
    let mut rest = quoted;
    loop {
        let (part, behind) = rest.split_once('"')?;
        value.push_str(part);
        match behind.strip_prefix('"') {
            Some(more) => {
                value.push('"');
                rest = more;
            }
            None => {
                let behind = behind.trim();
                if behind.is_empty() {
                    return Some((value, None));
                }
                return Some((value, Some(behind.strip_prefix(',')?)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BASE: &str = "https://a.example/csaf";

    #[test]
    fn an_index_names_paths_below_its_folder() {
        let read = index(b"\xef\xbb\xbf2024/a.json\r\n\n../b.json\nc.json", BASE).unwrap();
        let entries = [
            "https://a.example/csaf/2024/a.json",
            "https://a.example/csaf/c.json",
        ];
        assert_eq!(read.entries, entries);
        assert_eq!(read.left_out, [3]);
        assert_eq!(index(b"\xff", BASE), Err(CsafError::NotText));
    }

    #[test]
    fn changes_are_read_in_every_form_seen_and_nothing_is_guessed() {
        let good = [
            "\"a.json\",\"2024-12-10T15:30:49Z\"",
            "a.json,2024-12-10T15:30:49Z",
            " \"a.json\" , \"2024-12-10T16:30:49.000+01:00\" ",
        ];
        for line in good {
            let read = changes(line.as_bytes(), BASE).unwrap();
            let expected = Change {
                url: "https://a.example/csaf/a.json".to_owned(),
                at: "2024-12-10T15:30:49Z".parse().unwrap(),
            };
            assert_eq!(read.entries, [expected], "{line}");
        }
        let bad = [
            "a.json",
            "\"a.json\"",
            "a.json,yesterday",
            "a.json,2024-12-10",
            "\"a.json,2024-12-10T15:30:49Z",
            "\"a.json\"x,2024-12-10T15:30:49Z",
            "a.json,2024-12-10T15:30:49Z,x",
            "../a.json,2024-12-10T15:30:49Z",
            "\"a\"\".json\n\",2024-12-10T15:30:49Z",
        ];
        for line in bad {
            let read = changes(line.as_bytes(), BASE).unwrap();
            assert_eq!(read.entries, [], "{line}");
            assert!(!read.left_out.is_empty(), "{line}");
        }
    }
}
