//! Root metadata of TUF repositories (The Update Framework, specification 1.0): who may sign what.
//!
//! A root is believed only by a chain: each version must be signed by a threshold of its own root
//! keys and by a threshold of the keys of the version before. Keys are compared as keys: a key id is
//! a name that a version may change, and a signature under two names of one key counts once.

mod canonical;
mod key;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use key::TufKey;
pub(super) use key::short_form;

use super::error::ProgrammeError;
use super::json::{At, Json};
use super::{bounded, from_hex};
use crate::domain::{KeyForm, ListEntry, ListKind, ListSnapshot, ListedKey};
use crate::formats::algorithm::verify;
use crate::formats::digest::sha256;
use crate::formats::limits;

/// One version of root metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TufRoot {
    pub version: u64,
    pub expires: Timestamp,
    roles: BTreeMap<String, Role>,
    keys: BTreeMap<String, TufKey>,
    /// The canonical form of the signed part.
    message: Vec<u8>,
    /// Key id and signature.
    signatures: Vec<(String, Vec<u8>)>,
    /// The file, for those who verify later versions.
    bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Role {
    threshold: u64,
    key_ids: Vec<String>,
}

/// How many signatures of one file are tried.
const SIGNATURES: usize = 4 * limits::CERTIFICATES;

/// Why a version does not follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "root version {version} is signed by {found} of the keys of version {by}, which asks for \
     {threshold}"
)]
pub struct TooFewSignatures {
    pub version: u64,
    /// The version whose keys and threshold were asked.
    pub by: u64,
    pub found: usize,
    pub threshold: u64,
}

/// Reads root metadata again from the bytes of [`TufRoot::bytes`].
///
/// # Errors
/// When they are none.
pub fn root_from_bytes(bytes: &[u8]) -> Result<TufRoot, ProgrammeError> {
    read(bytes, &super::json::parse(bytes)?)
}

/// Reads root metadata.
pub(super) fn read(bytes: &[u8], json: &Json) -> Result<TufRoot, ProgrammeError> {
    if bytes.len() > limits::TUF_ROOT {
        return Err(ProgrammeError::TooLarge {
            limit: limits::TUF_ROOT,
        });
    }
    let top = At::top(json);
    let signed = top.field("signed")?;
    let kind = signed.field("_type")?;
    if kind.text()? != "root" {
        return Err(kind.wrong("not the root role"));
    }
    let version = signed.field("version")?;
    let number = version.number()?;
    if number == 0 || i64::try_from(number).is_err() {
        return Err(version.wrong("not a version"));
    }
    let mut keys = BTreeMap::new();
    for (id, value) in signed.field("keys")?.fields()? {
        keys.insert(id.to_owned(), TufKey::read(&value)?);
    }
    let mut roles = BTreeMap::new();
    for (name, value) in signed.field("roles")?.fields()? {
        roles.insert(bounded(name), role(&value, &keys)?);
    }
    for needed in ["root", "snapshot", "targets", "timestamp"] {
        if !roles.contains_key(needed) {
            return Err(signed
                .field("roles")?
                .field(needed)
                .map_or_else(|missing| missing, |role| role.wrong("not a role")));
        }
    }
    let mut signatures = vec![];
    for entry in top.field("signatures")?.list()? {
        let id = entry.field("keyid")?.text()?.to_owned();
        let signature = entry.field("sig")?;
        // An empty value stands for a signer who has not signed yet.
        let bytes = from_hex(signature.text()?).ok_or_else(|| signature.wrong("not hex digits"))?;
        signatures.push((id, bytes));
    }
    let message = canonical::canonical(signed.value)
        .ok_or_else(|| signed.wrong("a number that is not whole cannot be signed"))?;
    Ok(TufRoot {
        version: number,
        expires: signed.field("expires")?.instant()?,
        roles,
        keys,
        message,
        signatures,
        bytes: bytes.to_vec(),
    })
}

fn role(value: &At<'_>, keys: &BTreeMap<String, TufKey>) -> Result<Role, ProgrammeError> {
    let threshold = value.field("threshold")?;
    let number = threshold.number()?;
    if number == 0 {
        return Err(threshold.wrong("a threshold of none"));
    }
    let mut key_ids = vec![];
    for id in value.field("keyids")?.list()? {
        let text = id.text()?;
        if !keys.contains_key(text) {
            return Err(id.wrong("the id of a key that is not listed"));
        }
        if key_ids.len() == limits::CERTIFICATES {
            return Err(ProgrammeError::TooMany {
                what: "keys in a role",
                limit: limits::CERTIFICATES,
            });
        }
        key_ids.push(text.to_owned());
    }
    Ok(Role {
        threshold: number,
        key_ids,
    })
}

impl TufRoot {
    /// The file as it was read.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether both say the same, whoever signed it.
    #[must_use]
    pub fn says_the_same(&self, other: &Self) -> bool {
        self.message == other.message
    }

    /// Whether a threshold of the root keys of `by` signed this version; of its own ones when `by`
    /// is this version. A signature may name its key by an id of either version.
    ///
    /// # Errors
    /// [`TooFewSignatures`].
    pub fn signed_by(&self, by: &Self) -> Result<(), TooFewSignatures> {
        let role = by.roles.get("root");
        let threshold = role.map_or(u64::MAX, |role| role.threshold);
        let mut allowed: BTreeMap<&[u8], &TufKey> = BTreeMap::new();
        for id in role.map(|role| role.key_ids.as_slice()).unwrap_or_default() {
            if let Some(key) = by.keys.get(id) {
                allowed.insert(&key.spki, key);
            }
        }
        let mut signers = BTreeSet::new();
        // Each once, and not without end: a hostile file may repeat signatures.
        let mut tried = BTreeSet::new();
        for (id, signature) in &self.signatures {
            for named in [by.keys.get(id), self.keys.get(id)].into_iter().flatten() {
                let Some(key) = allowed.get(named.spki.as_slice()) else {
                    continue;
                };
                if tried.len() < SIGNATURES
                    && tried.insert((&key.spki, signature))
                    && verify(&key.spki, &key.scheme, &self.message, signature).is_ok()
                {
                    signers.insert(&key.spki);
                }
            }
        }
        if signers.len() as u64 >= threshold {
            return Ok(());
        }
        Err(TooFewSignatures {
            version: self.version,
            by: by.version,
            found: signers.len(),
            threshold,
        })
    }

    /// The threshold of each role.
    #[must_use]
    pub fn thresholds(&self) -> BTreeMap<&str, u64> {
        self.roles
            .iter()
            .map(|(name, role)| (name.as_str(), role.threshold))
            .collect()
    }

    /// The keys of each role.
    #[must_use]
    pub fn snapshot(&self) -> ListSnapshot {
        let mut entries = vec![];
        for (name, role) in &self.roles {
            for id in &role.key_ids {
                let Some(key) = self.keys.get(id) else {
                    continue;
                };
                entries.push(ListEntry {
                    form: KeyForm::Raw,
                    key: ListedKey::Spki(sha256(&key.spki)),
                    role: Some(name.clone()),
                    public_key: short_form(&key.spki),
                    key_ids: vec![bounded(id)],
                    name: None,
                    state: vec![],
                    certificates: vec![],
                });
            }
        }
        ListSnapshot::new(ListKind::TufRoot, Some(self.version), entries)
    }
}
