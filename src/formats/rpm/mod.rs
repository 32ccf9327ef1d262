//! RPM packages, version 4 and 6, read without holding the payload in memory (RPM documentation,
//! "V4 Package format", "V6 Package format" and "Signatures and Digests").
//!
//! A file is a lead, a signature header, a main header and a payload. Nothing in the lead and the
//! signature header is signed; signatures cover the main header, or main header and payload, and a
//! main header may state digests of the payload. [`RpmPackage::read`] gives the layout, what is stated
//! and the signatures as raw OpenPGP packets; [`RpmPackage::measure`] passes over the file once and
//! says which stated digests hold; [`RpmPackage::coverage`] says what a signature reaches.

mod coverage;
mod fault;
mod hash;
mod header;
mod identity;
mod lead;
mod measure;
mod signature;
mod size;
mod stated;
pub mod tag;

#[cfg(test)]
pub(crate) mod builder;
#[cfg(test)]
mod random_tests;
#[cfg(test)]
mod refusal_tests;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use coverage::Coverage;
pub use fault::{EntryFault, HeaderKind, RegionFault, RpmFault};
pub use hash::DigestAlgorithm;
pub use identity::Identity;
pub use lead::{Lead, may_be_rpm};
pub use measure::{DigestCheck, Measured, Outcome};
pub use signature::{PacketFault, RpmSignature};
pub use stated::StatedDigest;

use crate::formats::source::Source;
use header::Header;
use tag::Tag;

/// Why a file could not be read as an RPM package of version 4 or 6.
#[derive(Debug, thiserror::Error)]
pub enum RpmError {
    /// Another magic: another format.
    #[error("not an RPM package")]
    NotRpm,
    #[error("an RPM package of version {0}; 4 and 6 are read")]
    Version(u32),
    /// The main header has no immutable region: what is signed in such a package depends on how a
    /// reader rewrites the header.
    #[error("an RPM package of version 3 (its main header has no immutable region)")]
    Version3,
    /// 5 is the only type that came into use.
    #[error("a signature of type {0}, not a signature header")]
    SignatureType(u16),
    #[error("no {part} at byte {offset}")]
    NoHeader { part: HeaderKind, offset: u64 },
    #[error("the file ends at byte {size}, inside the {part} that ends at byte {end}")]
    Truncated {
        part: HeaderKind,
        end: u64,
        size: u64,
    },
    /// Fewer bytes than a lead has.
    #[error("the file ends at byte {size}, inside the lead")]
    TruncatedLead { size: u64 },
    #[error("{what}: {value} is over the limit of {limit}")]
    Limit {
        what: &'static str,
        value: u64,
        limit: u64,
    },
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The version of the package format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormatVersion {
    V4,
    V6,
}

/// A part of a package that digests and signatures cover.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    Header,
    Payload,
    HeaderAndPayload,
}

/// Where the parts of a package lie in the file, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// Unsigned, padding after it left out.
    pub signature_header: Range<u64>,
    pub main_header: Range<u64>,
    /// Up to the end of the file.
    pub payload: Range<u64>,
}

impl Extent {
    /// In words, for a report.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::HeaderAndPayload => "header and payload",
        }
    }
}

impl Layout {
    /// The bytes that a digest or signature of this extent is computed over.
    #[must_use]
    pub fn range(&self, extent: Extent) -> Range<u64> {
        match extent {
            Extent::Header => self.main_header.clone(),
            Extent::Payload => self.payload.clone(),
            Extent::HeaderAndPayload => self.main_header.start..self.payload.end,
        }
    }
}

/// A package: its parts, its signatures, what it states, what is odd about it.
#[derive(Debug, Clone)]
pub struct RpmPackage {
    pub version: FormatVersion,
    pub lead: Lead,
    pub layout: Layout,
    pub identity: Identity,
    /// In the order of their tags. Empty: the package is unsigned, whatever its digests say.
    pub signatures: Vec<RpmSignature>,
    /// Digests that the package states of itself, in the order of header and tag.
    pub digests: Vec<StatedDigest>,
    /// See [`RpmFault::refuses`].
    pub faults: Vec<RpmFault>,
}

