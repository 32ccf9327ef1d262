//! One list as owned values, with the bytes that its signature covers.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use jiff::Timestamp;

use super::RevocationReason;
use crate::domain::{Oid, Sha256};
use crate::formats::algorithm::AlgorithmIdentifier;
use crate::formats::der::{DerError, Reader, Tag, Value, single};
use crate::formats::digest::sha256;
use crate::formats::limits;
use crate::formats::x509::{IssuingDistributionPoint, Name, directory_names};

const AUTHORITY_KEY_IDENTIFIER: &str = "2.5.29.35";
const CRL_NUMBER: &str = "2.5.29.20";
const DELTA_INDICATOR: &str = "2.5.29.27";
const REASON_CODE: &str = "2.5.29.21";
const INVALIDITY_DATE: &str = "2.5.29.24";
const CERTIFICATE_ISSUER: &str = "2.5.29.29";
/// X.509 8.5.2.12: from when on the list keeps certificates that ran out.
const EXPIRED_CERTIFICATES: &str = "2.5.29.60";
/// issuerAltName and freshestCRL change nothing about what a list says.
const HARMLESS: [&str; 2] = ["2.5.29.18", "2.5.29.46"];

/// A revocation list.
pub struct RevocationList {
    der: Vec<u8>,
    sha256: Sha256,
    tbs: Range<usize>,
    issuer: Name,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
    number: Option<Vec<u8>>,
    base: Option<Vec<u8>>,
    scope: Option<IssuingDistributionPoint>,
    authority_key: Option<Vec<u8>>,
    keeps_expired_since: Option<Timestamp>,
    faults: Vec<ListFault>,
    /// Issuers of entries; the first is the list's own.
    issuers: Vec<Name>,
    /// Sorted by issuer and serial.
    entries: Vec<Stored>,
}

struct Stored {
    issuer: usize,
    serial: Range<usize>,
    revoked: Timestamp,
    reason: Option<RevocationReason>,
    invalid_since: Option<Timestamp>,
}

/// What a list says about one certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub revoked: Timestamp,
    pub reason: Option<RevocationReason>,
    /// When the key is known or suspected to have been bad (RFC 5280 5.3.2).
    pub invalid_since: Option<Timestamp>,
}

/// Why a well-formed list may not be used, or not by the strict profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListFault {
    /// Then the list says nothing (RFC 5280 5.2, 5.3).
    #[error("has the unknown critical extension {0}")]
    UnknownCritical(Oid),
    /// RFC 5280 5.1.1.2.
    #[error("names one signature algorithm inside and another outside")]
    AlgorithmsDisagree,
    /// RFC 5280 5.2.3; the strict profile alone asks.
    #[error("has no number")]
    NumberMissing,
    /// RFC 5280 5.2.3; the strict profile alone asks.
    #[error("has a critical number")]
    NumberCritical,
    /// An issuer of its own for an entry, in a list that is not indirect (RFC 5280 5.3.3).
    #[error("speaks of another's certificates without being indirect")]
    NotIndirect,
}

impl ListFault {
    /// Whether only the strict profile minds.
    #[must_use]
    pub fn is_formal(&self) -> bool {
        matches!(self, Self::NumberMissing | Self::NumberCritical)
    }
}

/// Why bytes are no revocation list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RevocationListError {
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("names more than {limit} certificates")]
    TooMany { limit: usize },
    #[error("not a well-formed revocation list: {0}")]
    Encoding(#[from] DerError),
    #[error("extension stands twice")]
    DuplicateExtension,
    #[error("version {0} of revocation lists is not known")]
    Version(u32),
}

/// What the extensions of a list, or of an entry, are read into.
struct Extension<'a> {
    oid: Oid,
    critical: bool,
    value: &'a [u8],
}

