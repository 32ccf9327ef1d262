//! The view over a compiled trust folder: look-ups in the blob, files read when asked for.
//!
//! What this instance learnt besides lies over it ([`Knowledge`]): further keys, rules and rotations,
//! and status records. Where the instance has recorded the folder itself, its records alone say how
//! a key stands, because they know since when.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::asked_once::AskedOnce;
use super::key_file::{merged, name};
use super::knowledge::Knowledge;
use super::listing::{Listing, RootName};
use super::pattern;
use super::record::{Origin, Record, Scope, Standing, in_force, resolve};
use super::root_place::RootPlace;
use super::{Anchor, NamedRotation, NamedRule, View};
use crate::domain::{AnchorId, Purpose, Sha256};
use crate::formats::openpgp::{Issuer, OpenPgpCertificate};
use crate::formats::public_key::KeyNumber;
use crate::formats::trust_folder::blob::{Blob, Map};
use crate::formats::trust_folder::compile::{CompileError, compile};
use crate::formats::trust_folder::{
    Day, Folder, FolderError, Root, Rotation, SignerRule, VendorProfile,
};
use crate::formats::x509::{Certificate, Name};
use crate::judge::path::{Walks, WalksByPurpose};
use crate::judge::posted::{Naming, Post};

/// The records of one trust folder.
///
/// A file that cannot be read back counts as absent, and so does the key it speaks of: trust is
/// lost, never gained. It cannot happen with a blob that this program compiled.
pub struct FolderView {
    pub(super) blob: Cow<'static, [u8]>,
    /// By the folder's own claim; `None` for all of it.
    pub(super) known_at: Option<Timestamp>,
    pub(super) knowledge: Option<Box<dyn Knowledge>>,
    certificates: Cache<Certificate>,
    openpgp: Cache<OpenPgpCertificate>,
    roots: Cache<Arc<Root>>,
    pub(super) rules: Cache<Arc<SignerRule>>,
    pub(super) rotations: Cache<Arc<Rotation>>,
    profiles: Cache<Arc<VendorProfile>>,
    records: Cache<Arc<Held>>,
    walks: WalksByPurpose,
}

/// Every record of one key in force.
#[derive(Debug)]
struct Held {
    records: Vec<Record>,
    /// The key's own start.
    key_start: Timestamp,
}

