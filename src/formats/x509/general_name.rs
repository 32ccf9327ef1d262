//! General names: what a certificate calls its holder beside the subject (RFC 5280 4.2.1.6).

use std::fmt;

use super::name::Name;
use crate::domain::Oid;
use crate::formats::der::{DerError, Tag, Value, single};

/// One general name. Texts are ASCII, as IA5String demands, and otherwise unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GeneralName {
    /// An e-mail address, or in a constraint a host or `.domain`.
    Rfc822(String),
    Dns(String),
    Directory(Name),
    Uri(String),
    /// 4 or 16 octets; in a constraint 8 or 32, address and mask.
    Ip(Vec<u8>),
    /// Of another type; the type is known when the form is `otherName`.
    Other(NameForm, Option<Oid>),
}

/// The alternatives of `GeneralName`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameForm {
    Other,
    Rfc822,
    Dns,
    X400,
    Directory,
    EdiParty,
    Uri,
    Ip,
    RegisteredId,
}

impl GeneralName {
    /// Reads one.
    ///
    /// # Errors
    /// When the tag is none of the nine, or the content is not of its type.
    pub fn from_value(value: &Value<'_>) -> Result<Self, DerError> {
        const OTHER: Tag = Tag::context(0);
        const RFC822: Tag = Tag::context_primitive(1);
        const DNS: Tag = Tag::context_primitive(2);
        const X400: Tag = Tag::context(3);
        // Name is a CHOICE, so its tag is explicit.
        const DIRECTORY: Tag = Tag::context(4);
        const EDI_PARTY: Tag = Tag::context(5);
        const URI: Tag = Tag::context_primitive(6);
        const IP: Tag = Tag::context_primitive(7);
        const REGISTERED_ID: Tag = Tag::context_primitive(8);
        Ok(match value.tag {
            RFC822 => Self::Rfc822(ascii(value)?),
            DNS => Self::Dns(ascii(value)?),
            URI => Self::Uri(ascii(value)?),
            IP => Self::Ip(value.content.to_vec()),
            DIRECTORY => Self::Directory(Name::from_der(value.content)?),
            OTHER => {
                let mut parts = value.reader();
                let kind = parts.expect(Tag::OID)?.oid()?;
                parts.expect(Tag::context(0))?;
                parts.finish()?;
                Self::Other(NameForm::Other, Some(kind))
            }
            X400 => Self::Other(NameForm::X400, None),
            EDI_PARTY => Self::Other(NameForm::EdiParty, None),
            REGISTERED_ID => Self::Other(NameForm::RegisteredId, None),
            Tag(found) => {
                return Err(DerError::Tag {
                    expected: OTHER.0,
                    found,
                });
            }
        })
    }

    #[must_use]
    pub fn form(&self) -> NameForm {
        match self {
            Self::Rfc822(_) => NameForm::Rfc822,
            Self::Dns(_) => NameForm::Dns,
            Self::Directory(_) => NameForm::Directory,
            Self::Uri(_) => NameForm::Uri,
            Self::Ip(_) => NameForm::Ip,
            Self::Other(form, _) => *form,
        }
    }
}

/// Reads the value of a subjectAltName extension.
///
/// # Errors
/// When it is not well formed, or names nothing.
pub fn subject_alternative_names(value: &[u8]) -> Result<Vec<GeneralName>, DerError> {
    let mut reader = single(value, Tag::SEQUENCE)?.reader();
    let mut names = vec![GeneralName::from_value(&reader.any()?)?];
    while !reader.is_empty() {
        names.push(GeneralName::from_value(&reader.any()?)?);
    }
    Ok(names)
}

fn ascii(value: &Value<'_>) -> Result<String, DerError> {
    match str::from_utf8(value.content) {
        Ok(text) if text.is_ascii() => Ok(text.to_owned()),
        _ => Err(DerError::Content),
    }
}

impl fmt::Display for GeneralName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = self.form();
        match self {
            Self::Rfc822(text) | Self::Dns(text) | Self::Uri(text) => write!(f, "{form} {text}"),
            Self::Directory(name) => write!(f, "{form} {name}"),
            Self::Ip(octets) => {
                write!(f, "{form} ")?;
                match <[u8; 4]>::try_from(octets.as_slice()) {
                    Ok(four) => write!(f, "{}", std::net::Ipv4Addr::from(four)),
                    Err(_) => match <[u8; 16]>::try_from(octets.as_slice()) {
                        Ok(sixteen) => write!(f, "{}", std::net::Ipv6Addr::from(sixteen)),
                        Err(_) => write!(f, "of {} octets", octets.len()),
                    },
                }
            }
            Self::Other(_, Some(kind)) => write!(f, "{form} of type {kind}"),
            Self::Other(_, None) => write!(f, "{form}"),
        }
    }
}

/// As RFC 5280 spells it.
impl fmt::Display for NameForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Other => "otherName",
            Self::Rfc822 => "rfc822Name",
            Self::Dns => "dNSName",
            Self::X400 => "x400Address",
            Self::Directory => "directoryName",
            Self::EdiParty => "ediPartyName",
            Self::Uri => "uniformResourceIdentifier",
            Self::Ip => "iPAddress",
            Self::RegisteredId => "registeredID",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_are_read_by_their_tag() {
        let cases: [(&[u8], Option<&str>); 15] = [
            (b"\x81\x03a@b", Some("rfc822Name a@b")),
            (b"\x82\x01a", Some("dNSName a")),
            (b"\x82\x01\xe9", None),
            (b"\x86\x03a:b", Some("uniformResourceIdentifier a:b")),
            (b"\x87\x04\x7f\x00\x00\x01", Some("iPAddress 127.0.0.1")),
            (
                b"\x87\x10\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01",
                Some("iPAddress ::1"),
            ),
            (b"\x87\x01\x7f", Some("iPAddress of 1 octets")),
            (
                b"\xa4\x0e\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01a",
                Some("directoryName CN=a"),
            ),
            (b"\xa4\x02\x31\x00", None),
            (
                b"\xa0\x07\x06\x01\x2a\xa0\x02\x05\x00",
                Some("otherName of type 1.2"),
            ),
            (b"\xa0\x03\x06\x01\x2a", None),
            (b"\xa3\x00", Some("x400Address")),
            (b"\xa5\x00", Some("ediPartyName")),
            (b"\x88\x01\x2a", Some("registeredID")),
            (b"\x89\x00", None),
        ];
        for (name, expected) in cases {
            let mut value = vec![0x30, u8::try_from(name.len()).unwrap()];
            value.extend_from_slice(name);
            let names = subject_alternative_names(&value).ok();
            let text = names.map(|names| names[0].to_string());
            assert_eq!(text.as_deref(), expected, "{name:02x?}");
        }
        assert!(subject_alternative_names(&[0x30, 0x00]).is_err());
        assert!(subject_alternative_names(&[0x30, 0x03, 0x82, 0x01, b'a', 0x00]).is_err());
    }

    proptest! {
        #[test]
        fn random_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(names) = subject_alternative_names(&bytes) {
                prop_assert!(!names.is_empty());
                names.iter().for_each(|name| { name.to_string(); });
            }
        }
    }
}
