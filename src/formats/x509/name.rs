//! Distinguished names: as encoded, as text, and in a form that compares as RFC 5280 7.1 asks.

use std::borrow::Cow;
use std::fmt;

use crate::domain::{Oid, hex};
use crate::formats::der::{DerError, Tag, Value};

/// A distinguished name.
#[derive(Clone)]
pub struct Name {
    der: Vec<u8>,
    canonical: Vec<u8>,
    /// Where each RDN ends in `canonical`.
    ends: Vec<usize>,
    attributes: Vec<Attribute>,
}

/// One attribute of a name, in encoded order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    pub oid: Oid,
    /// The value as text; bytes that are no text are shown as `#` and hex.
    pub value: String,
    /// Whether it stands in the same RDN as the attribute before it.
    pub joined: bool,
}

impl Name {
    /// Reads the whole DER of a Name.
    ///
    /// # Errors
    /// When it is not well formed.
    pub fn from_der(der: &[u8]) -> Result<Self, DerError> {
        let mut attributes = vec![];
        let (canonical, ends) = walk(der, |oid, value, text, joined| {
            attributes.push(Attribute {
                oid: Oid::from_der_content(oid.content).ok_or(DerError::Content)?,
                value: text.map_or_else(|| format!("#{}", hex(value.content)), Cow::into_owned),
                joined,
            });
            Ok(())
        })?;
        Ok(Self {
            der: der.to_vec(),
            canonical,
            ends,
            attributes,
        })
    }

    /// This name with one more RDN (the whole DER of its SET), as names relative to an issuer mean.
    #[must_use]
    pub fn with_rdn(&self, set: &[u8]) -> Option<Self> {
        let mut content = crate::formats::der::single(&self.der, Tag::SEQUENCE)
            .ok()?
            .content
            .to_vec();
        content.extend_from_slice(set);
        let length = u16::try_from(content.len()).ok()?.to_be_bytes();
        let mut der = vec![Tag::SEQUENCE.0];
        match length {
            [0, short] if short < 0x80 => der.push(short),
            [0, long] => der.extend([0x81, long]),
            [high, low] => der.extend([0x82, high, low]),
        }
        der.extend(content);
        Self::from_der(&der).ok()
    }

    /// The name as it was encoded.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// A form that is equal for names that match: letter case and runs of spaces do not count.
    #[must_use]
    pub fn canonical(&self) -> &[u8] {
        &self.canonical
    }

    /// Whether this name begins with all RDNs of `base`, as a directory name subtree asks
    /// (RFC 5280 4.2.1.10). Every name lies within the empty one.
    #[must_use]
    pub fn is_within(&self, base: &Self) -> bool {
        self.ends.starts_with(&base.ends) && self.canonical.starts_with(&base.canonical)
    }

    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Whether there is no attribute at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// The first value of an attribute type, such as `2.5.4.10` for the organisation.
    #[must_use]
    pub fn first(&self, oid: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|attribute| attribute.oid == oid)
            .map(|attribute| attribute.value.as_str())
    }

    /// The organisation (O).
    #[must_use]
    pub fn organisation(&self) -> Option<&str> {
        self.first("2.5.4.10")
    }

    /// The common name (CN).
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.first("2.5.4.3")
    }
}

/// What [`Name::canonical`] would give, without reading the name's attributes: enough to index
/// hundreds of roots at start-up.
///
/// # Errors
/// When it is not a well-formed Name.
pub fn canonical_form(der: &[u8]) -> Result<Vec<u8>, DerError> {
    walk(der, |_, _, _, _| Ok(())).map(|(canonical, _)| canonical)
}

