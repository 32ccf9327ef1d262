//! A whole folder, read and checked for what its use depends on.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::error::{FolderError, Problem};
use super::key_file::{KeyBytes, stated_fingerprints};
use super::root::{Root, RootKind};
use super::rotation::Rotation;
use super::signer::{SignerKind, SignerRule};
use super::vendor::VendorProfile;
use crate::domain::AnchorId;
use crate::formats::limits;
use crate::formats::openpgp::OpenPgpCertificate;
use crate::formats::public_key::PublicKey;
use crate::formats::x509::Certificate;

/// Everything the folder says.
#[derive(Debug, Clone, Default)]
pub struct Folder {
    /// By slug.
    pub vendors: BTreeMap<String, Vendor>,
    /// `shared/roots`.
    pub shared_roots: BTreeMap<AnchorId, Key>,
    /// `shared/tsa`.
    pub timestamping: BTreeMap<AnchorId, Key>,
}

/// One vendor.
#[derive(Debug, Clone)]
pub struct Vendor {
    pub profile: VendorProfile,
    pub roots: BTreeMap<AnchorId, Key>,
    /// By file name without ending.
    pub signers: BTreeMap<String, SignerRule>,
    /// By file name without ending.
    pub rotations: BTreeMap<String, Rotation>,
}

/// A key's file and what lies beside it: certificates, a public key, or copies of an OpenPGP
/// certificate; nothing in a link and beside a lone fingerprint.
#[derive(Debug, Clone)]
pub struct Key {
    pub root: Root,
    pub certificates: Vec<Certificate>,
    pub public_key: Option<PublicKey>,
    /// In file order.
    pub copies: Vec<OpenPgpCertificate>,
    /// All copies as one: what is judged.
    pub merged: Option<OpenPgpCertificate>,
}

