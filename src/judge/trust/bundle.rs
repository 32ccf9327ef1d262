//! `--anchors FILE...`: a view in which every key given anchors any purpose and any vendor.
//!
//! Lazy on purpose: a programme's 555 roots are indexed by name and key identifier from their
//! outlines; only a certificate that somebody asks for is read in full.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use super::openpgp_bundle::{OpenPgpKeys, OpenPgpKeysError, is_openpgp};
use super::record::{Origin, Record, Scope, Standing};
use super::{Anchor, Listing, NamedRotation, NamedRule, View};
use crate::domain::{AnchorId, Purpose, Sha256, Status};
use crate::formats::der::{DerError, Reader, Tag, Value, single};
use crate::formats::digest::sha256;
use crate::formats::openpgp::{Issuer, OpenPgpCertificate};
use crate::formats::public_key::{KeyNumber, PublicKey};
use crate::formats::trust_folder::{ValidFromIs, VendorProfile};
use crate::formats::x509::{Certificate, Name, Skeleton, canonical_form};
use crate::formats::{limits, pem};
use crate::judge::posted::{Naming, Post};

/// Keys without history.
#[derive(Default)]
pub struct AnchorBundle {
    entries: Vec<Entry>,
    by_subject: BTreeMap<Vec<u8>, Vec<usize>>,
    by_key_identifier: BTreeMap<Vec<u8>, Vec<usize>>,
    /// Hashing 555 keys takes as long as all the rest: only when somebody asks by key.
    by_spki: OnceLock<BTreeMap<Sha256, Vec<usize>>>,
    /// Keys without certificate, by id.
    raw: BTreeMap<Sha256, PublicKey>,
    openpgp: OpenPgpKeys,
}

struct Entry {
    der: Vec<u8>,
    /// `None` inside when the certificate's outline is sound but the rest is not.
    certificate: OnceLock<Option<Certificate>>,
}

/// Why a file gives no anchors.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BundleError {
    #[error(transparent)]
    Pem(#[from] pem::PemError),
    #[error("certificate {number} is not well formed: {error}")]
    Certificate {
        /// From 1, in file order.
        number: usize,
        error: DerError,
    },
    #[error(transparent)]
    OpenPgp(#[from] OpenPgpKeysError),
    #[error("no certificate in it (read as PEM, DER and PKCS#7) and no public key")]
    Empty,
    #[error("more than {limit} certificates")]
    TooMany { limit: usize },
}

impl AnchorBundle {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds every key of a file: OpenPGP certificates (armoured or a keyring), public keys
    /// (minisign, signify, SSH, PEM), or X.509 certificates: PEM blocks `CERTIFICATE`, `TRUSTED
    /// CERTIFICATE` is not understood, one DER certificate, or those of a PKCS#7 in either form.
    ///
    /// # Errors
    /// When the file holds none, is cut off, or holds one that has not the outline of a
    /// certificate; the bundle is then as it was.
    pub fn add(&mut self, file: &[u8]) -> Result<(), BundleError> {
        if is_openpgp(file) {
            self.openpgp.add(file)?;
            return Ok(());
        }
        if let Ok(keys) = PublicKey::read(file) {
            self.raw
                .extend(keys.into_iter().map(|key| (sha256(&key.spki), key)));
            return Ok(());
        }
        let mut found: Vec<Vec<u8>> = vec![];
        if pem::is_pem(file) {
            for block in pem::blocks(file)? {
                match block.label.as_str() {
                    "CERTIFICATE" | "X509 CERTIFICATE" => found.push(block.der),
                    "PKCS7" | "CMS" => found.extend(
                        certificates_only(&block.der)
                            .map_err(|error| BundleError::Certificate { number: 1, error })?,
                    ),
                    _ => {}
                }
            }
        } else if let Ok(inside) = certificates_only(file) {
            found = inside;
        } else if !file.is_empty() {
            found.push(file.to_vec());
        }
        if found.is_empty() {
            return Err(BundleError::Empty);
        }
        if self.entries.len() + found.len() > limits::ANCHORS {
            return Err(BundleError::TooMany {
                limit: limits::ANCHORS,
            });
        }
        let mut keys = Vec::with_capacity(found.len());
        for (index, der) in found.iter().enumerate() {
            let wrong = |error| BundleError::Certificate {
                number: index + 1,
                error,
            };
            let skeleton = Skeleton::from_der(der).map_err(wrong)?;
            let subject = canonical_form(skeleton.subject).map_err(wrong)?;
            keys.push((subject, skeleton.key_identifier.map(<[u8]>::to_vec)));
        }
        for (der, (subject, key_identifier)) in found.into_iter().zip(keys) {
            let place = self.entries.len();
            self.by_subject.entry(subject).or_default().push(place);
            if let Some(id) = key_identifier {
                self.by_key_identifier.entry(id).or_default().push(place);
            }
            self.entries.push(Entry {
                der,
                certificate: OnceLock::new(),
            });
        }
        self.by_spki = OnceLock::new();
        Ok(())
    }

    /// How many X.509 certificates there are, repetitions included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.raw.is_empty() && self.openpgp.is_empty()
    }

    fn certificates(&self, places: Option<&Vec<usize>>) -> Vec<Certificate> {
        places
            .into_iter()
            .flatten()
            .filter_map(|place| self.entries.get(*place))
            .filter_map(|entry| {
                entry
                    .certificate
                    .get_or_init(|| Certificate::from_der(&entry.der).ok())
                    .clone()
            })
            .collect()
    }

    fn keys(&self) -> &BTreeMap<Sha256, Vec<usize>> {
        self.by_spki.get_or_init(|| {
            let mut keys: BTreeMap<Sha256, Vec<usize>> = BTreeMap::new();
            for (place, entry) in self.entries.iter().enumerate() {
                if let Ok(skeleton) = Skeleton::from_der(&entry.der) {
                    keys.entry(sha256(skeleton.spki)).or_default().push(place);
                }
            }
            keys
        })
    }
}

