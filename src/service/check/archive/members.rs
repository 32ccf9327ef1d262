//! What the members of a container say together: the manifest, what it covers, who signed it.

use std::collections::{BTreeMap, BTreeSet};

use super::told;
use crate::domain::{Finding, FindingKind, HashAlgorithm};
use crate::formats::container::{Container, Inventory, Member, Stock, Weight};
use crate::formats::limits;
use crate::formats::manifest::{Coverage, Declared, FileDigests, Manifest, Mismatch};
use crate::formats::openpgp::{Digests, OpenPgpSignature};
use crate::formats::package::{Layout, LayoutError, Role, role};
use crate::formats::raw_signature::HASHES;
use crate::judge::checks::{
    loose_dependency, reboot_only_recommended, script_needs_sudo, stale_timestamps,
};
use crate::judge::facts::{SignatureObject, member_covered};
use crate::service::check::CheckRequest;
use crate::service::check::beside::bounded;
use crate::service::check::detached::{Detached, Keys};
use crate::service::check::measured::Measured;
use crate::service::check::read::ReadError;

/// What was read from the members.
#[derive(Debug, Default)]
pub(super) struct Inside {
    pub(super) refused: bool,
    pub(super) content_differs: bool,
    pub(super) objects: Vec<SignatureObject>,
    pub(super) findings: Vec<Finding>,
    pub(super) named_vendor: Option<String>,
    /// Members that may carry signatures of their own, by name.
    pub(super) signable: Vec<String>,
    /// Every file with its SHA-256, by name.
    pub(super) files: Vec<(String, Vec<u8>)>,
}

pub(super) fn read(
    container: &Container<'_>,
    keys: Keys<'_>,
    request: &CheckRequest,
) -> Result<Inside, ReadError> {
    let mut algorithms = BTreeSet::from([HashAlgorithm::Sha256]);
    let mut signed = BTreeMap::new();
    if let Some(names) = names(container) {
        algorithms.extend(wanted(container, &names, request));
        signed = signed_members(names.iter().map(String::as_str));
    }
    let mut inventory = take(container, &algorithms, &signed)?;
    let layout = layout(&inventory, request)?;
    let manifest = match &layout {
        Some(layout) => Some(manifest(&inventory, &layout.manifest)?),
        None => None,
    };
    // A tar shows its manifest only on the way; other digests than SHA-256 take another pass.
    let missing = match (&layout, &manifest) {
        (Some(_), Some(manifest)) => manifest
            .algorithms()
            .iter()
            .any(|algorithm| !algorithms.contains(algorithm)),
        _ => {
            signed = signed_members(
                inventory.kept.keys().map(String::as_str).chain(
                    inventory
                        .stock
                        .iter()
                        .map(|stock| stock.member.path.as_str()),
                ),
            );
            !signed.is_empty() && !algorithms.contains(&HashAlgorithm::Sha512)
        }
    };
    if missing {
        algorithms.extend(HASHES);
        // What a minisign signature of a member covers.
        algorithms.insert(HashAlgorithm::Blake2b512);
        algorithms.extend(manifest.iter().flat_map(Manifest::algorithms));
        inventory = take(container, &algorithms, &signed)?;
    }
    let mut inside = Inside {
        refused: inventory.is_refused(),
        findings: told(&inventory.faults),
        files: files(&inventory),
        signable: inventory
            .stock
            .iter()
            .filter(|stock| stock.may_be_signed)
            .map(|stock| stock.member.path.clone())
            .collect(),
        ..Inside::default()
    };
    match (layout, manifest) {
        (Some(layout), Some(manifest)) => {
            inside.by_manifest(&inventory, &layout, &manifest, keys, request)?;
        }
        _ => inside.by_members(container, &inventory, &signed, keys)?,
    }
    inside.check_scripts(&inventory);
    Ok(inside)
}

/// The names, where they are known without unpacking.
fn names(container: &Container<'_>) -> Option<Vec<String>> {
    match container {
        Container::Zip(zip) => Some(zip.members().map(|member| member.path.clone()).collect()),
        Container::Folder(folder) => {
            let files = folder.files().iter();
            Some(files.map(|file| file.member.path.clone()).collect())
        }
        Container::Tar(_) => None,
    }
}

