//! From what a person names to what would be recorded.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;

use super::ask::{Ask, AskKind, AskedRecord, fingerprints};
use super::speaker::{SpeakerError, ed25519_key};
use crate::domain::{AnchorId, Purpose, RecordId, Status};
use crate::formats::digest::sha256;
use crate::formats::trust_folder::write::{FirstStatus, link_toml, signer_toml};
use crate::formats::trust_folder::{Day, ValidFromIs};
use crate::judge::continuity_proof::{Proof, Search, proofs};
use crate::judge::path::Profile;
use crate::judge::pin::suggested_rule;
use crate::judge::report::{PackageReport, SignatureReport};
use crate::judge::trust::{FolderView, View as _};
use crate::service::draft::{DraftError, key_files, keys_in};

/// Why nothing can be asked.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    #[error(transparent)]
    Draft(#[from] DraftError),
    #[error(transparent)]
    Speaker(#[from] SpeakerError),
    #[error("no vendor {0} is known")]
    NoVendor(String),
    #[error("{0} has no good signature whose path ends at a known root")]
    NothingToPin(PathBuf),
    #[error("{0} is signed under a vendor's own root; there is nothing to pin")]
    OwnRoot(PathBuf),
    #[error("the vendor has a rule {0} already")]
    RuleExists(String),
    #[error("`{0}` is no rule's name: local-, then lower-case letters, digits and hyphens")]
    RuleName(String),
    #[error("{0} is registered already")]
    PersonExists(String),
    #[error("`{0}` is no name: letters, digits, dots, hyphens")]
    PersonName(String),
}

/// A root or a key of a vendor, from its file, and what its old keys say of it: whoever holds the file
/// has seen it `now`.
///
/// # Errors
/// When the file holds no key or several, or the vendor is not known.
pub fn root(
    view: &FolderView,
    vendor: &str,
    file: &Path,
    status: &FirstStatus,
    now: Timestamp,
) -> Result<(Ask, Vec<Proof>), BuildError> {
    known(view, vendor)?;
    let held = keys_in(file)?;
    let proofs = proofs(&Search {
        certificates: &held.certificates,
        openpgp: &held.openpgp,
        view,
        vendor: Some(vendor),
        established: Some(now),
        at: now,
        profile: Profile::Field,
        cache: None,
    });
    let counting = proofs.iter().find(|proof| proof.counts());
    let mut status = status.clone();
    status.evidence.extend(counting.map(|proof| {
        format!(
            "continuity-proof: {} by {}, seen {}",
            proof.kind.code(),
            proof.old,
            now.strftime("%F")
        )
    }));
    let key = key_files(file, false, Some(&status))?;
    let place = format!("vendors/{vendor}/roots/{}", key.id);
    let ask = Ask {
        vendor: Some(vendor.to_owned()),
        anchor: Some(key.id.to_string()),
        files: vec![
            (format!("{place}.toml"), key.toml),
            (format!("{place}.{}", key.ending), key.key),
        ],
        says: status.says.clone(),
        fingerprints: key.fingerprints,
        proven_by: counting.map(|proof| proof.old.to_string()),
        ..Ask::new(AskKind::Root)
    };
    Ok((ask, proofs))
}

/// Whom [`pin`] pins.
#[derive(Debug, Clone, Copy)]
pub struct PinRequest<'a> {
    pub vendor: &'a str,
    /// The rule's name; begins with `local-`, so that no release can take it.
    pub name: &'a str,
    /// By the leaf's key even where an identity could be told.
    pub leaf_only: bool,
    pub today: Date,
}

