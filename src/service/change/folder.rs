//! What a trust folder without authority asks for: each of its keys, statuses and signer rules that
//! nobody here has yet, as a proposal that people confirm or reject.
//!
//! Loading is no word of anybody: whatever a folder says, a condemnation too, it is a proposal of
//! the kind that takes a fingerprint read out and the people that policy wants for a root. Rotations
//! explain and are left where they are.

use std::path::Path;

use jiff::Timestamp;

use super::ask::{Ask, AskError, AskKind, AskedRecord, fingerprints};
use super::{ChangeError, Outcome, Policy, Speaker, propose};
use crate::domain::AnchorId;
use crate::formats::trust_folder::compile::compile;
use crate::formats::trust_folder::{Folder, Key, SignerRule};
use crate::judge::trust::{Claim, Contents, FolderView, Scope, View as _};
use crate::service::instance::Instance;
use crate::service::trust::{TrustError, folder_files};

/// Why a folder's proposals were not made.
#[derive(Debug, thiserror::Error)]
pub enum ProposeFolderError {
    #[error(transparent)]
    Trust(#[from] TrustError),
    #[error(transparent)]
    Ask(#[from] AskError),
    #[error(transparent)]
    Change(#[from] ChangeError),
}

/// One proposal of a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderProposal {
    pub ask: Ask,
    pub outcome: Outcome,
}

/// Proposes what a folder has and the view has not. What was asked before, and is open or was turned
/// down, is not asked again. Each is a change of its own; cut off, it goes on
/// from there the next time.
///
/// # Errors
/// When the folder has a fault, or a change cannot be made.
pub fn propose_folder(
    instance: &mut Instance,
    view: &FolderView,
    path: &Path,
    speaker: &Speaker<'_>,
    policy: &Policy,
    now: Timestamp,
) -> Result<Vec<FolderProposal>, ProposeFolderError> {
    let files = folder_files(path)?;
    let asks = asks_of(view, &files, &path.display().to_string())?;
    let known = instance.store.proposals(false).map_err(ChangeError::from)?;
    let known: Vec<Ask> = known
        .iter()
        .filter_map(|one| Ask::from_json(&one.proposal.asks).ok())
        .collect();
    let mut proposals = vec![];
    for ask in asks {
        if known.iter().any(|asked| asks_the_same(asked, &ask)) {
            continue;
        }
        let outcome = propose(instance, &ask, speaker, policy, now)?;
        proposals.push(FolderProposal { ask, outcome });
    }
    Ok(proposals)
}

/// What a folder's files have that the view has not, in order of vendors and paths.
///
/// # Errors
/// When the files are no trust folder.
pub fn asks_of(
    view: &FolderView,
    files: &[(String, Vec<u8>)],
    name: &str,
) -> Result<Vec<Ask>, AskError> {
    let folder = Folder::parse(files).map_err(|errors| {
        let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
        AskError::Files(told.join("; "))
    })?;
    let blob = compile(files).map_err(|error| AskError::Files(error.to_string()))?;
    let contents = Contents::of(&blob)
        .ok_or_else(|| AskError::Files("they cannot be read back".to_owned()))?;
    let asking = Asking {
        view,
        files,
        claims: &contents.claims,
        folder: &folder,
        says: format!("from the trust folder {name}"),
    };
    let mut asks = vec![];
    for (id, key) in &folder.shared_roots {
        asks.extend(asking.key("shared/roots", None, id, key)?);
    }
    for (id, key) in &folder.timestamping {
        asks.extend(asking.key("shared/tsa", None, id, key)?);
    }
    for (slug, vendor) in &folder.vendors {
        for (id, key) in &vendor.roots {
            let place = format!("vendors/{slug}/roots");
            asks.extend(asking.key(&place, Some(slug), id, key)?);
        }
        for (stem, rule) in &vendor.signers {
            asks.extend(asking.rule(slug, stem, rule)?);
        }
    }
    Ok(asks)
}

/// Whether two ask for the same. What they bring along only because nobody here had it yet, a
/// vendor's profile or the shared key behind a link, makes no difference.
fn asks_the_same(one: &Ask, other: &Ask) -> bool {
    fn own(ask: &Ask) -> Vec<&(String, String)> {
        let brought = |path: &str| {
            ask.vendor.is_some() && (path.starts_with("shared/") || path.ends_with("/vendor.toml"))
        };
        let mut files: Vec<_> = ask
            .files
            .iter()
            .filter(|(path, _)| !brought(path))
            .collect();
        files.sort();
        files
    }
    one.kind == other.kind
        && one.vendor == other.vendor
        && one.anchor == other.anchor
        && one.records == other.records
        && own(one) == own(other)
}

struct Asking<'a> {
    view: &'a FolderView,
    files: &'a [(String, Vec<u8>)],
    claims: &'a [Claim],
    folder: &'a Folder,
    says: String,
}

impl Asking<'_> {
    /// A key's files where they are new, else its statuses that are.
    fn key(
        &self,
        place: &str,
        vendor: Option<&str>,
        id: &AnchorId,
        key: &Key,
    ) -> Result<Option<Ask>, AskError> {
        let stem = format!("{place}/{id}");
        let mut certificates = key.certificates.clone();
        if key.root.link.is_some()
            && let Some(shared) = self.folder.shared_roots.get(id)
        {
            certificates.extend(shared.certificates.iter().cloned());
        }
        let mut fingerprints = fingerprints(&certificates);
        let own = own_fingerprint(id);
        if !fingerprints.contains(&own) {
            fingerprints.push(own);
        }
        let mut ask = Ask {
            vendor: vendor.map(str::to_owned),
            anchor: Some(id.to_string()),
            says: self.says.clone(),
            fingerprints,
            ..Ask::new(AskKind::Root)
        };
        if self.view.holds_file(&stem) {
            ask.records = self.new_statuses(place, vendor, id);
            return Ok((!ask.records.is_empty()).then_some(ask));
        }
        let shared = format!("shared/roots/{id}");
        if key.root.link.is_some() && !self.view.holds_file(&shared) {
            ask.files.extend(self.beside(&shared)?);
        }
        ask.files.extend(self.profile(vendor)?);
        ask.files.extend(self.beside(&stem)?);
        Ok(Some(ask))
    }