/// Walks over the attributes (type, value, value as text, joined to the one before) and gives the
/// canonical form, and where each RDN ends in it. Lengths keep a value from posing as several.
fn walk(
    der: &[u8],
    mut attribute: impl FnMut(
        &Value<'_>,
        &Value<'_>,
        Option<Cow<'_, str>>,
        bool,
    ) -> Result<(), DerError>,
) -> Result<(Vec<u8>, Vec<usize>), DerError> {
    let sequence = crate::formats::der::single(der, Tag::SEQUENCE)?;
    let mut canonical = Vec::with_capacity(der.len());
    let mut ends = vec![];
    let mut relative_names = sequence.reader();
    while !relative_names.is_empty() {
        let set = relative_names.expect(Tag::SET)?;
        // Nearly every RDN has one attribute, which is written in place.
        let start = canonical.len();
        let mut parts: Vec<Vec<u8>> = vec![];
        let mut members = set.reader();
        let mut joined = false;
        while !members.is_empty() {
            let mut pair = members.expect(Tag::SEQUENCE)?.reader();
            let oid = pair.expect(Tag::OID)?;
            let value = pair.any()?;
            pair.finish()?;
            let text = text_of(&value);
            if joined {
                parts.push(canonical.split_off(start));
            }
            canonical.extend_from_slice(oid.whole);
            canonical.push(u8::from(text.is_some()));
            let length_at = canonical.len();
            canonical.extend_from_slice(&[0; 8]);
            let value_at = canonical.len();
            match &text {
                Some(text) => folded(text, &mut canonical),
                None => canonical.extend_from_slice(value.whole),
            }
            let length = (canonical.len() - value_at) as u64;
            if let Some(written) = canonical.get_mut(length_at..value_at) {
                written.copy_from_slice(&length.to_be_bytes());
            }
            attribute(&oid, &value, text, joined)?;
            joined = true;
        }
        if !parts.is_empty() {
            parts.push(canonical.split_off(start));
            parts.sort();
            parts
                .iter()
                .for_each(|part| canonical.extend_from_slice(part));
        }
        canonical.push(1);
        ends.push(canonical.len());
    }
    Ok((canonical, ends))
}

impl PartialEq for Name {
    fn eq(&self, other: &Self) -> bool {
        self.canonical == other.canonical
    }
}

impl Eq for Name {}

/// RFC 4514 order and escapes: most specific first.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups: Vec<Vec<&Attribute>> = vec![];
        for attribute in &self.attributes {
            match groups.last_mut() {
                Some(group) if attribute.joined => group.push(attribute),
                _ => groups.push(vec![attribute]),
            }
        }
        for (index, group) in groups.iter().rev().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            for (index, attribute) in group.iter().enumerate() {
                if index > 0 {
                    f.write_str("+")?;
                }
                match short_name(attribute.oid.as_str()) {
                    Some(short) => write!(f, "{short}=")?,
                    None => write!(f, "{}=", attribute.oid)?,
                }
                for character in attribute.value.chars() {
                    if matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
                        f.write_str("\\")?;
                    }
                    write!(f, "{character}")?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Name({self})")
    }
}

fn short_name(oid: &str) -> Option<&'static str> {
    Some(match oid {
        "2.5.4.3" => "CN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.9" => "street",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.15" => "businessCategory",
        "2.5.4.17" => "postalCode",
        "0.9.2342.19200300.100.1.25" => "DC",
        "0.9.2342.19200300.100.1.1" => "UID",
        "1.2.840.113549.1.9.1" => "emailAddress",
        "1.3.6.1.4.1.311.60.2.1.1" => "jurisdictionL",
        "1.3.6.1.4.1.311.60.2.1.2" => "jurisdictionST",
        "1.3.6.1.4.1.311.60.2.1.3" => "jurisdictionC",
        _ => return None,
    })
}

fn text_of<'a>(value: &Value<'a>) -> Option<Cow<'a, str>> {
    let decoded: Option<String> = match value.tag {
        Tag::UTF8_STRING | Tag::PRINTABLE_STRING | Tag::IA5_STRING => {
            return str::from_utf8(value.content).ok().map(Cow::Borrowed);
        }
        // T.61 in certificates is Latin-1 in practice.
        Tag::TELETEX_STRING => Some(value.content.iter().copied().map(char::from).collect()),
        Tag::BMP_STRING if value.content.len().is_multiple_of(2) => {
            let units: Vec<u16> = value
                .content
                .chunks_exact(2)
                .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                .collect();
            String::from_utf16(&units).ok()
        }
        Tag::UNIVERSAL_STRING if value.content.len().is_multiple_of(4) => value
            .content
            .chunks_exact(4)
            .map(|unit| char::from_u32(u32::from_be_bytes([unit[0], unit[1], unit[2], unit[3]])))
            .collect(),
        _ => None,
    };
    decoded.map(Cow::Owned)
}

