//! Writing files of a trust folder for a person to review: `trust new-vendor`, `trust add-root`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::AnchorId;
use crate::formats::cms::certificate_bundle;
use crate::formats::digest::sha256;
use crate::formats::openpgp::{CertificateFile, OpenPgpCertificate};
use crate::formats::public_key::PublicKey;
use crate::formats::trust_folder::write::{
    FirstStatus, certificate_root_toml, certificates_pem, raw_root_toml, vendor_toml,
};
use crate::formats::trust_folder::write_openpgp::{openpgp_armour, openpgp_root_toml};
use crate::formats::x509::Certificate;
use crate::formats::{limits, pem};

/// Where a key belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyPlace {
    Vendor(String),
    Shared,
    Timestamping,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: io::Error },
    #[error("{0} is there already; statuses are appended to it by hand")]
    Exists(PathBuf),
    #[error("{0} has no vendor.toml; make it with `trust new-vendor`")]
    NoVendor(PathBuf),
    #[error("`{0}` is no slug: lower-case letters, digits and hyphens")]
    Slug(String),
    #[error("{0} holds neither certificates nor a public key")]
    NoKey(PathBuf),
    #[error("{path} holds {keys} keys; one file a key")]
    ManyKeys { path: PathBuf, keys: usize },
    #[error("{0} is an OpenPGP key: say with --evidence where this copy of it was seen")]
    NoEvidence(PathBuf),
    #[error("{path} is over {limit} bytes")]
    TooLarge { path: PathBuf, limit: usize },
}

/// Writes a vendor's profile; the paths written.
///
/// # Errors
/// When it is there already, or cannot be written.
pub fn new_vendor(
    folder: &Path,
    slug: &str,
    name: &str,
    homepage: &str,
) -> Result<Vec<PathBuf>, DraftError> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if slug.is_empty() || !slug.bytes().all(allowed) {
        return Err(DraftError::Slug(slug.to_owned()));
    }
    let path = folder.join("vendors").join(slug).join("vendor.toml");
    write_new(&path, &vendor_toml(slug, name, homepage))?;
    Ok(vec![path])
}

/// Writes a key's files: its description and the key itself; the paths written.
///
/// # Errors
/// When the file holds no key or several, or the key stands there already.
pub fn add_root(
    folder: &Path,
    place: &KeyPlace,
    file: &Path,
    status: Option<&FirstStatus>,
) -> Result<Vec<PathBuf>, DraftError> {
    let below = match place {
        KeyPlace::Shared => folder.join("shared/roots"),
        KeyPlace::Timestamping => folder.join("shared/tsa"),
        KeyPlace::Vendor(slug) => {
            let vendor = folder.join("vendors").join(slug);
            if !vendor.join("vendor.toml").exists() {
                return Err(DraftError::NoVendor(vendor));
            }
            vendor.join("roots")
        }
    };
    let found = key_files(file, *place == KeyPlace::Shared, status)?;
    let description = below.join(format!("{}.toml", found.id));
    let beside = below.join(format!("{}.{}", found.id, found.ending));
    if beside.exists() {
        return Err(DraftError::Exists(beside));
    }
    write_new(&description, &found.toml)?;
    write_new(&beside, &found.key)?;
    Ok(vec![description, beside])
}

/// A key as a trust folder writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyFiles {
    pub id: AnchorId,
    /// Its description.
    pub toml: String,
    /// The file beside it, and how its name ends.
    pub key: String,
    pub ending: &'static str,
    /// What people may read out, in lower-case hex: SHA-256 of the key and of its certificates, or the
    /// fingerprint of an OpenPGP primary key.
    pub fingerprints: Vec<String>,
}

/// All that a file holds of keys: certificates, or OpenPGP keys as they were published.
#[derive(Debug, Clone, Default)]
pub struct KeysIn {
    pub certificates: Vec<Certificate>,
    pub openpgp: Vec<OpenPgpCertificate>,
}

/// Reads all keys of a file; bare keys are none of these.
///
/// # Errors
/// When the file cannot be read.
pub fn keys_in(file: &Path) -> Result<KeysIn, DraftError> {
    let bytes = read(file)?;
    let certificates = certificates(&bytes);
    let openpgp = if certificates.is_empty() {
        CertificateFile::read(&bytes).map_or_else(|_| vec![], |file| file.certificates)
    } else {
        vec![]
    };
    Ok(KeysIn {
        certificates,
        openpgp,
    })
}