/// What was read once, by the key under which it lies in the blob.
pub(super) type Cache<T> = Mutex<BTreeMap<Vec<u8>, Option<T>>>;

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
            knowledge: None,
            certificates: Cache::default(),
            openpgp: Cache::default(),
            roots: Cache::default(),
            rules: Cache::default(),
            rotations: Cache::default(),
            profiles: Cache::default(),
            records: Cache::default(),
            walks: WalksByPurpose::default(),
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

    /// The compiled folder itself.
    pub(super) fn compiled(&self) -> &[u8] {
        &self.blob
    }

    /// With what this instance learnt lying over the folder.
    #[must_use]
    pub fn with(mut self, knowledge: Box<dyn Knowledge>) -> Self {
        self.knowledge = Some(Box::new(AskedOnce::new(knowledge)));
        self
    }

    /// No folder, only what this instance had learnt.
    #[must_use]
    pub fn without_folder(knowledge: Box<dyn Knowledge>) -> Self {
        Self::over(Cow::Borrowed(&[])).with(knowledge)
    }

    fn blob(&self) -> Option<Blob<'_>> {
        Blob::open(&self.blob)
    }

    /// Every value under a key: the folder's, then what was learnt besides.
    pub(super) fn values(&self, map: Map, key: &[u8]) -> Vec<Cow<'_, [u8]>> {
        let mut found: Vec<Cow<'_, [u8]>> = self.blob().map_or_else(Vec::new, |blob| {
            blob.values(map, key).map(Cow::Borrowed).collect()
        });
        if let Some(knowledge) = &self.knowledge {
            found.extend(knowledge.values(map, key).into_iter().map(Cow::Owned));
        }
        found
    }

    /// The keys of a map that begin with `prefix`, sorted, each once.
    pub(super) fn keys(&self, map: Map, prefix: &[u8]) -> Vec<Cow<'_, [u8]>> {
        let mut found: Vec<Cow<'_, [u8]>> = self.blob().map_or_else(Vec::new, |blob| {
            blob.with_prefix(map, prefix)
                .map(|(key, _)| Cow::Borrowed(key))
                .collect()
        });
        if let Some(knowledge) = &self.knowledge {
            found.extend(knowledge.keys(map, prefix).into_iter().map(Cow::Owned));
            found.sort();
        }
        found.dedup();
        found
    }

    /// Every key that some file speaks of, sorted.
    #[must_use]
    pub fn anchors(&self) -> Vec<AnchorId> {
        let mut ids: Vec<AnchorId> = [Map::AnchorFiles, Map::ProposedAnchorFiles]
            .into_iter()
            .flat_map(|map| self.keys(map, b""))
            .filter_map(|key| str::from_utf8(&key).ok()?.parse().ok())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// The first of [`FolderView::values`].
    fn first(&self, map: Map, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        if let Some(value) = self.blob().and_then(|blob| blob.first(map, key)) {
            return Some(Cow::Borrowed(value));
        }
        let values = self.knowledge.as_ref()?.values(map, key);
        values.into_iter().next().map(Cow::Owned)
    }

    pub(super) fn look_up(&self, map: Map, key: &[u8]) -> Vec<Certificate> {
        let mut found: Vec<Certificate> = vec![];
        for number in self.values(map, key) {
            let certificate = cached(&self.certificates, &number, || {
                let der = self.first(Map::Certificates, &number)?;
                Certificate::from_der(&der).ok()
            });
            // Two sources may hold the same one.
            found.extend(certificate.filter(|new| !found.contains(new)));
        }
        found
    }

    /// Reads a file back, once.
    pub(super) fn file<T: DeserializeOwned>(
        &self,
        cache: &Cache<Arc<T>>,
        path: &[u8],
    ) -> Option<Arc<T>> {
        cached(cache, path, || {
            let json = self.first(Map::Files, path)?;
            serde_json::from_slice(&json).ok().map(Arc::new)
        })
    }

    /// The files that speak of a key's status.
    pub(super) fn root_files(&self, id: &AnchorId) -> Vec<(RootPlace, Option<Arc<Root>>)> {
        let id = id.to_string();
        let read = |map| {
            let mut paths = self.values(map, id.as_bytes());
            paths.dedup();
            let files = paths
                .into_iter()
                .filter_map(|path| Some((RootPlace::of(&path)?, self.file(&self.roots, &path))));
            files.collect::<Vec<_>>()
        };
        let files = read(Map::AnchorFiles);
        if files.is_empty() && self.knowledge.is_some() {
            return read(Map::ProposedAnchorFiles);
        }
        files
    }

    /// The folder's own timeline of a key in one place.
    fn claimed(&self, id: &AnchorId, root: &Root, scope: &Scope, purpose: Purpose) -> Vec<Record> {
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
                origin: Origin::Folder,
            })
            .collect()
    }

    /// Every record of a key in force; `None` when some may be missing.
    #[must_use]
    pub fn records(&self, id: &AnchorId) -> Option<Vec<Record>> {
        Some(self.held(id)?.records.clone())
    }

    fn held(&self, id: &AnchorId) -> Option<Arc<Held>> {
        cached(&self.records, id.to_string().as_bytes(), || {
            self.read_records(id).map(Arc::new)
        })
    }

    fn read_records(&self, id: &AnchorId) -> Option<Held> {
        let files = self.root_files(id);
        // One unreadable file may hold the distrust: then nothing is said, and nothing anchors.
        if files.iter().any(|(_, root)| root.is_none()) {
            return None;
        }
        let starts = files.iter().filter_map(|(_, root)| root.as_ref()?.start());
        let key_start = starts.min().map_or(Timestamp::MIN, Day::start);
        let mut records = vec![];
        let learnt = self.knowledge.as_ref();
        if learnt.is_none_or(|learnt| !learnt.includes_folder()) {
            for (place, root) in &files {
                let (scope, purpose) = place.speaks_for();
                let root = root.as_ref()?;
                records.extend(self.claimed(id, root, &scope, purpose));
            }
        }
        if let Some(learnt) = learnt {
            records.extend(in_force(learnt.records(id)?));
            records.extend(self.programme_distrust(id)?);
        }
        Some(Held { records, key_start })
    }

    fn rotations(&self, name: &str) -> Vec<NamedRotation> {
        let mut paths = self.values(Map::Rotations, name.as_bytes());
        paths.dedup();
        paths
            .iter()
            .filter_map(|path| {
                let (vendor, name) = vendor_and_stem(path)?;
                Some(NamedRotation {
                    vendor,
                    name,
                    rotation: self.file(&self.rotations, path)?,
                })
            })
            .filter(|named| self.claims_rotation(named))
            .collect()
    }

    /// Whether the folder's own claim, if that counts, has the rotation yet.
    pub(super) fn claims_rotation(&self, named: &NamedRotation) -> bool {
        self.known_at
            .is_none_or(|known_at| named.rotation.claims_known_at(known_at))
    }

    /// As [`FolderView::claims_rotation`].
    pub(super) fn claims_rule(&self, named: &NamedRule) -> bool {
        let recorded = named.rule.recorded.map(Day::start);
        self.known_at
            .is_none_or(|known_at| recorded.is_none_or(|recorded| recorded <= known_at))
    }
}

