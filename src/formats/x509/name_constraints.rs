//! The name constraints extension (RFC 5280 4.2.1.10).

use super::general_name::GeneralName;
use crate::formats::der::{DerError, Tag, Value, single};

/// Where the names of all certificates below must and must not lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameConstraints {
    /// Of each form that occurs here, a name must lie in one of these.
    pub permitted: Vec<Subtree>,
    /// No name may lie in any of these, permitted or not.
    pub excluded: Vec<Subtree>,
}

/// A space of names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subtree {
    /// What the names begin or end with, by their form.
    pub base: GeneralName,
}

/// Why the extension's value constrains nothing that can be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameConstraintsError {
    #[error("{0}")]
    Encoding(#[from] DerError),
    #[error("neither permits nor excludes anything")]
    Empty,
    /// Only minimum 0 and no maximum are ever used (RFC 5280 4.2.1.10).
    #[error("counts distances from a base")]
    Distance,
    /// The base is no name space of its form.
    #[error("{0} is no space of names")]
    Base(GeneralName),
}

impl NameConstraints {
    /// Reads the value of the extension. A dNSName base with a leading dot is read, because
    /// authorities issue it; see [`NameConstraints::has_leading_dot`].
    ///
    /// # Errors
    /// When it is not well formed.
    pub fn from_extension(value: &[u8]) -> Result<Self, NameConstraintsError> {
        let mut reader = single(value, Tag::SEQUENCE)?.reader();
        let permitted = reader.optional(Tag::context(0))?;
        let excluded = reader.optional(Tag::context(1))?;
        reader.finish()?;
        if permitted.is_none() && excluded.is_none() {
            return Err(NameConstraintsError::Empty);
        }
        Ok(Self {
            permitted: subtrees(permitted)?,
            excluded: subtrees(excluded)?,
        })
    }

    /// Whether a dNSName base begins with a dot, which RFC 5280 allows in URI and e-mail bases only.
    #[must_use]
    pub fn has_leading_dot(&self) -> bool {
        self.subtrees()
            .any(|subtree| matches!(&subtree.base, GeneralName::Dns(text) if text.starts_with('.')))
    }

    /// All subtrees, the permitted ones first.
    pub fn subtrees(&self) -> impl Iterator<Item = &Subtree> {
        self.permitted.iter().chain(&self.excluded)
    }
}

fn subtrees(list: Option<Value<'_>>) -> Result<Vec<Subtree>, NameConstraintsError> {
    let Some(list) = list else {
        return Ok(vec![]);
    };
    let mut subtrees = vec![];
    let mut reader = list.reader();
    while !reader.is_empty() {
        subtrees.push(subtree(&reader.expect(Tag::SEQUENCE)?)?);
    }
    if subtrees.is_empty() {
        return Err(NameConstraintsError::Empty);
    }
    Ok(subtrees)
}

fn subtree(value: &Value<'_>) -> Result<Subtree, NameConstraintsError> {
    let mut reader = value.reader();
    let base = GeneralName::from_value(&reader.any()?)?;
    if let Some(minimum) = reader.optional(Tag::context_primitive(0))?
        && minimum.small_integer()? != 0
    {
        return Err(NameConstraintsError::Distance);
    }
    if reader.optional(Tag::context_primitive(1))?.is_some() {
        return Err(NameConstraintsError::Distance);
    }
    reader.finish()?;
    if is_space(&base) {
        Ok(Subtree { base })
    } else {
        Err(NameConstraintsError::Base(base))
    }
}

/// Whether a base describes a space of names of its form. An empty text stands for all of them.
fn is_space(base: &GeneralName) -> bool {
    let domain = |text: &str| text.is_empty() || is_host(text.strip_prefix('.').unwrap_or(text));
    match base {
        GeneralName::Dns(text) | GeneralName::Uri(text) => domain(text),
        GeneralName::Rfc822(text) => match text.split_once('@') {
            Some((mailbox, host)) => !mailbox.is_empty() && is_host(host),
            None => domain(text),
        },
        GeneralName::Ip(octets) => {
            let (_, mask) = octets.split_at(octets.len() / 2);
            let is_length = matches!(octets.len(), 8 | 32);
            is_length && is_prefix_mask(mask)
        }
        GeneralName::Directory(_) | GeneralName::Other(..) => true,
    }
}

