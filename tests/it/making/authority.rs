//! Keys and certificates of a CA of our own.

use anchorwatch::domain::HashAlgorithm;
use anchorwatch::formats::x509::Certificate;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SerialNumber, SigningKey as _, date_time_ymd,
};
use rustls_pki_types::PrivatePkcs8KeyDer;

use super::der;

/// A key that can sign, and how CMS names what it does.
pub struct Key {
    pub pair: KeyPair,
    /// The digest algorithm to use with it.
    pub hash: HashAlgorithm,
    /// The DER AlgorithmIdentifier of its signatures in CMS.
    pub algorithm: Vec<u8>,
}

impl Key {
    /// Ed25519 from a seed of 32 equal bytes; its signatures are the same every time.
    pub fn ed25519(seed: u8) -> Self {
        Self::ed25519_from([seed; 32])
    }

    /// Ed25519 from a seed, for those who need more than 256 keys.
    pub fn ed25519_from(seed: [u8; 32]) -> Self {
        let mut pkcs8 = vec![
            0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
        ];
        pkcs8.extend(seed);
        let pair = KeyPair::from_pkcs8_der_and_sign_algo(
            &PrivatePkcs8KeyDer::from(pkcs8),
            &rcgen::PKCS_ED25519,
        );
        Self {
            pair: pair.unwrap(),
            // RFC 8419 3.
            hash: HashAlgorithm::Sha512,
            algorithm: der::sequence(&[der::oid("1.3.101.112")]),
        }
    }

    /// P-256, another key every time.
    pub fn p256() -> Self {
        Self {
            pair: KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap(),
            hash: HashAlgorithm::Sha256,
            algorithm: der::sequence(&[der::oid("1.2.840.10045.4.3.2")]),
        }
    }

    /// RSA of 2048 bits, another key every time.
    pub fn rsa() -> Self {
        Self {
            pair: KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap(),
            hash: HashAlgorithm::Sha256,
            algorithm: der::sequence(&[der::oid("1.2.840.113549.1.1.1"), der::null()]),
        }
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).unwrap()
    }
}

/// What a certificate is for.
#[derive(Clone, Copy, PartialEq)]
pub enum Role {
    Authority,
    CodeSigner,
    TimestampAuthority,
    /// An end entity that names no extended purpose, as private authorities issue them.
    Unspecific,
    /// A certificate without any list of purposes.
    Unlisted,
}

/// How a certificate shall look.
pub struct Wish<'a> {
    pub common_name: &'a str,
    pub organisation: &'a str,
    pub serial: u64,
    /// First and last year of validity.
    pub years: (i32, i32),
    pub role: Role,
}

impl Wish<'_> {
    fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::default();
        let mut name = DistinguishedName::new();
        name.push(DnType::OrganizationName, self.organisation);
        name.push(DnType::CommonName, self.common_name);
        params.distinguished_name = name;
        params.serial_number = Some(SerialNumber::from_slice(&self.serial.to_be_bytes()[4..]));
        params.not_before = date_time_ymd(self.years.0, 1, 1);
        params.not_after = date_time_ymd(self.years.1, 12, 31);
        params.use_authority_key_identifier_extension = true;
        match self.role {
            Role::Authority => {
                params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
                params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
            }
            Role::CodeSigner | Role::TimestampAuthority | Role::Unspecific | Role::Unlisted => {
                params.is_ca = IsCa::ExplicitNoCa;
                params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
                params.extended_key_usages = match self.role {
                    Role::CodeSigner => vec![ExtendedKeyUsagePurpose::CodeSigning],
                    Role::TimestampAuthority => vec![ExtendedKeyUsagePurpose::TimeStamping],
                    Role::Authority | Role::Unspecific | Role::Unlisted => vec![],
                };
            }
        }
        params
    }

    /// Signed by its own key.
    pub fn self_signed(&self, key: &Key) -> Certificate {
        let certificate = self.params().self_signed(&key.pair).unwrap();
        Certificate::from_der(certificate.der()).unwrap()
    }

    /// A certificate for `key`, issued by another.
    pub fn issued(&self, key: &Key, issuer: &Wish<'_>, issuer_key: &Key) -> Certificate {
        let issuer = Issuer::new(issuer.params(), &issuer_key.pair);
        let certificate = self.params().signed_by(&key.pair, &issuer).unwrap();
        Certificate::from_der(certificate.der()).unwrap()
    }
}