impl View for FolderView {
    fn by_subject(&self, purpose: Purpose, subject: &Name) -> Vec<Certificate> {
        let map = match purpose {
            Purpose::CodeSigning => Map::CodeSubject,
            Purpose::TimeStamping => Map::TimeSubject,
        };
        let known = self.look_up(map, subject.canonical());
        self.with_observed(known, purpose, RootName::Subject(subject.canonical()))
    }

    fn by_key_identifier(&self, purpose: Purpose, key_identifier: &[u8]) -> Vec<Certificate> {
        let map = match purpose {
            Purpose::CodeSigning => Map::CodeKeyIdentifier,
            Purpose::TimeStamping => Map::TimeKeyIdentifier,
        };
        let known = self.look_up(map, key_identifier);
        self.with_observed(known, purpose, RootName::KeyIdentifier(key_identifier))
    }

    fn by_spki(&self, purpose: Purpose, spki_sha256: &Sha256) -> Vec<Certificate> {
        let map = match purpose {
            Purpose::CodeSigning => Map::CodeSpki,
            Purpose::TimeStamping => Map::TimeSpki,
        };
        let known = self.look_up(map, &spki_sha256.0);
        self.with_observed(known, purpose, RootName::Spki(*spki_sha256))
    }

    fn raw_keys_by_number(&self, number: KeyNumber) -> Vec<Vec<u8>> {
        let mut keys: Vec<Vec<u8>> = vec![];
        for key in self.values(Map::RawNumbers, &number.0) {
            if !keys.iter().any(|known| *known == *key) {
                keys.push(key.into_owned());
            }
        }
        keys
    }

    fn openpgp_certificates(&self, issuers: &[Issuer]) -> Vec<OpenPgpCertificate> {
        let paths: BTreeSet<Vec<u8>> = issuers
            .iter()
            .flat_map(|issuer| match issuer {
                Issuer::Fingerprint(key) => self.values(Map::OpenPgpFingerprints, key.as_bytes()),
                Issuer::KeyId(id) => self.values(Map::OpenPgpKeyIds, &id.0),
            })
            .map(Cow::into_owned)
            .collect();
        paths
            .iter()
            .filter_map(|path| {
                cached(&self.openpgp, path, || {
                    merged(&self.values(Map::OpenPgpCopies, path), path)
                })
            })
            .collect()
    }

