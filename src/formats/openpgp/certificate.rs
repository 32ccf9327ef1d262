//! OpenPGP certificates: a primary key, its subkeys and user ids, and what was said about them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sequoia_openpgp as sequoia;
use sequoia_openpgp::cert::amalgamation::key::PrimaryKey as _;
use sequoia_openpgp::crypto::mpi::PublicKey;
use sequoia_openpgp::parse::Parse as _;
use sequoia_openpgp::serialize::SerializeInto as _;

use super::algorithm::KeyAlgorithmId;
use super::armour;
use super::error::OpenPgpError;
use super::library;
use super::packet::{self, tag};
use super::revocation;
use super::signature::Issuer;
use crate::domain::Fingerprint;
use crate::formats::limits;

/// One certificate, made of one copy or merged from several. Nothing in it is trusted.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenPgpCertificate {
    pub(super) cert: sequoia::Cert,
    fingerprint: Fingerprint,
    /// How many subkeys were dropped, because computing with them could take minutes.
    pub oversized_subkeys: usize,
}

/// One key of a certificate: what never changes about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    pub fingerprint: Fingerprint,
    pub primary: bool,
    pub algorithm: KeyAlgorithmId,
    /// Of the modulus, prime or field, where that has a meaning.
    pub bits: Option<usize>,
    pub created: Timestamp,
}

/// A certificate of a file that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Counted from 1 among the certificates of the file.
    pub number: usize,
    pub why: LeftOutReason,
}

/// Why a certificate could not be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeftOutReason {
    /// Version 3 and older: their fingerprints can be forged (RFC 9580 5.5.2.1).
    #[error("a key of version {0}")]
    Version(u8),
    #[error("larger than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("more than {limit} subkeys")]
    TooManySubkeys { limit: usize },
    #[error("a primary key of more than {limit} bits")]
    KeyTooLarge { limit: usize },
    #[error("not a certificate: {0}")]
    Malformed(String),
}

/// What a file of keys holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CertificateFile {
    /// In file order; the same certificate may come twice.
    pub certificates: Vec<OpenPgpCertificate>,
    pub left_out: Vec<LeftOut>,
}

impl CertificateFile {
    /// Reads `.asc`, `.gpg` or `.pgp` files, with one certificate or many. Text around armours is
    /// passed over. Vendors put the revocation of an old key into a block of its own beside it: it
    /// joins the certificate of this file that it revokes.
    ///
    /// # Errors
    /// When no certificate begins in the file, its framing is broken, or it holds secret keys.
    pub fn read(file: &[u8]) -> Result<Self, OpenPgpError> {
        if file.len() > limits::OPENPGP_KEYRING {
            return Err(OpenPgpError::TooLarge {
                limit: limits::OPENPGP_KEYRING,
            });
        }
        let mut found = Self::default();
        if armour::is_armoured(file) {
            let labels = ["PGP PUBLIC KEY BLOCK", "PGP ARMORED FILE"];
            let mut revocations = vec![];
            for block in armour::blocks(file, &labels, false)? {
                match revocation::only(&block) {
                    Some(alone) => revocations.extend(alone),
                    None => found.read_packets(&block)?,
                }
            }
            for certificate in &mut found.certificates {
                certificate.revoke(&revocations);
            }
        } else {
            found.read_packets(file)?;
        }
        if found.certificates.is_empty() && found.left_out.is_empty() {
            return Err(OpenPgpError::NotOpenPgp);
        }
        Ok(found)
    }

    /// Whether a binary certificate begins here: a public key packet of a version that is known.
    #[must_use]
    pub fn is_binary(bytes: &[u8]) -> bool {
        matches!(packet::at(bytes, 0), Ok(Some(first)) if first.tag == tag::PUBLIC_KEY
            && matches!(bytes.get(first.body.start), Some(2..=6)))
    }

