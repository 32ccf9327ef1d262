//! The bytes beside a key's TOML: certificates, a bare public key, or copies of an OpenPGP
//! certificate.

use std::collections::BTreeSet;

use super::error::Problem;
use super::root::{Root, RootKind};
use crate::domain::{AnchorId, Fingerprint};
use crate::formats::algorithm::key_kind;
use crate::formats::digest::sha256;
use crate::formats::openpgp::{CertificateFile, OpenPgpCertificate};
use crate::formats::pem;
use crate::formats::public_key::PublicKey;
use crate::formats::x509::Certificate;

/// What such a file holds: one of the three.
#[derive(Debug, Default)]
pub(super) struct KeyBytes {
    pub(super) certificates: Vec<Certificate>,
    pub(super) public_key: Option<PublicKey>,
    /// The copies in file order, and all of them as one.
    pub(super) openpgp: Option<(Vec<OpenPgpCertificate>, OpenPgpCertificate)>,
}

impl KeyBytes {
    /// Reads the file of a key; the ending of its name says what to expect.
    pub(super) fn read(
        path: &str,
        id: &AnchorId,
        bytes: &[u8],
        wrong: &mut dyn FnMut(Problem),
    ) -> Option<Self> {
        match path.rsplit_once('.') {
            Some((_, "pub")) => public_key(id, bytes, wrong),
            Some((_, "asc")) => openpgp(id, bytes, wrong),
            _ => certificates(id, bytes, wrong),
        }
    }

    /// Whether it is what a key of this kind has beside it.
    pub(super) fn suits(&self, kind: RootKind) -> bool {
        match kind {
            RootKind::X509Root => self.public_key.is_none() && self.openpgp.is_none(),
            RootKind::RawKey => self.public_key.is_some(),
            RootKind::OpenPgp => self.openpgp.is_some(),
        }
    }
}

impl RootKind {
    /// The ending of the file beside the TOML.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::X509Root => ".pem",
            Self::RawKey => ".pub",
            Self::OpenPgp => ".asc",
        }
    }
}

fn certificates(id: &AnchorId, bytes: &[u8], wrong: &mut dyn FnMut(Problem)) -> Option<KeyBytes> {
    let blocks = pem::blocks(bytes)
        .map_err(|error| wrong(Problem::Pem(error)))
        .ok()?;
    let mut certificates = vec![];
    for (index, block) in blocks.iter().enumerate() {
        let number = index + 1;
        match Certificate::from_der(&block.der) {
            Err(error) => wrong(Problem::Certificate { number, error }),
            Ok(certificate) => {
                let found = certificate.spki_sha256();
                if *id != AnchorId::X509(found) {
                    wrong(Problem::OtherKey { number, found });
                }
                certificates.push(certificate);
            }
        }
    }
    if blocks.is_empty() {
        wrong(Problem::NoCertificate);
    }
    Some(KeyBytes {
        certificates,
        ..KeyBytes::default()
    })
}

fn public_key(id: &AnchorId, bytes: &[u8], wrong: &mut dyn FnMut(Problem)) -> Option<KeyBytes> {
    let keys = PublicKey::read(bytes)
        .map_err(|error| wrong(Problem::PublicKey(error)))
        .ok()?;
    let [key] = <[PublicKey; 1]>::try_from(keys)
        .map_err(|keys| wrong(Problem::KeyCount { found: keys.len() }))
        .ok()?;
    if let Err(error) = key_kind(&key.spki) {
        wrong(Problem::MalformedKey(error));
    }
    let found = sha256(&key.spki);
    if *id != AnchorId::Raw(found) {
        wrong(Problem::OtherRawKey { found });
    }
    Some(KeyBytes {
        public_key: Some(key),
        ..KeyBytes::default()
    })
}

fn openpgp(id: &AnchorId, bytes: &[u8], wrong: &mut dyn FnMut(Problem)) -> Option<KeyBytes> {
    let file = CertificateFile::read(bytes)
        .map_err(|error| wrong(Problem::OpenPgp(error)))
        .ok()?;
    for one in file.left_out {
        wrong(Problem::CopyLeftOut {
            number: one.number,
            why: one.why,
        });
    }
    for (index, copy) in file.certificates.iter().enumerate() {
        let found = copy.fingerprint();
        if *id != AnchorId::OpenPgp(found) {
            let number = index + 1;
            wrong(Problem::OtherOpenPgpKey { number, found });
        }
    }
    let merged = OpenPgpCertificate::merge(file.certificates.clone())
        .map_err(|why| wrong(Problem::CopyLeftOut { number: 1, why }))
        .ok()?
        .into_iter()
        .next()?;
    Some(KeyBytes {
        openpgp: Some((file.certificates, merged)),
        ..KeyBytes::default()
    })
}

/// Holds the fingerprints that the TOML states against the key: the compiled folder finds keys by
/// what is stated.
pub(super) fn stated_fingerprints(
    id: &AnchorId,
    root: &Root,
    merged: Option<&OpenPgpCertificate>,
    wrong: &mut dyn FnMut(Problem),
) {
    if root.fingerprint.map(AnchorId::OpenPgp).as_ref() != Some(id) {
        wrong(Problem::StatedFingerprint);
    }
    let Some(merged) = merged else { return };
    let keys = merged.keys();
    let held: BTreeSet<Fingerprint> = keys
        .iter()
        .filter(|key| !key.primary)
        .map(|key| key.fingerprint)
        .collect();
    let stated: BTreeSet<Fingerprint> = root.subkeys.iter().map(|key| key.fingerprint).collect();
    for subkey in held.difference(&stated) {
        wrong(Problem::SubkeyNotListed(*subkey));
    }
    for subkey in stated.difference(&held) {
        wrong(Problem::NoSuchSubkey(*subkey));
    }
}