/// Case folded, outer spaces gone, inner runs of spaces one (the parts of RFC 4518 that occur).
fn folded(text: &str, into: &mut Vec<u8>) {
    let mut first = true;
    for word in text.split_whitespace() {
        if !first {
            into.push(b' ');
        }
        first = false;
        if word.is_ascii() {
            let start = into.len();
            into.extend_from_slice(word.as_bytes());
            if let Some(written) = into.get_mut(start..) {
                written.make_ascii_lowercase();
            }
        } else {
            into.extend_from_slice(word.to_lowercase().as_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut whole = vec![tag, u8::try_from(content.len()).unwrap()];
        whole.extend_from_slice(content);
        whole
    }

    fn name(relative_names: RelativeNames<'_>) -> Name {
        let attribute = |(arc, tag, text): &(u8, u8, &str)| {
            let value = tlv(*tag, text.as_bytes());
            tlv(0x30, &[vec![0x06, 0x03, 0x55, 0x04, *arc], value].concat())
        };
        let sets = relative_names.iter().flat_map(|attributes| {
            let members: Vec<u8> = attributes.iter().flat_map(attribute).collect();
            tlv(0x31, &members)
        });
        Name::from_der(&tlv(0x30, &sets.collect::<Vec<u8>>())).unwrap()
    }

    const UTF8: u8 = 0x0c;
    const PRINTABLE: u8 = 0x13;
    const VISIBLE: u8 = 0x1a;

    /// Relative names, each of (last arc below 2.5.4, string tag, text).
    type RelativeNames<'a> = &'a [&'a [(u8, u8, &'a str)]];

    #[test]
    fn a_name_lies_within_its_first_rdns() {
        let base = name(&[&[(6, PRINTABLE, "DE")], &[(10, UTF8, "Harbour Works")]]);
        let empty = name(&[]);
        let cases: [(RelativeNames<'_>, bool); 7] = [
            (
                &[&[(6, UTF8, "de")], &[(10, PRINTABLE, " harbour  works")]],
                true,
            ),
            (
                &[
                    &[(6, UTF8, "DE")],
                    &[(10, UTF8, "Harbour Works")],
                    &[(3, UTF8, "A")],
                ],
                true,
            ),
            (
                &[&[(6, UTF8, "DE")], &[(10, UTF8, "Harbour Works Ltd")]],
                false,
            ),
            (&[&[(6, UTF8, "DE")]], false),
            (&[&[(10, UTF8, "Harbour Works")], &[(6, UTF8, "DE")]], false),
            (
                &[
                    &[(6, UTF8, "DE")],
                    &[(10, UTF8, "Harbour Works"), (3, UTF8, "A")],
                ],
                false,
            ),
            (&[&[(6, UTF8, "DE"), (10, UTF8, "Harbour Works")]], false),
        ];
        for (relative_names, within) in cases {
            let name = name(relative_names);
            assert_eq!(name.is_within(&base), within, "{name}");
            assert!(name.is_within(&empty) && name.is_within(&name));
        }
    }

    #[test]
    fn no_value_poses_as_several() {
        // A string type that is compared as encoded, with the encoding of another RDN inside.
        let posing = "xxxxxxxx\0\u{1}\u{6}\u{3}U\u{4}\u{a}b";
        let posing = name(&[&[(3, VISIBLE, posing)]]);
        let first = (3, UTF8, "\u{1a}\u{10}xxxxxxxx");
        assert_ne!(posing, name(&[&[first], &[(10, UTF8, "b")]]));
        assert!(!posing.is_within(&name(&[&[first]])));
    }
}