    fn read_packets(&mut self, bytes: &[u8]) -> Result<(), OpenPgpError> {
        let mut one: Option<Split> = None;
        for packet in packet::walk(bytes) {
            let packet = packet?;
            let whole = bytes.get(packet.whole.clone()).unwrap_or_default();
            match packet.tag {
                tag::PUBLIC_KEY => {
                    self.take(one.take())?;
                    let version = bytes.get(packet.body.start).copied().unwrap_or_default();
                    one = Some(Split {
                        version,
                        packets: whole.to_vec(),
                        subkeys: 0,
                    });
                }
                // GnuPG's own notes in keyrings, and fillers: no part of the certificate.
                tag::TRUST | tag::MARKER | tag::PADDING => {}
                tag::SIGNATURE | tag::USER_ID | tag::USER_ATTRIBUTE | tag::PUBLIC_SUBKEY => {
                    let Some(one) = &mut one else {
                        return Err(packet::unexpected(&packet));
                    };
                    if packet.tag == tag::PUBLIC_SUBKEY {
                        one.subkeys += 1;
                    }
                    if one.packets.len() <= limits::OPENPGP_CERTIFICATE {
                        one.packets.extend_from_slice(whole);
                    }
                }
                _ => return Err(packet::unexpected(&packet)),
            }
        }
        self.take(one)
    }

    fn take(&mut self, split: Option<Split>) -> Result<(), OpenPgpError> {
        let Some(split) = split else { return Ok(()) };
        let number = self.certificates.len() + self.left_out.len() + 1;
        if number > limits::ANCHORS {
            return Err(OpenPgpError::TooMany {
                what: "certificates",
                limit: limits::ANCHORS,
            });
        }
        match split.parse() {
            Ok(certificate) => self.certificates.push(certificate),
            Err(why) => self.left_out.push(LeftOut { number, why }),
        }
        Ok(())
    }
}

/// The packets of one certificate, cut out of a file.
struct Split {
    version: u8,
    packets: Vec<u8>,
    subkeys: usize,
}

impl Split {
    fn parse(self) -> Result<OpenPgpCertificate, LeftOutReason> {
        if !matches!(self.version, 4 | 6) {
            return Err(LeftOutReason::Version(self.version));
        }
        if self.packets.len() > limits::OPENPGP_CERTIFICATE {
            return Err(LeftOutReason::TooLarge {
                limit: limits::OPENPGP_CERTIFICATE,
            });
        }
        if self.subkeys > limits::OPENPGP_SUBKEYS {
            return Err(LeftOutReason::TooManySubkeys {
                limit: limits::OPENPGP_SUBKEYS,
            });
        }
        let cert = sequoia::Cert::from_bytes(&self.packets)
            .map_err(|error| malformed(&error.to_string()))?;
        OpenPgpCertificate::new(cert)
    }
}

/// The library's words, bounded: they may quote what it read.
fn malformed(message: &str) -> LeftOutReason {
    LeftOutReason::Malformed(message.chars().take(limits::DESCRIPTION).collect())
}

impl OpenPgpCertificate {
    fn new(cert: sequoia::Cert) -> Result<Self, LeftOutReason> {
        let too_large = |key: &PublicKey| {
            largest_number(key).is_some_and(|bits| bits > limits::OPENPGP_KEY_BITS)
        };
        if too_large(cert.primary_key().key().mpis()) {
            return Err(LeftOutReason::KeyTooLarge {
                limit: limits::OPENPGP_KEY_BITS,
            });
        }
        let fingerprint = library::fingerprint(&cert.fingerprint())
            .ok_or_else(|| malformed("a primary key without fingerprint"))?;
        let before = cert.keys().count();
        let cert = cert.retain_subkeys(|subkey| !too_large(subkey.key().mpis()));
        Ok(Self {
            oversized_subkeys: before - cert.keys().count(),
            fingerprint,
            cert,
        })
    }

    /// Takes in those of the revocations that name its primary key; the library checks them.
    fn revoke(&mut self, revocations: &[sequoia::packet::Signature]) {
        let own = revocations.iter().filter(|signature| {
            let mut issuers = signature.get_issuers().into_iter();
            issuers.any(|handle| {
                library::issuer(&handle).is_some_and(|issuer| issuer.means(&self.fingerprint))
            })
        });
        let own: Vec<_> = own.cloned().collect();
        if own.is_empty() {
            return;
        }
        if let Ok((cert, _)) = self.cert.clone().insert_packets(own) {
            self.cert = cert;
        }
    }

