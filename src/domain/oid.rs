//! Object identifiers, in dotted text.

use std::fmt;

/// An object identifier such as `1.3.6.1.5.5.7.3.3`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Oid(String);

impl Oid {
    /// From dotted decimal text, which the caller vouches for.
    #[must_use]
    pub fn new(dotted: impl Into<String>) -> Self {
        Self(dotted.into())
    }

    /// From the content octets of a DER OBJECT IDENTIFIER (X.690 8.19); `None` when they are none.
    #[must_use]
    pub fn from_der_content(content: &[u8]) -> Option<Self> {
        let (last, _) = content.split_last()?;
        if last & 0x80 != 0 || content.len() > 64 {
            return None;
        }
        let mut dotted = String::new();
        let mut arc: u128 = 0;
        let mut fresh = true;
        for byte in content {
            if fresh && *byte == 0x80 || arc >> 120 != 0 {
                return None;
            }
            arc = arc << 7 | u128::from(byte & 0x7f);
            fresh = byte & 0x80 == 0;
            if fresh {
                if dotted.is_empty() {
                    let first = (arc / 40).min(2);
                    dotted = format!("{first}.{}", arc - first * 40);
                } else {
                    dotted.push('.');
                    dotted.push_str(&arc.to_string());
                }
                arc = 0;
            }
        }
        Some(Self(dotted))
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Oid {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Oid {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Oid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Oid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn der_contents_become_dotted_text() {
        let cases: [(&[u8], Option<&str>); 6] = [
            (
                &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d],
                Some("1.2.840.113549"),
            ),
            (&[0x55, 0x1d, 0x25], Some("2.5.29.37")),
            (&[0x88, 0x37], Some("2.999")),
            (&[0x55, 0x80, 0x01], None),
            (&[0x55, 0x81], None),
            (&[], None),
        ];
        for (content, dotted) in cases {
            let found = Oid::from_der_content(content);
            assert_eq!(found.as_ref().map(Oid::as_str), dotted, "{content:02x?}");
        }
    }
}
