//! CSV (RFC 4180): rows of fields, with the line where each row begins.

use super::error::ProgrammeError;
use crate::formats::limits;

/// One row, and the line on which it begins.
pub(super) struct Row {
    pub(super) line: usize,
    pub(super) fields: Vec<String>,
}

/// Every row; empty lines are passed over.
pub(super) fn rows(text: &str) -> Result<Vec<Row>, ProgrammeError> {
    let mut rows = vec![];
    let mut line = 1;
    let mut rest = text;
    while !rest.is_empty() {
        let begun = line;
        let mut fields = vec![];
        loop {
            let (field, after, breaks) = field(rest, line)?;
            line += breaks;
            fields.push(field);
            if fields.len() > limits::CSV_COLUMNS {
                return Err(ProgrammeError::TooMany {
                    what: "columns",
                    limit: limits::CSV_COLUMNS,
                });
            }
            if let Some(after) = after.strip_prefix(',') {
                rest = after;
                continue;
            }
            rest = match after
                .strip_prefix("\r\n")
                .or_else(|| after.strip_prefix('\n'))
            {
                Some(after) => after,
                // An empty field at the very end is what is left of one that was cut off.
                None if after.is_empty() && rest.is_empty() && fields.len() > 1 => {
                    return Err(ProgrammeError::CutOff {
                        of: "a row",
                        line: begun,
                    });
                }
                None if after.is_empty() => after,
                None => {
                    return Err(ProgrammeError::Line {
                        line,
                        what: "text behind a closing quotation mark",
                    });
                }
            };
            line += 1;
            break;
        }
        if fields.iter().any(|field| !field.is_empty()) {
            rows.push(Row {
                line: begun,
                fields,
            });
        }
    }
    Ok(rows)
}

/// One field, what follows it, and how many line breaks it holds.
fn field(text: &str, line: usize) -> Result<(String, &str, usize), ProgrammeError> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', '\n']).unwrap_or(text.len());
        let (field, rest) = text.split_at(end);
        // The carriage return belongs to the line's end.
        return match field.strip_suffix('\r') {
            Some(field) if rest.starts_with('\n') => Ok((field.to_owned(), rest, 0)),
            _ => Ok((field.to_owned(), rest, 0)),
        };
    };
    let mut value = String::new();
    let mut rest = quoted;
    loop {
        let Some((before, after)) = rest.split_once('"') else {
            return Err(ProgrammeError::CutOff {
                of: "a quoted field",
                line,
            });
        };
        value.push_str(before);
        match after.strip_prefix('"') {
            Some(after) => {
                value.push('"');
                rest = after;
            }
            None => {
                let breaks = value.matches('\n').count();
                return Ok((value, after, breaks));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_as_they_were_written() {
        let text = "a,\"b,\"\"c\"\"\",\"d\r\ne\"\r\n\r\n,last\n";
        let rows = rows(text).unwrap();
        let found: Vec<_> = rows
            .iter()
            .map(|row| (row.line, row.fields.clone()))
            .collect();
        let fields = |list: &[&str]| list.iter().map(|field| (*field).to_owned()).collect();
        assert_eq!(
            found,
            [
                (1, fields(&["a", "b,\"c\"", "d\r\ne"])),
                (4, fields(&["", "last"])),
            ]
        );
    }

    #[test]
    fn what_is_cut_off_is_said_with_its_line() {
        for (text, expected) in [
            (
                "a\nb,\"c\nd",
                "the file ends in the middle of a quoted field, which begins in line 2",
            ),
            (
                "a,b\nc,",
                "the file ends in the middle of a row, which begins in line 2",
            ),
            ("\"a\"b\n", "line 1: text behind a closing quotation mark"),
        ] {
            assert_eq!(rows(text).map(|_| ()).unwrap_err().to_string(), expected);
        }
    }
}