    /// Of the primary key: the certificate's identity.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The primary key, then the subkeys. That a subkey stands here does not mean that it is bound.
    #[must_use]
    pub fn keys(&self) -> Vec<Key> {
        self.cert
            .keys()
            .filter_map(|held| {
                let key = held.key();
                Some(Key {
                    fingerprint: library::fingerprint(&key.fingerprint())?,
                    primary: held.primary(),
                    algorithm: KeyAlgorithmId(key.pk_algo().into()),
                    bits: key.mpis().bits(),
                    created: library::timestamp(key.creation_time()),
                })
            })
            .collect()
    }

    /// The keys that the issuers of a signature may mean.
    #[must_use]
    pub fn keys_meant(&self, issuers: &[Issuer]) -> Vec<Key> {
        let mut keys = self.keys();
        keys.retain(|key| issuers.iter().any(|issuer| issuer.means(&key.fingerprint)));
        keys
    }

    /// The user ids as text, each cut at [`limits::DESCRIPTION`] characters; claims, and hostile
    /// text until somebody escapes it.
    #[must_use]
    pub fn user_ids(&self) -> Vec<String> {
        self.cert
            .userids()
            .map(|held| {
                String::from_utf8_lossy(held.userid().value())
                    .chars()
                    .take(limits::DESCRIPTION)
                    .collect()
            })
            .collect()
    }

    /// The certificate as binary packets, signatures in the library's order.
    ///
    /// # Errors
    /// When the library cannot write what it read.
    pub fn to_bytes(&self) -> Result<Vec<u8>, LeftOutReason> {
        self.cert
            .to_vec()
            .map_err(|error| malformed(&error.to_string()))
    }

    /// The certificate as binary packets, without what others certified: keys, user ids, and what
    /// the certificate says of itself.
    ///
    /// # Errors
    /// As [`Self::to_bytes`].
    pub fn to_own_bytes(&self) -> Result<Vec<u8>, LeftOutReason> {
        use sequoia::Packet;
        let mut packets: Vec<Packet> = vec![];
        let sign = |packets: &mut Vec<Packet>, signatures: Vec<sequoia::packet::Signature>| {
            packets.extend(signatures.into_iter().map(Packet::from));
        };
        let primary = self.cert.primary_key();
        packets.push(primary.key().clone().into());
        sign(&mut packets, primary.self_revocations().cloned().collect());
        sign(&mut packets, primary.self_signatures().cloned().collect());
        for user in self.cert.userids() {
            packets.push(user.userid().clone().into());
            sign(&mut packets, user.self_revocations().cloned().collect());
            sign(&mut packets, user.self_signatures().cloned().collect());
        }
        for subkey in self.cert.keys().subkeys() {
            packets.push(subkey.key().clone().into());
            sign(&mut packets, subkey.self_revocations().cloned().collect());
            sign(&mut packets, subkey.self_signatures().cloned().collect());
        }
        let mut bytes = vec![];
        for packet in packets {
            let packet = packet.to_vec();
            bytes.extend(packet.map_err(|error| malformed(&error.to_string()))?);
        }
        Ok(bytes)
    }

    /// Copies of the same certificate become one that holds everything that any copy says: an
    /// extended expiry, a new self-signature with a better hash, a revocation.
    ///
    /// In the order of first appearance.
    ///
    /// # Errors
    /// When the library cannot merge two copies.
    pub fn merge(copies: Vec<Self>) -> Result<Vec<Self>, LeftOutReason> {
        let mut places: BTreeMap<Fingerprint, usize> = BTreeMap::new();
        let mut merged: Vec<Self> = vec![];
        for copy in copies {
            let known = places
                .get(&copy.fingerprint)
                .and_then(|at| merged.get_mut(*at));
            if let Some(known) = known {
                known.cert = known
                    .cert
                    .clone()
                    .merge_public(copy.cert)
                    .map_err(|error| malformed(&error.to_string()))?;
                known.oversized_subkeys = known.oversized_subkeys.max(copy.oversized_subkeys);
            } else {
                places.insert(copy.fingerprint, merged.len());
                merged.push(copy);
            }
        }
        Ok(merged)
    }
}

/// The bits of the largest number that checking a signature computes with. RSA needs no look: the
/// library refuses large moduli and exponents before it computes (see
/// [`super::UncheckedReason::KeyTooLarge`]).
fn largest_number(key: &PublicKey) -> Option<usize> {
    match key {
        PublicKey::DSA { p, q, g, y } => Some(p.bits().max(q.bits()).max(g.bits()).max(y.bits())),
        _ => None,
    }
}