    fn rule(&self, slug: &str, stem: &str, rule: &SignerRule) -> Result<Option<Ask>, AskError> {
        // No release can take the name of a local rule.
        let local = match stem.strip_prefix("local-") {
            Some(_) => stem.to_owned(),
            None => format!("local-{stem}"),
        };
        let theirs = format!("vendors/{slug}/signers/{stem}");
        let ours = format!("vendors/{slug}/signers/{local}");
        if self.view.holds_file(&theirs) || self.view.holds_file(&ours) {
            return Ok(None);
        }
        let mut files = self.profile(Some(slug))?;
        for (_, text) in self.beside(&theirs)? {
            files.push((format!("{ours}.toml"), text));
        }
        Ok(Some(Ask {
            vendor: Some(slug.to_owned()),
            anchor: Some(rule.root.to_string()),
            files,
            says: self.says.clone(),
            fingerprints: fingerprints_of_rule(rule),
            ..Ask::new(AskKind::Rule)
        }))
    }

    /// The vendor's profile, where nobody here knows the vendor.
    fn profile(&self, vendor: Option<&str>) -> Result<Vec<(String, String)>, AskError> {
        match vendor {
            Some(slug) if self.view.vendor(slug).is_none() => {
                self.beside(&format!("vendors/{slug}/vendor"))
            }
            _ => Ok(vec![]),
        }
    }

    /// The folder's files of this name, whatever their ending.
    fn beside(&self, stem: &str) -> Result<Vec<(String, String)>, AskError> {
        let of_stem = |path: &str| {
            path.rsplit_once('.')
                .is_some_and(|(before, _)| before == stem)
        };
        self.files
            .iter()
            .filter(|(path, _)| of_stem(path))
            .map(|(path, bytes)| {
                let text = String::from_utf8(bytes.clone())
                    .map_err(|_| AskError::Files(format!("{path} is no text")))?;
                Ok((path.clone(), text))
            })
            .collect()
    }

    /// The statuses of a key in one place that no record here says.
    fn new_statuses(&self, place: &str, vendor: Option<&str>, id: &AnchorId) -> Vec<AskedRecord> {
        let scope = vendor.map_or(Scope::Global, |slug| Scope::Vendor(slug.to_owned()));
        let timestamping = place == "shared/tsa";
        let known = self.view.records(id).unwrap_or_default();
        self.claims
            .iter()
            .filter(|claim| claim.anchor == *id && claim.scope == scope)
            .filter(|claim| (claim.purpose == crate::domain::Purpose::TimeStamping) == timestamping)
            .filter(|claim| {
                !known.iter().any(|record| {
                    record.scope == claim.scope
                        && record.purpose == claim.purpose
                        && record.status == claim.status
                        && record.valid_from == claim.valid_from
                })
            })
            .map(|claim| AskedRecord {
                anchor: id.to_string(),
                vendor: vendor.map(str::to_owned),
                purpose: claim.purpose.word().to_owned(),
                status: claim.status.word().to_owned(),
                valid_from: claim.valid_from,
                evidence: claim.evidence.clone(),
            })
            .collect()
    }
}

/// What somebody reads out of the key itself, in lower-case hex.
fn own_fingerprint(id: &AnchorId) -> String {
    match id {
        AnchorId::X509(spki) | AnchorId::Raw(spki) => spki.to_string(),
        AnchorId::OpenPgp(primary) => primary.to_string().to_lowercase(),
    }
}

/// The leaf where the rule names one, else the key that it asks for above the leaf.
fn fingerprints_of_rule(rule: &SignerRule) -> Vec<String> {
    let leaves = [rule.leaf_sha256, rule.leaf_spki_sha256];
    let mut found: Vec<String> = leaves
        .iter()
        .flatten()
        .chain(&rule.observed_leaves)
        .map(ToString::to_string)
        .collect();
    if found.is_empty() {
        found = rule
            .intermediate_spki
            .iter()
            .map(ToString::to_string)
            .collect();
    }
    if found.is_empty() {
        found.push(own_fingerprint(&rule.root));
    }
    found.sort();
    found.dedup();
    found
}
