//! What speaks against a signature or a key, under the library's policy, at a date.
//!
//! Two instants matter and are kept apart: `profile`, the day whose cryptographic standards apply
//! (SHA-1 fell for signatures of documents in 2013, for self-signatures in 2023), and `at`, when the
//! key must have been bound, unexpired and unrevoked. Each objection is typed, so that a reasoned
//! exception for one key can waive one of them and no other. The mathematics is not asked here.

use std::time::SystemTime;

use jiff::Timestamp;
use sequoia_openpgp as sequoia;
use sequoia_openpgp::anyhow;
use sequoia_openpgp::cert::amalgamation::ValidateAmalgamation as _;
use sequoia_openpgp::cert::amalgamation::key::{
    ErasedKeyAmalgamation, PrimaryKey as _, ValidErasedKeyAmalgamation,
};
use sequoia_openpgp::packet::key::PublicParts;
use sequoia_openpgp::policy::{HashAlgoSecurity, Policy as _, StandardPolicy};

use super::algorithm::{HashId, KeyAlgorithmId};
use super::certificate::OpenPgpCertificate;
use super::key_state::Revocation;
use super::library::{self, EveryAlgorithm, system_time, timestamp};
use super::signature::OpenPgpSignature;
use crate::domain::Fingerprint;
use crate::formats::limits;

/// How far clocks may differ before a signature counts as made in the future, in seconds.
const CLOCK_SKEW: i64 = 300;

/// One thing that speaks against a signature or its key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Objection {
    #[error("the signature uses {hash}, refused since {since}")]
    WeakHash { hash: HashId, since: Timestamp },
    #[error("the signature carries a critical part that is not understood: {what}")]
    CriticalPart { what: String },
    #[error("the signature does not say when it was made")]
    NoCreationTime,
    #[error("the signature says that it was made at {created}, before the key {key}")]
    OlderThanKey {
        key: Fingerprint,
        created: Timestamp,
    },
    #[error("the signature says that it was made at {created}, in the future")]
    FromTheFuture { created: Timestamp },
    #[error("the signature expired at {expired}")]
    SignatureExpired { expired: Timestamp },
    #[error("the key {key} uses {algorithm}{}, refused by policy", bits_text(*bits))]
    WeakKey {
        key: Fingerprint,
        algorithm: KeyAlgorithmId,
        bits: Option<usize>,
    },
    /// The self-signature that binds the key uses a hash that had fallen.
    #[error("the key {key} is bound by a self-signature with {hash}, refused since {since}")]
    WeakBinding {
        key: Fingerprint,
        hash: HashId,
        since: Timestamp,
    },
    #[error("the binding of the key {key} is refused by policy: {what}")]
    BindingRefused { key: Fingerprint, what: String },
    /// This copy says nothing that far back; an older copy may.
    #[error("this copy of the key {key} binds it from {from} on only")]
    BoundLater { key: Fingerprint, from: Timestamp },
    #[error("nothing binds the key {key} to its certificate")]
    NotBound { key: Fingerprint },
    /// No flags at all: keys of before 2000 or so; GnuPG lets them sign.
    #[error("the key {key} does not say what it is for")]
    NoKeyFlags { key: Fingerprint },
    #[error("the key {key} is not meant for signing")]
    NotForSigning { key: Fingerprint },
    /// By this copy; a newer one may extend it.
    #[error("this copy of the key {key} expired at {expired}")]
    KeyExpired {
        key: Fingerprint,
        expired: Timestamp,
    },
    #[error("the key {key} is revoked: {revocation}")]
    Revoked {
        key: Fingerprint,
        revocation: Revocation,
    },
}

/// The codes of the objections that an exception may waive ([`Objection::can_be_waived`]).
pub const WAIVABLE: [&str; 5] = [
    "weak-hash",
    "weak-key",
    "weak-binding",
    "binding-refused",
    "no-key-flags",
];