/// Reads the one key of a file, and writes what a trust folder has of it.
///
/// # Errors
/// When the file holds no key or several.
pub fn key_files(
    file: &Path,
    shared: bool,
    status: Option<&FirstStatus>,
) -> Result<KeyFiles, DraftError> {
    let bytes = read(file)?;
    let certificates = certificates(&bytes);
    if certificates.is_empty() {
        if let Ok(keys) = CertificateFile::read(&bytes) {
            return openpgp_files(file, keys.certificates, shared, status);
        }
        let keys = PublicKey::read(&bytes).unwrap_or_default();
        let key = match keys.as_slice() {
            [] => return Err(DraftError::NoKey(file.to_path_buf())),
            [key] => key,
            keys => return Err(many(file, keys.len())),
        };
        let spki = sha256(&key.spki);
        return Ok(KeyFiles {
            id: AnchorId::Raw(spki),
            toml: raw_root_toml(key, spki, &key.comment, status),
            key: String::from_utf8_lossy(&bytes).into_owned(),
            ending: "pub",
            fingerprints: vec![spki.to_string()],
        });
    }
    let mut ids: Vec<_> = certificates.iter().map(Certificate::spki_sha256).collect();
    ids.sort();
    ids.dedup();
    let [spki] = ids.as_slice() else {
        return Err(many(file, ids.len()));
    };
    let mut fingerprints: Vec<String> = certificates
        .iter()
        .map(|certificate| certificate.sha256().to_string())
        .collect();
    fingerprints.push(spki.to_string());
    Ok(KeyFiles {
        id: AnchorId::X509(*spki),
        toml: certificate_root_toml(&certificates, shared, status),
        key: certificates_pem(&certificates),
        ending: "pem",
        fingerprints,
    })
}

/// The files of one OpenPGP key; copies of it in the file count as one.
fn openpgp_files(
    file: &Path,
    copies: Vec<OpenPgpCertificate>,
    shared: bool,
    status: Option<&FirstStatus>,
) -> Result<KeyFiles, DraftError> {
    let unread = || DraftError::NoKey(file.to_path_buf());
    let merged = OpenPgpCertificate::merge(copies).map_err(|_| unread())?;
    let certificate = match merged.as_slice() {
        [] => return Err(unread()),
        [certificate] => certificate,
        keys => return Err(many(file, keys.len())),
    };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    // A copy is kept with the day on which it was seen.
    let seen = status.ok_or_else(|| DraftError::NoEvidence(file.to_path_buf()))?;
    let fingerprint = certificate.fingerprint();
    Ok(KeyFiles {
        id: AnchorId::OpenPgp(fingerprint),
        toml: openpgp_root_toml(certificate, seen.recorded, &name, shared, status),
        key: openpgp_armour(certificate).map_err(|_| unread())?,
        ending: "asc",
        fingerprints: vec![fingerprint.to_string().to_lowercase()],
    })
}

/// The certificates of a file, self-signed ones first; empty when it holds none.
#[must_use]
pub fn certificates(bytes: &[u8]) -> Vec<Certificate> {
    let mut found: Vec<Certificate> = if pem::is_pem(bytes) {
        pem::blocks(bytes)
            .unwrap_or_default()
            .iter()
            .filter(|block| block.label == "CERTIFICATE")
            .filter_map(|block| Certificate::from_der(&block.der).ok())
            .collect()
    } else {
        match Certificate::from_der(bytes) {
            Ok(certificate) => vec![certificate],
            Err(_) => certificate_bundle(bytes).unwrap_or_default(),
        }
    };
    found.sort_by_key(|certificate| certificate.subject() != certificate.issuer());
    found
}

fn many(file: &Path, keys: usize) -> DraftError {
    DraftError::ManyKeys {
        path: file.to_path_buf(),
        keys,
    }
}

pub(super) fn read(path: &Path) -> Result<Vec<u8>, DraftError> {
    let trouble = |source| DraftError::Io {
        path: path.to_path_buf(),
        source,
    };
    let size = fs::metadata(path).map_err(trouble)?.len();
    if size > limits::TRUST_FILE as u64 {
        return Err(DraftError::TooLarge {
            path: path.to_path_buf(),
            limit: limits::TRUST_FILE,
        });
    }
    fs::read(path).map_err(trouble)
}

/// Never over a file that is there.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), DraftError> {
    let trouble = |source| DraftError::Io {
        path: path.to_path_buf(),
        source,
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(trouble)?;
    }
    let mut options = fs::OpenOptions::new();
    let mut file = match options.write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            return Err(DraftError::Exists(path.to_path_buf()));
        }
        Err(source) => return Err(trouble(source)),
    };
    io::Write::write_all(&mut file, text.as_bytes()).map_err(trouble)
}