/// The certificates of a PKCS#7 SignedData that carries nothing else (RFC 5652 5.1, DER).
fn certificates_only(der: &[u8]) -> Result<Vec<Vec<u8>>, DerError> {
    /// id-signedData, 1.2.840.113549.1.7.2
    const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
    let mut outer = single(der, Tag::SEQUENCE)?.reader();
    if outer.expect(Tag::OID)?.content != SIGNED_DATA {
        return Err(DerError::Content);
    }
    let explicit = outer.expect(Tag::context(0))?;
    let mut signed_data = single(explicit.content, Tag::SEQUENCE)?.reader();
    signed_data.expect(Tag::INTEGER)?;
    signed_data.expect(Tag::SET)?;
    signed_data.expect(Tag::SEQUENCE)?;
    let mut certificates: Reader<'_> = match signed_data.optional(Tag::context(0))? {
        Some(set) => set.reader(),
        None => return Ok(vec![]),
    };
    let mut found = vec![];
    while !certificates.is_empty() {
        let value: Value<'_> = certificates.any()?;
        if value.tag == Tag::SEQUENCE {
            found.push(value.whole.to_vec());
        }
    }
    Ok(found)
}

impl View for AnchorBundle {
    fn by_subject(&self, _: Purpose, subject: &Name) -> Vec<Certificate> {
        self.certificates(self.by_subject.get(subject.canonical()))
    }

    fn by_key_identifier(&self, _: Purpose, key_identifier: &[u8]) -> Vec<Certificate> {
        self.certificates(self.by_key_identifier.get(key_identifier))
    }

    fn by_spki(&self, _: Purpose, spki_sha256: &Sha256) -> Vec<Certificate> {
        self.certificates(self.keys().get(spki_sha256))
    }

    fn raw_keys_by_number(&self, number: KeyNumber) -> Vec<Vec<u8>> {
        let keys = self.raw.values();
        keys.filter(|key| key.number() == Some(number))
            .map(|key| key.spki.clone())
            .collect()
    }

    fn openpgp_certificates(&self, issuers: &[Issuer]) -> Vec<OpenPgpCertificate> {
        self.openpgp.meant(issuers)
    }

    fn anchor(&self, id: &AnchorId) -> Option<Anchor> {
        let name = match id {
            AnchorId::X509(spki) => {
                let certificates = self.by_spki(Purpose::CodeSigning, spki);
                let subject = certificates.first()?.subject();
                subject
                    .common_name()
                    .map_or_else(|| subject.to_string(), str::to_owned)
            }
            AnchorId::Raw(spki) => self.raw.get(spki)?.comment.clone(),
            AnchorId::OpenPgp(primary) => self.openpgp.name(primary)?,
        };
        Some(Anchor {
            id: id.clone(),
            name,
            shared: false,
            observed: false,
            vendors: vec![],
            namespaces: vec![],
            policy_exceptions: vec![],
        })
    }

    fn status_at(
        &self,
        id: &AnchorId,
        _: Option<&str>,
        purpose: Purpose,
        _: Timestamp,
    ) -> Option<Standing> {
        match id {
            AnchorId::X509(spki) => self.keys().contains_key(spki),
            AnchorId::Raw(spki) => self.raw.contains_key(spki),
            AnchorId::OpenPgp(primary) => self.openpgp.contains(primary),
        }
        .then_some(())?;
        Some(Standing {
            record: Record {
                anchor: id.clone(),
                scope: Scope::Global,
                purpose,
                status: Status::Active,
                valid_from: Timestamp::MIN,
                valid_from_is: ValidFromIs::Stated,
                known_from: Timestamp::MIN,
                evidence: vec![],
                origin: Origin::Person,
            },
            before_first_seen: false,
        })
    }

    fn signer_rules(&self, _: &AnchorId) -> Vec<NamedRule> {
        vec![]
    }

    fn vendor(&self, _: &str) -> Option<Arc<VendorProfile>> {
        None
    }

    fn vendors(&self) -> Vec<String> {
        vec![]
    }

    fn vendors_suggested_by(&self, _: &str) -> Vec<String> {
        vec![]
    }

    fn rotations_of_key(&self, _: &AnchorId) -> Vec<NamedRotation> {
        vec![]
    }

    fn rotations_of_rule(&self, _: &str, _: &str) -> Vec<NamedRotation> {
        vec![]
    }

    fn posts_naming(&self, _: &[String]) -> Vec<Naming> {
        vec![]
    }

    fn post(&self, _: &str) -> Option<Arc<Post>> {
        None
    }

    fn listings(&self, _: &Certificate, _: Timestamp) -> Option<Vec<Listing>> {
        Some(vec![])
    }

    fn is_bare(&self) -> bool {
        true
    }
}

impl fmt::Debug for AnchorBundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AnchorBundle({} certificates)", self.entries.len())
    }
}
