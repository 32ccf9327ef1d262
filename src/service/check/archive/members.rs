//! What the members of a container say together: the manifest, what it covers, who signed it.

use std::collections::{BTreeMap, BTreeSet};

use super::by_members::signed_members;
use super::told;
use crate::domain::{Finding, FindingKind, HashAlgorithm};
use crate::formats::container::{Container, Inventory, Member, Weight};
use crate::formats::limits;
use crate::formats::manifest::Manifest;
use crate::formats::package::{Layout, LayoutError, Role, role};
use crate::formats::raw_signature::HASHES;
use crate::judge::checks::script_needs_sudo;
use crate::judge::facts::SignatureObject;
use crate::service::check::CheckRequest;
use crate::service::check::detached::Keys;
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
pub(super) fn whole<'a>(inventory: &'a Inventory, name: &str) -> Result<&'a [u8], ReadError> {
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

/// Every signature may be tried with every key, so their number is bounded.
pub(super) fn bounded_work(signatures: usize, keys: &Keys<'_>) -> Result<(), ReadError> {
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

impl Inside {
    pub(super) fn unlisted(&mut self, files: &[String]) {
        if let Some(first) = files.first() {
            self.findings
                .push(Finding::whole(FindingKind::FilesUnlisted {
                    count: count(files.len()),
                    first: first.clone(),
                }));
        }
    }

    fn check_scripts(&mut self, inventory: &Inventory) {
        for (name, kept) in &inventory.kept {
            self.findings
                .extend(script_needs_sudo::check(name, &kept.bytes));
        }
    }
}

pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
