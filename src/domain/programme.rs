//! What a root programme lists: keys with their certificates, and what the list says about each.
//!
//! A programme is somebody's list of keys: Microsoft's, Mozilla's, a distribution's keyring, a TUF
//! root. Nothing here is trust; it is what was seen in a list on a day.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use super::digest::{DigestTextError, Sha256};
use super::openpgp::{Fingerprint, FingerprintTextError};

/// Which list of a programme: only lists of one kind are compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListKind {
    /// Certificates and nothing said about them (PEM, PKCS#7, Java and PKCS#12 truststores).
    Certificates,
    /// The same, of roots for code signing alone (.NET's `codesignctl.pem`).
    CodeSigning,
    /// The same, of roots for timestamping alone (.NET's `timestampctl.pem`).
    TimeStamping,
    /// Microsoft's certificate trust list `authroot.stl`.
    AuthRoot,
    /// Mozilla's `certdata.txt`.
    CertData,
    /// A report of the Common CA Database.
    Ccadb,
    OpenPgp,
    /// The root role of a TUF repository.
    TufRoot,
    /// Sigstore's `trusted_root.json`.
    TrustedRoot,
}

impl ListKind {
    const ALL: [Self; 9] = [
        Self::Certificates,
        Self::CodeSigning,
        Self::TimeStamping,
        Self::AuthRoot,
        Self::CertData,
        Self::Ccadb,
        Self::OpenPgp,
        Self::TufRoot,
        Self::TrustedRoot,
    ];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Certificates => "certificates",
            Self::CodeSigning => "code-signing",
            Self::TimeStamping => "time-stamping",
            Self::AuthRoot => "authroot",
            Self::CertData => "certdata",
            Self::Ccadb => "ccadb",
            Self::OpenPgp => "openpgp",
            Self::TufRoot => "tuf-root",
            Self::TrustedRoot => "trusted-root",
        }
    }

    /// The kind that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// What sort of key an entry holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyForm {
    /// In an X.509 certificate.
    X509,
    OpenPgp,
    /// Bare, without a certificate.
    Raw,
}

impl KeyForm {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::X509 => "x509",
            Self::OpenPgp => "openpgp",
            Self::Raw => "raw",
        }
    }

    /// The form that `word` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::X509, Self::OpenPgp, Self::Raw]
            .into_iter()
            .find(|form| form.word() == word)
    }
}

/// A SHA-1, which identifies and proves nothing; written as 40 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sha1(pub [u8; 20]);

impl fmt::Display for Sha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha1({self})")
    }
}

/// Which key an entry is about, by the best that the list tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ListedKey {
    /// SHA-256 of the DER SubjectPublicKeyInfo; written `spki-<hex>`.
    Spki(Sha256),
    /// Of the primary key; written `openpgp-<HEX>`.
    OpenPgp(Fingerprint),
    /// The list names a certificate by SHA-256 and does not hold it; written `sha256-<hex>`.
    CertificateSha256(Sha256),
    /// The list names a certificate by SHA-1 and does not hold it; written `sha1-<hex>`.
    CertificateSha1(Sha1),
    /// The list names a certificate by issuer and serial alone; SHA-256 of both encodings, written
    /// `issuer-serial-<hex>`.
    IssuerAndSerial(Sha256),
}

impl fmt::Display for ListedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spki(hash) => write!(f, "spki-{hash}"),
            Self::OpenPgp(fingerprint) => write!(f, "openpgp-{fingerprint}"),
            Self::CertificateSha256(hash) => write!(f, "sha256-{hash}"),
            Self::CertificateSha1(hash) => write!(f, "sha1-{hash}"),
            Self::IssuerAndSerial(hash) => write!(f, "issuer-serial-{hash}"),
        }
    }
}

/// Text that names no listed key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListedKeyError {
    #[error("unknown kind of key name")]
    Kind,
    #[error("not a SHA-1 in hex")]
    Sha1,
    #[error(transparent)]
    Digest(#[from] DigestTextError),
    #[error(transparent)]
    Fingerprint(#[from] FingerprintTextError),
}

impl FromStr for Sha1 {
    type Err = ListedKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() != 40 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(ListedKeyError::Sha1);
        }
        let mut bytes = [0; 20];
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
            *byte = str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .ok_or(ListedKeyError::Sha1)?;
        }
        Ok(Self(bytes))
    }
}

impl FromStr for ListedKey {
    type Err = ListedKeyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(hex) = text.strip_prefix("spki-") {
            Ok(Self::Spki(hex.parse()?))
        } else if let Some(hex) = text.strip_prefix("openpgp-") {
            Ok(Self::OpenPgp(hex.parse()?))
        } else if let Some(hex) = text.strip_prefix("sha256-") {
            Ok(Self::CertificateSha256(hex.parse()?))
        } else if let Some(hex) = text.strip_prefix("sha1-") {
            Ok(Self::CertificateSha1(hex.parse()?))
        } else if let Some(hex) = text.strip_prefix("issuer-serial-") {
            Ok(Self::IssuerAndSerial(hex.parse()?))
        } else {
            Err(ListedKeyError::Kind)
        }
    }
}

/// What a list says about a key or certificate for one purpose.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Stance {
    Allowed,
    /// Neither trusted nor distrusted by itself: a path must go on to something that is.
    MustVerify,
    /// Only what was issued before a date is accepted.
    NoNewIssuance,
    Denied,
    /// In the list's own words, which have no grade here.
    Stated,
}

