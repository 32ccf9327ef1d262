//! Detached OpenPGP signatures: `.asc`, `.sig`, `.sign`, `Release.gpg`, and those behind a cleartext.

use jiff::Timestamp;
use sequoia_openpgp as sequoia;
use sequoia_openpgp::parse::Parse as _;

use super::algorithm::{HashId, KeyAlgorithmId};
use super::armour;
use super::error::OpenPgpError;
use super::library;
use super::packet::{self, tag};
use super::verification::UncheckedReason;
use crate::domain::{Fingerprint, KeyId};
use crate::formats::limits;

/// Who a signature says made it; unproven until a key fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Issuer {
    Fingerprint(Fingerprint),
    KeyId(KeyId),
}

impl Issuer {
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        match self {
            Self::Fingerprint(fingerprint) => fingerprint.key_id(),
            Self::KeyId(id) => *id,
        }
    }

    /// Whether it may mean the key of this fingerprint.
    #[must_use]
    pub fn means(&self, key: &Fingerprint) -> bool {
        match self {
            Self::Fingerprint(fingerprint) => fingerprint == key,
            Self::KeyId(id) => *id == key.key_id(),
        }
    }
}

impl std::fmt::Display for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fingerprint(fingerprint) => fingerprint.fmt(f),
            Self::KeyId(id) => id.fmt(f),
        }
    }
}

/// What a signature is over (RFC 9580 5.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureType {
    /// 0x00: the bytes as they are.
    Binary,
    /// 0x01: text with its line ends converted to CR LF.
    Text,
    /// Certifications, bindings, standalone...: nothing that signs a document.
    Other(u8),
}

impl SignatureType {
    fn new(id: u8) -> Self {
        match id {
            0 => Self::Binary,
            1 => Self::Text,
            other => Self::Other(other),
        }
    }
}

/// One signature over bytes that are not in it. Its claims are unproven until it is checked.
#[derive(Debug, Clone)]
pub struct OpenPgpSignature {
    /// Of the packet: 4 and 6 are checked, 3 and all others never.
    pub version: u8,
    pub signature_type: SignatureType,
    pub hash: HashId,
    pub key_algorithm: KeyAlgorithmId,
    /// As the signature names them, fingerprints first; each once.
    pub issuers: Vec<Issuer>,
    pub created: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    /// The packet with its header.
    pub packet: Vec<u8>,
    /// What is hashed before the document (v6).
    pub(super) salt: Vec<u8>,
    /// What is hashed behind the document (RFC 9580 5.2.4); empty when it cannot be checked.
    pub(super) trailer: Vec<u8>,
    /// The first two bytes that the digest should have.
    pub(super) digest_prefix: Option<[u8; 2]>,
    pub(super) parsed: Option<sequoia::packet::Signature>,
    /// It stands behind a cleartext, which only text signatures cover.
    pub(super) behind_cleartext: bool,
}

impl OpenPgpSignature {
    /// Every signature of a file, binary or armoured, in file order.
    ///
    /// Several armoured blocks one behind the other are read too, as some projects gather
    /// signatures; text around them is refused.
    ///
    /// # Errors
    /// When the file holds anything but signatures, or more of them than
    /// [`limits::OPENPGP_SIGNATURES`].
    pub fn read_all(file: &[u8]) -> Result<Vec<Self>, OpenPgpError> {
        if file.len() > limits::SIGNATURE_OBJECT {
            return Err(OpenPgpError::TooLarge {
                limit: limits::SIGNATURE_OBJECT,
            });
        }
        if !armour::is_armoured(file) {
            return Self::read_packets(file);
        }
        let mut found = vec![];
        // Old writers of detached signatures called them messages or files.
        for block in armour::blocks(file, &["PGP SIGNATURE", "PGP MESSAGE"], true)? {
            found.extend(Self::read_packets(&block)?);
            check_count(found.len())?;
        }
        Ok(found)
    }