    fn anchor(&self, id: &AnchorId) -> Option<Anchor> {
        let files = self.root_files(id);
        if files.is_empty() {
            return self.observed_anchor(id);
        }
        let named = files
            .iter()
            .filter_map(|(_, root)| root.as_ref())
            .find(|root| root.link.is_none())?;
        let mut vendors: Vec<String> = files
            .iter()
            .filter_map(|(place, _)| match place {
                RootPlace::Vendor(slug) => Some(slug.clone()),
                RootPlace::Shared | RootPlace::Timestamping => None,
            })
            .collect();
        vendors.sort();
        vendors.dedup();
        Some(Anchor {
            id: id.clone(),
            name: name(named),
            // A key that stands in the shared folder is shared, whatever its file says.
            observed: false,
            shared: named.shared || files.iter().any(|(place, _)| *place == RootPlace::Shared),
            vendors,
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
        let Held { records, key_start } = &*self.held(id)?;
        let held = |scope: &Scope| {
            let records: Vec<Record> = records
                .iter()
                .filter(|record| record.scope == *scope && record.purpose == purpose)
                .cloned()
                .collect();
            resolve(&records, *key_start, at)
        };
        let global = held(&Scope::Global);
        let condemned = global
            .as_ref()
            .is_some_and(|standing| standing.record.status.condemns());
        match (purpose, vendor) {
            (Purpose::CodeSigning, Some(slug)) if !condemned => {
                held(&Scope::Vendor(slug.to_owned()))
            }
            _ => global,
        }
    }

    fn signer_rules(&self, root: &AnchorId) -> Vec<NamedRule> {
        let mut paths = self.values(Map::RulesByRoot, root.to_string().as_bytes());
        paths.sort();
        paths.dedup();
        paths
            .iter()
            .filter_map(|path| {
                let (vendor, name) = vendor_and_stem(path)?;
                Some(NamedRule {
                    vendor,
                    name,
                    rule: self.file(&self.rules, path)?,
                })
            })
            .filter(|named| self.claims_rule(named))
            .collect()
    }

    fn vendor(&self, slug: &str) -> Option<Arc<VendorProfile>> {
        self.file(&self.profiles, format!("vendors/{slug}/vendor").as_bytes())
    }

    fn vendors(&self) -> Vec<String> {
        self.keys(Map::Files, b"vendors/")
            .iter()
            .filter_map(|path| {
                let path = str::from_utf8(path).ok()?;
                let slug = path.strip_prefix("vendors/")?.strip_suffix("/vendor")?;
                (!slug.contains('/')).then(|| slug.to_owned())
            })
            .collect()
    }

    fn vendors_suggested_by(&self, file_name: &str) -> Vec<String> {
        let fits = |pattern: &&Cow<'_, [u8]>| {
            str::from_utf8(pattern).is_ok_and(|pattern| pattern::fits(pattern, file_name))
        };
        let patterns = self.keys(Map::Patterns, b"");
        let mut slugs: Vec<String> = patterns
            .iter()
            .filter(fits)
            .flat_map(|pattern| self.values(Map::Patterns, pattern))
            .filter_map(|slug| String::from_utf8(slug.into_owned()).ok())
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

    fn posts_naming(&self, values: &[String]) -> Vec<Naming> {
        self.knowledge
            .as_ref()
            .map_or_else(Vec::new, |known| known.posts_naming(values))
    }

    fn post(&self, id: &str) -> Option<Arc<Post>> {
        self.knowledge.as_ref()?.post(id)
    }

    fn listings(&self, certificate: &Certificate, at: Timestamp) -> Option<Vec<Listing>> {
        self.programme_listings(certificate, at)
    }

    fn is_bare(&self) -> bool {
        false
    }

    fn walks(&self, purpose: Purpose) -> Option<&Walks> {
        Some(self.walks.of(purpose))
    }
}

impl fmt::Debug for FolderView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FolderView({} bytes)", self.blob.len())
    }
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
pub(super) fn vendor_and_stem(path: &[u8]) -> Option<(String, String)> {
    let mut parts = str::from_utf8(path).ok()?.split('/').skip(1);
    let slug = parts.next()?.to_owned();
    Some((slug, parts.nth(1)?.to_owned()))
}