impl Stance {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::MustVerify => "must verify",
            Self::NoNewIssuance => "no new issuance",
            Self::Denied => "denied",
            Self::Stated => "stated",
        }
    }
}

/// One graded statement of a list, with its reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Statement {
    /// A key purpose by its usual name (`server-auth`) or its OID, a subkey, or `any`.
    pub about: String,
    pub stance: Stance,
    /// Since when, or from when on.
    pub from: Option<Timestamp>,
    pub until: Option<Timestamp>,
    /// The property or words of the list that say so.
    pub reason: String,
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.about)?;
        if self.stance != Stance::Stated {
            f.write_str(self.stance.word())?;
        }
        if let Some(from) = self.from {
            write!(f, " from {from}")?;
        }
        if let Some(until) = self.until {
            write!(f, " until {until}")?;
        }
        match self.stance {
            Stance::Stated => f.write_str(&self.reason),
            _ => write!(f, " ({})", self.reason),
        }
    }
}

/// A certificate of a listed key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedCertificate {
    pub sha256: Option<Sha256>,
    pub sha1: Option<Sha1>,
    /// RFC 4514 text; `None` when the list does not hold the certificate.
    pub subject: Option<String>,
    /// `None` when it is self-issued or the list does not hold the certificate.
    pub issuer: Option<String>,
    /// Sorted.
    pub state: Vec<Statement>,
}

/// One key of a list, in one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntry {
    pub form: KeyForm,
    pub key: ListedKey,
    /// Only in lists that give keys roles (TUF, sigstore).
    pub role: Option<String>,
    /// The bare public key as hex (a point compressed); `None` in a certificate.
    pub public_key: Option<String>,
    /// What the list calls the key; may change while the key stays. Sorted.
    pub key_ids: Vec<String>,
    /// A person's name for it, the first that the list has; hostile until escaped.
    pub name: Option<String>,
    /// About the key itself. Sorted.
    pub state: Vec<Statement>,
    /// Sorted.
    pub certificates: Vec<ListedCertificate>,
}

/// A list as it was on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListSnapshot {
    pub list: ListKind,
    /// The list's own number, where it counts (TUF).
    pub version: Option<u64>,
    /// By role and key, each once.
    pub entries: Vec<ListEntry>,
}

impl ListSnapshot {
    /// Puts entries in order; those of one key in one role become one.
    #[must_use]
    pub fn new(list: ListKind, version: Option<u64>, mut entries: Vec<ListEntry>) -> Self {
        entries.sort_by(|a, b| (&a.role, a.key).cmp(&(&b.role, b.key)));
        let mut merged: Vec<ListEntry> = vec![];
        for entry in entries {
            match merged.last_mut() {
                Some(last) if last.key == entry.key && last.role == entry.role => {
                    last.absorb(entry);
                }
                _ => merged.push(entry),
            }
        }
        merged.iter_mut().for_each(ListEntry::put_in_order);
        Self {
            list,
            version,
            entries: merged,
        }
    }
}

impl ListEntry {
    fn absorb(&mut self, other: Self) {
        self.key_ids.extend(other.key_ids);
        self.name = self.name.take().or(other.name);
        self.state.extend(other.state);
        self.certificates.extend(other.certificates);
    }

    fn put_in_order(&mut self) {
        self.key_ids.sort();
        self.key_ids.dedup();
        for certificate in &mut self.certificates {
            certificate.state.sort();
            certificate.state.dedup();
        }
        self.certificates.sort();
        // The same certificate twice in a file is one; two statements about it are kept.
        let mut once: Vec<ListedCertificate> = vec![];
        for certificate in self.certificates.drain(..) {
            match once.last_mut() {
                Some(last) if last.sha256.is_some() && last.sha256 == certificate.sha256 => {
                    last.state.extend(certificate.state);
                    last.state.sort();
                    last.state.dedup();
                }
                _ => once.push(certificate),
            }
        }
        once.dedup();
        self.certificates = once;
        self.state.sort();
        self.state.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written() {
        let keys = [
            ListedKey::Spki(Sha256([1; 32])),
            ListedKey::OpenPgp(Fingerprint::V4([2; 20])),
            ListedKey::CertificateSha256(Sha256([3; 32])),
            ListedKey::CertificateSha1(Sha1([4; 20])),
            ListedKey::IssuerAndSerial(Sha256([5; 32])),
        ];
        for key in keys {
            assert_eq!(key.to_string().parse(), Ok(key));
        }
        for wrong in ["", "spki-", "sha1-zz", "spki-é", "x509-00"] {
            assert!(wrong.parse::<ListedKey>().is_err(), "{wrong}");
        }
        for kind in ListKind::ALL {
            assert_eq!(ListKind::from_word(kind.word()), Some(kind));
        }
    }

    #[test]
    fn one_key_in_one_role_is_one_entry() {
        let entry = |role: Option<&str>, id: &str| ListEntry {
            form: KeyForm::Raw,
            key: ListedKey::Spki(Sha256([1; 32])),
            role: role.map(str::to_owned),
            public_key: None,
            key_ids: vec![id.to_owned()],
            name: None,
            state: vec![],
            certificates: vec![],
        };
        let snapshot = ListSnapshot::new(
            ListKind::TufRoot,
            Some(1),
            vec![
                entry(Some("root"), "b"),
                entry(Some("timestamp"), "a"),
                entry(Some("root"), "a"),
            ],
        );
        assert_eq!(snapshot.entries.len(), 2);
        assert_eq!(snapshot.entries[0].key_ids, ["a", "b"]);
    }
}
