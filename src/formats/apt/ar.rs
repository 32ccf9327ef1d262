//! The `ar` archive as `.deb` uses it (deb(5)): plain members one behind the other.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::formats::limits;
use crate::formats::source::Source;

const MAGIC: &[u8; 8] = b"!<arch>\n";
const HEADER: u64 = 60;

/// One member and where its bytes lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArMember {
    pub name: String,
    pub bytes: Range<u64>,
}

/// Why an archive cannot be read in one way only; offsets count bytes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArFault {
    #[error("no ar archive")]
    NotAr,
    #[error("cannot read: {0}")]
    Io(String),
    #[error("the header at {offset} is malformed")]
    Header { offset: u64 },
    /// GNU and BSD tables of long names: each reader knows one of them.
    #[error("the name at {offset} is written in a way that readers differ about")]
    Name { offset: u64 },
    #[error("the member {name} runs over the end")]
    Truncated { name: String },
    #[error("the member {name} stands twice")]
    Duplicate { name: String },
    #[error("the byte behind the member {name} is no filler")]
    Padding { name: String },
    #[error("more than {limit} members")]
    TooMany { limit: usize },
}

/// Whether an ar archive begins here.
pub(super) fn is_ar(source: &dyn Source) -> bool {
    source
        .read_range(0, MAGIC.len())
        .is_ok_and(|magic| magic == MAGIC)
}

/// Every member, to the last byte of the source.
pub(super) fn members(source: &dyn Source) -> Result<Vec<ArMember>, ArFault> {
    if !is_ar(source) {
        return Err(ArFault::NotAr);
    }
    let mut found: Vec<ArMember> = vec![];
    let mut names = BTreeSet::new();
    let mut offset = MAGIC.len() as u64;
    while offset < source.size() {
        if source.size() - offset < HEADER {
            return Err(ArFault::Header { offset });
        }
        let header = source
            .read_range(offset, 60)
            .map_err(|error| ArFault::Io(error.to_string()))?;
        let malformed = || ArFault::Header { offset };
        let field = |range: Range<usize>| header.get(range).ok_or_else(malformed);
        if field(58..60)? != b"`\n" {
            return Err(malformed());
        }
        let name = name(field(0..16)?).ok_or(ArFault::Name { offset })?;
        let size = decimal(field(48..58)?).ok_or_else(malformed)?;
        let start = offset + HEADER;
        let end = start
            .checked_add(size)
            .filter(|end| *end <= source.size())
            .ok_or_else(|| ArFault::Truncated { name: name.clone() })?;
        if !names.insert(name.clone()) {
            return Err(ArFault::Duplicate { name });
        }
        if found.len() >= limits::AR_MEMBERS {
            return Err(ArFault::TooMany {
                limit: limits::AR_MEMBERS,
            });
        }
        offset = end;
        // Members begin at even offsets; the last one may lack its filler.
        if size % 2 == 1 && end < source.size() {
            let filler = source
                .read_range(end, 1)
                .map_err(|error| ArFault::Io(error.to_string()))?;
            if filler != b"\n" {
                return Err(ArFault::Padding { name });
            }
            offset += 1;
        }
        found.push(ArMember {
            name,
            bytes: start..end,
        });
    }
    Ok(found)
}

/// A short name, with the slash that GNU ar puts behind it or without.
fn name(field: &[u8]) -> Option<String> {
    let name = field.trim_ascii_end();
    let name = name.strip_suffix(b"/").unwrap_or(name);
    let tame = !name.is_empty()
        && !name.starts_with(b"#1/")
        && name
            .iter()
            .all(|byte| byte.is_ascii_graphic() && *byte != b'/');
    tame.then(|| String::from_utf8_lossy(name).into_owned())
}

/// A decimal number with blanks behind it, and nothing else.
fn decimal(field: &[u8]) -> Option<u64> {
    let digits = field.trim_ascii_end();
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    str::from_utf8(digits).ok()?.parse().ok()
}