impl RevocationList {
    /// Reads one DER list, with nothing after it.
    ///
    /// # Errors
    /// When the bytes are not exactly one well-formed list.
    pub fn from_der(bytes: &[u8]) -> Result<Self, RevocationListError> {
        if bytes.len() > limits::REVOCATION_LIST {
            let limit = limits::REVOCATION_LIST;
            return Err(RevocationListError::TooLarge { limit });
        }
        let mut outer = single(bytes, Tag::SEQUENCE)?.reader();
        let tbs = outer.expect(Tag::SEQUENCE)?;
        let outside = AlgorithmIdentifier::from_content(outer.expect(Tag::SEQUENCE)?.content)?;
        let signature = bits(&outer.expect(Tag::BIT_STRING)?)?;
        outer.finish()?;

        let mut parts = tbs.reader();
        let version = match parts.optional(Tag::INTEGER)? {
            None => 1,
            Some(value) => match value.small_integer()? {
                1 => 2,
                other => return Err(RevocationListError::Version(other.saturating_add(1))),
            },
        };
        let inside = AlgorithmIdentifier::from_content(parts.expect(Tag::SEQUENCE)?.content)?;
        let issuer = Name::from_der(parts.expect(Tag::SEQUENCE)?.whole)?;
        let this_update = parts.any()?.time()?;
        let next_update = match parts.peek() {
            Some(Tag::UTC_TIME | Tag::GENERALIZED_TIME) => Some(parts.any()?.time()?),
            _ => None,
        };
        let revoked = parts.optional(Tag::SEQUENCE)?;
        let extensions = match parts.optional(Tag::context(0))? {
            Some(tagged) if version == 2 => extensions(single(tagged.content, Tag::SEQUENCE)?)?,
            Some(_) => return Err(DerError::Content.into()),
            None => vec![],
        };
        parts.finish()?;
        let mut list = Self {
            tbs: range_of(bytes, tbs.whole)?,
            der: vec![],
            sha256: sha256(bytes),
            issuers: vec![issuer.clone()],
            issuer,
            this_update,
            next_update,
            faults: vec![],
            signature_algorithm: outside,
            signature,
            number: None,
            base: None,
            scope: None,
            authority_key: None,
            keeps_expired_since: None,
            entries: vec![],
        };
        if list.signature_algorithm != inside {
            list.faults.push(ListFault::AlgorithmsDisagree);
        }
        for extension in extensions {
            list.take(&extension)?;
        }
        if list.number.is_none() {
            list.faults.push(ListFault::NumberMissing);
        }
        if let Some(revoked) = revoked {
            list.read_entries(bytes, revoked.reader(), version)?;
        }
        list.der = bytes.to_vec();
        let Self { der, entries, .. } = &mut list;
        let serial = |stored: &Stored| der.get(stored.serial.clone()).unwrap_or_default();
        entries.sort_by(|one, other| (one.issuer, serial(one)).cmp(&(other.issuer, serial(other))));
        Ok(list)
    }

    fn take(&mut self, extension: &Extension<'_>) -> Result<(), RevocationListError> {
        match extension.oid.as_str() {
            CRL_NUMBER => {
                self.number = Some(number(extension.value)?);
                if extension.critical {
                    self.faults.push(ListFault::NumberCritical);
                }
            }
            DELTA_INDICATOR => self.base = Some(number(extension.value)?),
            IssuingDistributionPoint::OID => {
                self.scope = Some(IssuingDistributionPoint::from_extension(extension.value)?);
            }
            AUTHORITY_KEY_IDENTIFIER => {
                let mut parts = single(extension.value, Tag::SEQUENCE)?.reader();
                let id = parts.optional(Tag::context_primitive(0))?;
                self.authority_key = id.map(|id| id.content.to_vec());
            }
            EXPIRED_CERTIFICATES => {
                let since = single(extension.value, Tag::GENERALIZED_TIME)?.time()?;
                self.keeps_expired_since = Some(since);
            }
            oid if extension.critical && !HARMLESS.contains(&oid) => {
                let oid = extension.oid.clone();
                self.faults.push(ListFault::UnknownCritical(oid));
            }
            _ => {}
        }
        Ok(())
    }

    fn read_entries(
        &mut self,
        bytes: &[u8],
        mut reader: Reader<'_>,
        version: u32,
    ) -> Result<(), RevocationListError> {
        let is_indirect = self.scope.as_ref().is_some_and(|scope| scope.is_indirect);
        let mut known = BTreeMap::from([(self.issuer.canonical().to_vec(), 0)]);
        let mut issuer = 0;
        while !reader.is_empty() {
            if self.entries.len() >= limits::REVOCATION_ENTRIES {
                let limit = limits::REVOCATION_ENTRIES;
                return Err(RevocationListError::TooMany { limit });
            }
            let mut parts = reader.expect(Tag::SEQUENCE)?.reader();
            let serial = parts.expect(Tag::INTEGER)?;
            let mut entry = Stored {
                issuer,
                serial: range_of(bytes, serial.content)?,
                revoked: parts.any()?.time()?,
                reason: None,
                invalid_since: None,
            };
            let found = match parts.optional(Tag::SEQUENCE)? {
                Some(list) if version == 2 => extensions(list)?,
                Some(_) => return Err(DerError::Content.into()),
                None => vec![],
            };
            parts.finish()?;
            for extension in found {
                match extension.oid.as_str() {
                    REASON_CODE => {
                        entry.reason = Some(RevocationReason::from_extension(extension.value)?);
                    }
                    INVALIDITY_DATE => {
                        let since = single(extension.value, Tag::GENERALIZED_TIME)?.time()?;
                        entry.invalid_since = Some(since);
                    }
                    CERTIFICATE_ISSUER => {
                        let names = single(extension.value, Tag::SEQUENCE)?;
                        let names = directory_names(&names)?;
                        let name = names.into_iter().next().ok_or(DerError::Content)?;
                        if !is_indirect {
                            self.fault(ListFault::NotIndirect);
                        }
                        let next = self.issuers.len();
                        issuer = *known.entry(name.canonical().to_vec()).or_insert(next);
                        if issuer == next {
                            self.issuers.push(name);
                        }
                        entry.issuer = issuer;
                    }
                    _ if extension.critical => {
                        self.fault(ListFault::UnknownCritical(extension.oid));
                    }
                    _ => {}
                }
            }
            self.entries.push(entry);
        }
        Ok(())
    }

