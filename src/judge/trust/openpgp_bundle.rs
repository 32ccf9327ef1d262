//! The OpenPGP keys of `--anchors FILE...`: keyrings and armoured keys, one certificate a key.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{Fingerprint, KeyId};
use crate::formats::openpgp::{
    CertificateFile, Issuer, LeftOut, OpenPgpCertificate, OpenPgpError, without_address,
};

/// Certificates by primary key, with what finds them.
#[derive(Default)]
pub(super) struct OpenPgpKeys {
    certificates: BTreeMap<Fingerprint, OpenPgpCertificate>,
    /// Key id of a primary key or subkey to the key and its primary key.
    keys: BTreeMap<KeyId, BTreeSet<(Fingerprint, Fingerprint)>>,
}

/// Whether a file holds OpenPGP keys rather than X.509 certificates: by its armour, or by the high
/// bit that begins every packet and no DER certificate.
pub(super) fn is_openpgp(file: &[u8]) -> bool {
    const ARMOUR: &[u8] = b"-----BEGIN PGP ";
    file.first().is_some_and(|first| first & 0x80 != 0)
        || file.windows(ARMOUR.len()).any(|window| window == ARMOUR)
}

impl OpenPgpKeys {
    /// Adds every usable certificate of a file; copies of one key become one.
    ///
    /// # Errors
    /// When the file is broken, or no certificate in it can be used.
    pub(super) fn add(&mut self, file: &[u8]) -> Result<(), OpenPgpKeysError> {
        let file = CertificateFile::read(file)?;
        if file.certificates.is_empty() {
            let first = file.left_out.into_iter().next();
            return Err(first.map_or(OpenPgpError::NotOpenPgp.into(), OpenPgpKeysError::LeftOut));
        }
        for copy in file.certificates {
            let primary = copy.fingerprint();
            for key in copy.keys() {
                let id = key.fingerprint.key_id();
                let keys = self.keys.entry(id).or_default();
                keys.insert((key.fingerprint, primary));
            }
            let copies = self.certificates.get(&primary).cloned().into_iter();
            let merged = OpenPgpCertificate::merge(copies.chain([copy]).collect())
                .map_err(|why| OpenPgpKeysError::LeftOut(LeftOut { number: 1, why }))?;
            self.certificates
                .extend(merged.into_iter().map(|one| (primary, one)));
        }
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    pub(super) fn contains(&self, primary: &Fingerprint) -> bool {
        self.certificates.contains_key(primary)
    }

    /// The certificates that hold a key which one of the issuers means, by primary fingerprint.
    pub(super) fn meant(&self, issuers: &[Issuer]) -> Vec<OpenPgpCertificate> {
        let primaries: BTreeSet<&Fingerprint> = issuers
            .iter()
            .flat_map(|issuer| {
                let keys = self.keys.get(&issuer.key_id()).into_iter().flatten();
                keys.filter(|(key, _)| issuer.means(key))
                    .map(|(_, primary)| primary)
            })
            .collect();
        primaries
            .into_iter()
            .filter_map(|primary| self.certificates.get(primary).cloned())
            .collect()
    }

    /// The first user id that is more than a mail address, without the address.
    pub(super) fn name(&self, primary: &Fingerprint) -> Option<String> {
        let user_ids = self.certificates.get(primary)?.user_ids();
        let mut names = user_ids
            .iter()
            .filter_map(|user_id| without_address(user_id));
        Some(names.next().unwrap_or_default().to_owned())
    }
}

/// Why a file gives no OpenPGP keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenPgpKeysError {
    #[error(transparent)]
    File(#[from] OpenPgpError),
    #[error("certificate {} cannot be used: {}", .0.number, .0.why)]
    LeftOut(LeftOut),
}
