//! Where revocation lists are published, as certificates and the lists themselves name it
//! (RFC 5280 4.2.1.13, 5.2.5).

use crate::formats::der::{DerError, Reader, Tag, Value, single};

use super::general_name::GeneralName;
use super::name::Name;

/// One way to the lists that speak of a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DistributionPoint {
    pub name: Option<PointName>,
    /// Of which reasons its lists speak; `None` for all.
    pub reasons: Option<Reasons>,
    /// Who signs its lists, when that is not the certificate's issuer; empty when it is.
    pub crl_issuer: Vec<Name>,
}

/// The name of a distribution point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PointName {
    /// Names of one and the same place.
    Full(Vec<GeneralName>),
    /// The whole DER of an RDN (as SET) to be appended to the list issuer's name.
    Relative(Vec<u8>),
}

/// Why a certificate may be revoked, as a set of bits (RFC 5280 4.2.1.13).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reasons(u16);

impl Reasons {
    pub const NONE: Self = Self(0);
    /// Bits 1 to 8; bit 0 is unused.
    pub const ALL: Self = Self(0x1fe);

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether there is something in this set that is not in the other.
    #[must_use]
    pub fn exceeds(self, other: Self) -> bool {
        self.0 & !other.0 != 0
    }

    #[must_use]
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }
}

/// Reads cRLDistributionPoints or freshestCRL.
///
/// # Errors
/// When it is not well formed, or names nothing.
pub fn distribution_points(value: &[u8]) -> Result<Vec<DistributionPoint>, DerError> {
    let mut reader = single(value, Tag::SEQUENCE)?.reader();
    let mut points = vec![];
    while !reader.is_empty() || points.is_empty() {
        let mut parts = reader.expect(Tag::SEQUENCE)?.reader();
        let name = point_name(&mut parts)?;
        let reasons = reasons(&mut parts, 1)?;
        let crl_issuer = match parts.optional(Tag::context(2))? {
            Some(names) => directory_names(&names)?,
            None => vec![],
        };
        parts.finish()?;
        if name.is_none() && crl_issuer.is_empty() {
            return Err(DerError::Content);
        }
        points.push(DistributionPoint {
            name,
            reasons,
            crl_issuer,
        });
    }
    Ok(points)
}

/// What a list says about its own scope (RFC 5280 5.2.5).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IssuingDistributionPoint {
    pub name: Option<PointName>,
    pub only_user_certificates: bool,
    pub only_ca_certificates: bool,
    pub only_some_reasons: Option<Reasons>,
    /// Other issuers' certificates may be on it.
    pub is_indirect: bool,
    pub only_attribute_certificates: bool,
}

impl IssuingDistributionPoint {
    /// id-ce-issuingDistributionPoint.
    pub const OID: &'static str = "2.5.29.28";

    /// Reads the value of the extension.
    ///
    /// # Errors
    /// When it is not well formed.
    pub fn from_extension(value: &[u8]) -> Result<Self, DerError> {
        let mut parts = single(value, Tag::SEQUENCE)?.reader();
        let read = Self {
            name: point_name(&mut parts)?,
            only_user_certificates: flag(&mut parts, 1)?,
            only_ca_certificates: flag(&mut parts, 2)?,
            only_some_reasons: reasons(&mut parts, 3)?,
            is_indirect: flag(&mut parts, 4)?,
            only_attribute_certificates: flag(&mut parts, 5)?,
        };
        parts.finish()?;
        Ok(read)
    }
}

fn point_name(parts: &mut Reader<'_>) -> Result<Option<PointName>, DerError> {
    // A CHOICE, so that its tag is explicit.
    let Some(choice) = parts.optional(Tag::context(0))? else {
        return Ok(None);
    };
    let mut choice = choice.reader();
    let value = choice.any()?;
    choice.finish()?;
    let full = Tag::context(0);
    let relative = Tag::context(1);
    if value.tag == full {
        Ok(Some(PointName::Full(general_names(&value)?)))
    } else if value.tag == relative {
        let mut set = value.whole.to_vec();
        if let Some(tag) = set.first_mut() {
            *tag = Tag::SET.0;
        }
        Ok(Some(PointName::Relative(set)))
    } else {
        Err(DerError::Tag {
            expected: full.0,
            found: value.tag.0,
        })
    }
}

fn general_names(value: &Value<'_>) -> Result<Vec<GeneralName>, DerError> {
    let mut reader = value.reader();
    let mut names = vec![];
    while !reader.is_empty() || names.is_empty() {
        names.push(GeneralName::from_value(&reader.any()?)?);
    }
    Ok(names)
}

/// The directory names among general names; others cannot be an issuer's.
pub(crate) fn directory_names(value: &Value<'_>) -> Result<Vec<Name>, DerError> {
    let names: Vec<Name> = general_names(value)?
        .into_iter()
        .filter_map(|name| match name {
            GeneralName::Directory(name) => Some(name),
            _ => None,
        })
        .collect();
    if names.is_empty() {
        return Err(DerError::Content);
    }
    Ok(names)
}

/// `[number] IMPLICIT BOOLEAN DEFAULT FALSE`; a written FALSE is no DER, and read all the same.
fn flag(parts: &mut Reader<'_>, number: u8) -> Result<bool, DerError> {
    match parts.optional(Tag::context_primitive(number))? {
        None => Ok(false),
        Some(value) => match value.content {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(DerError::Content),
        },
    }
}

/// `[number] IMPLICIT BIT STRING`.
fn reasons(parts: &mut Reader<'_>, number: u8) -> Result<Option<Reasons>, DerError> {
    let Some(value) = parts.optional(Tag::context_primitive(number))? else {
        return Ok(None);
    };
    let (unused, octets) = value.content.split_first().ok_or(DerError::Content)?;
    if *unused > 7 || octets.len() > 2 || octets.is_empty() && *unused > 0 {
        return Err(DerError::Content);
    }
    let mut bits = 0;
    for (octet, content) in octets.iter().enumerate() {
        for bit in 0..8 {
            if content & (0x80 >> bit) != 0 {
                bits |= 1 << (octet * 8 + bit);
            }
        }
    }
    Ok(Some(Reasons(bits & Reasons::ALL.0)))
}