impl Objection {
    /// The stable code by which findings and exceptions name it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WeakHash { .. } => "weak-hash",
            Self::CriticalPart { .. } => "critical-part",
            Self::NoCreationTime => "no-creation-time",
            Self::OlderThanKey { .. } => "older-than-key",
            Self::FromTheFuture { .. } => "from-the-future",
            Self::SignatureExpired { .. } => "signature-expired",
            Self::WeakKey { .. } => "weak-key",
            Self::WeakBinding { .. } => "weak-binding",
            Self::BindingRefused { .. } => "binding-refused",
            Self::BoundLater { .. } => "bound-later",
            Self::NotBound { .. } => "not-bound",
            Self::NoKeyFlags { .. } => "no-key-flags",
            Self::NotForSigning { .. } => "not-for-signing",
            Self::KeyExpired { .. } => "key-expired",
            Self::Revoked { .. } => "revoked",
        }
    }

    /// Whether an exception may waive it: what the policy thinks of algorithms. That a key was never
    /// bound, is revoked or has ended is a fact and no policy.
    #[must_use]
    pub fn can_be_waived(&self) -> bool {
        matches!(
            self,
            Self::WeakHash { .. }
                | Self::WeakKey { .. }
                | Self::WeakBinding { .. }
                | Self::BindingRefused { .. }
                | Self::NoKeyFlags { .. }
        )
    }
}

fn bits_text(bits: Option<usize>) -> String {
    bits.map_or_else(String::new, |bits| format!(" of {bits} bits"))
}

/// What speaks against the signature itself.
#[must_use]
pub fn signature_objections(
    signature: &OpenPgpSignature,
    profile: Timestamp,
    at: Timestamp,
) -> Vec<Objection> {
    let Some(parsed) = &signature.parsed else {
        return vec![];
    };
    let mut found = vec![];
    let policy = StandardPolicy::at(system_time(profile));
    let security = HashAlgoSecurity::CollisionResistance;
    if let Some(since) = cutoff(&policy, parsed, security, profile) {
        found.push(Objection::WeakHash {
            hash: signature.hash,
            since,
        });
    } else if let Err(error) = policy.signature(parsed, security) {
        found.push(Objection::CriticalPart {
            what: bounded(&error),
        });
    }
    match signature.created {
        None => found.push(Objection::NoCreationTime),
        Some(created) if created.as_second() > at.as_second().saturating_add(CLOCK_SKEW) => {
            found.push(Objection::FromTheFuture { created });
        }
        Some(_) => {}
    }
    if let Some(expired) = signature.expires.filter(|expires| *expires <= at) {
        found.push(Objection::SignatureExpired { expired });
    }
    found
}

/// What speaks against a key as the maker of signatures: its own and its primary key's binding,
/// algorithm, expiry and revocation.
///
/// `created` is when the signature says that it was made.
#[must_use]
pub fn key_objections(
    certificate: &OpenPgpCertificate,
    key: &Fingerprint,
    created: Option<Timestamp>,
    profile: Timestamp,
    at: Timestamp,
) -> Vec<Objection> {
    let policy = StandardPolicy::at(system_time(profile));
    let mut found = vec![];
    for held in certificate.cert.keys() {
        let Some(fingerprint) = library::fingerprint(&held.key().fingerprint()) else {
            continue;
        };
        let signs = fingerprint == *key;
        if !signs && !held.primary() {
            continue;
        }
        let born = timestamp(held.key().creation_time());
        if let Some(created) = created.filter(|created| signs && *created < born) {
            found.push(Objection::OlderThanKey {
                key: fingerprint,
                created,
            });
        }
        one_key(&held, fingerprint, signs, &policy, profile, at, &mut found);
    }
    found
}