    /// Every signature of a run of binary packets, as RPM stores them too.
    ///
    /// # Errors
    /// As [`Self::read_all`].
    pub fn read_packets(bytes: &[u8]) -> Result<Vec<Self>, OpenPgpError> {
        let mut found = vec![];
        for packet in packet::walk(bytes) {
            let packet = packet?;
            match packet.tag {
                tag::SIGNATURE => found.push(Self::read(bytes, &packet)?),
                // RFC 9580 5.8 and 5.14: to be ignored wherever they stand.
                tag::MARKER | tag::PADDING => {}
                _ => return Err(packet::unexpected(&packet)),
            }
            check_count(found.len())?;
        }
        if found.is_empty() {
            return Err(OpenPgpError::NotOpenPgp);
        }
        Ok(found)
    }

    /// The one signature packet that was kept apart from its document; `behind_cleartext` says how it
    /// was found.
    ///
    /// # Errors
    /// As [`Self::read_all`], and when it is not one packet.
    pub fn read_one(bytes: &[u8], behind_cleartext: bool) -> Result<Self, OpenPgpError> {
        let mut found = Self::read_packets(bytes)?;
        match (found.pop(), found.len()) {
            (Some(mut only), 0) => {
                only.behind_cleartext = behind_cleartext;
                Ok(only)
            }
            _ => Err(OpenPgpError::TooMany {
                what: "signatures",
                limit: 1,
            }),
        }
    }

    /// Whether these bytes are binary signature packets and nothing else. A bare signature value
    /// hardly ever has their framing to its end.
    #[must_use]
    pub fn is_binary(bytes: &[u8]) -> bool {
        matches!(packet::at(bytes, 0), Ok(Some(first)) if first.tag == tag::SIGNATURE)
            && Self::read_packets(bytes).is_ok()
    }

    fn read(bytes: &[u8], packet: &packet::Packet) -> Result<Self, OpenPgpError> {
        if packet.whole.len() > limits::OPENPGP_SIGNATURE {
            return Err(OpenPgpError::TooLarge {
                limit: limits::OPENPGP_SIGNATURE,
            });
        }
        let whole = bytes.get(packet.whole.clone()).unwrap_or_default();
        let body = bytes.get(packet.body.clone()).unwrap_or_default();
        let frame = Frame::read(body).ok_or(OpenPgpError::MalformedSignature {
            offset: packet.whole.start,
            what: "its fields do not fit into it",
        })?;
        let parsed = if frame.trailer.is_empty() {
            None
        } else {
            match sequoia::Packet::from_bytes(whole) {
                Ok(sequoia::Packet::Signature(signature)) => Some(signature),
                _ => None,
            }
        };
        let mut issuers: Vec<Issuer> = match &parsed {
            Some(parsed) => parsed
                .get_issuers()
                .iter()
                .filter_map(library::issuer)
                .collect(),
            None => frame.issuer.into_iter().map(Issuer::KeyId).collect(),
        };
        issuers.sort();
        issuers.dedup();
        let time = |at: Option<std::time::SystemTime>| at.map(library::timestamp);
        Ok(Self {
            version: frame.version,
            signature_type: SignatureType::new(frame.signature_type),
            hash: HashId(frame.hash),
            key_algorithm: KeyAlgorithmId(frame.key_algorithm),
            issuers,
            created: match &parsed {
                Some(parsed) => time(parsed.signature_creation_time()),
                None => frame.created,
            },
            expires: time(
                parsed
                    .as_ref()
                    .and_then(|parsed| parsed.signature_expiration_time()),
            ),
            packet: whole.to_vec(),
            salt: frame.salt,
            trailer: frame.trailer,
            digest_prefix: frame.digest_prefix,
            parsed,
            behind_cleartext: false,
        })
    }

    /// Why no key whatsoever could check this signature; `None` when one could.
    #[must_use]
    pub fn obstacle(&self) -> Option<UncheckedReason> {
        if !matches!(self.version, 4 | 6) {
            return Some(UncheckedReason::Version(self.version));
        }
        if let SignatureType::Other(id) = self.signature_type {
            return Some(UncheckedReason::SignatureType(id));
        }
        if self.behind_cleartext && self.signature_type == SignatureType::Binary {
            return Some(UncheckedReason::BinaryBehindCleartext);
        }
        if self.hash.known().is_none() {
            return Some(UncheckedReason::Hash(self.hash));
        }
        if self.parsed.is_none() {
            return Some(UncheckedReason::Unreadable);
        }
        None
    }

