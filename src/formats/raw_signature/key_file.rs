//! The file beside a bare signature: certificates or public keys, PEM or DER.

use crate::formats::algorithm::key_kind;
use crate::formats::x509::{Certificate, CertificateError};
use crate::formats::{limits, pem};

/// What a key file holds, in file order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyFile {
    pub certificates: Vec<Certificate>,
    /// DER SubjectPublicKeyInfo of each bare key.
    pub keys: Vec<Vec<u8>>,
}

/// Why a file is no key file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    #[error("neither certificate nor public key, in PEM or DER")]
    Unrecognised,
    #[error(transparent)]
    Pem(#[from] pem::PemError),
    #[error("certificate {index}: {error}")]
    Certificate {
        /// Counted from 1.
        index: usize,
        error: CertificateError,
    },
    #[error("public key {index} is not well formed or of no known kind")]
    Key {
        /// Counted from 1.
        index: usize,
    },
    #[error("more than {limit} certificates or keys")]
    TooMany { limit: usize },
    /// A private key lies beside the signature.
    #[error("the file holds a private key")]
    PrivateKey,
}

impl KeyFile {
    /// Reads the file.
    ///
    /// # Errors
    /// When it holds anything but certificates and public keys, or one of them cannot be read.
    pub fn parse(bytes: &[u8]) -> Result<Self, KeyFileError> {
        if !pem::is_pem(bytes) {
            return Self::from_der(bytes);
        }
        let mut found = Self::default();
        for block in pem::blocks(bytes)? {
            match block.label.as_str() {
                "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                    let index = found.certificates.len() + 1;
                    let certificate = Certificate::from_der(&block.der)
                        .map_err(|error| KeyFileError::Certificate { index, error })?;
                    found.certificates.push(certificate);
                }
                "PUBLIC KEY" => found.take_key(block.der)?,
                "RSA PUBLIC KEY" => {
                    let index = found.keys.len() + 1;
                    let spki = wrap_rsa(&block.der).ok_or(KeyFileError::Key { index })?;
                    found.take_key(spki)?;
                }
                label if label.ends_with("PRIVATE KEY") => return Err(KeyFileError::PrivateKey),
                // `openssl ecparam` writes its parameters before the key.
                "EC PARAMETERS" => {}
                _ => return Err(KeyFileError::Unrecognised),
            }
            if found.certificates.len() + found.keys.len() > limits::CERTIFICATES {
                return Err(KeyFileError::TooMany {
                    limit: limits::CERTIFICATES,
                });
            }
        }
        if found == Self::default() {
            return Err(KeyFileError::Unrecognised);
        }
        Ok(found)
    }

    fn from_der(bytes: &[u8]) -> Result<Self, KeyFileError> {
        if let Ok(certificate) = Certificate::from_der(bytes) {
            return Ok(Self {
                certificates: vec![certificate],
                keys: vec![],
            });
        }
        let mut found = Self::default();
        found
            .take_key(bytes.to_vec())
            .map_err(|_| KeyFileError::Unrecognised)?;
        Ok(found)
    }

    fn take_key(&mut self, spki: Vec<u8>) -> Result<(), KeyFileError> {
        let index = self.keys.len() + 1;
        key_kind(&spki).map_err(|_| KeyFileError::Key { index })?;
        self.keys.push(spki);
        Ok(())
    }
}

/// An `RSAPublicKey` (RFC 8017 A.1.1) as SubjectPublicKeyInfo; `None` when it is too long to be one.
fn wrap_rsa(key: &[u8]) -> Option<Vec<u8>> {
    /// The AlgorithmIdentifier of rsaEncryption with its NULL.
    const IDENTIFIER: [u8; 15] = [
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let mut bits = vec![0];
    bits.extend_from_slice(key);
    let mut content = IDENTIFIER.to_vec();
    content.extend(value(0x03, &bits)?);
    value(0x30, &content)
}

fn value(tag: u8, content: &[u8]) -> Option<Vec<u8>> {
    let mut whole = vec![tag];
    match u16::try_from(content.len()).ok()? {
        length @ ..0x80 => whole.push(u8::try_from(length).ok()?),
        length @ ..0x100 => whole.extend([0x81, u8::try_from(length).ok()?]),
        length => {
            whole.push(0x82);
            whole.extend(length.to_be_bytes());
        }
    }
    whole.extend_from_slice(content);
    Some(whole)
}
