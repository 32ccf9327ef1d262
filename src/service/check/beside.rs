//! Signatures and certificates that lie beside a file and cover it whole.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::CheckRequest;
use super::read::ReadError;
use crate::domain::{HashAlgorithm, Sha256};
use crate::formats::cms::{self, SignedData, Trailing};
use crate::formats::digest::Hasher;
use crate::formats::source::{Source, for_each_chunk};
use crate::formats::{algorithm, limits, pem};
use crate::judge::facts::{ObjectKind, SignatureObject};
use crate::service::source::FileSource;

/// What lies beside a file.
#[derive(Debug, Default)]
pub(super) struct Beside {
    signatures: Vec<Detached>,
    /// DER.
    certificates: Vec<Vec<u8>>,
}

/// One detached signature, told apart by its content and not by its name.
#[derive(Debug)]
pub(super) struct Detached {
    pub(super) place: String,
    pub(super) form: DetachedForm,
}

#[derive(Debug)]
pub(super) enum DetachedForm {
    /// CMS, as DER.
    Cms(Vec<u8>),
    /// Any other bytes.
    Raw(Vec<u8>),
}

/// The digests of covered bytes.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) sha256: Sha256,
    pub(super) digests: Vec<(HashAlgorithm, Vec<u8>)>,
    /// The bytes themselves, while they are few enough for schemes that sign no digest.
    pub(super) whole: Option<Vec<u8>>,
}

impl Beside {
    pub(super) fn read(
        signatures: &[PathBuf],
        certificates: &[PathBuf],
    ) -> Result<Self, ReadError> {
        let mut beside = Self::default();
        for path in signatures {
            beside.signatures.push(Detached::read(path)?);
        }
        for path in certificates {
            beside
                .certificates
                .extend(certificates_in(&bounded(path, limits::SIGNATURE_OBJECT)?));
        }
        Ok(beside)
    }

    /// Adds what the caller named by `--signature` and `--key`.
    pub(super) fn add_requested(&mut self, request: &CheckRequest) -> Result<(), ReadError> {
        if let Some(path) = &request.signature {
            self.signatures = vec![Detached::read(path)?];
        }
        for path in &request.keys {
            let found = certificates_in(&bounded(path, limits::SIGNATURE_OBJECT)?);
            // The caller's key comes first: a raw signature is checked with the first certificate.
            self.certificates.splice(0..0, found);
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.signatures.is_empty()
    }

    pub(super) fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Reads the file once and computes what the signatures ask for.
    pub(super) fn measure(&self, source: &dyn Source) -> Result<Measured, ReadError> {
        let raw = |detached: &Detached| matches!(detached.form, DetachedForm::Raw(_));
        let any_raw = self.signatures.iter().any(raw);
        let mut algorithms: BTreeSet<HashAlgorithm> = self
            .signatures
            .iter()
            .flat_map(Detached::algorithms)
            .collect();
        algorithms.insert(HashAlgorithm::Sha256);
        let mut whole = (any_raw && source.size() <= limits::WHOLE_MESSAGE).then(Vec::new);
        let mut hashers: Vec<Hasher> = algorithms.into_iter().map(Hasher::new).collect();
        for_each_chunk(source, 0..source.size(), |chunk| {
            hashers.iter_mut().for_each(|hasher| hasher.update(chunk));
            if let Some(whole) = &mut whole {
                whole.extend_from_slice(chunk);
            }
        })?;
        Ok(Measured::of(hashers, whole))
    }

    /// The signature objects, for bytes that were measured.
    pub(super) fn objects(&self, measured: &Measured, covers: &str) -> Vec<SignatureObject> {
        self.signatures
            .iter()
            .map(|detached| detached.object(measured, &self.certificates, covers))
            .collect()
    }
}

impl Measured {
    pub(super) fn of(hashers: Vec<Hasher>, whole: Option<Vec<u8>>) -> Self {
        let mut sha256 = Sha256([0; 32]);
        let mut digests = vec![];
        for hasher in hashers {
            let algorithm = hasher.algorithm();
            let digest = hasher.finish();
            if algorithm == HashAlgorithm::Sha256 {
                sha256.0.copy_from_slice(&digest);
            }
            digests.push((algorithm, digest));
        }
        Self {
            sha256,
            digests,
            whole,
        }
    }