    fn fault(&mut self, fault: ListFault) {
        if !self.faults.contains(&fault) {
            self.faults.push(fault);
        }
    }

    /// What the list says about the certificate with this issuer and serial (content octets).
    pub fn entries<'a>(
        &'a self,
        issuer: &Name,
        serial: &'a [u8],
    ) -> impl Iterator<Item = Entry> + use<'a> {
        let issuer = self.issuers.iter().position(|known| known == issuer);
        issuer.into_iter().flat_map(move |issuer| {
            let key = |stored: &Stored| self.der.get(stored.serial.clone()).unwrap_or_default();
            let start = self
                .entries
                .partition_point(|stored| (stored.issuer, key(stored)) < (issuer, serial));
            self.entries
                .get(start..)
                .unwrap_or_default()
                .iter()
                .take_while(move |stored| stored.issuer == issuer && key(stored) == serial)
                .map(|stored| Entry {
                    revoked: stored.revoked,
                    reason: stored.reason,
                    invalid_since: stored.invalid_since,
                })
        })
    }

    /// How many certificates it names.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The SHA-256 of the whole DER.
    #[must_use]
    pub fn sha256(&self) -> Sha256 {
        self.sha256
    }

    /// The bytes that the signature covers.
    #[must_use]
    pub fn tbs(&self) -> &[u8] {
        self.der.get(self.tbs.clone()).unwrap_or_default()
    }

    #[must_use]
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    #[must_use]
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    #[must_use]
    pub fn next_update(&self) -> Option<Timestamp> {
        self.next_update
    }

    #[must_use]
    pub fn signature_algorithm(&self) -> &AlgorithmIdentifier {
        &self.signature_algorithm
    }

    #[must_use]
    pub fn signature(&self) -> &[u8] {
        &self.signature
    }

    /// The list's number, without leading zeros.
    #[must_use]
    pub fn number(&self) -> Option<&[u8]> {
        self.number.as_deref()
    }

    /// For a delta list, the number of the list that it goes on from.
    #[must_use]
    pub fn base(&self) -> Option<&[u8]> {
        self.base.as_deref()
    }

    /// The issuing distribution point.
    #[must_use]
    pub fn scope(&self) -> Option<&IssuingDistributionPoint> {
        self.scope.as_ref()
    }

    /// The signer's key identifier, as the list names it.
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.authority_key.as_deref()
    }

    /// From when on certificates stay on the list after they ran out; `None`: they may be dropped.
    #[must_use]
    pub fn keeps_expired_since(&self) -> Option<Timestamp> {
        self.keeps_expired_since
    }

    #[must_use]
    pub fn faults(&self) -> &[ListFault] {
        &self.faults
    }
}

impl fmt::Debug for RevocationList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RevocationList({}, {})", self.issuer, self.this_update)
    }
}

fn extensions(list: Value<'_>) -> Result<Vec<Extension<'_>>, RevocationListError> {
    let mut reader = list.reader();
    let mut found: Vec<Extension<'_>> = vec![];
    while !reader.is_empty() {
        let mut parts = reader.expect(Tag::SEQUENCE)?.reader();
        let oid = parts.expect(Tag::OID)?.oid()?;
        let critical = match parts.optional(Tag::BOOLEAN)? {
            None => false,
            Some(value) => match value.content {
                [0] => false,
                [0xff] => true,
                _ => return Err(DerError::Content.into()),
            },
        };
        let value = parts.expect(Tag::OCTET_STRING)?.content;
        parts.finish()?;
        if found.iter().any(|known| known.oid == oid) {
            return Err(RevocationListError::DuplicateExtension);
        }
        found.push(Extension {
            oid,
            critical,
            value,
        });
    }
    Ok(found)
}

/// A non-negative INTEGER of at most 20 octets, without leading zeros (RFC 5280 5.2.3).
fn number(value: &[u8]) -> Result<Vec<u8>, DerError> {
    let content = single(value, Tag::INTEGER)?.content;
    let digits = match content {
        [0, rest @ ..] => rest,
        [first, ..] if *first < 0x80 => content,
        _ => return Err(DerError::Content),
    };
    if digits.len() > 20 || digits.first() == Some(&0) {
        return Err(DerError::Content);
    }
    Ok(digits.to_vec())
}

/// A BIT STRING of whole octets.
fn bits(value: &Value<'_>) -> Result<Vec<u8>, DerError> {
    match value.content.split_first() {
        Some((0, octets)) => Ok(octets.to_vec()),
        _ => Err(DerError::Content),
    }
}

fn range_of(whole: &[u8], part: &[u8]) -> Result<Range<usize>, DerError> {
    let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize);
    match start {
        Some(start) if start + part.len() <= whole.len() => Ok(start..start + part.len()),
        _ => Err(DerError::Content),
    }
}