/// The algorithms that one pass must compute; what cannot be told here is told by the pass itself.
fn wanted(
    container: &Container<'_>,
    names: &[String],
    request: &CheckRequest,
) -> Vec<HashAlgorithm> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let manifest = match (&request.manifest, Layout::find(&names)) {
        (Some(name), _) => name.clone(),
        (None, Ok(layout)) => layout.manifest,
        (None, Err(LayoutError::NoManifest)) => {
            let minisign = names.iter().any(|name| name.ends_with(".minisig"));
            let own = minisign.then_some(HashAlgorithm::Blake2b512);
            return HASHES.into_iter().chain(own).collect();
        }
        (None, Err(_)) => return vec![],
    };
    container
        .read_member(&manifest, limits::MANIFEST)
        .ok()
        .and_then(|bytes| Manifest::parse(&bytes).ok())
        .map(|manifest| manifest.algorithms())
        .unwrap_or_default()
}

fn take(
    container: &Container<'_>,
    algorithms: &BTreeSet<HashAlgorithm>,
    signed: &BTreeMap<String, String>,
) -> Result<Inventory, ReadError> {
    let covered: BTreeSet<&str> = signed.values().map(String::as_str).collect();
    let keep = |member: &Member| match role(&member.path) {
        Some(Role::Manifest) => Some(limits::MANIFEST),
        Some(Role::Signature | Role::Certificate) => Some(limits::SIGNATURE_OBJECT),
        None if script_needs_sudo::is_script(&member.path, b"") => Some(limits::SCRIPT),
        None if covered.contains(member.path.as_str()) => Some(limits::COVERED_MEMBER),
        None => None,
    };
    let algorithms: Vec<_> = algorithms.iter().copied().collect();
    let inventory = Inventory::take(container, &algorithms, &keep)?;
    // Nothing can be said about a part that cannot be read.
    let unread = inventory
        .faults
        .iter()
        .find(|fault| fault.weight() == Weight::Unreadable);
    match unread {
        Some(fault) if !inventory.is_refused() => Err(ReadError::Unreadable(fault.to_string())),
        _ => Ok(inventory),
    }
}

/// Which file is what; `None` when the package has no signed manifest.
fn layout(inventory: &Inventory, request: &CheckRequest) -> Result<Option<Layout>, ReadError> {
    let names: Vec<&str> = inventory
        .stock
        .iter()
        .filter(|stock| !stock.member.is_directory())
        .map(|stock| stock.member.path.as_str())
        .collect();
    if let Some(manifest) = &request.manifest {
        if !names.contains(&manifest.as_str()) {
            return Err(ReadError::Unreadable(format!(
                "no file named {manifest} in it"
            )));
        }
        let extends = |name: &&&str| name.starts_with(manifest.as_str()) && **name != *manifest;
        let beside = |wanted| {
            names
                .iter()
                .filter(extends)
                .filter(|name| role(name) == Some(wanted))
                .map(|name| (*name).to_owned())
                .collect()
        };
        return Ok(Some(Layout {
            manifest: manifest.clone(),
            signatures: beside(Role::Signature),
            certificates: beside(Role::Certificate),
        }));
    }
    match Layout::find(&names) {
        Ok(layout) => Ok(Some(layout)),
        Err(LayoutError::NoManifest | LayoutError::NoSignature { .. }) => Ok(None),
        Err(
            LayoutError::SeveralManifests { candidates }
            | LayoutError::UnclearSignatures { candidates },
        ) => Err(ReadError::Ambiguous { candidates }),
    }
}

fn manifest(inventory: &Inventory, name: &str) -> Result<Manifest, ReadError> {
    let bytes = whole(inventory, name)?;
    Manifest::parse(bytes).map_err(|error| ReadError::Unreadable(format!("{name}: {error}")))
}

/// A small file that was held in full.
fn whole<'a>(inventory: &'a Inventory, name: &str) -> Result<&'a [u8], ReadError> {
    match inventory.kept.get(name) {
        Some(kept) if kept.complete => Ok(&kept.bytes),
        _ => Err(ReadError::Unreadable(format!(
            "{name} cannot be held whole; it is too large, or it could not be unpacked"
        ))),
    }
}

fn files(inventory: &Inventory) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = inventory
        .stock
        .iter()
        .filter_map(|stock| {
            let (_, digest) = stock
                .digests
                .iter()
                .find(|(algorithm, _)| *algorithm == HashAlgorithm::Sha256)?;
            Some((stock.member.path.clone(), digest.clone()))
        })
        .collect();
    files.sort();
    files
}

/// Signatures by name, each with the member whose name it extends.
fn signed_members<'a>(names: impl Iterator<Item = &'a str>) -> BTreeMap<String, String> {
    let names: BTreeSet<&str> = names.collect();
    names
        .iter()
        .filter(|name| role(name) == Some(Role::Signature))
        .filter_map(|name| {
            let (stem, _) = name.rsplit_once('.')?;
            let there = names.contains(stem);
            there.then(|| ((*name).to_owned(), stem.to_owned()))
        })
        .collect()
}

