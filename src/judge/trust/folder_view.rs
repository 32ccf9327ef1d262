//! The view over a compiled trust folder: look-ups in the blob, files read when asked for.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::pattern;
use super::record::{Record, Scope, Standing, resolve};
use super::{Anchor, NamedRotation, NamedRule, View};
use crate::domain::{AnchorId, Purpose, Sha256};
use crate::formats::openpgp::{CertificateFile, Issuer, OpenPgpCertificate, without_address};
use crate::formats::public_key::KeyNumber;
use crate::formats::trust_folder::blob::{Blob, Map};
use crate::formats::trust_folder::compile::{CompileError, compile};
use crate::formats::trust_folder::{
    Day, Folder, FolderError, Root, Rotation, SignerRule, VendorProfile,
};
use crate::formats::x509::{Certificate, Name};

/// The records of one trust folder.
///
/// A file that cannot be read back counts as absent, and so does the key it speaks of: trust is
/// lost, never gained. It cannot happen with a blob that this program compiled.
pub struct FolderView {
    blob: Cow<'static, [u8]>,
    known_at: Option<Timestamp>,
    certificates: Cache<Certificate>,
    openpgp: Cache<OpenPgpCertificate>,
    roots: Cache<Arc<Root>>,
    rules: Cache<Arc<SignerRule>>,
    rotations: Cache<Arc<Rotation>>,
    profiles: Cache<Arc<VendorProfile>>,
}

/// What was read once, by the key under which it lies in the blob.
type Cache<T> = Mutex<BTreeMap<Vec<u8>, Option<T>>>;

/// Why a folder cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoadError {
    /// Every fault, in order of paths.
    Folder(Vec<FolderError>),
    Compile(CompileError),
}

impl FolderView {
    /// Over a compiled folder; `None` when the bytes are none.
    #[must_use]
    pub fn from_blob(blob: Cow<'static, [u8]>) -> Option<Self> {
        Blob::open(&blob)?;
        Some(Self::over(blob))
    }

    /// Over bytes that are a compiled folder; if they are not, the view knows nothing.
    pub(super) fn over(blob: Cow<'static, [u8]>) -> Self {
        Self {
            blob,
            known_at: None,
            certificates: Cache::default(),
            openpgp: Cache::default(),
            roots: Cache::default(),
            rules: Cache::default(),
            rotations: Cache::default(),
            profiles: Cache::default(),
        }
    }

    /// Over the files of a folder (paths relative to it, with `/`).
    ///
    /// # Errors
    /// Every fault of the folder; a folder with one is not used.
    pub fn from_files(files: &[(String, Vec<u8>)]) -> Result<Self, LoadError> {
        Folder::parse(files).map_err(LoadError::Folder)?;
        let blob = compile(files).map_err(LoadError::Compile)?;
        Self::from_blob(Cow::Owned(blob)).ok_or_else(|| {
            LoadError::Compile(CompileError {
                path: String::new(),
                what: "the compiled folder does not open".to_owned(),
            })
        })
    }

    /// The same folder as it claims to have known it at an instant (`--knowledge folder`).
    #[must_use]
    pub fn known_at(mut self, instant: Timestamp) -> Self {
        self.known_at = Some(instant);
        self
    }

    fn blob(&self) -> Option<Blob<'_>> {
        Blob::open(&self.blob)
    }

    fn certificates<'a>(&self, numbers: impl Iterator<Item = &'a [u8]>) -> Vec<Certificate> {
        numbers
            .filter_map(|number| {
                cached(&self.certificates, number, || {
                    let der = self.blob()?.first(Map::Certificates, number)?;
                    Certificate::from_der(der).ok()
                })
            })
            .collect()
    }

    fn look_up(&self, map: Map, key: &[u8]) -> Vec<Certificate> {
        self.blob()
            .map(|blob| self.certificates(blob.values(map, key)))
            .unwrap_or_default()
    }

    /// Reads a file back, once.
    fn file<T: DeserializeOwned>(&self, cache: &Cache<Arc<T>>, path: &[u8]) -> Option<Arc<T>> {
        cached(cache, path, || {
            let json = self.blob()?.first(Map::Files, path)?;
            serde_json::from_slice(json).ok().map(Arc::new)
        })
    }

    /// The files that speak of a key's status.
    fn root_files(&self, id: &AnchorId) -> Vec<(RootPlace, Option<Arc<Root>>)> {
        let Some(blob) = self.blob() else {
            return vec![];
        };
        blob.values(Map::AnchorFiles, id.to_string().as_bytes())
            .filter_map(|path| Some((RootPlace::of(path)?, self.file(&self.roots, path))))
            .collect()
    }

    fn records(&self, id: &AnchorId, root: &Root, scope: &Scope, purpose: Purpose) -> Vec<Record> {
        root.statuses
            .iter()
            .filter(|entry| {
                self.known_at
                    .is_none_or(|known_at| entry.recorded.start() <= known_at)
            })
            .map(|entry| Record {
                anchor: id.clone(),
                scope: scope.clone(),
                purpose,
                status: entry.status,
                valid_from: entry.valid_from.start(),
                valid_from_is: entry.valid_from_is,
                known_from: entry.recorded.start(),
                evidence: entry.evidence.clone(),
            })
            .collect()
    }

    fn rotations(&self, name: &str) -> Vec<NamedRotation> {
        let Some(blob) = self.blob() else {
            return vec![];
        };
        blob.values(Map::Rotations, name.as_bytes())
            .filter_map(|path| {
                let (vendor, name) = vendor_and_stem(path)?;
                Some(NamedRotation {
                    vendor,
                    name,
                    rotation: self.file(&self.rotations, path)?,
                })
            })
            .collect()
    }
}