impl RpmPackage {
    /// Reads lead and headers; of the payload only where it lies.
    ///
    /// # Errors
    /// [`RpmError`] when the bytes are no RPM package of version 4 or 6, end too early or pass a
    /// limit. Faults that leave the file readable are not errors; they are listed in `faults`.
    pub fn read(source: &dyn Source) -> Result<Self, RpmError> {
        let mut faults = Vec::new();
        let lead = read_lead(source)?;
        let at = lead::LENGTH as u64;
        let stated = Header::read(source, HeaderKind::Signature, at, &mut faults)?;
        let signature_header = stated.range.clone();
        let main_at = padded(source, signature_header.end, &mut faults)?;
        let mut found = signature::read(&stated, &mut faults)?;
        let mut digests = stated::in_signature_header(&stated, &mut faults);
        let sizes = size::SignatureSizes::read(&stated, &mut faults);
        let tags: Vec<Tag> = stated.tags().collect();
        size::check_reserved(&stated, &mut faults);
        // Two large headers are never held at once.
        drop(stated);

        let main = Header::read(source, HeaderKind::Main, main_at, &mut faults)?;
        if !main.has_region {
            return Err(RpmError::Version3);
        }
        let version = version(&main, &mut faults)?;
        if version == FormatVersion::V6 {
            let forbidden = tags
                .into_iter()
                .filter(|tag| *tag > tag::signature::RESERVED);
            faults.extend(forbidden.map(|tag| RpmFault::ForbiddenTag { tag }));
            found.retain(|signature| signature.tag <= tag::signature::RESERVED);
        }
        digests.extend(stated::in_main_header(&main, &mut faults));
        let layout = Layout {
            signature_header,
            main_header: main.range.clone(),
            payload: main.range.end..source.size(),
        };
        sizes.check(&layout, &mut faults);
        size::check_payload(&main, &layout, &mut faults);
        let identity = Identity::read(&main);
        if (lead.kind == 1) != identity.source {
            faults.push(RpmFault::LeadKind);
        }
        Ok(Self {
            version,
            lead,
            layout,
            identity,
            signatures: found,
            digests,
            faults,
        })
    }

    /// Whether readers would disagree about what is signed or what the package holds.
    #[must_use]
    pub fn refused(&self) -> bool {
        self.faults.iter().any(|fault| self.refuses(fault))
    }

    /// Whether one of its faults does so by itself.
    #[must_use]
    pub fn refuses(&self, fault: &RpmFault) -> bool {
        fault.refuses(self.version == FormatVersion::V6)
    }
}

fn read_lead(source: &dyn Source) -> Result<Lead, RpmError> {
    let size = source.size();
    let mut bytes = [0; lead::LENGTH];
    let there = usize::try_from(size)
        .unwrap_or(lead::LENGTH)
        .min(lead::LENGTH);
    if let Some(start) = bytes.get_mut(..there) {
        source.read_at(0, start)?;
    }
    let lead = Lead::read(&bytes).ok_or(RpmError::NotRpm)?;
    if there < lead::LENGTH {
        return Err(RpmError::TruncatedLead { size });
    }
    // Version 3, 4 and 6 packages all say 3, or 4.
    if !(3..=4).contains(&lead.major) {
        return Err(RpmError::Version(u32::from(lead.major)));
    }
    if lead.signature_type != 5 {
        return Err(RpmError::SignatureType(lead.signature_type));
    }
    Ok(lead)
}

/// Where the main header starts: the signature header is padded to a multiple of 8 bytes.
fn padded(source: &dyn Source, end: u64, faults: &mut Vec<RpmFault>) -> Result<u64, RpmError> {
    let padding = end.next_multiple_of(8) - end;
    // A file that ends in the padding has no main header, which is told as that.
    if end + padding <= source.size() {
        let length = usize::try_from(padding).unwrap_or(0);
        if source
            .read_range(end, length)?
            .iter()
            .any(|byte| *byte != 0)
        {
            faults.push(RpmFault::Padding);
        }
    }
    Ok(end + padding)
}

fn version(main: &Header, faults: &mut Vec<RpmFault>) -> Result<FormatVersion, RpmError> {
    match taken(main.int32(tag::main::RPM_FORMAT), faults) {
        None | Some(4) => Ok(FormatVersion::V4),
        Some(6) => Ok(FormatVersion::V6),
        Some(other) => Err(RpmError::Version(other)),
    }
}

/// The value, or nothing and one more fault.
fn taken<T>(value: Result<Option<T>, RpmFault>, faults: &mut Vec<RpmFault>) -> Option<T> {
    value.unwrap_or_else(|fault| {
        faults.push(fault);
        None
    })
}

/// The `N` bytes at `offset`, if they are there.
fn bytes_at<const N: usize>(bytes: &[u8], offset: usize) -> Option<[u8; N]> {
    bytes.get(offset..)?.first_chunk().copied()
}
