//! The signatures of a package, as raw OpenPGP packets.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fault::RpmFault;
use super::header::Header;
use super::tag::{Tag, signature};
use super::{Extent, Layout, RpmError, taken};
use crate::formats::limits;
use crate::formats::openpgp::{OpenPgpError, OpenPgpSignature, SignatureType};

/// One signature, in the bytes that an OpenPGP reader takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RpmSignature {
    /// The tag of the signature header that held it.
    pub tag: Tag,
    /// Its place in the tag's array; 0 for tags that hold one.
    pub index: usize,
    /// What it signs by itself; see [`super::RpmPackage::coverage`] for what it reaches.
    pub extent: Extent,
    /// The content of the tag, which should be one OpenPGP signature packet.
    pub packet: Vec<u8>,
}

/// Why the content of a signature tag is no signature of a package.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PacketFault {
    #[error(transparent)]
    OpenPgp(#[from] OpenPgpError),
    /// RPM reads the first; another reader may take the last.
    #[error("{0} signature packets where one is meant")]
    Several(usize),
    /// A text signature holds for every way to write line ends, so that many headers would fit it.
    #[error("not a signature over bytes (type 00)")]
    NotBinary,
}

impl RpmSignature {
    /// The OpenPGP signature in the tag: exactly one, and over bytes as they are.
    ///
    /// # Errors
    /// [`PacketFault`]: such a signature says nothing about the package.
    pub fn openpgp(&self) -> Result<OpenPgpSignature, PacketFault> {
        let mut packets = OpenPgpSignature::read_packets(&self.packet)?;
        match (packets.pop(), packets.len()) {
            (Some(only), 0) if only.signature_type == SignatureType::Binary => Ok(only),
            (Some(_), 0) => Err(PacketFault::NotBinary),
            (_, others) => Err(PacketFault::Several(others + 1)),
        }
    }

    /// The bytes of the file that are its message, signed as a binary document (RFC 9580 type 00).
    #[must_use]
    pub fn message(&self, layout: &Layout) -> Range<u64> {
        layout.range(self.extent)
    }

    /// The tag's name in RPM's documentation.
    #[must_use]
    pub fn tag_name(&self) -> &'static str {
        match self.tag {
            signature::DSA => "DSA",
            signature::RSA => "RSA",
            signature::PGP => "PGP",
            signature::GPG => "GPG",
            _ => "OPENPGP",
        }
    }
}

/// The tags that hold one binary packet, with what the packet signs.
const SINGLE: [(Tag, Extent); 4] = [
    (signature::DSA, Extent::Header),
    (signature::RSA, Extent::Header),
    (signature::PGP, Extent::HeaderAndPayload),
    (signature::GPG, Extent::HeaderAndPayload),
];

/// Every signature of the signature header.
///
/// # Errors
/// More or larger signatures than the limits allow.
pub(super) fn read(
    header: &Header,
    faults: &mut Vec<RpmFault>,
) -> Result<Vec<RpmSignature>, RpmError> {
    let mut found = Vec::new();
    for (tag, extent) in SINGLE {
        if let Some(packet) = taken(header.binary(tag), faults) {
            bounded(
                "bytes of a signature",
                packet.len(),
                limits::SIGNATURE_OBJECT,
            )?;
            found.push(RpmSignature {
                tag,
                index: 0,
                extent,
                packet: packet.to_vec(),
            });
        }
    }
    let tag = signature::OPENPGP;
    if let Some((count, texts)) = taken(header.strings(tag), faults) {
        bounded(
            "signatures of a package",
            count as usize,
            limits::RPM_SIGNATURES,
        )?;
        for (index, text) in texts.enumerate() {
            bounded("bytes of a signature", text.len(), limits::SIGNATURE_OBJECT)?;
            match STANDARD.decode(text) {
                Ok(packet) if !packet.is_empty() => found.push(RpmSignature {
                    tag,
                    index,
                    extent: Extent::Header,
                    packet,
                }),
                _ => faults.push(RpmFault::UnreadableSignature { tag, index }),
            }
        }
    }
    found.sort_by_key(|signature| (signature.tag, signature.index));
    Ok(found)
}

fn bounded(what: &'static str, value: usize, limit: usize) -> Result<(), RpmError> {
    if value <= limit {
        return Ok(());
    }
    Err(RpmError::Limit {
        what,
        value: value as u64,
        limit: limit as u64,
    })
}
