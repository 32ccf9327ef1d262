//! Writing files of a trust folder for a person to review: `trust new-vendor`, `trust add-root`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::AnchorId;
use crate::formats::cms::certificate_bundle;
use crate::formats::digest::sha256;
use crate::formats::public_key::PublicKey;
use crate::formats::trust_folder::write::{
    FirstStatus, certificate_root_toml, certificates_pem, raw_root_toml, vendor_toml,
};
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
    let bytes = read(file)?;
    let (id, toml, key, ending) = match certificates(&bytes).as_slice() {
        [] => {
            let keys = PublicKey::read(&bytes).unwrap_or_default();
            let key = match keys.as_slice() {
                [] => return Err(DraftError::NoKey(file.to_path_buf())),
                [key] => key,
                keys => return Err(many(file, keys.len())),
            };
            let spki = sha256(&key.spki);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let toml = raw_root_toml(key, spki, &key.comment, status);
            (AnchorId::Raw(spki), toml, text, "pub")
        }
        certificates => {
            let mut ids: Vec<_> = certificates.iter().map(Certificate::spki_sha256).collect();
            ids.sort();
            ids.dedup();
            let [spki] = ids.as_slice() else {
                return Err(many(file, ids.len()));
            };
            let shared = *place == KeyPlace::Shared;
            let toml = certificate_root_toml(certificates, shared, status);
            (
                AnchorId::X509(*spki),
                toml,
                certificates_pem(certificates),
                "pem",
            )
        }
    };
    let description = below.join(format!("{id}.toml"));
    let beside = below.join(format!("{id}.{ending}"));
    if beside.exists() {
        return Err(DraftError::Exists(beside));
    }
    write_new(&description, &toml)?;
    write_new(&beside, &key)?;
    Ok(vec![description, beside])
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
