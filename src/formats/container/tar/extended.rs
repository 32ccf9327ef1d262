//! Extended headers: pax records and GNU's long names, which change the header that follows.

use jiff::Timestamp;

use crate::formats::container::Fault;

/// What extended headers say about the next member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Extended {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    pub(super) modified: Option<Timestamp>,
    pub(super) sparse: bool,
    /// A key that was said twice: readers take the first or the last.
    pub(super) contradicts: Vec<String>,
    /// A record that is not well formed.
    pub(super) malformed: bool,
    /// How many pax headers stood before the member.
    pax_headers: usize,
}

impl Extended {
    /// GNU's `L` and `K`: the whole data is the name.
    pub(super) fn take_long(&mut self, data: &[u8], link: bool) {
        let name = data.split(|byte| *byte == 0).next().unwrap_or_default();
        // Some readers end the name at the first NUL, others take all the data for it.
        let rest = data.get(name.len()..).unwrap_or_default();
        self.malformed |= rest.iter().any(|byte| *byte != 0);
        let (slot, key) = if link {
            (&mut self.link, "linkpath")
        } else {
            (&mut self.path, "path")
        };
        if slot.replace(name.to_vec()).is_some() {
            self.contradicts.push(key.to_owned());
        }
    }

    /// Takes the records of one pax header: `<length> <key>=<value>\n`.
    pub(super) fn take_pax(&mut self, mut data: &[u8]) {
        self.pax_headers += 1;
        if self.pax_headers > 1 {
            self.contradicts.push("a second extended header".to_owned());
        }
        let mut seen: Vec<&[u8]> = vec![];
        while !data.is_empty() {
            let Some((key, value, rest)) = record(data) else {
                self.malformed = true;
                return;
            };
            data = rest;
            if seen.contains(&key) {
                self.contradicts
                    .push(String::from_utf8_lossy(key).into_owned());
            }
            if seen.len() < 64 {
                seen.push(key);
            } else {
                self.malformed = true;
                return;
            }
            self.take(key, value);
        }
    }

    fn take(&mut self, key: &[u8], value: &[u8]) {
        match key {
            b"path" => self.take_name(value, false),
            b"linkpath" => self.take_name(value, true),
            b"size" => match text(value).and_then(|text| text.parse().ok()) {
                Some(size) => self.size = Some(size),
                None => self.malformed = true,
            },
            b"mtime" => self.modified = text(value).and_then(instant),
            _ if key.starts_with(b"GNU.sparse.") => self.sparse = true,
            _ => {}
        }
    }

    fn take_name(&mut self, value: &[u8], link: bool) {
        if value.contains(&0) || value.is_empty() {
            self.malformed = true;
        } else {
            self.take_long(value, link);
        }
    }

    /// What a global header may not say: it would name every following member alike.
    pub(super) fn names_a_member(&self) -> bool {
        self.path.is_some() || self.link.is_some() || self.size.is_some() || self.sparse
    }

    pub(super) fn faults(&self, name: &str, at: u64) -> Vec<Fault> {
        let mut faults: Vec<Fault> = self
            .contradicts
            .iter()
            .map(|key| Fault::ExtendedContradicts {
                name: name.to_owned(),
                key: key.clone(),
            })
            .collect();
        if self.malformed {
            faults.push(Fault::ExtendedHeader { at });
        }
        faults
    }
}

type Record<'a> = (&'a [u8], &'a [u8], &'a [u8]);

fn record(data: &[u8]) -> Option<Record<'_>> {
    let space = data.iter().take(8).position(|byte| *byte == b' ')?;
    let length: usize = text(data.get(..space)?)?.parse().ok()?;
    let (whole, rest) = data.split_at_checked(length)?;
    let body = whole.get(space + 1..)?.strip_suffix(b"\n")?;
    let equals = body.iter().position(|byte| *byte == b'=')?;
    Some((body.get(..equals)?, body.get(equals + 1..)?, rest))
}

fn text(value: &[u8]) -> Option<&str> {
    let plain = value
        .iter()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    str::from_utf8(value).ok().filter(|_| plain)
}

/// Seconds since 1970 with an optional fraction, which is cut.
fn instant(text: &str) -> Option<Timestamp> {
    let whole = text.split('.').next().unwrap_or_default();
    Timestamp::from_second(whole.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_read_to_the_letter() {
        let cases: [(&[u8], bool, usize); 7] = [
            (b"12 path=abc\n", false, 0),
            (b"12 path=abc\n12 path=xyz\n", false, 2),
            (b"13 path=abc\n", true, 0),
            (b"12 path=ab\0\n", true, 0),
            (b"path=abc\n", true, 0),
            (b"10 size=x\n", true, 0),
            (b"12 other=ab\n", false, 0),
        ];
        for (data, malformed, contradicts) in cases {
            let mut extended = Extended::default();
            extended.take_pax(data);
            assert_eq!(extended.malformed, malformed, "{data:?}");
            assert_eq!(extended.contradicts.len(), contradicts, "{data:?}");
        }
    }
}