    /// The issuers in words, for a message.
    #[must_use]
    pub fn issuer_text(&self) -> String {
        // A fingerprint says its key id too.
        let said: Vec<String> =
            self.issuers
                .iter()
                .filter(|issuer| match issuer {
                    Issuer::Fingerprint(_) => true,
                    Issuer::KeyId(id) => !self.issuers.iter().any(
                        |other| matches!(other, Issuer::Fingerprint(of) if of.key_id() == *id),
                    ),
                })
                .map(ToString::to_string)
                .collect();
        said.join(" or ")
    }
}

fn check_count(count: usize) -> Result<(), OpenPgpError> {
    if count > limits::OPENPGP_SIGNATURES {
        return Err(OpenPgpError::TooMany {
            what: "signatures",
            limit: limits::OPENPGP_SIGNATURES,
        });
    }
    Ok(())
}

/// The fixed fields of a signature packet's body.
#[derive(Default)]
struct Frame {
    version: u8,
    signature_type: u8,
    key_algorithm: u8,
    hash: u8,
    trailer: Vec<u8>,
    salt: Vec<u8>,
    digest_prefix: Option<[u8; 2]>,
    /// Version 3 has no subpackets.
    created: Option<Timestamp>,
    issuer: Option<KeyId>,
}

impl Frame {
    /// `None` when the fields do not fit. Of unknown versions only the number is read.
    fn read(body: &[u8]) -> Option<Self> {
        let (version, rest) = body.split_first()?;
        match version {
            3 => Self::version_3(rest),
            4 => Self::modern(body, rest, 2),
            6 => Self::modern(body, rest, 4),
            other => Some(Self {
                version: *other,
                ..Self::default()
            }),
        }
    }

    /// RFC 9580 5.2.2.
    fn version_3(rest: &[u8]) -> Option<Self> {
        let [5, signature_type, rest @ ..] = rest else {
            return None;
        };
        let (created, rest) = rest.split_first_chunk::<4>()?;
        let (issuer, rest) = rest.split_first_chunk::<8>()?;
        let [key_algorithm, hash, first, second, ..] = rest else {
            return None;
        };
        Some(Self {
            version: 3,
            signature_type: *signature_type,
            key_algorithm: *key_algorithm,
            hash: *hash,
            digest_prefix: Some([*first, *second]),
            created: Timestamp::from_second(u32::from_be_bytes(*created).into()).ok(),
            issuer: Some(KeyId(*issuer)),
            ..Self::default()
        })
    }

    /// Versions 4 and 6 (RFC 9580 5.2.3), which differ in the width of the areas' lengths.
    fn modern(body: &[u8], rest: &[u8], width: usize) -> Option<Self> {
        let [signature_type, key_algorithm, hash, rest @ ..] = rest else {
            return None;
        };
        let version = *body.first()?;
        let (_, rest) = area(rest, width)?;
        let hashed_end = body.len() - rest.len();
        let (_, rest) = area(rest, width)?;
        let (prefix, rest) = rest.split_first_chunk::<2>()?;
        let salt = if version == 6 {
            let (length, rest) = rest.split_first()?;
            rest.get(..usize::from(*length))?.to_vec()
        } else {
            vec![]
        };
        let mut trailer = body.get(..hashed_end)?.to_vec();
        trailer.extend([version, 0xff]);
        trailer.extend(u32::try_from(hashed_end).ok()?.to_be_bytes());
        Some(Self {
            version,
            signature_type: *signature_type,
            key_algorithm: *key_algorithm,
            hash: *hash,
            trailer,
            salt,
            digest_prefix: Some(*prefix),
            ..Self::default()
        })
    }
}

/// A subpacket area behind its length.
fn area(bytes: &[u8], width: usize) -> Option<(&[u8], &[u8])> {
    let length = bytes
        .get(..width)?
        .iter()
        .fold(0, |value, byte| value << 8 | usize::from(*byte));
    bytes.get(width..)?.split_at_checked(length)
}
