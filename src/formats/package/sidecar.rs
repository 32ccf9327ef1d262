//! What a small file beside a manifest is, by its content.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::formats::der::{self, Tag};
use crate::formats::minisign::is_minisign;
use crate::formats::openpgp::{CertificateFile, OpenPgpSignature};
use crate::formats::pem;
use crate::formats::public_key::{COMMENT_PREFIX, PublicKey};
use crate::formats::raw_signature::KeyFile;
use crate::formats::sshsig::is_sshsig;

/// The content of a file that was named like a signature or a certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sidecar {
    /// A ContentInfo of type SignedData (RFC 5652 5), as DER or what claims to be: a signature, or
    /// when it has no signers a bag of certificates.
    SignedData(Vec<u8>),
    /// Certificates and public keys.
    Keys(KeyFile),
    /// Public keys in the notation of minisign, signify or SSH.
    PublicKeys(Vec<PublicKey>),
    /// OpenPGP signatures, armoured or binary, or what claims to be.
    OpenPgp,
    /// A clearsigned document.
    OpenPgpCleartext,
    /// OpenPGP certificates.
    OpenPgpKeys,
    /// A minisign signature, or what claims to be.
    Minisign(Vec<u8>),
    /// A signify signature, or anything else that begins with an untrusted comment.
    Signify(Vec<u8>),
    /// An SSHSIG signature, or what claims to be.
    Sshsig(Vec<u8>),
    /// None of these: a bare signature value, if anything.
    Bare(Vec<u8>),
}

/// The content octets of 1.2.840.113549.1.7.2.
const SIGNED_DATA: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];

impl Sidecar {
    /// Looks at the bytes; never fails, because anything may be a bare signature.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        if is_signed_data(bytes) {
            return Self::SignedData(bytes.to_vec());
        }
        let text = bytes.trim_ascii_start();
        if let Some(label) = text.strip_prefix(b"-----BEGIN PGP ") {
            return if label.starts_with(b"SIGNED MESSAGE") {
                Self::OpenPgpCleartext
            } else if label.starts_with(b"PUBLIC KEY") {
                Self::OpenPgpKeys
            } else {
                Self::OpenPgp
            };
        }
        if OpenPgpSignature::is_binary(bytes) {
            return Self::OpenPgp;
        }
        if CertificateFile::is_binary(bytes) {
            return Self::OpenPgpKeys;
        }
        if is_sshsig(bytes) {
            return Self::Sshsig(bytes.to_vec());
        }
        if bytes.starts_with(COMMENT_PREFIX.as_bytes()) {
            return match PublicKey::read(bytes) {
                Ok(keys) => Self::PublicKeys(keys),
                Err(_) if is_minisign(bytes) => Self::Minisign(bytes.to_vec()),
                Err(_) => Self::Signify(bytes.to_vec()),
            };
        }
        if pem::is_pem(bytes)
            && let Ok(blocks) = pem::blocks(bytes)
            && let [block] = blocks.as_slice()
            && is_signed_data(&block.der)
        {
            return Self::SignedData(block.der.clone());
        }
        if let Ok(keys) = KeyFile::parse(bytes) {
            return Self::Keys(keys);
        }
        if let Ok(keys) = PublicKey::read(bytes) {
            return Self::PublicKeys(keys);
        }
        // Base64 without markers.
        let plain: Vec<u8> = bytes
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        match STANDARD.decode(&plain) {
            Ok(der) if is_signed_data(&der) => Self::SignedData(der),
            _ => Self::Bare(bytes.to_vec()),
        }
    }
}

/// Whether a SEQUENCE begins here whose first value is the type SignedData. Its length is not
/// looked at, so that BER and what is cut off still reach the reader that can say so.
fn is_signed_data(bytes: &[u8]) -> bool {
    let Some((0x30, rest)) = bytes.split_first().map(|(tag, rest)| (*tag, rest)) else {
        return false;
    };
    let Some((first, rest)) = rest.split_first() else {
        return false;
    };
    let digits = usize::from(first & 0x7f) * usize::from(first >> 7);
    let oid = rest
        .get(digits..)
        .and_then(|content| der::Reader::new(content).expect(Tag::OID).ok());
    oid.is_some_and(|oid| oid.content == SIGNED_DATA)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_tells_what_names_do_not() {
        let mut cms = vec![0x30, 0x82, 0x01, 0x00, 0x06, 0x09];
        cms.extend(SIGNED_DATA);
        let mut indefinite = vec![0x30, 0x80, 0x06, 0x09];
        indefinite.extend(SIGNED_DATA);
        let base64 = STANDARD.encode(&cms);
        let armoured = format!("-----BEGIN CMS-----\n{base64}\n-----END CMS-----\n");
        for file in [&cms, &base64.clone().into_bytes(), &armoured.into_bytes()] {
            assert_eq!(Sidecar::of(file), Sidecar::SignedData(cms.clone()));
        }
        assert!(matches!(Sidecar::of(&indefinite), Sidecar::SignedData(_)));
        assert_eq!(
            Sidecar::of(b"-----BEGIN PGP SIGNATURE-----\n\nabc\n"),
            Sidecar::OpenPgp
        );
        for file in [&b""[..], b"00ff", &[0x30], &[0x30, 0xff, 0x06]] {
            assert_eq!(Sidecar::of(file), Sidecar::Bare(file.to_vec()));
        }
    }
}