/// Where a file stands.
enum Place<'a> {
    Profile(&'a str),
    Root(Keys<'a>, &'a str),
    KeyBytes(Keys<'a>, &'a str),
    Signer(&'a str, &'a str),
    Rotation(&'a str, &'a str),
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Keys<'a> {
    Vendor(&'a str),
    Shared,
    Timestamping,
}

impl Folder {
    /// Reads a folder from the paths (relative to it, with `/`) and bytes of its files. Files that
    /// begin with a dot and `README.md` are passed over.
    ///
    /// # Errors
    /// Every fault found, in order of paths.
    pub fn parse(files: &[(String, Vec<u8>)]) -> Result<Self, Vec<FolderError>> {
        let mut reading = Reading::default();
        if files.len() > limits::TRUST_FILES {
            let problem = Problem::TooManyFiles {
                limit: limits::TRUST_FILES,
            };
            return Err(vec![FolderError::whole("", problem)]);
        }
        let mut sorted: Vec<_> = files.iter().collect();
        sorted.sort_by(|left, right| left.0.cmp(&right.0));
        for (path, bytes) in sorted {
            reading.take(path, bytes);
        }
        reading.finish()
    }

    /// The key itself: shared, or the vendor's own.
    #[must_use]
    pub fn key(&self, id: &AnchorId) -> Option<&Key> {
        self.shared_roots
            .get(id)
            .or_else(|| {
                let mut own = self
                    .vendors
                    .values()
                    .filter_map(|vendor| vendor.roots.get(id));
                own.find(|key| key.root.link.is_none())
            })
            .or_else(|| self.timestamping.get(id))
    }
}

#[derive(Default)]
struct Reading<'a> {
    profiles: BTreeMap<&'a str, VendorProfile>,
    roots: BTreeMap<(Keys<'a>, AnchorId), (&'a str, Root)>,
    /// Keys whose TOML is there and has its fault already.
    unread: BTreeSet<(Keys<'a>, AnchorId)>,
    keys: BTreeMap<(Keys<'a>, AnchorId), (&'a str, KeyBytes)>,
    signers: BTreeMap<(&'a str, &'a str), (&'a str, SignerRule)>,
    rotations: BTreeMap<(&'a str, &'a str), Rotation>,
    slugs: BTreeMap<&'a str, &'a str>,
    errors: Vec<FolderError>,
}

impl<'a> Reading<'a> {
    fn take(&mut self, path: &'a str, bytes: &[u8]) {
        let name = path.rsplit('/').next().unwrap_or(path);
        if name.starts_with('.') || name == "README.md" {
            return;
        }
        if bytes.len() > limits::TRUST_FILE {
            return self.wrong(
                path,
                Problem::TooLarge {
                    limit: limits::TRUST_FILE,
                },
            );
        }
        match place(path) {
            None => self.wrong(path, Problem::Misplaced),
            Some(Place::Profile(slug)) => {
                self.slugs.insert(slug, path);
                let Some(profile) = self.toml::<VendorProfile>(path, bytes) else {
                    return;
                };
                if profile.schema != 1 {
                    self.wrong(
                        path,
                        Problem::Schema {
                            schema: profile.schema,
                        },
                    );
                }
                if profile.slug != slug || !is_slug(slug) {
                    let slug = profile.slug.clone();
                    self.wrong(path, Problem::Slug { slug });
                }
                self.profiles.insert(slug, profile);
            }
            Some(Place::Root(keys, stem)) => {
                self.note_slug(keys, path);
                match stem.parse::<AnchorId>() {
                    Err(error) => self.wrong(path, Problem::FileName(error)),
                    Ok(id) => {
                        if id.to_string() != stem {
                            self.wrong(path, Problem::FileNameForm(id.clone()));
                        }
                        match self.toml::<Root>(path, bytes) {
                            Some(root) => {
                                self.roots.insert((keys, id), (path, root));
                            }
                            None => {
                                self.unread.insert((keys, id));
                            }
                        }
                    }
                }
            }
            Some(Place::KeyBytes(keys, stem)) => {
                self.note_slug(keys, path);
                match stem.parse::<AnchorId>() {
                    Err(error) => self.wrong(path, Problem::FileName(error)),
                    Ok(id) => {
                        let held = KeyBytes::read(path, &id, bytes, &mut |problem| {
                            self.wrong(path, problem);
                        });
                        if let Some(held) = held {
                            self.keys.insert((keys, id), (path, held));
                        }
                    }
                }
            }
            Some(Place::Signer(slug, stem)) => {
                self.slugs.entry(slug).or_insert(path);
                if let Some(rule) = self.toml::<SignerRule>(path, bytes) {
                    if !rule.is_specific() {
                        self.wrong(path, Problem::VagueRule);
                    }
                    self.signers.insert((slug, stem), (path, rule));
                }
            }
            Some(Place::Rotation(slug, stem)) => {
                self.slugs.entry(slug).or_insert(path);
                if let Some(rotation) = self.toml::<Rotation>(path, bytes) {
                    self.rotations.insert((slug, stem), rotation);
                }
            }
        }
    }

    fn note_slug(&mut self, keys: Keys<'a>, path: &'a str) {
        if let Keys::Vendor(slug) = keys {
            self.slugs.entry(slug).or_insert(path);
        }
    }

    fn wrong(&mut self, path: &str, problem: Problem) {
        self.errors.push(FolderError::whole(path, problem));
    }

    fn toml<T: DeserializeOwned>(&mut self, path: &str, bytes: &[u8]) -> Option<T> {
        let Ok(text) = str::from_utf8(bytes) else {
            self.wrong(path, Problem::NotText);
            return None;
        };
        toml::from_str(text)
            .map_err(|error| self.errors.push(FolderError::toml(path, text, &error)))
            .ok()
    }

    fn finish(mut self) -> Result<Folder, Vec<FolderError>> {
        let mut folder = Folder::default();
        for (slug, path) in std::mem::take(&mut self.slugs) {
            match self.profiles.remove(slug) {
                Some(profile) => {
                    let vendor = Vendor {
                        profile,
                        roots: BTreeMap::new(),
                        signers: BTreeMap::new(),
                        rotations: BTreeMap::new(),
                    };
                    folder.vendors.insert(slug.to_owned(), vendor);
                }
                None if path.ends_with("vendor.toml") => {}
                None => self.wrong(path, Problem::NoProfile),
            }
        }
        self.place_keys(&mut folder);
        for ((slug, stem), (path, rule)) in std::mem::take(&mut self.signers) {
            if folder.key(&rule.root).is_none() {
                self.wrong(path, Problem::UnknownRoot(rule.root.clone()));
            }
            if let Some(vendor) = folder.vendors.get_mut(slug) {
                vendor.signers.insert(stem.to_owned(), rule);
            }
        }
        for ((slug, stem), rotation) in std::mem::take(&mut self.rotations) {
            if let Some(vendor) = folder.vendors.get_mut(slug) {
                vendor.rotations.insert(stem.to_owned(), rotation);
            }
        }
        if self.errors.is_empty() {
            Ok(folder)
        } else {
            self.errors
                .sort_by(|left, right| (&left.path, left.line).cmp(&(&right.path, right.line)));
            Err(self.errors)
        }
    }

    fn place_keys(&mut self, folder: &mut Folder) {
        let roots = std::mem::take(&mut self.roots);
        let mut keys = std::mem::take(&mut self.keys);
        for ((place, id), (path, root)) in &roots {
            let bytes = keys.remove(&(*place, id.clone()));
            let held = match (&root.kind, &root.link) {
                (Some(kind), None) => match bytes {
                    Some((_, held)) => {
                        if !held.suits(*kind) || root.fingerprint_only {
                            self.wrong(path, Problem::KindOfKey);
                        }
                        held
                    }
                    None if *kind == RootKind::OpenPgp && root.fingerprint_only => {
                        KeyBytes::default()
                    }
                    None => {
                        let ending = kind.ending();
                        self.wrong(path, Problem::NoKeyFile { ending });
                        continue;
                    }
                },
                (None, Some(link)) => {
                    match root.linked() {
                        Some(linked) if linked != *id => {
                            self.wrong(path, Problem::LinkName { link: linked });
                        }
                        Some(linked) if roots.contains_key(&(Keys::Shared, linked.clone())) => {}
                        _ => self.wrong(path, Problem::DanglingLink { link: link.clone() }),
                    }
                    KeyBytes::default()
                }
                _ => {
                    self.wrong(path, Problem::KindOrLink);
                    continue;
                }
            };
            let (copies, merged) = held.openpgp.unzip();
            if root.kind == Some(RootKind::OpenPgp) {
                if *place == Keys::Timestamping {
                    self.wrong(path, Problem::Misplaced);
                }
                stated_fingerprints(id, root, merged.as_ref(), &mut |problem| {
                    self.wrong(path, problem);
                });
            }
            let key = Key {
                root: root.clone(),
                certificates: held.certificates,
                public_key: held.public_key,
                copies: copies.unwrap_or_default(),
                merged,
            };
            let into = match place {
                Keys::Shared => Some(&mut folder.shared_roots),
                Keys::Timestamping => Some(&mut folder.timestamping),
                Keys::Vendor(slug) => folder
                    .vendors
                    .get_mut(*slug)
                    .map(|vendor| &mut vendor.roots),
            };
            if let Some(into) = into {
                into.insert(id.clone(), key);
            }
        }
        keys.retain(|key, _| !self.unread.contains(key));
        for (path, _) in keys.values() {
            self.errors
                .push(FolderError::whole(path, Problem::NoRootFile));
        }
    }
}

impl SignerRule {
    /// Whether the rule asks enough that it cannot match a stranger under the same root.
    #[must_use]
    pub fn is_specific(&self) -> bool {
        match self.kind {
            SignerKind::X509LeafPin => {
                self.leaf_sha256.is_some() || self.leaf_spki_sha256.is_some()
            }
            SignerKind::X509IdentityPin => {
                self.subject_o.iter().any(|name| !name.trim().is_empty())
                    && (!self.intermediate_spki.is_empty() || self.eku_identity.is_some())
            }
        }
    }
}

/// Slugs stand in commands, addresses and file names: lower-case letters, digits and hyphens.
fn is_slug(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn place(path: &str) -> Option<Place<'_>> {
    let parts: Vec<&str> = path.split('/').collect();
    let keys = |keys, name: &'_ str| match name.rsplit_once('.') {
        Some((_, "toml")) => Some(Place::Root(keys, name_stem(path)?)),
        Some((_, "pem" | "pub" | "asc")) => Some(Place::KeyBytes(keys, name_stem(path)?)),
        _ => None,
    };
    match *parts.as_slice() {
        ["shared", "roots", name] => keys(Keys::Shared, name),
        ["shared", "tsa", name] => keys(Keys::Timestamping, name),
        ["vendors", slug, "vendor.toml"] => Some(Place::Profile(slug)),
        ["vendors", slug, "roots", name] => keys(Keys::Vendor(slug), name),
        ["vendors", slug, "signers", name] if name.ends_with(".toml") => {
            Some(Place::Signer(slug, name_stem(path)?))
        }
        ["vendors", slug, "rotations", name] if name.ends_with(".toml") => {
            Some(Place::Rotation(slug, name_stem(path)?))
        }
        _ => None,
    }
}

/// The file's name without its ending.
fn name_stem(path: &str) -> Option<&str> {
    let name = path.rsplit('/').next()?;
    Some(name.rsplit_once('.')?.0)
}
