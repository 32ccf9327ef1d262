//! What key and certificate files hold, as full identities.

use crate::formats::cms::certificate_bundle;
use crate::formats::openpgp::CertificateFile;
use crate::formats::pem;
use crate::formats::public_key::PublicKey;
use crate::formats::x509::Certificate;

/// How many keys of one file are told.
const TOLD: usize = 64;

/// One line a key, in the words that posts use, so that they are read as such.
pub(super) fn identities(bytes: &[u8]) -> Vec<String> {
    let mut found: Vec<String> = certificates(bytes)
        .iter()
        .map(|certificate| {
            format!(
                "certificate {}: SHA-256 fingerprint {}, public key SHA-256 {}",
                certificate.subject(),
                certificate.sha256(),
                certificate.spki_sha256()
            )
        })
        .collect();
    if found.is_empty()
        && let Ok(file) = CertificateFile::read(bytes)
    {
        for certificate in file.certificates {
            let keys = certificate.keys();
            let fingerprints = keys.iter().map(|key| key.fingerprint.to_string());
            found.push(format!(
                "OpenPGP key {}, key fingerprint = {}",
                certificate.user_ids().join(", "),
                fingerprints
                    .collect::<Vec<_>>()
                    .join(", subkey fingerprint = ")
            ));
        }
    }
    if found.is_empty()
        && let Ok(keys) = PublicKey::read(bytes)
    {
        for key in keys {
            let digest = crate::formats::digest::sha256(&key.spki);
            found.push(format!(
                "public key {}: SHA-256 fingerprint {digest}",
                key.comment
            ));
        }
    }
    found.truncate(TOLD);
    found
}

fn certificates(bytes: &[u8]) -> Vec<Certificate> {
    if pem::is_pem(bytes) {
        let blocks = pem::blocks(bytes).unwrap_or_default();
        return blocks
            .iter()
            .filter(|block| block.label == "CERTIFICATE")
            .filter_map(|block| Certificate::from_der(&block.der).ok())
            .collect();
    }
    match Certificate::from_der(bytes) {
        Ok(certificate) => vec![certificate],
        Err(_) => certificate_bundle(bytes).unwrap_or_default(),
    }
}