/// Ones, then zeros.
fn is_prefix_mask(mask: &[u8]) -> bool {
    let mut rest = mask.iter().skip_while(|octet| **octet == 0xff);
    let boundary = rest
        .next()
        .is_none_or(|octet| octet.leading_ones() + octet.trailing_zeros() == 8);
    boundary && rest.all(|octet| *octet == 0)
}

/// Whether a text is a host name: labels of letters, digits, hyphens, and the underscores that
/// exist all the same, none empty (RFC 1034 3.5).
#[must_use]
pub fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut whole = vec![tag, u8::try_from(content.len()).unwrap()];
        whole.extend_from_slice(content);
        whole
    }

    /// Constraints with one permitted base.
    fn permitting(tag: u8, base: &[u8]) -> Result<NameConstraints, NameConstraintsError> {
        let subtree = tlv(0x30, &tlv(tag, base));
        NameConstraints::from_extension(&tlv(0x30, &tlv(0xa0, &subtree)))
    }

    #[test]
    fn bases_are_spaces_of_their_form() {
        let cases: [(u8, &[u8], bool); 26] = [
            (0x82, b"example.com", true),
            (0x82, b"EXAMPLE.com", true),
            (0x82, b"", true),
            (0x82, b".example.com", true),
            (0x82, b".", false),
            (0x82, b"..example.com", false),
            (0x82, b"example.com.", false),
            (0x82, b"*.example.com", false),
            (0x82, b"example\0.com", false),
            (0x86, b".example.com", true),
            (0x86, b"http://example.com", false),
            (0x81, b"a@example.com", true),
            (0x81, b"*@example.com", true),
            (0x81, b"a@b@example.com", false),
            (0x81, b"@example.com", false),
            (0x81, b"a@", false),
            (0x81, b".example.com", true),
            (0x87, b"\xc0\0\x02\0\xff\xff\xff\0", true),
            (0x87, b"\0\0\0\0\0\0\0\0", true),
            (0x87, b"\xc0\0\x02\x01\xff\xff\xff\xff", true),
            (0x87, b"\xc0\0\x02\0\xff\xf0\0\0", true),
            (0x87, b"\xc0\0\x02\0\xff\0\xff\0", false),
            (0x87, b"\xc0\0\x02\0\xff\x0f\0\0", false),
            (0x87, b"\x7f\0\0\x01", false),
            (0x87, &[0; 32], true),
            (0x87, &[0; 16], false),
        ];
        for (tag, base, good) in cases {
            assert_eq!(permitting(tag, base).is_ok(), good, "{tag:02x} {base:02x?}");
        }
        assert!(permitting(0x82, b".a").unwrap().has_leading_dot());
        assert!(!permitting(0x86, b".a").unwrap().has_leading_dot());
    }

    #[test]
    fn the_outline_is_strict() {
        let base = tlv(0x82, b"a");
        let with = |more: &[u8]| tlv(0x30, &[base.as_slice(), more].concat());
        let list = |tag, subtree: &[u8]| tlv(0x30, &tlv(tag, subtree));
        let cases = [
            (list(0xa0, &with(&[])), true),
            (list(0xa1, &with(&[])), true),
            (list(0xa0, &with(&[0x80, 1, 0])), true),
            (list(0xa0, &with(&[0x80, 1, 1])), false),
            (list(0xa0, &with(&[0x81, 1, 0])), false),
            (list(0xa0, &with(&[0x80, 1, 0, 0x82, 1, 0])), false),
            (list(0xa2, &with(&[])), false),
            (list(0xa0, &[]), false),
            (list(0xa0, &[0x05, 0x00]), false),
            (tlv(0x30, &[]), false),
            (
                tlv(
                    0x30,
                    &[tlv(0xa1, &with(&[])), tlv(0xa0, &with(&[]))].concat(),
                ),
                false,
            ),
            ([list(0xa0, &with(&[])), vec![0]].concat(), false),
        ];
        for (value, good) in cases {
            let read = NameConstraints::from_extension(&value);
            assert_eq!(read.is_ok(), good, "{value:02x?}: {read:?}");
        }
    }

    proptest! {
        #[test]
        fn changed_bytes_never_panic(at in 0usize..40, value: u8) {
            let subtree = tlv(0x30, &tlv(0x87, b"\xc0\0\x02\0\xff\xff\xff\0"));
            let mut whole = tlv(0x30, &[tlv(0xa0, &subtree), tlv(0xa1, &subtree)].concat());
            let at = at % whole.len();
            whole[at] = value;
            let _ = NameConstraints::from_extension(&whole);
        }

        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = NameConstraints::from_extension(&bytes);
        }
    }
}