    /// Of bytes in memory, by every algorithm.
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        let hashers = HashAlgorithm::ALL
            .into_iter()
            .map(|algorithm| {
                let mut hasher = Hasher::new(algorithm);
                hasher.update(bytes);
                hasher
            })
            .collect();
        Self::of(hashers, Some(bytes.to_vec()))
    }
}

impl Detached {
    fn read(path: &Path) -> Result<Self, ReadError> {
        let bytes = bounded(path, limits::SIGNATURE_OBJECT)?;
        Ok(Self::of(path.display().to_string(), bytes))
    }

    /// CMS in DER or PEM is CMS; anything else is a bare signature value.
    pub(super) fn of(place: String, bytes: Vec<u8>) -> Self {
        let der = if pem::is_pem(&bytes) {
            pem::blocks(&bytes)
                .ok()
                .and_then(|blocks| {
                    blocks.into_iter().find(|block| {
                        matches!(
                            block.label.as_str(),
                            "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA"
                        )
                    })
                })
                .map(|block| block.der)
        } else {
            None
        };
        let candidate = der.as_deref().unwrap_or(&bytes);
        let form = if der.is_some() || looks_like_cms(candidate) {
            DetachedForm::Cms(der.unwrap_or(bytes))
        } else {
            DetachedForm::Raw(bytes)
        };
        Self { place, form }
    }

    /// The algorithms by which the covered bytes are wanted.
    pub(super) fn algorithms(&self) -> Vec<HashAlgorithm> {
        match &self.form {
            DetachedForm::Raw(_) => HashAlgorithm::ALL.to_vec(),
            DetachedForm::Cms(der) => SignedData::from_der(der, Trailing::Nothing)
                .map(|signed| {
                    signed
                        .signers
                        .iter()
                        .filter_map(|signer| {
                            algorithm::hash_algorithm(&signer.digest_algorithm.oid)
                        })
                        .collect()
                })
                .unwrap_or_default(),
        }
    }

    pub(super) fn object(
        &self,
        measured: &Measured,
        certificates: &[Vec<u8>],
        covers: &str,
    ) -> SignatureObject {
        let (kind, bytes, raw) = match &self.form {
            DetachedForm::Cms(der) => (ObjectKind::CmsDetached, der, None),
            DetachedForm::Raw(bytes) => {
                let outcome = super::raw::check(bytes, certificates, measured);
                (ObjectKind::Raw, bytes, Some(outcome))
            }
        };
        let digests: BTreeMap<_, _> = measured.digests.iter().cloned().collect();
        let wanted = self.algorithms();
        SignatureObject {
            kind,
            place: self.place.clone(),
            bytes: bytes.clone(),
            certificates: certificates.to_vec(),
            digests: digests
                .into_iter()
                .filter(|(algorithm, _)| wanted.contains(algorithm))
                .collect(),
            content_is_attributes: measured
                .whole
                .as_deref()
                .is_some_and(cms::looks_like_attributes),
            covers: covers.to_owned(),
            raw,
        }
    }
}

/// A ContentInfo begins with a SEQUENCE whose first value is an object identifier of PKCS#7.
fn looks_like_cms(bytes: &[u8]) -> bool {
    const PKCS7: &[u8] = &[0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
    bytes.first() == Some(&0x30)
        && bytes
            .get(..24)
            .unwrap_or(bytes)
            .windows(PKCS7.len())
            .any(|window| window == PKCS7)
}

/// The certificates of a PEM or DER file, as DER; a bare public key stays what it is.
pub(super) fn certificates_in(bytes: &[u8]) -> Vec<Vec<u8>> {
    if pem::is_pem(bytes) {
        return pem::blocks(bytes)
            .unwrap_or_default()
            .into_iter()
            .filter(|block| block.label == "CERTIFICATE")
            .map(|block| block.der)
            .take(limits::CERTIFICATES)
            .collect();
    }
    match cms::certificate_bundle(bytes) {
        Ok(bundle) => bundle.iter().map(|known| known.der().to_vec()).collect(),
        Err(_) => vec![bytes.to_vec()],
    }
}

/// A whole small file.
fn bounded(path: &Path, limit: usize) -> Result<Vec<u8>, ReadError> {
    let source = FileSource::open(path)?;
    match usize::try_from(source.size()) {
        Ok(size) if size <= limit => Ok(source.read_range(0, size)?),
        _ => Err(ReadError::Unreadable(format!(
            "{} is larger than {limit} bytes",
            path.display()
        ))),
    }
}