fn one_key(
    held: &ErasedKeyAmalgamation<'_, PublicParts>,
    key: Fingerprint,
    signs: bool,
    policy: &StandardPolicy<'_>,
    profile: Timestamp,
    at: Timestamp,
    found: &mut Vec<Objection>,
) {
    // The shape of the certificate first, as if every algorithm still held...
    let Ok(valid) = held.with_policy(&EveryAlgorithm, system_time(at)) else {
        found.push(match earliest_binding(held, at) {
            Some(from) => Objection::BoundLater { key, from },
            None => Objection::NotBound { key },
        });
        return;
    };
    if let Some(expired) = expiry(&valid).filter(|expires| *expires <= at) {
        found.push(Objection::KeyExpired { key, expired });
    }
    if let Some(revocation) = Revocation::of(held, at) {
        found.push(Objection::Revoked { key, revocation });
    }
    if signs && !valid.for_signing() {
        found.push(if valid.key_flags().is_none() && held.primary() {
            Objection::NoKeyFlags { key }
        } else {
            Objection::NotForSigning { key }
        });
    }
    // ... then what the day's policy thinks of the algorithms.
    if policy.key(&valid).is_err() {
        found.push(Objection::WeakKey {
            key,
            algorithm: KeyAlgorithmId(held.key().pk_algo().into()),
            bits: held.key().mpis().bits(),
        });
    }
    let binding = valid.binding_signature();
    let refused = match held.with_policy(policy, system_time(at)) {
        Err(error) => Some(bounded(&error)),
        // An older binding with a good hash may hold where the newest is refused; what matters of it
        // is when it ends.
        Ok(strict) => match expiry(&strict) {
            Some(expires) if expires <= at && expiry(&valid).is_none_or(|other| other > at) => {
                Some("the binding that is left has expired".to_owned())
            }
            _ => None,
        },
    };
    let Some(what) = refused else { return };
    let security = HashAlgoSecurity::SecondPreImageResistance;
    match cutoff(policy, binding, security, profile) {
        Some(since) => found.push(Objection::WeakBinding {
            key,
            hash: HashId(binding.hash_algo().into()),
            since,
        }),
        // A subkey falls with its primary key, which has its own entry.
        None if !held.primary() && found.iter().any(is_binding) => {}
        None => found.push(Objection::BindingRefused { key, what }),
    }
}

fn is_binding(objection: &Objection) -> bool {
    matches!(
        objection,
        Objection::WeakBinding { .. } | Objection::BindingRefused { .. }
    )
}

/// When the key of a binding ends, by that binding.
fn expiry(valid: &ValidErasedKeyAmalgamation<'_, PublicParts>) -> Option<Timestamp> {
    valid.key_expiration_time().map(timestamp)
}

/// Since when policy refuses the hash of a signature, if it does on the day of the profile.
fn cutoff(
    policy: &StandardPolicy<'_>,
    signature: &sequoia::packet::Signature,
    security: HashAlgoSecurity,
    profile: Timestamp,
) -> Option<Timestamp> {
    policy
        .hash_cutoff(signature.hash_algo(), security)
        .map(|since: SystemTime| timestamp(since))
        .filter(|since| *since <= profile)
}

/// When the first self-signature behind `at` was made.
fn earliest_binding(
    held: &ErasedKeyAmalgamation<'_, PublicParts>,
    at: Timestamp,
) -> Option<Timestamp> {
    let own = held
        .self_signatures()
        .filter_map(|s| s.signature_creation_time());
    let of_users = held
        .cert()
        .userids()
        .filter(|_| held.primary())
        .flat_map(|user| {
            user.self_signatures()
                .filter_map(|s| s.signature_creation_time())
                .collect::<Vec<_>>()
        });
    own.chain(of_users)
        .map(timestamp)
        .filter(|made| *made > at)
        .min()
}

/// The library's words, bounded: they may quote what it read.
fn bounded(error: &anyhow::Error) -> String {
    format!("{error:#}")
        .chars()
        .take(limits::DESCRIPTION)
        .collect()
}