/// Every signature may be tried with every key, so their number is bounded.
fn bounded_work(signatures: usize, keys: &Keys<'_>) -> Result<(), ReadError> {
    let over =
        |limit: usize, what: &str| Err(ReadError::Unreadable(format!("more than {limit} {what}")));
    if signatures > limits::PACKAGE_SIGNATURES {
        return over(limits::PACKAGE_SIGNATURES, "signatures");
    }
    if signatures.saturating_mul(keys.len()) > limits::KEY_TRIALS {
        return over(limits::KEY_TRIALS, "pairs of signature and key");
    }
    Ok(())
}

/// The bytes of a member that is signed by itself, when they are few enough to be a set of CMS
/// attributes; whoever fills all room so that they cannot be held is not judged.
fn small<'a>(inventory: &'a Inventory, stock: &Stock) -> Result<Option<&'a [u8]>, ReadError> {
    if stock.member.size > limits::COVERED_MEMBER as u64 || !stock.member.is_file() {
        return Ok(None);
    }
    whole(inventory, &stock.member.path).map(Some)
}

/// The digests of members that OpenPGP signatures cover, by member. What such a signature is over ends
/// in the signature's own fields, so that it takes a pass of its own, once the signatures are known.
fn openpgp_digests<'a>(
    container: &Container<'_>,
    signatures: &[(Detached, &'a str)],
) -> Result<BTreeMap<&'a str, Digests>, ReadError> {
    let mut wanted: BTreeMap<&str, Vec<OpenPgpSignature>> = BTreeMap::new();
    for (detached, member) in signatures {
        let found = detached.openpgp_signatures();
        if !found.is_empty() {
            let known = wanted.entry(member).or_default();
            known.extend(found.iter().cloned());
        }
    }
    let mut digests: BTreeMap<&str, Digests> = wanted
        .into_iter()
        .map(|(member, signatures)| (member, Digests::new(&signatures)))
        .collect();
    if !digests.is_empty() {
        container.walk(
            &mut |member, reader| match digests.get_mut(member.path.as_str()) {
                Some(digests) if member.is_file() => Ok(digests.read(reader)?),
                _ => Ok(()),
            },
        )?;
    }
    Ok(digests)
}

fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl Inside {
    fn by_manifest(
        &mut self,
        inventory: &Inventory,
        layout: &Layout,
        manifest: &Manifest,
        mut keys: Keys<'_>,
        request: &CheckRequest,
    ) -> Result<(), ReadError> {
        let files = FileDigests::of(inventory);
        // What only has a certificate's name is content like any other.
        let mut pretenders = BTreeSet::new();
        for name in &layout.certificates {
            if !keys.add(whole(inventory, name)?) {
                pretenders.insert(name.as_str());
            }
        }
        let coverage = Coverage::compare(manifest, &files, &|path| {
            layout.is_exempt(path) && !pretenders.contains(path)
        });
        self.content_differs = !coverage.is_whole();
        self.tell(&coverage);
        bounded_work(layout.signatures.len(), &keys)?;
        let mut signatures = vec![];
        if let Some(path) = &request.signature {
            signatures.push(Detached::of(
                path.display().to_string(),
                bounded(path, limits::SIGNATURE_OBJECT)?,
            ));
        } else {
            for name in &layout.signatures {
                signatures.push(Detached::of(name.clone(), whole(inventory, name)?.to_vec()));
            }
        }
        let bytes = whole(inventory, &layout.manifest)?;
        let algorithms = signatures.iter().flat_map(Detached::algorithms).collect();
        let openpgp: Vec<_> = signatures
            .iter()
            .flat_map(|signature| signature.openpgp_signatures().iter().cloned())
            .collect();
        let measured = Measured::bytes(bytes, algorithms, &openpgp);
        let covers = match coverage.matching.len() {
            1 => format!("{} and 1 file", layout.manifest),
            count => format!("{} and {count} files", layout.manifest),
        };
        self.objects = signatures
            .iter()
            .flat_map(|signature| signature.objects(&measured, &keys, &covers))
            .collect();
        self.declared(inventory, &manifest.declared, &layout.manifest);
        Ok(())
    }

    /// No manifest: each signature covers the member whose name it extends, and all others are not
    /// covered. Certificates beside signatures are exempt.
    fn by_members(
        &mut self,
        container: &Container<'_>,
        inventory: &Inventory,
        signed: &BTreeMap<String, String>,
        mut keys: Keys<'_>,
    ) -> Result<(), ReadError> {
        let pairs: BTreeMap<&str, &str> = signed
            .iter()
            .filter(|(signature, _)| inventory.kept.contains_key(*signature))
            .map(|(signature, member)| (signature.as_str(), member.as_str()))
            .collect();
        if pairs.is_empty() {
            return Ok(());
        }
        let mut covered: BTreeSet<&str> = pairs.iter().flat_map(|(a, b)| [*a, *b]).collect();
        let folders: BTreeSet<&str> = pairs.keys().map(|path| folder_of(path)).collect();
        for (name, kept) in &inventory.kept {
            if role(name) == Some(Role::Certificate)
                && folders.contains(folder_of(name))
                && kept.complete
                && keys.add(&kept.bytes)
            {
                covered.insert(name);
            }
        }
        bounded_work(pairs.len(), &keys)?;
        let mut signatures: Vec<(Detached, &str)> = vec![];
        for (signature, member) in &pairs {
            let bytes = whole(inventory, signature)?;
            let detached = Detached::of((*signature).to_owned(), bytes.to_vec());
            signatures.push((detached, *member));
        }
        let openpgp = openpgp_digests(container, &signatures)?;
        for (detached, member) in &signatures {
            let Some(stock) = inventory.find(member) else {
                continue;
            };
            // Two signatures of one member share its digests.
            let digests = openpgp.get(member).cloned();
            let digests = digests.unwrap_or_else(|| Digests::new(&[]));
            let measured = Measured::given(&stock.digests, digests, small(inventory, stock)?);
            self.objects
                .extend(detached.objects(&measured, &keys, &member_covered(member)));
        }
        let open: Vec<String> = inventory
            .stock
            .iter()
            .filter(|stock| {
                !stock.member.is_directory() && !covered.contains(stock.member.path.as_str())
            })
            .map(|stock| stock.member.path.clone())
            .collect();
        if !open.is_empty() {
            self.content_differs = true;
            self.unlisted(&open);
        }
        Ok(())
    }

    fn tell(&mut self, coverage: &Coverage) {
        for mismatch in &coverage.mismatched {
            let (path, kind) = match mismatch {
                Mismatch::Digest {
                    path,
                    algorithm,
                    expected,
                    found,
                } => (
                    path,
                    FindingKind::ContentDiffers {
                        algorithm: *algorithm,
                        expected: hex(expected),
                        found: hex(found),
                    },
                ),
                Mismatch::Size {
                    path,
                    expected,
                    found,
                } => (
                    path,
                    FindingKind::SizeDiffers {
                        expected: *expected,
                        found: *found,
                    },
                ),
            };
            self.findings.push(Finding::new(kind, path.clone()));
        }
        if !coverage.unlisted.is_empty() {
            self.unlisted(&coverage.unlisted);
        }
        if let Some(first) = coverage.absent.first() {
            self.findings.push(Finding::whole(FindingKind::FilesAbsent {
                count: count(coverage.absent.len()),
                first: first.clone(),
            }));
        }
        if let Some(first) = coverage.uncompared.first() {
            self.findings
                .push(Finding::whole(FindingKind::FilesUncompared {
                    count: count(coverage.uncompared.len()),
                    first: first.clone(),
                }));
        }
        if let Some(first) = coverage.weakly.first() {
            self.findings.push(Finding::new(
                FindingKind::WeakDigest {
                    algorithm: HashAlgorithm::Sha1,
                },
                first.clone(),
            ));
        }
    }

    fn unlisted(&mut self, files: &[String]) {
        if let Some(first) = files.first() {
            self.findings
                .push(Finding::whole(FindingKind::FilesUnlisted {
                    count: count(files.len()),
                    first: first.clone(),
                }));
        }
    }

    fn declared(&mut self, inventory: &Inventory, declared: &Declared, place: &str) {
        self.named_vendor.clone_from(&declared.vendor);
        self.findings
            .extend(loose_dependency::check(declared, place));
        let paths = inventory
            .stock
            .iter()
            .map(|stock| stock.member.path.as_str());
        self.findings
            .extend(reboot_only_recommended::check(declared, paths, place));
        let released = declared
            .date
            .as_deref()
            .and_then(stale_timestamps::declared_date);
        let members = inventory.stock.iter().map(|stock| &stock.member);
        self.findings
            .extend(stale_timestamps::check(members, released));
    }

    fn check_scripts(&mut self, inventory: &Inventory) {
        for (name, kept) in &inventory.kept {
            self.findings
                .extend(script_needs_sudo::check(name, &kept.bytes));
        }
    }
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