/// Where a key's file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum RootPlace {
    Shared,
    Timestamping,
    Vendor(String),
}

impl RootPlace {
    fn of(path: &[u8]) -> Option<Self> {
        let path = str::from_utf8(path).ok()?;
        let mut parts = path.split('/');
        match (parts.next()?, parts.next()?) {
            ("shared", "roots") => Some(Self::Shared),
            ("shared", "tsa") => Some(Self::Timestamping),
            ("vendors", slug) => Some(Self::Vendor(slug.to_owned())),
            _ => None,
        }
    }
}

impl View for FolderView {
    fn by_subject(&self, purpose: Purpose, subject: &Name) -> Vec<Certificate> {
        let map = match purpose {
            Purpose::CodeSigning => Map::CodeSubject,
            Purpose::TimeStamping => Map::TimeSubject,
        };
        self.look_up(map, subject.canonical())
    }

    fn by_key_identifier(&self, purpose: Purpose, key_identifier: &[u8]) -> Vec<Certificate> {
        let map = match purpose {
            Purpose::CodeSigning => Map::CodeKeyIdentifier,
            Purpose::TimeStamping => Map::TimeKeyIdentifier,
        };
        self.look_up(map, key_identifier)
    }

    fn by_spki(&self, purpose: Purpose, spki_sha256: &Sha256) -> Vec<Certificate> {
        let map = match purpose {
            Purpose::CodeSigning => Map::CodeSpki,
            Purpose::TimeStamping => Map::TimeSpki,
        };
        self.look_up(map, &spki_sha256.0)
    }

    fn raw_keys_by_number(&self, number: KeyNumber) -> Vec<Vec<u8>> {
        self.blob()
            .map(|blob| {
                let keys = blob.values(Map::RawNumbers, &number.0);
                keys.map(<[u8]>::to_vec).collect()
            })
            .unwrap_or_default()
    }

    fn openpgp_certificates(&self, issuers: &[Issuer]) -> Vec<OpenPgpCertificate> {
        let Some(blob) = self.blob() else {
            return vec![];
        };
        let paths: BTreeSet<&[u8]> = issuers
            .iter()
            .flat_map(|issuer| match issuer {
                Issuer::Fingerprint(key) => blob
                    .values(Map::OpenPgpFingerprints, key.as_bytes())
                    .collect::<Vec<_>>(),
                Issuer::KeyId(id) => blob.values(Map::OpenPgpKeyIds, &id.0).collect(),
            })
            .collect();
        paths
            .into_iter()
            .filter_map(|path| cached(&self.openpgp, path, || merged(blob, path)))
            .collect()
    }

    fn anchor(&self, id: &AnchorId) -> Option<Anchor> {
        let files = self.root_files(id);
        let named = files
            .iter()
            .filter_map(|(_, root)| root.as_ref())
            .find(|root| root.link.is_none())?;
        let vendors = files.iter().filter_map(|(place, _)| match place {
            RootPlace::Vendor(slug) => Some(slug.clone()),
            RootPlace::Shared | RootPlace::Timestamping => None,
        });
        Some(Anchor {
            id: id.clone(),
            name: name(named),
            // A key that stands in the shared folder is shared, whatever its file says.
            shared: named.shared || files.iter().any(|(place, _)| *place == RootPlace::Shared),
            vendors: vendors.collect(),
            namespaces: named.namespaces.clone(),
            policy_exceptions: named.policy_exceptions.clone(),
        })
    }