/// The signer rule that a judged package suggests.
///
/// # Errors
/// When it has no good signature under a known shared root.
pub fn pin(
    view: &FolderView,
    package: &PackageReport,
    request: &PinRequest<'_>,
) -> Result<Ask, BuildError> {
    let PinRequest { vendor, name, .. } = *request;
    known(view, vendor)?;
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !name.starts_with("local-") || !name.chars().all(allowed) {
        return Err(BuildError::RuleName(name.to_owned()));
    }
    let taken =
        |named: &crate::judge::trust::NamedRule| named.vendor == vendor && named.name == name;
    if view.all_rules().iter().any(taken) {
        return Err(BuildError::RuleExists(name.to_owned()));
    }
    let path = PathBuf::from(&package.path);
    let suggested = |signature: &SignatureReport| {
        suggested_rule(signature, request.leaf_only, Day(request.today))
    };
    let (root, mut rule) = package
        .signatures
        .iter()
        .find_map(suggested)
        .ok_or_else(|| BuildError::NothingToPin(path.clone()))?;
    if !view.anchor(&root).is_some_and(|anchor| anchor.shared) {
        return Err(BuildError::OwnRoot(path));
    }
    let seen = package.sha256.map_or_else(String::new, |sha256| {
        format!("seen on a package with SHA-256 {sha256}")
    });
    rule.evidence = vec![seen.clone()];
    let mut files = vec![(
        format!("vendors/{vendor}/signers/{name}.toml"),
        signer_toml(&rule),
    )];
    // Without a status of the root for this vendor, the rule would anchor nothing.
    let stands = view
        .status_at(&root, Some(vendor), Purpose::CodeSigning, Timestamp::MAX)
        .is_some_and(|standing| standing.record.status.anchors());
    if !stands {
        let status = FirstStatus {
            status: Status::Active,
            valid_from: request.today,
            valid_from_is: ValidFromIs::Observed,
            recorded: request.today,
            evidence: vec![seen],
            says: String::new(),
        };
        files.push((
            format!("vendors/{vendor}/roots/{root}.toml"),
            link_toml(&root.to_string(), Some(&status)),
        ));
    }
    let leaf = package
        .signatures
        .iter()
        .find_map(|signature| signature.path.first())
        .cloned();
    Ok(Ask {
        vendor: Some(vendor.to_owned()),
        anchor: Some(root.to_string()),
        files,
        fingerprints: fingerprints(leaf.as_slice()),
        ..Ask::new(AskKind::Rule)
    })
}

/// A status of a key from a date on: for everybody and every purpose, unless a vendor is named.
#[must_use]
pub fn status(
    kind: AskKind,
    anchor: &AnchorId,
    vendor: Option<&str>,
    status: Status,
    from: Timestamp,
    says: &str,
) -> Ask {
    let purposes: &[Purpose] = match vendor {
        Some(_) => &[Purpose::CodeSigning],
        None => &[Purpose::CodeSigning, Purpose::TimeStamping],
    };
    let records = purposes.iter().map(|purpose| AskedRecord {
        anchor: anchor.to_string(),
        vendor: vendor.map(str::to_owned),
        purpose: purpose.word().to_owned(),
        status: status.word().to_owned(),
        valid_from: from,
        evidence: vec![],
    });
    Ask {
        vendor: vendor.map(str::to_owned),
        anchor: Some(anchor.to_string()),
        records: records.collect(),
        says: says.to_owned(),
        ..Ask::new(kind)
    }
}

/// Taking a record back.
#[must_use]
pub fn withdraw(id: RecordId, says: &str) -> Ask {
    Ask {
        withdraws: Some(id.to_string()),
        says: says.to_owned(),
        ..Ask::new(AskKind::Withdraw)
    }
}

/// Registering a person by their public key file.
///
/// # Errors
/// When the key is no Ed25519 key of minisign or SSH, or the name is taken.
pub fn register(name: &str, key: &[u8], known: &[crate::store::Person]) -> Result<Ask, BuildError> {
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    if name.is_empty() || !name.chars().all(allowed) {
        return Err(BuildError::PersonName(name.to_owned()));
    }
    if known.iter().any(|person| person.name == name) {
        return Err(BuildError::PersonExists(name.to_owned()));
    }
    let public = ed25519_key(key)?;
    let text = String::from_utf8_lossy(key).into_owned();
    Ok(Ask {
        registers: Some((name.to_owned(), text)),
        fingerprints: vec![sha256(&public.spki).to_string()],
        ..Ask::new(AskKind::Person)
    })
}

/// Taking a person off the register.
#[must_use]
pub fn remove(name: &str) -> Ask {
    Ask {
        removes: Some(name.to_owned()),
        ..Ask::new(AskKind::Person)
    }
}

fn known(view: &FolderView, vendor: &str) -> Result<(), BuildError> {
    match view.vendor(vendor) {
        Some(_) => Ok(()),
        None => Err(BuildError::NoVendor(vendor.to_owned())),
    }
}
