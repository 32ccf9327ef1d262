//! The seam to sequoia-openpgp: its values into ours. Outside this folder nobody names its types.

use std::time::SystemTime;

use jiff::Timestamp;
use sequoia_openpgp as sequoia;
use sequoia_openpgp::cert::amalgamation::key::ValidErasedKeyAmalgamation;
use sequoia_openpgp::packet::Signature;
use sequoia_openpgp::packet::key::PublicParts;
use sequoia_openpgp::policy::{HashAlgoSecurity, Policy};

use super::signature::Issuer;
use crate::domain::{Fingerprint, KeyId};

/// A policy that honours every algorithm, for the shape of a certificate: bindings, flags, expiry and
/// revocation as they were meant. What is objectionable about the algorithms is asked apart.
#[derive(Debug)]
pub(super) struct EveryAlgorithm;

impl Policy for EveryAlgorithm {
    fn signature(&self, _: &Signature, _: HashAlgoSecurity) -> sequoia::Result<()> {
        Ok(())
    }

    fn key(&self, _: &ValidErasedKeyAmalgamation<'_, PublicParts>) -> sequoia::Result<()> {
        Ok(())
    }
}

/// An instant as the library writes it; instants outside its range become its ends.
pub(super) fn system_time(at: Timestamp) -> SystemTime {
    let seconds = u32::try_from(at.as_second().max(0)).unwrap_or(u32::MAX);
    SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(u64::from(seconds))
}

/// An instant that the library read from 32 bits of seconds, or added from two such numbers.
pub(super) fn timestamp(at: SystemTime) -> Timestamp {
    Timestamp::try_from(at).unwrap_or(Timestamp::MAX)
}

pub(super) fn fingerprint(of: &sequoia::Fingerprint) -> Option<Fingerprint> {
    Fingerprint::from_bytes(of.as_bytes())
}

pub(super) fn key_id(of: &sequoia::KeyID) -> Option<KeyId> {
    of.as_bytes().try_into().ok().map(KeyId)
}

pub(super) fn issuer(handle: &sequoia::KeyHandle) -> Option<Issuer> {
    match handle {
        sequoia::KeyHandle::Fingerprint(of) => fingerprint(of).map(Issuer::Fingerprint),
        sequoia::KeyHandle::KeyID(of) => key_id(of).map(Issuer::KeyId),
    }
}