    fn status_at(
        &self,
        id: &AnchorId,
        vendor: Option<&str>,
        purpose: Purpose,
        at: Timestamp,
    ) -> Option<Standing> {
        let files = self.root_files(id);
        // One unreadable file may hold the distrust: then nothing is said, and nothing anchors.
        if files.iter().any(|(_, root)| root.is_none()) {
            return None;
        }
        let key_start = files
            .iter()
            .filter_map(|(_, root)| root.as_ref()?.start())
            .min()
            .map_or(Timestamp::MIN, Day::start);
        let held = |wanted: &RootPlace, scope: Scope| {
            let (_, root) = files.iter().find(|(place, _)| place == wanted)?;
            resolve(
                &self.records(id, root.as_ref()?, &scope, purpose),
                key_start,
                at,
            )
        };
        match purpose {
            Purpose::TimeStamping => held(&RootPlace::Timestamping, Scope::Global),
            Purpose::CodeSigning => {
                let global = held(&RootPlace::Shared, Scope::Global);
                let condemned = global
                    .as_ref()
                    .is_some_and(|standing| standing.record.status.condemns());
                match vendor {
                    Some(slug) if !condemned => {
                        let slug = slug.to_owned();
                        held(&RootPlace::Vendor(slug.clone()), Scope::Vendor(slug))
                    }
                    _ => global,
                }
            }
        }
    }

    fn signer_rules(&self, root: &AnchorId) -> Vec<NamedRule> {
        let Some(blob) = self.blob() else {
            return vec![];
        };
        blob.values(Map::RulesByRoot, root.to_string().as_bytes())
            .filter_map(|path| {
                let (vendor, name) = vendor_and_stem(path)?;
                Some(NamedRule {
                    vendor,
                    name,
                    rule: self.file(&self.rules, path)?,
                })
            })
            .collect()
    }

    fn vendor(&self, slug: &str) -> Option<Arc<VendorProfile>> {
        self.file(&self.profiles, format!("vendors/{slug}/vendor").as_bytes())
    }

    fn vendors(&self) -> Vec<String> {
        let Some(blob) = self.blob() else {
            return vec![];
        };
        blob.with_prefix(Map::Files, b"vendors/")
            .filter_map(|(path, _)| {
                let path = str::from_utf8(path).ok()?;
                let slug = path.strip_prefix("vendors/")?.strip_suffix("/vendor")?;
                (!slug.contains('/')).then(|| slug.to_owned())
            })
            .collect()
    }

    fn vendors_suggested_by(&self, file_name: &str) -> Vec<String> {
        let Some(blob) = self.blob() else {
            return vec![];
        };
        let mut slugs: Vec<String> = blob
            .with_prefix(Map::Patterns, b"")
            .filter_map(|(pattern, slug)| {
                let pattern = str::from_utf8(pattern).ok()?;
                let slug = str::from_utf8(slug).ok()?;
                pattern::fits(pattern, file_name).then(|| slug.to_owned())
            })
            .collect();
        slugs.sort();
        slugs.dedup();
        slugs
    }

    fn rotations_of_key(&self, key: &AnchorId) -> Vec<NamedRotation> {
        self.rotations(&key.to_string())
    }

    fn rotations_of_rule(&self, vendor: &str, rule: &str) -> Vec<NamedRotation> {
        self.rotations(&format!("{vendor}/signers/{rule}"))
    }

    fn is_bare(&self) -> bool {
        false
    }
}

impl fmt::Debug for FolderView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FolderView({} bytes)", self.blob.len())
    }
}

/// Every copy of the certificate beside a key's file, as one; of the key that the path names only.
fn merged(blob: Blob<'_>, path: &[u8]) -> Option<OpenPgpCertificate> {
    let file = CertificateFile::read(blob.first(Map::OpenPgpCopies, path)?).ok()?;
    let name = path.rsplit(|byte| *byte == b'/').next()?;
    OpenPgpCertificate::merge(file.certificates)
        .ok()?
        .into_iter()
        .find(|one| AnchorId::OpenPgp(one.fingerprint()).to_string().as_bytes() == name)
}

/// What people call a key; an OpenPGP key goes by its first user id that is more than an address.
fn name(root: &Root) -> String {
    if root.name.is_empty() {
        let mut names = root.uids.iter().filter_map(|uid| without_address(uid));
        return names.next().unwrap_or_default().to_owned();
    }
    root.name.clone()
}

fn cached<T: Clone>(cache: &Cache<T>, key: &[u8], read: impl FnOnce() -> Option<T>) -> Option<T> {
    let mut known = cache.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(value) = known.get(key) {
        return value.clone();
    }
    let value = read();
    known.insert(key.to_vec(), value.clone());
    value
}

/// `vendors/<slug>/<kind>/<stem>`.
fn vendor_and_stem(path: &[u8]) -> Option<(String, String)> {
    let mut parts = str::from_utf8(path).ok()?.split('/').skip(1);
    let slug = parts.next()?.to_owned();
    Some((slug, parts.nth(1)?.to_owned()))
}
